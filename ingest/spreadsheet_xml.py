"""Excel's XML of 2003 (SpreadsheetML), which programs name .xls, to sheets of text cells."""

import re
from dataclasses import dataclass, field
from itertools import zip_longest

from lxml import etree

from ingest.cells import Sheet, text_frame
from ingest.mapping_parts import TableSpec
from ingest.problems import UnreadableError
from ingest.readers import Limits, refuse_area
from ingest.workbook_cells import typed_number
from ingest.workbook_names import wanted_sheets

_CHUNK = 1 << 20
_SPACE = "{urn:schemas-microsoft-com:office:spreadsheet}"
_MOST_ROWS, _MOST_COLUMNS = 1 << 20, 1 << 14
_Cell = str | None


def read_spreadsheet_xml(file_name: str, text: str, table: TableSpec, limits: Limits) -> list[Sheet]:
    """Read the sheets a mapping asks for; rows and cells stand where their index says."""
    book = _Book(file_name, limits)
    # No entity is looked up: one may stand for a billion others.
    parser = etree.XMLParser(target=book, encoding="utf-8", resolve_entities=False, no_network=True)
    raw = re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode()
    try:
        for place in range(0, len(raw), _CHUNK):
            parser.feed(raw[place : place + _CHUNK])
        parser.close()
    except etree.XMLSyntaxError as error:
        raise UnreadableError(
            f"{file_name} is a damaged XML workbook: {error}; open it in Excel or WPS and save it as .xlsx",
            "damaged_workbook",
            file=file_name,
        ) from error
    sheets = []
    for name in wanted_sheets(file_name, list(book.sheets), table):
        rows = book.sheets[name]
        refuse_area(f"{file_name} sheet {name}", len(rows), max(map(len, rows), default=0), limits)
        sheets.append(Sheet(name, text_frame(zip_longest(*rows))))
    return sheets


@dataclass
class _Place:
    """The cell being read."""

    kind: str | None = None
    formula: str | None = None
    spanned: int = 0
    text: list[str] = field(default_factory=list)


class _Book:
    """What the parser tells, tag by tag, made into rows by sheet."""

    def __init__(self, file_name: str, limits: Limits) -> None:
        self.file_name, self.limits = file_name, limits
        self.sheets: dict[str, list[list[_Cell]]] = {}
        self._rows: list[list[_Cell]] = []
        self._cell: _Place | None = None
        self._in_data = False
        self._places = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take note of an opening tag."""
        told = {key.removeprefix(_SPACE): value for key, value in attributes.items()}
        match tag.removeprefix(_SPACE):
            case "Worksheet":
                self._rows = self.sheets.setdefault(told.get("Name", f"Sheet{len(self.sheets) + 1}"), [])
            case "Row":
                missing = self._missing(len(self._rows), told.get("Index"), _MOST_ROWS)
                self._rows += [[] for _ in range(missing + 1)]
            case "Cell" if self._rows:
                self._rows[-1] += [None] * self._missing(len(self._rows[-1]), told.get("Index"), _MOST_COLUMNS)
                self._cell = _Place(formula=told.get("Formula"), spanned=_number(told.get("MergeAcross")))
            case "Data" if self._cell is not None:
                self._cell.kind, self._in_data = told.get("Type"), True
            case _:
                pass

    def end(self, tag: str) -> None:
        """Take note of a closing tag."""
        name = tag.removeprefix(_SPACE)
        if name == "Data":
            self._in_data = False
        elif name == "Cell" and self._cell is not None:
            blanks: list[_Cell] = [None] * min(self._cell.spanned, _MOST_COLUMNS)
            self._count(1 + len(blanks))
            self._rows[-1] += [_value(self._cell), *blanks]
            self._cell = None

    def data(self, text: str) -> None:
        """Take note of text."""
        if self._in_data and self._cell is not None:
            self._cell.text.append(text)

    def close(self) -> None:
        """Do nothing at the end: the rows are kept as they come."""

    def _missing(self, filled: int, index: str | None, most: int) -> int:
        """Return how many blanks stand before an index, which counts from 1."""
        wanted = _number(index)
        if wanted > most or filled >= most:
            raise UnreadableError(
                f"{self.file_name} has a cell beyond the last row or column of a sheet",
                "cell_beyond",
                file=self.file_name,
            )
        missing = max(wanted - 1 - filled, 0)
        self._count(missing)
        return missing

    def _count(self, places: int) -> None:
        self._places += places
        if self._places > self.limits.cells:
            raise UnreadableError(
                f"{self.file_name} has more than {self.limits.cells:,} cells; split the delivery",
                "many_cells",
                file=self.file_name,
                most=self.limits.cells,
            )


def _number(text: str | None) -> int:
    return int(text[:9]) if text and text.isascii() and text.isdigit() else 0


def _value(cell: _Place) -> _Cell:
    text = "".join(cell.text)
    if cell.kind is None and cell.formula:
        return cell.formula if cell.formula.startswith("=") else f"={cell.formula}"
    return typed_number(text) if cell.kind == "Number" else text or None
