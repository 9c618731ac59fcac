"""An .xlsx to sheets of text cells, as openpyxl reads it."""

from collections.abc import Iterator
from typing import Any

from openpyxl.worksheet._reader import DATA_TAG, FORMULA_TAG, WorkSheetParser

from ingest.archive import open_zip
from ingest.cells import Sheet
from ingest.library_damage import each_or_tell, read_or_tell
from ingest.mapping_parts import TableSpec
from ingest.problems import UnreadableError
from ingest.readers import Limits
from ingest.workbook_cells import MOST_ROWS, Grid, day_cell, typed_number
from ingest.workbook_names import wanted_sheets
from ingest.xlsx_book import XlsxBook, open_book
from ingest.xlsx_parts import read_children

_Cell = tuple[int, int, str]  # row and column, counted from 1, and text


def read_xlsx(file_name: str, content: bytes, table: TableSpec, limits: Limits) -> list[Sheet]:
    """Read the sheets a mapping asks for; every row of the sheet is there, blank ones too."""
    _refuse_bomb(file_name, content, limits)

    def damaged(why: str) -> UnreadableError:
        said = f"{file_name} is a damaged .xlsx: {why}; ask for it again"
        return UnreadableError(said, "damaged_workbook", file=file_name)

    book = read_or_tell(damaged, lambda: open_book(file_name, content, limits.cells))
    with book.packed:
        found = []
        for name in wanted_sheets(file_name, list(book.sheets), table):
            grid = Grid(f"{file_name} sheet {name}", limits)
            for row in each_or_tell(damaged, _rows(book, name)):
                for place_row, place_column, text in row:
                    grid.put(place_row - 1, place_column - 1, text)
            found.append(grid.sheet(name))
        return found


def _refuse_bomb(file_name: str, content: bytes, limits: Limits) -> None:
    """Raise UnreadableError for what is no .xlsx, or unpacks to more than the limit, whatever it claims."""
    with open_zip(file_name, content) as packed:
        if "xl/workbook.xml" not in packed.namelist():
            raise UnreadableError(
                f"{file_name} is no .xlsx workbook; open it in Excel or WPS and save it as .xlsx",
                "no_workbook",
                file=file_name,
            )
        size = sum(entry.file_size for entry in packed.infolist())
    if size > limits.unpacked_bytes:
        raise UnreadableError(
            f"{file_name} unpacks to {size:,} bytes; at most {limits.unpacked_bytes:,} are read",
            "unpacks_large",
            file=file_name,
            most=limits.unpacked_bytes,
        )


def _rows(book: XlsxBook, name: str) -> Iterator[list[_Cell]]:
    """Yield the cells of a sheet row by row.

    openpyxl's parser of cells is used without its worksheet, which fills rows up to the width that a file claims,
    makes #VALUE! of a number no calendar has a day for, and a blank of a formula that was never worked out.
    """
    with book.packed.open(book.sheets[name]) as raw:
        # Told of no style that shows days, it leaves numbers as they are.
        parser = WorkSheetParser(raw, book.texts, data_only=True)
        for count, row in enumerate(read_children(raw, DATA_TAG)):
            if count >= MOST_ROWS:
                raise ValueError("it has more rows than a sheet can have")
            _, cells = parser.parse_row(row)
            parser.row_dimensions.clear()
            yield [
                (cell["row"], cell["column"], text)
                for element, cell in zip(row, cells, strict=True)
                if (text := _text(book, element, cell))
            ]


def _text(book: XlsxBook, element: Any, cell: dict[str, Any]) -> str:
    """Return what a cell says."""
    value, kind = cell["value"], cell["data_type"]
    if isinstance(value, str):
        return value
    if value is None:
        return _text_without_value(element, kind)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        if cell["style_id"] in book.day_styles:
            return day_cell(repr(value), counts_from_1904=book.counts_from_1904)
        return typed_number(repr(value))
    return str(value)  # a day that is written as one


def _text_without_value(element: Any, kind: str) -> str:
    if kind == "e":
        return "#N/A"
    formula = element.find(FORMULA_TAG)
    # One that says it was worked out to a text was worked out to none.
    if formula is None or kind == "str":
        return ""
    # Never worked out: a blank would pass for no amount.
    return f"={formula.text or ''}"
