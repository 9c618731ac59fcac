"""Blank cells that repeat the cell above, within a group and never across a total that closes one."""

from collections.abc import Iterable

import polars as pl

from ingest.header import plain
from ingest.mapping import Mapping
from ingest.problems import UnreadableError
from ingest.table import KIND, Table


def inherited(mapping: Mapping, table: Table, marked: pl.DataFrame) -> pl.DataFrame:
    """Return rows of facts and totals (KIND says which) with the blank cells of ``inherit`` columns filled.

    A total below its parts closes the group: blanks after it take nothing, and its own name goes no further. A
    total above its parts gives its cells to the rows below it. In a chain such as 类 款 项 a filled cell ends what
    the columns behind it repeat.
    """
    chains = [[label for one in chain if (label := _column(mapping, table, one))] for chain in _chains(mapping)]
    if not any(chains):
        return marked
    kinds = {"below": [-1], "above": [-1], "within": [-1]}
    for number, spec in enumerate(mapping.subtotals):
        kinds[spec.stands].append(number)
    kind = pl.col(KIND).fill_null(-2)
    gives = kind.is_in([-2, *kinds["above"]])
    closes = kind.is_in(kinds["below"])
    return marked.with_columns(
        one for chain in chains for one in (_filled(label, chain[:n], gives, closes) for n, label in enumerate(chain))
    )


def _chains(mapping: Mapping) -> Iterable[tuple[str, ...]]:
    return ((one,) if isinstance(one, str) else one for one in mapping.table.inherit)


def _column(mapping: Mapping, table: Table, wanted: str) -> str | None:
    """Return the full label of a column that repeats; None where it is an optional one that the file lacks."""
    label = table.column(wanted)
    optional = {plain(one) for spec in mapping.columns.values() if spec.optional for one in spec.from_}
    if label is None and plain(wanted) not in optional:
        raise UnreadableError(
            f'there is no column "{wanted}" whose blank cells repeat the cell above; the header says: '
            f"{', '.join(table.labels)}",
            "no_column",
            column=wanted,
            labels=", ".join(table.labels),
        )
    return label


def _filled(label: str, before: list[str], gives: pl.Expr, closes: pl.Expr) -> pl.Expr:
    starts = pl.any_horizontal(closes, *(gives & pl.col(one).is_not_null() for one in before))
    given = pl.when(gives).then(pl.col(label))
    return pl.when(gives).then(given.forward_fill().over(starts.cum_sum())).otherwise(pl.col(label)).alias(label)
