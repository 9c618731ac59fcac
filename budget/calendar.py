"""Fiscal calendar: progress of time, quarters, working days with make-up days, and the report's due date.

The fiscal year is 1 January to 31 December (预算法 第十八条).
"""

import datetime as dt
from collections.abc import Mapping
from typing import Literal, NamedTuple

from budget.money import BP_PER_WHOLE

TimeProgressBy = Literal["day", "month"]
RestDayRule = Literal["later", "earlier", "unmoved"]
REPORT_DUE_DAY = 10


def time_progress_bp(as_of: dt.date, by: TimeProgressBy = "day") -> int:
    """Return 序时进度 S: the share of the year elapsed by the end of as_of, in basis points, rounded down.

    By day it is day-of-year over the days of that year; by month, the month number over twelve.
    """
    if by == "month":
        return as_of.month * BP_PER_WHOLE // 12
    return as_of.timetuple().tm_yday * BP_PER_WHOLE // days_in_year(as_of.year)


def days_in_year(year: int) -> int:
    """Return 365 or 366."""
    return (dt.date(year + 1, 1, 1) - dt.date(year, 1, 1)).days


def same_day(day: dt.date, year: int) -> dt.date:
    """Return the same month and day of another year; 29 February becomes 28 February."""
    if (day.month, day.day) == (2, 29) and days_in_year(year) == 365:
        return dt.date(year, 2, 28)
    return day.replace(year=year)


class Quarter(NamedTuple):
    """A calendar quarter, written 2026Q3."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """Read ``2026Q3``; raise ValueError with what was expected otherwise."""
        head, _, tail = text.upper().partition("Q")
        if not (len(head) == 4 and head.isdigit() and tail in {"1", "2", "3", "4"}):
            raise ValueError(f'quarter "{text}" is not written like 2026Q3')
        return cls(int(head), int(tail))

    @classmethod
    def of(cls, day: dt.date) -> "Quarter":
        """Return the quarter that contains a day."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def first_day(self) -> dt.date:
        """Return the first day of the quarter."""
        return dt.date(self.year, self.number * 3 - 2, 1)

    @property
    def last_day(self) -> dt.date:
        """Return the last day of the quarter."""
        return self.next.first_day - dt.timedelta(days=1)

    @property
    def next(self) -> "Quarter":
        """Return the following quarter."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def chinese(self) -> str:
        """Return the quarter as 2026年第三季度."""
        return f"{self.year}年第{'一二三四'[self.number - 1]}季度"

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"


def is_workday(day: dt.date, changed_days: Mapping[dt.date, bool]) -> bool:
    """Tell whether a day is worked; changed_days holds the State Council's notice: True for a make-up workday."""
    return changed_days.get(day, day.weekday() < 5)


def add_workdays(day: dt.date, count: int, changed_days: Mapping[dt.date, bool]) -> dt.date:
    """Return the count-th working day after a day (before it, when count is negative)."""
    step = dt.timedelta(days=1 if count >= 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= is_workday(day, changed_days)
    return day


def workdays_between(start: dt.date, end: dt.date, changed_days: Mapping[dt.date, bool]) -> int:
    """Count working days after start up to and including end; negative when end lies before start."""
    if end < start:
        return -workdays_between(end, start, changed_days)
    return sum(is_workday(start + dt.timedelta(days=n), changed_days) for n in range(1, (end - start).days + 1))


def report_due_on(
    quarter: Quarter, changed_days: Mapping[dt.date, bool], rest_day_rule: RestDayRule = "later"
) -> dt.date:
    """Return the day by whose end a quarter's report is due: the 10th of the next quarter's first month.

    Where that is a rest day the due date moves later (民法典 第二百零三条, by analogy), earlier, or stays.
    """
    due = quarter.next.first_day.replace(day=REPORT_DUE_DAY)
    step = {"later": 1, "earlier": -1, "unmoved": 0}[rest_day_rule]
    while step and not is_workday(due, changed_days):
        due += dt.timedelta(days=step)
    return due
