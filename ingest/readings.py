"""A sheet to the pieces of its table: each part's own rows, inherited cells filled in, and the unit of its amounts."""

from collections.abc import Iterator

import polars as pl

from ingest.amount_units import unit_of_table
from ingest.cells import Sheet
from ingest.inherit import inherited
from ingest.mapping import Mapping
from ingest.part import Piece, mark_rows
from ingest.problems import UnreadableError
from ingest.rows import Reading
from ingest.table import LEFT_OUT, read_tables
from warehouse.deliveries import text_limits


def pieces_of(mapping: Mapping, file_name: str, sheet: Sheet, groups: dict[str, str]) -> Iterator[Piece]:
    """Yield each part of a sheet's table with its own rows."""
    unit, limits = None, text_limits(mapping.feed)
    for table in read_tables(mapping, file_name, sheet):
        own, stating = mark_rows(mapping, table)
        if unit is None or mapping.amounts.unit_column is not None:
            unit = _the_same(mapping, unit, unit_of_table(mapping, table, own))
        if mapping.table.inherit:
            kept = inherited(mapping, table, own.filter(~pl.col(LEFT_OUT)))
            own = pl.concat([kept, own.filter(LEFT_OUT)])
        yield Piece(Reading(mapping, table, file_name, groups, unit, limits), own, stating)


def _the_same(mapping: Mapping, before: str | None, now: str) -> str:
    if before not in {None, now}:
        told = ", ".join(sorted({before or "", now}))
        raise UnreadableError(
            f"column {mapping.amounts.unit_column} says {told}; one unit was expected",
            "unit_column",
            column=mapping.amounts.unit_column or "—",
            said=told,
        )
    return now
