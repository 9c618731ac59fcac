"""The records inside an .xls (BIFF in an OLE2 container): what calamine does not tell of its cells."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.problems import UnreadableError
from ingest.workbook_marks import Marks

_MOST_ROWS, _MOST_COLUMNS = 1 << 16, 1 << 8
_END_OF_CHAIN = 0xFFFFFFFA  # and above: free, end, tables
_ENTRY = 128
_FORMULA, _EOF, _FILEPASS, _BOUNDSHEET, _MULRK, _SST, _LABELSST = 0x06, 0x0A, 0x2F, 0x85, 0xBD, 0xFC, 0xFD
_DIMENSIONS, _NUMBER, _LABEL, _BOOLERR, _RK, _BOF = 0x200, 0x203, 0x204, 0x205, 0x27E, 0x809
_CELLS = frozenset({_FORMULA, _NUMBER, _LABEL, _LABELSST, _BOOLERR, _RK})
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


@dataclass(frozen=True)
class _Container:
    """An OLE2 file: sectors chained by a table."""

    content: bytes
    sector_size: int
    table: tuple[int, ...]

    def chain(self, start: int) -> bytes:
        """Return the bytes of the sectors from one on; a chain that bites its tail ends where it does."""
        parts, seen = [], set()
        while start < len(self.table) and start not in seen:
            seen.add(start)
            parts.append(_sector(self.content, start, self.sector_size))
            start = self.table[start]
        return b"".join(parts)


def xls_marks(file_name: str, content: bytes) -> list[Marks]:
    """Read where the cells of every sheet stand, their errors and long numbers, in the order of the sheets."""
    try:
        stream = _workbook_stream(content)
        starts = _sheet_starts(file_name, stream)
        return [_sheet_marks(file_name, stream, start) for start in starts]
    except (struct.error, IndexError) as error:
        raise UnreadableError(
            f"{file_name} cannot be opened as a workbook: it is a damaged .xls; ask for it again"
        ) from error


def _workbook_stream(content: bytes) -> bytes:
    sector_size, mini_size = 1 << (content[30] & 15), 1 << (content[32] & 15)
    directory_at, _, cutoff, mini_table_at, _ = struct.unpack_from("<5I", content, 48)
    places = [place for place in _table_places(content, sector_size) if place < _END_OF_CHAIN]
    numbers = b"".join(_sector(content, place, sector_size) for place in places[: len(content) // sector_size + 1])
    container = _Container(content, sector_size, _words(numbers))
    directory = container.chain(directory_at)
    root: bytes = b""
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        start, size = struct.unpack_from("<II", directory, at + 116)
        name = directory[at : at + min(max(length - 2, 0), 64)].decode("utf-16-le", "replace")
        if kind == 5:
            root = container.chain(start)
        if kind == 2 and name in {"Workbook", "Book"}:
            if size >= cutoff:
                return container.chain(start)[:size]
            minis = _Container(bytes(mini_size) + root, mini_size, _words(container.chain(mini_table_at)))
            return minis.chain(start)[:size]
    raise IndexError("no workbook stream")


def _table_places(content: bytes, sector_size: int) -> Iterator[int]:
    yield from struct.unpack_from("<109I", content, 76)
    more, seen = struct.unpack_from("<I", content, 68)[0], set()
    while more < _END_OF_CHAIN and more not in seen:
        seen.add(more)
        words = _words(_sector(content, more, sector_size))
        if not words:
            return
        yield from words[:-1]
        more = words[-1]


def _sector(content: bytes, number: int, size: int) -> bytes:
    # The header takes the place of one sector.
    return content[(number + 1) * size : (number + 2) * size]


def _words(raw: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield kind, place and length of the records of one part of the stream, parts within it (charts) left out."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        depth += kind == _BOF
        if depth == 1:
            yield kind, at + 4, length
        depth -= kind == _EOF
        if depth <= 0:
            return
        at += 4 + length


def _sheet_starts(file_name: str, stream: bytes) -> list[int]:
    starts = []
    for kind, at, length in _records(stream, 0):
        if kind == _FILEPASS:
            raise UnreadableError(f"{file_name} is locked with a password; ask for it again without one")
        if kind == _SST and struct.unpack_from("<I", stream, at + 4)[0] > len(stream):
            raise UnreadableError(f"{file_name} cannot be opened as a workbook: it is a damaged .xls; ask for it again")
        if kind == _BOUNDSHEET and length >= 6:
            starts.append(struct.unpack_from("<I", stream, at)[0])
    return starts


def _sheet_marks(file_name: str, stream: bytes, start: int) -> Marks:
    marks = Marks()
    for kind, at, length in _records(stream, start):
        if kind == _DIMENSIONS and length >= 12:
            _, rows, _, columns = struct.unpack_from("<IIHH", stream, at)
            if rows > _MOST_ROWS or columns > _MOST_COLUMNS:
                raise UnreadableError(
                    f"{file_name} cannot be opened as a workbook: it is a damaged .xls; ask for it again"
                )
        elif kind == _MULRK:
            row, column = struct.unpack_from("<HH", stream, at)
            for n in range((length - 6) // 6):
                _mark_rk(marks, row, column + n, struct.unpack_from("<I", stream, at + 6 + 6 * n)[0])
        elif kind in _CELLS:
            _mark(marks, kind, stream, at)
    return marks


def _mark(marks: Marks, kind: int, stream: bytes, at: int) -> None:
    row, column = struct.unpack_from("<HH", stream, at)
    if kind == _NUMBER:
        marks.add_number(row, column, repr(struct.unpack_from("<d", stream, at + 6)[0]))
    elif kind == _RK:
        _mark_rk(marks, row, column, struct.unpack_from("<I", stream, at + 6)[0])
    elif kind == _BOOLERR and stream[at + 7]:
        marks.cells.append((row, column, _ERRORS.get(stream[at + 6], "#N/A")))
    elif kind == _FORMULA:
        _mark_result(marks, row, column, stream[at + 6 : at + 14])
    marks.reach(row, column)


def _mark_result(marks: Marks, row: int, column: int, result: bytes) -> None:
    if result[6:8] != b"\xff\xff":
        marks.add_number(row, column, repr(struct.unpack("<d", result)[0]))
    elif result[0] == 2:
        marks.cells.append((row, column, _ERRORS.get(result[2], "#N/A")))


def _mark_rk(marks: Marks, row: int, column: int, packed: int) -> None:
    """Take note of a number packed into 30 bits: an integer or the upper half of a double, maybe in hundredths."""
    marks.reach(row, column)
    if not packed & 2:
        value = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
        marks.add_number(row, column, repr(value / 100 if packed & 1 else value))
