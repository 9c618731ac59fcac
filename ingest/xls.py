"""The records of an .xls (BIFF5 and BIFF8) to sheets of text cells."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.cells import Sheet
from ingest.mapping_parts import TableSpec
from ingest.ole import read_stream
from ingest.problems import UnreadableError
from ingest.readers import Limits
from ingest.workbook_cells import Grid, day_cell, shows_day, typed_number
from ingest.workbook_names import wanted_sheets
from ingest.xls_text import Texts, read_shared

_FORMULA, _EOF, _DATEMODE, _FILEPASS, _CONTINUE, _CODEPAGE, _BOUNDSHEET = 0x06, 0x0A, 0x22, 0x2F, 0x3C, 0x42, 0x85
_MULRK, _RSTRING, _XF, _SST, _LABELSST = 0xBD, 0xD6, 0xE0, 0xFC, 0xFD
_NUMBER, _LABEL, _BOOLERR, _STRING, _RK, _FORMAT, _BOF = 0x203, 0x204, 0x205, 0x207, 0x27E, 0x41E, 0x809
_BIFF5, _BIFF8 = 0x500, 0x600
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_Record = tuple[int, bytes, int]  # kind, stream, where its body begins


@dataclass
class _Book:
    texts: Texts = field(default_factory=Texts)
    sheets: dict[str, int] = field(default_factory=dict)  # name -> where its records begin
    shared: list[str] = field(default_factory=list)
    formats: dict[int, str] = field(default_factory=dict)
    style_formats: list[int] = field(default_factory=list)
    counts_from_1904: bool = False

    def number(self, value: float, style: int) -> str:
        """Write a number cell as its style shows it: as a day, or as a number."""
        number = self.style_formats[style] if style < len(self.style_formats) else 0
        if shows_day(number, self.formats.get(number)):
            return day_cell(repr(value), counts_from_1904=self.counts_from_1904)
        return typed_number(repr(value))


def read_xls(file_name: str, content: bytes, table: TableSpec, limits: Limits) -> list[Sheet]:
    """Read the sheets a mapping asks for; every row of the sheet is there, blank ones too."""
    try:
        stream = read_stream(content, "Workbook", "Book")
        book = _book(file_name, stream)
        names = wanted_sheets(file_name, list(book.sheets), table)
        return [_sheet(f"{file_name} sheet {name}", name, stream, book, limits) for name in names]
    except (struct.error, IndexError, KeyError) as error:
        raise UnreadableError(
            f"{file_name} cannot be opened as a workbook: it is a damaged .xls; ask for it again",
            "damaged_workbook",
            file=file_name,
        ) from error


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield kind, place and length of the records of one part of the stream, parts within it (charts) left out.

    A part that ends before its end record was cut off.
    """
    depth = 0
    while True:
        kind, length = struct.unpack_from("<HH", stream, at)
        if at + 4 + length > len(stream):
            raise IndexError("a record beyond the end")
        depth += kind == _BOF
        if depth == 1:
            yield kind, at + 4, length
        depth -= kind == _EOF
        if depth <= 0:
            return
        at += 4 + length


def _book(file_name: str, stream: bytes) -> _Book:
    book = _Book()
    kinds = list(_records(stream, 0))
    for n, (kind, at, length) in enumerate(kinds):
        body = stream[at : at + length]
        if kind == _FILEPASS:
            raise UnreadableError(
                f"{file_name} is locked with a password; ask for it again without one", "locked", file=file_name
            )
        if kind == _BOF:
            version = struct.unpack_from("<H", body)[0]
            if version not in {_BIFF5, _BIFF8}:
                raise UnreadableError(
                    f"{file_name} is an .xls of before 1995; open it in Excel and save it as .xlsx",
                    "old_workbook",
                    file=file_name,
                )
            book.texts.is_wide = version == _BIFF8
        elif kind == _SST:
            book.shared = read_shared(_with_continuations(stream, kinds[n:]))
        else:
            _add(book, kind, body)
    return book


def _add(book: _Book, kind: int, body: bytes) -> None:
    if kind == _CODEPAGE:
        book.texts.code_page = struct.unpack_from("<H", body)[0]
    elif kind == _DATEMODE:
        book.counts_from_1904 = bool(struct.unpack_from("<H", body)[0])
    elif kind == _BOUNDSHEET and body[5] == 0:  # a sheet of cells, not of a chart or macros
        book.sheets[book.texts.short(body, 6)] = struct.unpack_from("<I", body)[0]
    elif kind == _FORMAT:
        book.formats[struct.unpack_from("<H", body)[0]] = book.texts.format_code(body)
    elif kind == _XF:
        book.style_formats.append(struct.unpack_from("<H", body, 2)[0])


def _with_continuations(stream: bytes, kinds: list[tuple[int, int, int]]) -> list[bytes]:
    """Return the bodies of a record and of those that continue it."""
    bodies = []
    for n, (kind, at, length) in enumerate(kinds):
        if n and kind != _CONTINUE:
            break
        bodies.append(stream[at : at + length])
    return bodies


def _sheet(where: str, name: str, stream: bytes, book: _Book, limits: Limits) -> Sheet:
    grid, waiting = Grid(where, limits), None
    for kind, at, length in _records(stream, book.sheets[name]):
        if kind == _STRING and waiting is not None:
            # The result of the formula before it.
            grid.put(*waiting, book.texts.long(stream[at : at + length], 0))
            waiting = None
        elif kind == _MULRK:
            row, column = struct.unpack_from("<HH", stream, at)
            for n in range((length - 6) // 6):
                style, packed = struct.unpack_from("<HI", stream, at + 4 + 6 * n)
                grid.put(row, column + n, book.number(_unpacked(packed), style))
        elif kind in _CELLS:
            row, column, style = struct.unpack_from("<HHH", stream, at)
            text = _text(book, kind, stream[at : at + length], style)
            waiting = (row, column) if text is None else waiting
            grid.put(row, column, text or "")
    return grid.sheet(name)


_CELLS = frozenset({_FORMULA, _NUMBER, _LABEL, _RSTRING, _LABELSST, _BOOLERR, _RK})


def _text(book: _Book, kind: int, body: bytes, style: int) -> str | None:
    """Return what a cell says; None where the next record will say it."""
    if kind == _LABELSST:
        return book.shared[int.from_bytes(body[6:10], "little")]
    if kind in {_LABEL, _RSTRING}:
        return book.texts.long(body, 6)
    if kind == _BOOLERR:
        return _ERRORS.get(body[6], "#N/A") if body[7] else _truth(body[6])
    if kind == _RK:
        return book.number(_unpacked(struct.unpack_from("<I", body, 6)[0]), style)
    if kind == _FORMULA and body[12:14] == b"\xff\xff":
        results: dict[int, str | None] = {0: None, 1: _truth(body[8]), 2: _ERRORS.get(body[8], "#N/A")}
        return results.get(body[6], "")
    return book.number(_double(body[6:14]), style)


def _truth(value: int) -> str:
    return "true" if value else "false"


def _unpacked(packed: int) -> float:
    """Return a number packed into 30 bits: an integer or the upper half of a double, maybe in hundredths."""
    if packed & 2:
        value = float(packed - (1 << 32) >> 2 if packed & (1 << 31) else packed >> 2)
    else:
        value = _double(struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))
    return value / 100 if packed & 1 else value


def _double(raw: bytes) -> float:
    return float(struct.unpack("<d", raw)[0])
