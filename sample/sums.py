"""Sums of budget and payments by the sample's own reckoning."""

import datetime as dt
from dataclasses import dataclass, field

from sample.model import District, Line


@dataclass
class Sums:
    """Budget and payments of one subject."""

    division: str
    budget: int = 0
    paid: int = 0
    released: dt.date | None = None
    category: str | None = None
    unit: str = ""
    approvals: set[str] = field(default_factory=set)
    topped_late: int = 0
    lines: list[Line] = field(default_factory=list)

    def release(self, on: dt.date) -> None:
        """Take note of a release."""
        self.released = min(self.released or on, on)

    def rate(self) -> int:
        """Return R in basis points, rounded down."""
        return self.paid * 10_000 // self.budget


def codes_in_use(district: District) -> dict[str, str]:
    """Return the code each unit has today: that of its successor where it was closed."""
    return {unit.code: unit.successor or unit.code for unit in district.units}


def same_day(day: dt.date, year: int) -> dt.date:
    """Return the same day of another year."""
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)
