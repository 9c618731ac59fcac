"""Two statements of the same rows held side by side: what was added, changed and removed, in amounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from budget.keys import Key

PLACE = ("slice_key", "slice_id", "row_no", "source_sheet", "source_row")
BEFORE, AFTER = "_before", "_after"
_NTH = "_nth"


@dataclass(frozen=True, kw_only=True)
class Change:
    """The rows of one measure, in fen: before + added + changed + removed = after, exactly.

    ``removed_fen`` has the sign of what it does to the sum: taking away a payment is negative.
    """

    before_fen: int
    added_fen: int
    changed_fen: int
    removed_fen: int
    after_fen: int


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What became of the rows; ``added`` and ``removed`` have the columns of the rows and ``key_no``.

    ``changed`` has every column twice, with the endings BEFORE and AFTER, and ``key_no``: which of the keys named
    the row, from 0; null where none did.
    """

    keys: Sequence[Key]
    columns: Sequence[str]
    before_count: int
    after_count: int
    unchanged_count: int
    added: pl.DataFrame
    changed: pl.DataFrame
    removed: pl.DataFrame
    totals: dict[str, Change]


def compare_rows(
    before: pl.DataFrame, after: pl.DataFrame, keys: Sequence[Key], columns: Sequence[str], measures: Mapping[str, str]
) -> Comparison:
    """Match rows of two frames by the first key that names them, what is left by whole rows, and tell them apart.

    Both frames hold ``slice_key``, ``columns``, and what else of PLACE is to be told. A row is unchanged when all of
    ``columns`` are the same: its place in the file does not count. Rows of different slices are never matched.
    ``measures`` says which column is added up for each measure; one that no row states is left out.
    """
    pairs, gone, new = [], [], []
    rest = (before, after)
    for number, key in enumerate(keys):
        matched, only_before, only_after, rest = _by_key(*rest, key)
        pairs.append(_numbered(matched, number))
        gone.append(_numbered(only_before, number))
        new.append(_numbered(only_after, number))
    same_count, only_before, only_after = _by_whole_row(*rest, columns)
    gone.append(_numbered(only_before, None))
    new.append(_numbered(only_after, None))
    matched = pl.concat(pairs) if pairs else _numbered(_paired(before.clear(), after.clear()), None)
    changed = matched.filter(pl.any_horizontal(_differs(name) for name in columns))
    removed, added = pl.concat(gone), pl.concat(new)
    return Comparison(
        keys=keys,
        columns=columns,
        before_count=before.height,
        after_count=after.height,
        unchanged_count=same_count + matched.height - changed.height,
        added=added,
        changed=changed,
        removed=removed,
        totals=_totals((before, after), (added, changed, removed), measures),
    )


def _differs(name: str) -> pl.Expr:
    return pl.col(name + BEFORE).ne_missing(pl.col(name + AFTER))


def _numbered(rows: pl.DataFrame, number: int | None) -> pl.DataFrame:
    return rows.with_columns(key_no=pl.lit(number, pl.Int32))


def _by_key(
    before: pl.DataFrame, after: pl.DataFrame, key: Key
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, tuple[pl.DataFrame, pl.DataFrame]]:
    """Return the pairs a key matches, the rows it names on one side only, and the rows it does not name."""
    on = ["slice_key", *key]
    # A number for each key: both sides are put in its order, which needs no join over many columns with nulls.
    both = pl.concat([before.select(on), after.select(on)]).with_row_index("nth")
    is_new = pl.col("nth") >= before.height
    seen = both.select(
        key[0], before=(~is_new).sum().over(on), after=is_new.sum().over(on), group=pl.col("nth").first().over(on)
    )
    once = (pl.col("before") <= 1) & (pl.col("after") <= 1)
    seen = seen.with_columns(is_named=pl.col(key[0]).is_not_null() & once)
    old, new = seen.head(before.height), seen.tail(after.height)
    matched = _joined(before, old, after, new)
    return (
        matched,
        before.filter(old["is_named"] & (old["after"] == 0)),
        after.filter(new["is_named"] & (new["before"] == 0)),
        (before.filter(~old["is_named"]), after.filter(~new["is_named"])),
    )


def _joined(before: pl.DataFrame, old: pl.DataFrame, after: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    left = before.with_columns(old["group"]).filter(old["is_named"] & (old["after"] == 1)).sort("group")
    right = after.with_columns(new["group"]).filter(new["is_named"] & (new["before"] == 1)).sort("group")
    return _paired(left.drop("group"), right.drop("group"))


def _paired(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Put rows of equal number and order side by side."""
    return pl.concat(
        [
            left.rename({name: name + BEFORE for name in left.columns}),
            right.rename({name: name + AFTER for name in right.columns}),
        ],
        how="horizontal",
    )


def _by_whole_row(
    before: pl.DataFrame, after: pl.DataFrame, columns: Sequence[str]
) -> tuple[int, pl.DataFrame, pl.DataFrame]:
    """Take equal rows off one by one, as often as they stand on both sides; return how many, and what is left."""
    on = ["slice_key", *columns]
    left, right = (side.with_columns(pl.int_range(pl.len()).over(on).alias(_NTH)) for side in (before, after))
    only_before = left.join(right, on=[*on, _NTH], how="anti", nulls_equal=True, maintain_order="left").drop(_NTH)
    only_after = right.join(left, on=[*on, _NTH], how="anti", nulls_equal=True, maintain_order="left").drop(_NTH)
    return before.height - only_before.height, only_before, only_after


def _totals(
    sides: tuple[pl.DataFrame, pl.DataFrame],
    moved: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
    measures: Mapping[str, str],
) -> dict[str, Change]:
    before, after = sides
    added, changed, removed = moved
    found = {}
    for measure, name in measures.items():
        if before[measure].is_null().all() and after[measure].is_null().all():
            continue
        found[measure] = Change(
            before_fen=_sum(before[name]),
            added_fen=_sum(added[name]),
            changed_fen=_sum(changed[name + AFTER]) - _sum(changed[name + BEFORE]),
            removed_fen=-_sum(removed[name]),
            after_fen=_sum(after[name]),
        )
    return found


def _sum(values: pl.Series) -> int:
    # In 128 bits: a sum of fen that wraps around would be believed.
    return int(values.cast(pl.Int128).sum() or 0)
