"""Workbooks to sheets of text cells: .xlsx and .xls by calamine, and the pages that programs name .xls.

calamine writes dates as ``2019-03-31 00:00:00`` and drops blank columns on the left. Hidden rows, columns and sheets
are read like all others. A merged cell says its text in its first place only. What calamine does not tell in full is
laid over it, see ``ingest.workbook_marks``.
"""

import re

import fastexcel
import polars as pl

from ingest.biff import xls_marks
from ingest.mapping_parts import TableSpec
from ingest.problems import UnreadableError
from ingest.readers import WORKBOOK_MAGICS, Limits, Sheet, storable, text_frame
from ingest.workbook_marks import Marks, laid_over, refuse_wide
from ingest.xlsx_marks import refuse_unsafe, xlsx_marks

_ZIP_MAGIC = b"PK"


def read_excel(file_name: str, content: bytes, table: TableSpec, limits: Limits) -> list[Sheet]:
    """Read the sheets a mapping asks for; every row of the sheet is there, blank ones too."""
    if not content.startswith(WORKBOOK_MAGICS):
        from ingest.web_page import read_page  # noqa: PLC0415  # lxml is loaded only where a page comes

        return read_page(file_name, content, table, limits)
    is_zip = content.startswith(_ZIP_MAGIC)
    if is_zip:
        refuse_unsafe(file_name, content, limits)
    by_place = [] if is_zip else xls_marks(file_name, content)
    names = _sheet_names(file_name, content)
    sheets = []
    for name in wanted_sheets(file_name, names, table):
        place = names.index(name)
        if is_zip:
            marks = xlsx_marks(file_name, content, name)
        elif place < len(by_place):
            marks = by_place[place]
        else:
            raise UnreadableError(f"{file_name} cannot be opened as a workbook: it is a damaged .xls; ask for it again")
        refuse_wide(file_name, name, marks, limits)
        sheets.append(_sheet(file_name, name, _loaded(file_name, content, name), marks))
    return sheets


def _sheet_names(file_name: str, content: bytes) -> list[str]:
    try:
        return list(fastexcel.read_excel(content).sheet_names)
    except fastexcel.FastExcelError as error:
        raise _unreadable(file_name, error) from error


def _loaded(file_name: str, content: bytes, name: str) -> pl.DataFrame:
    try:
        book = fastexcel.read_excel(content)
        return book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        raise _unreadable(file_name, error) from error


def _unreadable(file_name: str, error: Exception) -> UnreadableError:
    reason = str(error).splitlines()[0].removeprefix("calamine error: ")
    return UnreadableError(
        f"{file_name} cannot be opened as a workbook ({reason}): it is damaged or locked with a password; ask for "
        "it again without one"
    )


def wanted_sheets(file_name: str, names: list[str], table: TableSpec) -> list[str]:
    """Return the sheets a mapping means: by name, by pattern, or the first; UnreadableError names those there are."""
    if table.sheets_matching is not None:
        wanted = [name for name in names if re.search(table.sheets_matching, name)]
        asked = f"whose name matches {table.sheets_matching}"
    else:
        wanted = names[:1] if table.sheet is None else [name for name in names if name.strip() == table.sheet]
        asked = f'"{table.sheet}"'
    if not wanted:
        raise UnreadableError(f"{file_name} has no sheet {asked}; it has: {', '.join(names) or 'none'}")
    return wanted


def _sheet(file_name: str, name: str, loaded: pl.DataFrame, marks: Marks) -> Sheet:
    columns = [loaded[column].cast(pl.String).to_list() for column in loaded.columns]
    columns = laid_over(f"{file_name} sheet {name}", columns, marks)
    return Sheet(name, text_frame([storable(cell) if cell else None for cell in column] for column in columns))
