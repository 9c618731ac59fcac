"""What is read of a workbook's bytes beside what calamine tells: its true size, error cells, numbers in full.

calamine gives error cells and formulas without a result as blanks, numbers with nine decimals at most, and a long code
in a number cell with made-up digits behind the fifteenth.
"""

import math
import re
from dataclasses import dataclass, field

from ingest.problems import UnreadableError
from ingest.readers import Limits, refuse_area

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_IS_NUMBER = re.compile(r"-?\d+(\.\d+)?")
# A spreadsheet keeps fifteen digits; a number from here on has lost those behind them.
_LOSES_DIGITS = 10**15


@dataclass
class Marks:
    """How far the filled cells of a sheet reach, counted from 0, and the cells that calamine does not tell in full."""

    rows: int = 0
    first_column: int = 1 << 30
    last_column: int = -1
    cells: list[tuple[int, int, str]] = field(default_factory=list)

    def reach(self, row: int, column: int) -> None:
        """Take note of a filled cell."""
        self.rows = max(self.rows, row + 1)
        self.first_column = min(self.first_column, column)
        self.last_column = max(self.last_column, column)

    @property
    def width(self) -> int:
        """Return how many columns calamine makes of the sheet: from the first filled one to the last."""
        return max(self.last_column - self.first_column + 1, 0)

    def add_number(self, row: int, column: int, text: str) -> None:
        """Take note of a number cell where calamine would not tell all of it."""
        if len(text) > 9 or "E" in text or "e" in text:
            self.cells.append((row, column, typed_number(text)))


def typed_number(text: str) -> str:
    """Write a number cell as a person would have typed it; from 10^15 on as 4.40604000201234E+20, which no code is.

    Text that is no number stays as it is.
    """
    if not _NUMBER.fullmatch(text.strip()):
        return text
    value = float(text)
    if not math.isfinite(value):
        return text
    if abs(value) >= _LOSES_DIGITS:
        return f"{value:.14E}"
    return str(int(value)) if value.is_integer() else repr(value)


def refuse_wide(file_name: str, sheet: str, marks: Marks, limits: Limits) -> None:
    """Raise UnreadableError for a sheet whose filled cells lie so far apart that it would fill the memory."""
    refuse_area(f"{file_name} sheet {sheet}", marks.rows, marks.width, limits)


def laid_over(where: str, columns: list[list[str | None]], marks: Marks) -> list[list[str | None]]:
    """Return columns as calamine read them with the marked cells put over them.

    A number is only put over a number: a date keeps its form.
    """
    if not marks.cells:
        return columns
    if len(columns) != marks.width:
        raise UnreadableError(f"{where} cannot be read for certain; open it in Excel or WPS and save it anew as .xlsx")
    rows = max(len(columns[0]) if columns else 0, *(row + 1 for row, *_ in marks.cells))
    first = min(marks.first_column, *(column for _, column, _ in marks.cells))
    last = max(marks.last_column, *(column for _, column, _ in marks.cells))
    known = dict(enumerate(columns, start=marks.first_column))
    wide = [(told := known.get(n, [])) + [None] * (rows - len(told)) for n in range(first, last + 1)]
    for row, column, text in marks.cells:
        before = wide[column - first][row]
        if not before or not _NUMBER.fullmatch(text) or _IS_NUMBER.fullmatch(before):
            wide[column - first][row] = text
    return wide
