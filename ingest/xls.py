"""An .xls (BIFF5 and BIFF8) to sheets of text cells, as xlrd reads it."""

from collections.abc import Iterator

import xlrd

from ingest.cells import Sheet
from ingest.library_damage import each_or_tell, read_or_tell
from ingest.mapping_parts import TableSpec
from ingest.problems import UnreadableError
from ingest.readers import Limits, refuse_area
from ingest.workbook_cells import Grid, day_cell, typed_number
from ingest.workbook_names import wanted_sheets
from ingest.xls_stream import silenced, workbook_stream

_LARGEST = 128 << 20  # xlrd holds a container and a sheet as objects, a multiple of the file


def read_xls(file_name: str, content: bytes, table: TableSpec, limits: Limits) -> list[Sheet]:
    """Read the sheets a mapping asks for; every row of the sheet is there, blank ones too."""
    if len(content) > _LARGEST:
        raise UnreadableError(
            f"{file_name} is an .xls of {len(content):,} bytes; at most {_LARGEST:,} are read: save it as .xlsx",
            "xls_large",
            file=file_name,
            size=len(content),
            most=_LARGEST,
        )

    def damaged(_why: str) -> UnreadableError:
        said = f"{file_name} cannot be opened as a workbook: it is a damaged .xls; ask for it again"
        return UnreadableError(said, "damaged_workbook", file=file_name)

    stream = read_or_tell(damaged, lambda: workbook_stream(file_name, content, limits.cells))
    with silenced() as silence:
        book = read_or_tell(
            damaged,
            lambda: xlrd.open_workbook(file_contents=stream, logfile=silence, on_demand=True, ragged_rows=True),
        )
        found = []
        for name in wanted_sheets(file_name, list(dict.fromkeys(book.sheet_names())), table):
            grid = Grid(f"{file_name} sheet {name}", limits)
            for number, row in enumerate(each_or_tell(damaged, _rows(book, name, grid))):
                for column, text in enumerate(row):
                    grid.put(number, column, text)
            found.append(grid.sheet(name))
        return found


def _rows(book: xlrd.Book, name: str, grid: Grid) -> Iterator[list[str]]:
    sheet = book.sheet_by_name(name)
    if sum(map(sheet.row_len, range(sheet.nrows))) > grid.limits.cells:
        # Before each of them is held a second time, as text.
        refuse_area(grid.where, sheet.nrows, sheet.ncols, grid.limits)
    for number in range(sheet.nrows):
        kinds, values = sheet.row_types(number), sheet.row_values(number)
        yield [_text(book, kind, value) for kind, value in zip(kinds, values, strict=True)]
    book.unload_sheet(name)


def _text(book: xlrd.Book, kind: int, value: str | float) -> str:
    """Return what a cell says."""
    if isinstance(value, str):
        return value
    if kind == xlrd.XL_CELL_BOOLEAN:
        return "true" if value else "false"
    if kind == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(value, "#N/A"))
    if kind == xlrd.XL_CELL_DATE:
        return day_cell(repr(value), counts_from_1904=book.datemode == 1)
    return typed_number(repr(value))
