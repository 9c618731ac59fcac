"""What a cell of a workbook says: numbers as a person would have typed them, days where its format shows a day."""

import datetime as dt
import math
import re
from itertools import zip_longest

from ingest.cells import Sheet, storable, text_frame
from ingest.problems import UnreadableError, place_of
from ingest.readers import Limits, refuse_area

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
# A spreadsheet keeps fifteen digits; a number from here on has lost those behind them.
_LOSES_DIGITS = 10**15
_DAY_ZERO, _DAY_ZERO_OF_MAC = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)  # noqa: DTZ001  # days of no zone
# Before March 1900 spreadsheets count a day that never was.
_FIRST_DAY, _LAST_DAY = 61, 2_958_465
_DAY_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(50, 59)})
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_SHOWS_DAY = re.compile(r"[ydYD年月日]")
MOST_ROWS, MOST_COLUMNS = 1 << 20, 1 << 14


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


def shows_day(format_number: int, format_code: str | None) -> bool:
    """Tell whether a number format shows a number as a day."""
    if format_code is None:
        return format_number in _DAY_FORMATS
    return _SHOWS_DAY.search(_NOT_SHOWN.sub("", format_code)) is not None


def day_cell(text: str, *, counts_from_1904: bool) -> str:
    """Write the number of a day as ``2019-03-31 00:00:00``; one that no calendar has stays a number."""
    try:
        days = float(text)
    except ValueError:
        return text
    last = _LAST_DAY - (1462 if counts_from_1904 else 0)
    if not (0 if counts_from_1904 else _FIRST_DAY) <= days < last:
        return typed_number(text)
    zero = _DAY_ZERO_OF_MAC if counts_from_1904 else _DAY_ZERO
    return str(zero + dt.timedelta(seconds=round(days * 86_400)))


class Grid:
    """The cells of a sheet as they come, bounded."""

    def __init__(self, where: str, limits: Limits) -> None:
        self.where, self.limits = where, limits
        self.rows: list[list[str | None]] = []
        self._places = 0

    def put(self, row: int, column: int, text: str) -> None:
        """Put a cell at a place counted from 0; of two cells at one place the later one counts."""
        if not text:
            return
        if not (0 <= row < MOST_ROWS and 0 <= column < MOST_COLUMNS):
            raise UnreadableError(
                f"{self.where} has a cell beyond the last row or column of a sheet",
                "cell_beyond",
                file=place_of(self.where),
            )
        if row >= len(self.rows):
            self.rows += [[] for _ in range(row + 1 - len(self.rows))]
        cells = self.rows[row]
        if (missing := column + 1 - len(cells)) > 0:
            self._places += missing
            if self._places > self.limits.cells:
                refuse_area(self.where, len(self.rows), self.width, self.limits)
            cells += [None] * missing
        cells[column] = text

    @property
    def width(self) -> int:
        """Return how many columns there are."""
        return max(map(len, self.rows), default=0)

    def sheet(self, name: str) -> Sheet:
        """Return the sheet, every row from the first on; UnreadableError where it would fill the memory."""
        refuse_area(self.where, len(self.rows), self.width, self.limits)
        texts = ([storable(cell) if cell else None for cell in column] for column in zip_longest(*self.rows))
        return Sheet(name, text_frame(texts))
