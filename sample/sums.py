"""Sums of budget and payments, and the progress of earlier years, by the sample's own reckoning."""

import datetime as dt
import statistics
from collections import defaultdict
from dataclasses import dataclass, field

import polars as pl

from sample.model import District


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


def _paid(payments: pl.DataFrame, year: int, until: dt.date, key: str) -> dict[str, int]:
    own = payments.filter((pl.col("year") == year) & (pl.col("voided") == 0) & (pl.col("paid_on") <= until))
    return dict(own.filter(pl.col(key).is_not_null()).group_by(key).agg(pl.col("fen").sum()).iter_rows())


def expected_progress(district: District, payments: pl.DataFrame) -> tuple[dict[str, int], dict[str, int]]:
    """Return S* in basis points by unit code in use and by project category: the median of the three years before."""
    now = codes_in_use(district)
    by_unit: dict[str, list[int]] = defaultdict(list)
    by_category: dict[str, list[int]] = defaultdict(list)
    for year in [year for year in district.lines if year < district.year]:
        until = same_day(district.until, year)
        units: dict[str, Sums] = defaultdict(lambda: Sums(""))
        categories: dict[str, Sums] = defaultdict(lambda: Sums(""))
        category_of = {}
        for line in district.lines[year]:
            units[now[line.unit.code]].budget += line.budget_fen(until)
            if line.project:
                category_of[line.project.code] = line.project.category
                categories[line.project.category].budget += line.budget_fen(until)
        for code, fen in _paid(payments, year, until, "unit").items():
            units[now[code]].paid += fen
        for code, fen in _paid(payments, year, until, "project").items():
            categories[category_of[code]].paid += fen
        for groups, rates in ((units, by_unit), (categories, by_category)):
            for key, sums in groups.items():
                if sums.budget > 0:
                    rates[key].append(sums.rate())
    return (
        {key: int(statistics.median(rates)) for key, rates in by_unit.items() if len(rates) > 1},
        {key: int(statistics.median(rates)) for key, rates in by_category.items() if len(rates) > 1},
    )
