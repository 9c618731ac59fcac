"""The XML inside an .xlsx: how large it really is, and what calamine does not tell of its cells."""

import html
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import ParseError

from lxml import etree

from ingest.archive import open_zip
from ingest.problems import UnreadableError
from ingest.readers import Limits
from ingest.workbook_marks import Marks

_CHUNK = 1 << 16
_LOCAL_HEADER = 30
_PIECE = re.compile(rb"<(?:\w+:)?row\b([^>]*)>|<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")
_ROW = re.compile(rb"""\br=["'](\d{1,7})["']""")
_KIND = re.compile(rb"""\bt=["'](\w+)["']""")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)</")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)</)")
_INLINE = re.compile(rb"<(?:\w+:)?is\b")
_MOST_ROWS, _MOST_COLUMNS = 1 << 20, 1 << 14


def refuse_unsafe(file_name: str, content: bytes, limits: Limits) -> None:
    """Raise UnreadableError for what is no .xlsx, or unpacks to more than the limit, whatever it claims."""
    with open_zip(file_name, content) as book:
        if "xl/workbook.xml" not in book.namelist():
            raise UnreadableError(f"{file_name} is no .xlsx workbook; open it in Excel or WPS and save it as .xlsx")
        size = 0
        for entry in book.infolist():
            for count in _unpacked_counts(file_name, content, entry):
                size += count
                if size > limits.unpacked_bytes:
                    raise UnreadableError(f"{file_name} unpacks to more; at most {limits.unpacked_bytes:,} are read")


def _unpacked_counts(file_name: str, content: bytes, entry: zipfile.ZipInfo) -> Iterator[int]:
    at = entry.header_offset
    name, extra = (int.from_bytes(content[at + n : at + n + 2], "little") for n in (26, 28))
    start = at + _LOCAL_HEADER + name + extra
    if entry.compress_type == zipfile.ZIP_STORED:
        yield entry.compress_size
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise UnreadableError(f"{file_name} is packed by a method that no .xlsx uses")
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for place in range(start, start + entry.compress_size, _CHUNK):
            packed = content[place : min(place + _CHUNK, start + entry.compress_size)]
            while packed:
                yield len(unpacker.decompress(packed, _CHUNK * 16))
                packed = unpacker.unconsumed_tail
    except zlib.error as error:
        raise UnreadableError(f"{file_name} is a damaged .xlsx or .zip: {entry.filename}: {error}") from error


def xlsx_marks(file_name: str, content: bytes, sheet: str) -> Marks:
    """Read where a sheet's cells stand, its errors, its formulas without a result, and its long numbers."""
    text = _sheet_xml(file_name, content, sheet)
    marks, row, column = Marks(), -1, -1
    for piece in _PIECE.finditer(text):
        if piece[1] is not None:
            told = _ROW.search(piece[1])
            row, column = int(told[1]) - 1 if told else row + 1, -1
            continue
        place = _PLACE.search(piece[2])
        column = _column_number(place[1]) if place else column + 1
        at = int(place[2]) - 1 if place else row
        if at >= _MOST_ROWS or column >= _MOST_COLUMNS:
            raise UnreadableError(f"{file_name} sheet {sheet} has a cell beyond the last row or column of a sheet")
        _mark(marks, at, column, piece[2], piece[3] or b"")
    return marks


def _mark(marks: Marks, row: int, column: int, attributes: bytes, inside: bytes) -> None:
    value, kind = _VALUE.search(inside), _KIND.search(attributes)
    if value is None:
        formula = _FORMULA.search(inside)
        if _INLINE.search(inside):
            marks.reach(row, column)
        elif formula is not None:
            # calamine takes a formula without a result for no cell at all.
            marks.cells.append((row, column, f"={_text(formula[1] or b'')}"))
        return
    marks.reach(row, column)
    if kind is not None and kind[1] == b"e":
        marks.cells.append((row, column, _text(value[1]) or "#N/A"))
    elif kind is None or kind[1] == b"n":
        marks.add_number(row, column, _text(value[1]))


def _text(raw: bytes) -> str:
    return html.unescape(raw.decode("utf-8", "replace"))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _sheet_xml(file_name: str, content: bytes, sheet: str) -> bytes:
    with open_zip(file_name, content) as book:
        try:
            targets = {
                link.get("Id"): link.get("Target", "") for link in _root(book.read("xl/_rels/workbook.xml.rels"))
            }
            for one in _root(book.read("xl/workbook.xml")).iter("{*}sheet"):
                if one.get("name") == sheet:
                    linked = next((value for key, value in one.attrib.items() if str(key).endswith("}id")), None)
                    path = targets.get(linked, "").lstrip("/")
                    return book.read(path if path.startswith("xl/") else f"xl/{path}")
        except (KeyError, etree.XMLSyntaxError, ParseError, zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise UnreadableError(f"{file_name} is a damaged .xlsx or .zip: {error}") from error
    raise UnreadableError(f"{file_name} is a damaged .xlsx or .zip: it does not tell where sheet {sheet} lies")


def _root(content: bytes) -> etree._Element:
    # No entity is looked up: one may stand for a billion others.
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
