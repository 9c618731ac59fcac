"""A delivered row as it stood, for the last step of every drill-down."""

from dataclasses import dataclass
from pathlib import Path

from ingest.landing import kept_delivery
from ingest.mapping import Mapping
from ingest.prepare import NO_LIMITS_GIVEN
from ingest.problems import UnreadableError
from ingest.readers import Limits, read_sheets
from ingest.table import OVERLONG, ROW, read_tables


@dataclass(frozen=True)
class SourceRow:
    """The header's labels and the cells under them, as delivered; a blank cell is an empty text."""

    header: list[str]
    cells: list[str]


def read_source_row(  # noqa: PLR0917  # the place of a row, in the order people say it
    landing_dir: Path,
    mapping: Mapping,
    sha256: str,
    file_name: str,
    sheet: str | None,
    row: int,
    limits: Limits = NO_LIMITS_GIVEN,
) -> SourceRow:
    """Read one row of a delivered file from the kept bytes; UnreadableError where there is no such row."""
    delivery = kept_delivery(landing_dir, sha256)
    for found in read_sheets(file_name, delivery, mapping.table, limits):
        if found.name != sheet:
            continue
        for table in read_tables(mapping, file_name, found, as_delivered=True):
            at = table.rows.filter(table.rows[ROW] == row).drop(ROW, OVERLONG)
            if at.height:
                return SourceRow(list(table.labels), [cell or "" for cell in at.row(0)])
    place = f"{file_name} sheet {sheet}" if sheet else file_name
    raise UnreadableError(
        f"{place} has no row {row} below its header",
        "no_such_row",
        file=f"{file_name}/{sheet}" if sheet else file_name,
        row=row,
    )
