"""How the district's spreadsheets are dressed: merged titles, unit lines, three header rows, messy numbers."""

import datetime as dt
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import xlsxwriter

FEN_PER_WAN = 1_000_000
_EPOCH = dt.date(1899, 12, 30)
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_CREATED = dt.datetime(2026, 1, 1)  # noqa: DTZ001  spreadsheets carry local time without a zone


class Sheet:
    """One workbook of one sheet, written row by row; the file is the same bytes for the same cells."""

    def __init__(self, path: Path, name: str) -> None:
        self._book = xlsxwriter.Workbook(str(path))
        self._book.set_properties({"created": _CREATED, "author": "青禾区财政局"})
        self._sheet = self._book.add_worksheet(name)
        self._bold = self._book.add_format({"bold": True, "align": "center", "valign": "vcenter", "border": 1})
        self._title = self._book.add_format({"bold": True, "font_size": 16, "align": "center"})
        self._money = self._book.add_format({"num_format": "#,##0.00"})
        self._day = self._book.add_format({"num_format": "yyyy/m/d"})
        self._middle = self._book.add_format({"valign": "vcenter"})
        self.row = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._book.close()

    def title(self, text: str, width: int) -> None:
        """Write a title merged over the table's width."""
        self._sheet.merge_range(self.row, 0, self.row, width - 1, text, self._title)
        self.row += 1

    def preamble(self, left: str, right: str, width: int) -> None:
        """Write the line between title and header: who made it, and the unit of amounts."""
        self._sheet.write_string(self.row, 0, left)
        self._sheet.write_string(self.row, width - 1, right)
        self.row += 1

    def header(self, names: list[str]) -> None:
        """Write a header of one row."""
        for column, name in enumerate(names):
            self._sheet.write_string(self.row, column, name, self._bold)
        self._sheet.set_column(0, len(names) - 1, 14)
        self.row += 1

    def merged_header(self, columns: list[tuple[str, str, str]]) -> None:
        """Write a header of three rows: equal neighbours are merged across, empty cells below are merged down."""
        top = self.row
        for level in range(3):
            start = 0
            while start < len(columns):
                name, stop = columns[start][level], start + 1
                while stop < len(columns) and name and columns[stop][: level + 1] == columns[start][: level + 1]:
                    stop += 1
                if name:
                    deep = next((low for low in range(level + 1, 3) if columns[start][low]), 3)
                    self._header_cell(top + level, start, top + deep - 1, stop - 1, name)
                start = stop
        self._sheet.set_column(0, len(columns) - 1, 14)
        self.row += 3

    def _header_cell(self, first_row: int, first: int, last_row: int, last: int, name: str) -> None:
        if (first_row, first) == (last_row, last):
            self._sheet.write_string(first_row, first, name, self._bold)
        else:
            self._sheet.merge_range(first_row, first, last_row, last, name, self._bold)

    def cells(self, values: list[Any]) -> None:
        """Write one row: text, int fen wrapped in Wan, dates as Excel serials, None as an empty cell."""
        for column, value in enumerate(values):
            if value is None:
                continue
            if isinstance(value, Wan):
                self._amount(column, value)
            elif isinstance(value, dt.date):
                # Here and there the cell lost its format and shows the bare serial number.
                form = None if self.row % 5 == 3 else self._day
                self._sheet.write_number(self.row, column, (value - _EPOCH).days, form)
            else:
                self._sheet.write_string(self.row, column, str(value))
        self.row += 1

    def merge_down(self, column: int, rows: int, text: str) -> None:
        """Merge a cell over the rows just written (its text stands in the first)."""
        if rows > 1:
            self._sheet.merge_range(self.row - rows, column, self.row - 1, column, text, self._middle)

    def _amount(self, column: int, amount: "Wan") -> None:
        if amount.style == "number":
            self._sheet.write_number(self.row, column, amount.fen / FEN_PER_WAN, self._money)
            return
        text = f"{amount.fen / FEN_PER_WAN:,.2f}"
        self._sheet.write_string(self.row, column, text.translate(_FULL_WIDTH) if amount.style == "wide" else text)


class Wan:
    """An amount in fen to be shown in 万元: as a number, as text with separators, or in full-width digits."""

    __slots__ = ("fen", "style")

    def __init__(self, fen: int, style: str = "number") -> None:
        self.fen = fen
        self.style = style


def style_of(row: int) -> str:
    """Return how the amount of a row is typed: a few as text with separators, a few in full-width digits."""
    if row % 37 == 5:
        return "text"
    return "wide" if row % 53 == 11 else "number"


def full_width(text: str) -> str:
    """Write digits as full-width digits."""
    return text.translate(_FULL_WIDTH)
