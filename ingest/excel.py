"""Workbooks (.xlsx and .xls) to sheets of text cells, read by calamine.

calamine writes numbers with nine decimals at most, dates as ``2019-03-31 00:00:00``, and error cells as blanks. A
number's shortest form is restored here, and error cells of .xlsx get their ``#DIV/0!`` back.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import fastexcel
import polars as pl

from ingest.cells import Sheet, blank_to_null
from ingest.converted import rewritten
from ingest.mapping_parts import TableSpec
from ingest.problems import UnreadableError
from ingest.readers import WORKBOOK_MAGICS, Limits

ZIP_MAGIC = b"PK"
# <html, <!DOCTYPE, <table, <meta, <?xml, and a page saved with its pictures.
_PAGE_STARTS = (b"<", b"MIME-Version")
_LONG_DECIMAL = r"^-?\d+\.\d{8,}$"
_CELL = re.compile(r"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_REFERENCE = re.compile(r'\br="([A-Z]+)(\d+)"')
_VALUE = re.compile(r"<v>([^<]*)</v>|<is>")


def read_excel(file_name: str, content: bytes, table: TableSpec, limits: Limits) -> list[Sheet]:
    """Read the sheets a mapping asks for; every row of the sheet is there, blank ones too."""
    _refuse_what_is_no_workbook(file_name, content, limits)
    try:
        book = fastexcel.read_excel(content)
        names = _wanted(file_name, list(book.sheet_names), table)
        found = {name: book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string") for name in names}
    except fastexcel.FastExcelError as error:
        reason = str(error).splitlines()[0].removeprefix("calamine error: ")
        raise UnreadableError(
            f"{file_name} cannot be opened as a workbook ({reason}): it is damaged or locked with a password; ask for "
            "it again without one"
        ) from error
    return [_sheet(name, loaded.to_polars(), content) for name, loaded in found.items()]


def _refuse_what_is_no_workbook(file_name: str, content: bytes, limits: Limits) -> None:
    if not content.startswith(WORKBOOK_MAGICS):
        is_page = content[:512].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_PAGE_STARTS)
        what = "a web page named as a workbook" if is_page else "no workbook, whatever its name says"
        raise UnreadableError(f"{file_name} is {what}; open it in Excel or WPS and save it as .xlsx")
    if not content.startswith(ZIP_MAGIC):
        return
    try:
        size = sum(entry.file_size for entry in zipfile.ZipFile(io.BytesIO(content)).infolist())
    except zipfile.BadZipFile as error:
        raise UnreadableError(f"{file_name} is a damaged .xlsx: {error}") from error
    if size > limits.unpacked_bytes:
        raise UnreadableError(f"{file_name} unpacks to {size:,} bytes; at most {limits.unpacked_bytes:,} are read")


def _wanted(file_name: str, names: list[str], table: TableSpec) -> list[str]:
    if table.sheets_matching is not None:
        wanted = [name for name in names if re.search(table.sheets_matching, name)]
        asked = f"whose name matches {table.sheets_matching}"
    else:
        wanted = names[:1] if table.sheet is None else [name for name in names if name.strip() == table.sheet]
        asked = f'"{table.sheet}"'
    if not wanted:
        raise UnreadableError(f"{file_name} has no sheet {asked}; it has: {', '.join(names) or 'none'}")
    return wanted


def _sheet(name: str, loaded: pl.DataFrame, content: bytes) -> Sheet:
    cells = blank_to_null(loaded.rename({old: f"c{n}" for n, old in enumerate(loaded.columns)}))
    cells = cells.with_columns(pl.all().str.replace_all("\x00", "␀", literal=True))
    cells = cells.with_columns(rewritten(cells[column], _LONG_DECIMAL, _shortest) for column in cells.columns)
    for row, column, text in _error_cells(name, content):
        if row < cells.height and 0 <= column < cells.width:
            cells[row, column] = text
    return Sheet(name, cells)


def _shortest(text: str) -> str:
    """Write a binary float in its shortest form: 1234567890.119999886 is the double that says 1234567890.12."""
    return repr(float(text))


def _error_cells(name: str, content: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield (row index, column index, text) of a sheet's error cells, counted as calamine counts them."""
    text = _sheet_xml(name, content) if content.startswith(ZIP_MAGIC) else ""
    if 't="e"' not in text:
        return
    filled = [
        (place[1], int(place[2]), inside, 't="e"' in attributes)
        for attributes, inside in _CELL.findall(text)
        if (place := _REFERENCE.search(attributes)) and _VALUE.search(inside)
    ]
    first = min(_column_number(letters) for letters, *_ in filled)
    for letters, row, inside, is_error in filled:
        found = _VALUE.search(inside)
        if is_error and found:
            yield row - 1, _column_number(letters) - first, found[1] or "#N/A"


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _sheet_xml(name: str, content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        try:
            sheets = ET.fromstring(book.read("xl/workbook.xml"))  # noqa: S314  # calamine has read this file already
            links = ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
        except (KeyError, ET.ParseError):
            return ""
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        for sheet in sheets.iter():
            if sheet.tag.endswith("}sheet") and sheet.get("name") == name:
                linked = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
                path = targets.get(linked, "").lstrip("/")
                path = path if path.startswith("xl/") else f"xl/{path}"
                return book.read(path).decode("utf-8", "replace") if path in book.namelist() else ""
    return ""
