"""A sheet to readings: each part of its table with the unit of its amounts, inherited cells filled in across parts."""

import re
from collections.abc import Iterator

import polars as pl

from ingest.cells import Sheet
from ingest.mapping import Mapping
from ingest.part import Piece, mark_rows
from ingest.problems import UnreadableError
from ingest.rows import Reading
from ingest.table import KIND, LEFT_OUT, ROW, Table, read_tables
from warehouse.deliveries import text_limits


def pieces_of(mapping: Mapping, file_name: str, sheet: Sheet, groups: dict[str, str]) -> Iterator[Piece]:
    """Yield each part of a sheet's table with its own rows, inherited cells filled in across parts."""
    unit, carried = None, dict[str, str | None]()
    limits = text_limits(mapping.feed)
    for table in read_tables(mapping, file_name, sheet):
        own, stating = mark_rows(mapping, table)
        unit = _unit(mapping, table, own, told_before=unit)
        own, carried = _inherited(mapping, table, own, carried)
        yield Piece(Reading(mapping, table, file_name, groups, unit, limits), own, stating)


def _inherited(
    mapping: Mapping, table: Table, own: pl.DataFrame, carried: dict[str, str | None]
) -> tuple[pl.DataFrame, dict[str, str | None]]:
    """Fill blank cells of inheriting columns from above, in rows of facts only; return what the next part goes on from.

    ``carried`` is what the part before ended with.
    """
    labels = [label for one in mapping.table.inherit if (label := table.column(one))]
    if not labels or own.is_empty():
        return own, carried
    is_fact = pl.col(KIND).is_null() & ~pl.col(LEFT_OUT)
    filled = own.filter(is_fact).with_columns(
        pl.col(label).forward_fill().fill_null(pl.lit(carried.get(label), pl.String)) for label in labels
    )
    if filled.height:
        carried = dict(zip(labels, filled.select(labels).row(-1), strict=True))
    return pl.concat([filled, own.filter(~is_fact)]).sort(ROW), carried


def _unit(mapping: Mapping, table: Table, rows: pl.DataFrame, *, told_before: str | None) -> str:
    """Return the unit of the amounts, from the mapping, a cell above the header, or a column.

    ``told_before`` is what the parts before say: a column has to say the same in every row.
    """
    given = mapping.amounts
    if given.unit_cell is not None:
        if told_before is not None:
            return told_before
        said = [found[1] for cell in table.preamble if (found := re.search(given.unit_cell, cell))]
        known = [unit for unit in said if unit in {"元", "百元", "千元", "万元", "亿元"}]
        if not known:
            above = "; ".join(table.preamble) or "nothing"
            raise UnreadableError(f"no cell above the header tells the unit of the amounts; they say: {above}")
        return known[0]
    if given.unit_column is None:
        return given.unit or "元"
    label = table.column(given.unit_column)
    units = rows[label].drop_nulls().str.strip_chars().unique().to_list() if label else []
    if told_before is not None:
        units = sorted({*units, told_before})
    if len(units) != 1 or units[0] not in {"元", "百元", "千元", "万元", "亿元"}:
        raise UnreadableError(
            f"column {given.unit_column} says {', '.join(sorted(units)) or 'nothing'}; one unit was expected"
        )
    return str(units[0])
