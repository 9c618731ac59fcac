"""Periods of the feed calendar and the days by which their deliveries are due; pure."""

import calendar
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from budget.calendar import RestDayRule, add_workdays, is_workday

Rhythm = Literal["daily", "monthly", "quarterly", "yearly", "once"]
LOOK_BACK: Final = dt.timedelta(days=366)
_MONTHS: Final[Mapping[Rhythm, int]] = {"monthly": 1, "quarterly": 3, "yearly": 12}


class Period(NamedTuple):
    """A span of business days, both ends included, with the name it goes by: 2026-10-09, 2026-10, 2026Q3, 2026."""

    first: dt.date
    last: dt.date
    name: str


@dataclass(frozen=True, kw_only=True)
class Expected:
    """One line of the calendar: a feed that some divisions, or departments of one, deliver in a rhythm.

    The due day is ``due_day`` of the month ``due_months`` after the one in which the period ends (``due_from`` "end")
    or begins ("start"), moved off rest days; or its ``due_workday``-th working day; for daily feeds the
    ``due_workday``-th working day after; for "once" the day ``due_on``.
    """

    feed: str
    rhythm: Rhythm
    divisions: tuple[str, ...]
    departments: tuple[str, ...] = ()
    title: str = ""
    due_from: Literal["start", "end"] = "end"
    due_months: int = 1
    due_day: int | None = None
    due_workday: int | None = None
    due_on: dt.date | None = None
    rest_day_rule: RestDayRule = "later"
    is_cumulative: bool = False  # one delivery tells everything since 1 January
    since: dt.date | None = None  # periods that begin earlier are not expected
    owner: str = ""
    contact: str = ""


def periods_of(line: Expected, today: dt.date, changed_days: Mapping[dt.date, bool]) -> Iterator[Period]:
    """Yield the periods of a rhythm from about a year and a half ago to the one that contains today."""
    if line.rhythm == "once":
        due = line.due_on or today
        yield Period(line.since or due, due, due.isoformat())
        return
    if line.rhythm == "daily":
        days = (today - LOOK_BACK + dt.timedelta(days=n) for n in range(LOOK_BACK.days + 1))
        yield from (Period(day, day, day.isoformat()) for day in days if is_workday(day, changed_days))
        return
    length = _MONTHS[line.rhythm]
    index = ((today.year - 2) * 12) // length
    while (first := _month(index * length)) <= today:
        last = _month((index + 1) * length) - dt.timedelta(days=1)
        yield Period(first, last, _name(first, line.rhythm))
        index += 1


def _name(first: dt.date, rhythm: Rhythm) -> str:
    if rhythm == "yearly":
        return f"{first:%Y}"
    return f"{first:%Y-%m}" if rhythm == "monthly" else f"{first.year}Q{(first.month + 2) // 3}"


def _month(index: int) -> dt.date:
    """Return the first day of a month counted from the year 0."""
    return dt.date(index // 12, index % 12 + 1, 1)


def due_of(line: Expected, period: Period, changed_days: Mapping[dt.date, bool]) -> dt.date:
    """Return the day by whose end a period is due."""
    if line.due_on is not None:
        return line.due_on
    if line.rhythm == "daily":
        return add_workdays(period.last, line.due_workday or 1, changed_days)
    base = period.first if line.due_from == "start" else period.last
    first = _month(base.year * 12 + base.month - 1 + line.due_months)
    if line.due_workday is not None:
        return add_workdays(first - dt.timedelta(days=1), line.due_workday, changed_days)
    day = min(line.due_day or 1, calendar.monthrange(first.year, first.month)[1])
    return _off_rest_days(first.replace(day=day), line.rest_day_rule, changed_days)


def _off_rest_days(due: dt.date, rule: RestDayRule, changed_days: Mapping[dt.date, bool]) -> dt.date:
    step = {"later": 1, "earlier": -1, "unmoved": 0}[rule]
    while step and not is_workday(due, changed_days):
        due += dt.timedelta(days=step)
    return due
