"""The tables of an HTML page as one sheet of text cells, laid out as a spreadsheet program shows them."""

import re
from dataclasses import dataclass, field
from itertools import zip_longest

from lxml import etree

from ingest.cells import Sheet, text_frame
from ingest.problems import UnreadableError
from ingest.readers import Limits, refuse_area
from ingest.workbook_cells import typed_number

_Cell = str | None
_CHUNK = 1 << 20
_BREAK = "\v"
_BLOCKS = frozenset({"p", "div", "br", "li", "h1", "h2", "h3", "h4", "h5", "h6", "caption", "hr", "body", "form"})
_MUTE = frozenset({"script", "style", "title", "noscript"})
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_BREAKS = re.compile(rf" *{_BREAK}[ {_BREAK}]*")
# What a browser caps them at, too.
_MOST_COLUMNS_SPANNED, _MOST_ROWS_SPANNED = 1_000, 65_534
_MOST_COLUMNS = 1 << 14
_SHOWN_NUMBER = re.compile(r"[-+(]?[\d,]+\.?\d*([eE][+-]?\d+)?\)?")
_MOST_TOLD = 80


def read_html(file_name: str, text: str, limits: Limits) -> Sheet:
    """Read every table of a page into one sheet, in the order of the page; text between tables is a row of one cell.

    A cell over several columns or rows says its text in its first place, the others are blank. A table within a
    cell has rows of its own. Of numbers that are shown shortened, the full one is taken (x:num).
    """
    page = _Page(file_name, limits)
    parser = etree.HTMLParser(target=page, encoding="utf-8", recover=True, no_network=True)
    raw = re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode()
    try:
        for place in range(0, len(raw), _CHUNK):
            parser.feed(raw[place : place + _CHUNK])
        if raw:
            parser.close()
    except etree.XMLSyntaxError as error:
        raise UnreadableError(
            f"{file_name} is a page that cannot be read: {error}", "damaged_page", file=file_name
        ) from error
    page.end_line()
    if not page.has_table:
        said = " ".join(cell for row in page.rows for cell in row if cell)[:_MOST_TOLD] or "nothing"
        raise UnreadableError(
            f"{file_name} is a web page without a table, it says: {said}; ask for the file again",
            "page_without_table",
            file=file_name,
            said=said,
        )
    refuse_area(file_name, len(page.rows), max(map(len, page.rows), default=0), limits)
    return Sheet(None, text_frame(zip_longest(*page.rows)))


@dataclass
class _Row:
    cells: list[_Cell] = field(default_factory=list)
    holds_table: bool = False


@dataclass
class _Table:
    """A table being read: how many rows each column is still covered by a cell from above."""

    covered: dict[int, int] = field(default_factory=dict)
    row: _Row | None = None
    in_cell: bool = False
    text: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)


class _Page:
    """What the parser tells, tag by tag, made into rows."""

    def __init__(self, file_name: str, limits: Limits) -> None:
        self.file_name, self.limits = file_name, limits
        self.rows: list[list[_Cell]] = []
        self.has_table = False
        self._open: list[_Table] = []
        self._loose: list[str] = []
        self._mute = 0
        self._places = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take note of an opening tag."""
        if tag in _MUTE:
            self._mute += 1
        elif tag == "table":
            self._start_table()
        elif tag == "tr" and self._open:
            self._end_row()
            self._open[-1].row = _Row()
        elif tag in {"td", "th"} and self._open:
            self._start_cell(attributes)
        elif tag in _BLOCKS:
            self._break()

    def end(self, tag: str) -> None:
        """Take note of a closing tag."""
        if tag in _MUTE:
            self._mute -= 1
        elif tag in {"td", "th"} and self._open:
            self._end_cell()
        elif tag == "tr" and self._open:
            self._end_row()
        elif tag == "table" and self._open:
            self._end_row()
            self._open.pop()
        elif tag in _BLOCKS:
            self._break()

    def data(self, text: str) -> None:
        """Take note of text."""
        if self._mute:
            return
        if self._open and self._open[-1].in_cell:
            self._open[-1].text.append(text)
        elif not self._open:
            self._loose.append(text)

    def close(self) -> None:
        """Finish what the page left open."""
        while self._open:
            self._end_row()
            self._open.pop()

    def _break(self) -> None:
        if self._open and self._open[-1].in_cell:
            self._open[-1].text.append(_BREAK)
        else:
            self.end_line()

    def end_line(self) -> None:
        """Make a row of the text that stood outside of tables."""
        text = _plain("".join(self._loose))
        self._loose.clear()
        if text:
            self._add([text])

    def _start_table(self) -> None:
        self.end_line()
        self.has_table = True
        if self._open and self._open[-1].row is not None:
            self._open[-1].row.holds_table = True
        self._open.append(_Table())

    def _start_cell(self, attributes: dict[str, str]) -> None:
        table = self._open[-1]
        self._end_cell()
        if table.row is None:
            table.row = _Row()
        table.in_cell, table.attributes = True, dict(attributes) if attributes else {}

    def _end_cell(self) -> None:
        table = self._open[-1]
        if not table.in_cell or table.row is None:
            return
        cells, attributes = table.row.cells, table.attributes
        while table.covered and table.covered.get(len(cells), 0):
            cells.append(None)
        text, table.in_cell, table.text = _plain("".join(table.text)), False, []
        if not attributes and len(cells) < _MOST_COLUMNS:  # by far the most
            cells.append(text or None)
            return
        wide = _span(attributes.get("colspan"), _MOST_COLUMNS_SPANNED)
        tall = _span(attributes.get("rowspan"), _MOST_ROWS_SPANNED)
        if len(cells) + wide > _MOST_COLUMNS:
            raise UnreadableError(
                f"{self.file_name} has a row of more than {_MOST_COLUMNS:,} cells",
                "wide_row",
                file=self.file_name,
                most=_MOST_COLUMNS,
            )
        if tall > 1:
            # One more than the rows below: the end of this row takes one off.
            table.covered |= dict.fromkeys(range(len(cells), len(cells) + wide), tall)
        cells += [_value(text, attributes), *[None] * (wide - 1)]

    def _end_row(self) -> None:
        table = self._open[-1]
        self._end_cell()
        row, table.row = table.row, None
        if row is None:
            return
        table.covered = {column: rows - 1 for column, rows in table.covered.items() if rows > 1}
        if row.cells and not (row.holds_table and not any(row.cells)):
            self._add(row.cells)

    def _add(self, cells: list[_Cell]) -> None:
        self._places += len(cells)
        if self._places > self.limits.cells:
            raise UnreadableError(
                f"{self.file_name} has more than {self.limits.cells:,} cells; split the delivery",
                "many_cells",
                file=self.file_name,
                most=self.limits.cells,
            )
        self.rows.append(cells)


def _span(text: str | None, most: int) -> int:
    digits = (text or "").strip()
    if not digits.isascii() or not digits.isdigit():
        return 1
    # A longer number would only be capped.
    return min(max(int(digits[:9]), 1), most)


def _plain(text: str) -> str:
    if text.isalnum():  # by far the most
        return text
    return _BREAKS.sub("\n", _SPACES.sub(" ", text)).strip()


def _value(shown: str, attributes: dict[str, str]) -> _Cell:
    """Return a cell's text; where a number is shown, the number in full that Excel or LibreOffice put beside it."""
    full = attributes.get("x:num") or attributes.get("sdval")
    if full and _SHOWN_NUMBER.fullmatch(shown.replace(" ", "")):
        return typed_number(full)
    return shown or None
