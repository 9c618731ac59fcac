"""Which slices a delivery states: their keys, spans and counts."""

from collections.abc import Sequence

import polars as pl

from budget import frames
from budget.facts import sum_or_null
from ingest.converted import Converted
from ingest.header import plain
from ingest.mapping import Mapping
from ingest.prepared import SLICES
from ingest.rows import Read, Reading, read_rows
from ingest.store import SLICE_KEY

KEY_LENGTH = 128
# A slice tells these only where all of its rows say the same.
_ALIKE = ("division_code", "fiscal_year")


def key_of(reading: Reading, rows: pl.DataFrame, read: Read) -> Converted:
    """Return each row's slice key: the key's values joined with /; bad where one is missing or the key too long.

    In mode append the file's name is part of the key, so that only a file of the same name replaces it.
    """
    spec = reading.mapping.slice
    parts = [_part(reading, rows, read, name) for name in spec.key]
    if spec.mode == "append":
        parts.append(pl.repeat(reading.file_name, rows.height, dtype=pl.String, eager=True))
    frame = pl.DataFrame({str(n): part for n, part in enumerate(parts)})
    keys = frame.select(pl.concat_str(pl.all(), separator="/", ignore_nulls=False).alias(SLICE_KEY))[SLICE_KEY]
    bad = keys.is_null() | (keys.str.len_chars() > KEY_LENGTH).fill_null(value=False)
    told = f"a value for {', '.join(spec.key)}, which names the slice"
    return Converted(keys, bad, pl.repeat(told, rows.height, dtype=pl.String, eager=True))


def keys_of_all(reading: Reading, rows: pl.DataFrame) -> pl.Series:
    """Return the slice key of every delivered row, subtotals and blank rows included; null where it tells none."""
    mapping, specs = reading.mapping, reading.mapping.specs()
    is_fixed = all(
        not (specs[name].from_ or specs[name].above) if name in specs else name in reading.groups
        for name in mapping.slice.key
    )
    few = rows.head(1) if is_fixed else rows
    keys = key_of(reading, few, read_rows(reading, few, only=mapping.slice.key)).values
    return keys.new_from_index(0, rows.height) if is_fixed and rows.height else keys


def _part(reading: Reading, rows: pl.DataFrame, read: Read, name: str) -> pl.Series:
    if name in read.columns:
        return read.values[name].cast(pl.String)
    label = None if name in reading.groups else reading.table.column(name)
    if label is not None:
        return rows[label].str.strip_chars()
    return pl.repeat(reading.groups.get(name), rows.height, dtype=pl.String, eager=True)


def slice_sums(feed: str, facts: pl.DataFrame) -> pl.DataFrame:
    """Add facts up by slice, in order of first appearance, so that the sums of several parts can be added up too.

    Columns: slice_key, row_count, first_on, last_on, and for division_code and fiscal_year the least, the greatest
    and whether a row has none; the feed's measures (null where no row has them); ``size`` is a float above any sum of
    absolute amounts, by which a sum that no 64-bit integer holds is found out.
    """
    dated = frames.DATED.get(feed)
    day = pl.col(dated) if dated else pl.lit(None, pl.Date).first()
    measures = frames.MEASURES[feed]
    sizes = [pl.col(name).cast(pl.Float64).abs().sum() for name in measures]
    return facts.group_by(SLICE_KEY, maintain_order=True).agg(
        row_count=pl.len().cast(pl.Int64),
        first_on=day.min() if dated else day,
        last_on=day.max() if dated else day,
        **{f"{name} {how}": told for name in _ALIKE for how, told in _spread(feed, name).items()},
        **{name: sum_or_null(name) for name in measures},
        **{f"{name} size": size for name, size in zip(measures, sizes, strict=True)},
    )


def _spread(feed: str, name: str) -> dict[str, pl.Expr]:
    if name not in frames.FEEDS[feed]:
        nothing = pl.lit(None, SLICES[name]).first()
        return {"least": nothing, "greatest": nothing, "lacks": pl.lit(True).first()}
    column = pl.col(name)
    return {"least": column.min(), "greatest": column.max(), "lacks": column.is_null().any()}


def add_up(parts: Sequence[pl.DataFrame], feed: str) -> pl.DataFrame:
    """Add up the slice sums of several parts."""
    measures = frames.MEASURES[feed]
    return (
        pl.concat(parts)
        .group_by(SLICE_KEY, maintain_order=True)
        .agg(
            pl.col("row_count").sum(),
            pl.col("first_on").min(),
            pl.col("last_on").max(),
            *(pl.col(f"{name} least").min() for name in _ALIKE),
            *(pl.col(f"{name} greatest").max() for name in _ALIKE),
            *(pl.col(f"{name} lacks").any() for name in _ALIKE),
            *(sum_or_null(name) for name in measures),
            *(pl.col(f"{name} size").sum() for name in measures),
        )
    )


def slices_of(
    mapping: Mapping, sums: pl.DataFrame, counts: Sequence[pl.DataFrame], groups: dict[str, str]
) -> pl.DataFrame:
    """Return one row a slice, with the columns of SLICES, in order of first appearance.

    Division and year are null where a slice holds several; the span is that of the feed's own dates.
    """
    alike = {
        name: pl.when(~pl.col(f"{name} lacks") & (pl.col(f"{name} least") == pl.col(f"{name} greatest"))).then(
            pl.col(f"{name} least")
        )
        for name in _ALIKE
    }
    delivered = pl.concat(counts).group_by(SLICE_KEY).agg(pl.col("delivered_count").sum())
    joined = sums.with_columns(**alike).join(delivered, on=SLICE_KEY, how="left", maintain_order="left")
    found = joined.select(pl.col(name).cast(dtype) for name, dtype in SLICES.items())
    return found if found.height else _empty_slice(mapping, groups)


def _empty_slice(mapping: Mapping, groups: dict[str, str]) -> pl.DataFrame:
    """Return the slice a delivery without rows states, where file name and constants tell which."""
    fixed = {name: str(spec.constant) for name, spec in mapping.specs().items() if spec.constant is not None}
    told = fixed | groups | {n: groups[s.group] for n, s in mapping.columns.items() if s.group in groups}
    if any(plain(told.get(name)) == "" for name in mapping.slice.key):
        return frames.empty(SLICES)
    year = told.get("fiscal_year", "")
    row = {
        SLICE_KEY: "/".join(told[name] for name in mapping.slice.key),
        "division_code": told.get("division_code"),
        "fiscal_year": int(year) if year.isdigit() else None,
        "row_count": 0,
        "delivered_count": 0,
    }
    return pl.DataFrame([row], schema=dict(SLICES))
