"""The XML inside an .xlsx to sheets of text cells."""

import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat  # entities are refused, see _parse

from ingest.archive import open_zip
from ingest.cells import Sheet
from ingest.mapping_parts import TableSpec
from ingest.problems import UnreadableError
from ingest.readers import Limits
from ingest.workbook_cells import Grid, day_cell, shows_day, typed_number
from ingest.workbook_names import wanted_sheets

_CHUNK = 1 << 16
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, IndexError, ValueError, NotImplementedError, OSError)
_Start = Callable[[str, dict[str, str]], None]
_End = Callable[[str], None]


def read_xlsx(file_name: str, content: bytes, table: TableSpec, limits: Limits) -> list[Sheet]:
    """Read the sheets a mapping asks for; every row of the sheet is there, blank ones too."""
    _refuse_bomb(file_name, content, limits)
    with open_zip(file_name, content) as packed:
        try:
            book = _book(packed)
            names = wanted_sheets(file_name, list(book.sheets), table)
            shared = _shared_strings(packed, limits) if "xl/sharedStrings.xml" in packed.namelist() else []
            return [_sheet(f"{file_name} sheet {name}", name, packed, book, shared, limits) for name in names]
        except (expat.ExpatError, *_DAMAGE) as error:
            if isinstance(error, UnreadableError):
                raise
            raise UnreadableError(
                f"{file_name} is a damaged .xlsx: {str(error) or type(error).__name__}; ask for it again",
                "damaged_workbook",
                file=file_name,
            ) from error


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


@dataclass(frozen=True)
class _Book:
    sheets: dict[str, str]  # name -> path within the archive
    day_styles: frozenset[int]
    counts_from_1904: bool


def _parse(raw: IO[bytes], start: _Start, end: _End, text: _End) -> None:
    """Parse a part, tags without their name space; one that declares entities is refused: they can stand for GiBs."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse_entities(*_told: object) -> None:
        raise ValueError("it declares entities, which no spreadsheet program writes")

    parser.EntityDeclHandler = refuse_entities
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(":")[2], attributes)
    parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2])
    parser.CharacterDataHandler = text
    while chunk := raw.read(_CHUNK):
        parser.Parse(chunk)
    parser.Parse(b"", True)


def _elements(packed: zipfile.ZipFile, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the tags of a small part with their attributes."""
    found: list[tuple[str, dict[str, str]]] = []
    with packed.open(path) as raw:
        _parse(raw, lambda tag, told: found.append((tag, told)), lambda _: None, lambda _: None)
    yield from found


def _book(packed: zipfile.ZipFile) -> _Book:
    targets = {
        told.get("Id"): posixpath.normpath(posixpath.join("/xl", told.get("Target", ""))).lstrip("/")
        for tag, told in _elements(packed, "xl/_rels/workbook.xml.rels")
        if tag == "Relationship"
    }
    sheets, is_mac = {}, False
    for tag, told in _elements(packed, "xl/workbook.xml"):
        if tag == "sheet":
            link = next((value for key, value in told.items() if key.rpartition(":")[2] == "id"), None)
            sheets[told.get("name", "")] = targets.get(link, "")
        elif tag == "workbookPr":
            is_mac = told.get("date1904") in {"1", "true"}
    # Sheets of charts and macros have no cells.
    sheets = {name: path for name, path in sheets.items() if "worksheets/" in path or path in packed.namelist()}
    return _Book(sheets, _day_styles(packed), is_mac)


def _day_styles(packed: zipfile.ZipFile) -> frozenset[int]:
    if "xl/styles.xml" not in packed.namelist():
        return frozenset()
    codes: dict[int, str] = {}
    styles: list[int] = []
    is_of_cells = False
    for tag, told in _elements(packed, "xl/styles.xml"):
        if tag == "numFmt":
            codes[int(told.get("numFmtId", 0))] = told.get("formatCode", "")
        elif tag in {"cellXfs", "cellStyleXfs", "cellStyles", "dxfs"}:
            is_of_cells = tag == "cellXfs"
        elif tag == "xf" and is_of_cells:
            styles.append(int(told.get("numFmtId", 0)))
    return frozenset(n for n, number in enumerate(styles) if shows_day(number, codes.get(number)))


def _shared_strings(packed: zipfile.ZipFile, limits: Limits) -> list[str]:
    found: list[str] = []
    parts: list[str] = []
    inside: list[str] = []  # phonetic guides (rPh) say again what the text says

    def start(tag: str, _told: dict[str, str]) -> None:
        inside.append(tag)

    def end(tag: str) -> None:
        inside.pop()
        if tag == "si":
            found.append("".join(parts))
            parts.clear()
            if len(found) > limits.cells:
                raise ValueError("it has more texts than cells are read")

    def text(said: str) -> None:
        if inside[-1] == "t" and "rPh" not in inside:
            parts.append(said)

    with packed.open("xl/sharedStrings.xml") as raw:
        _parse(raw, start, end, text)
    return found


class _Cells:
    """What the parser tells of a sheet, tag by tag, put into a grid."""

    def __init__(self, grid: Grid, book: _Book, shared: list[str]) -> None:
        self.grid, self.book, self.shared = grid, book, shared
        self.row = self.column = -1
        self.told: dict[str, str] = {}
        self.inside: list[str] = []
        self.value: list[str] | None = None
        self.formula: list[str] | None = None

    def start(self, tag: str, told: dict[str, str]) -> None:
        self.inside.append(tag)
        if tag == "row":
            self.row, self.column = int(told["r"]) - 1 if "r" in told else self.row + 1, -1
        elif tag == "c":
            self.told, self.value, self.formula = told, None, None
            self.column += 1
            if "r" in told:
                self.row, self.column = _place(told["r"])
        elif tag in {"v", "t"}:
            self.value = self.value or []
        elif tag == "f":
            self.formula = []

    def end(self, tag: str) -> None:
        self.inside.pop()
        if tag != "c":
            return
        if self.value is not None:
            self.grid.put(self.row, self.column, self._text("".join(self.value)))
        elif self.formula is not None:
            # Never worked out: a blank would pass for no amount.
            self.grid.put(self.row, self.column, f"={''.join(self.formula)}")

    def text(self, said: str) -> None:
        tag = self.inside[-1]
        if tag == "f" and self.formula is not None:
            self.formula.append(said)
        elif tag in {"v", "t"} and self.value is not None and "rPh" not in self.inside:
            self.value.append(said)

    def _text(self, said: str) -> str:
        kind = self.told.get("t", "n")
        if kind == "s":
            return self.shared[int(said)]
        if kind == "b":
            return "true" if said == "1" else "false"
        if kind == "e":
            return said or "#N/A"
        if kind != "n":
            return said
        if int(self.told.get("s", 0)) in self.book.day_styles:
            return day_cell(said, counts_from_1904=self.book.counts_from_1904)
        return typed_number(said)


def _place(reference: str) -> tuple[int, int]:
    """Return row and column, counted from 0, of a reference such as B7."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters[:4]:
        column = column * 26 + ord(letter) - 64
    row = int(reference[len(letters) :])
    if row < 1 or column < 1:
        raise ValueError(f"it has a cell at {reference}")
    return row - 1, column - 1


def _sheet(  # noqa: PLR0917  # in the order they are found
    where: str, name: str, packed: zipfile.ZipFile, book: _Book, shared: list[str], limits: Limits
) -> Sheet:
    cells = _Cells(Grid(where, limits), book, shared)
    with packed.open(book.sheets[name]) as raw:
        _parse(raw, cells.start, cells.end, cells.text)
    return cells.grid.sheet(name)
