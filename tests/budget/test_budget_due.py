"""Periods of the feed calendar and their due days, over rest days and the State Council's make-up days."""

import datetime as dt
from typing import Any

import pytest

from budget.due import Expected, due_of, periods_of

# 2026: 1-3 January off, 4 January (Sunday) worked; 1-7 October off, 10 October (Saturday) worked.
CHANGED = {dt.date(2026, 1, day): False for day in (1, 2, 3)} | {dt.date(2026, 1, 4): True}
CHANGED |= {dt.date(2026, 10, day): False for day in range(1, 8)} | {dt.date(2026, 10, 10): True}


def line(**given: Any) -> Expected:
    return Expected(**{"feed": "payments", "divisions": ("990101010",), **given})


def names(rhythm: str, today: str, **given: Any) -> list[str]:
    found = periods_of(line(rhythm=rhythm, due_day=1, **given), dt.date.fromisoformat(today), CHANGED)
    return [period.name for period in found]


@pytest.mark.parametrize(
    ("rhythm", "today", "last"),
    [
        pytest.param("monthly", "2026-11-30", ["2026-10", "2026-11"], id="months"),
        pytest.param("monthly", "2026-12-01", ["2026-11", "2026-12"], id="a new month begins on its first day"),
        pytest.param("quarterly", "2026-03-31", ["2025Q4", "2026Q1"], id="quarters"),
        pytest.param("yearly", "2026-01-01", ["2025", "2026"], id="years"),
        pytest.param("daily", "2026-10-11", ["2026-10-09", "2026-10-10"], id="working days only, make-up days too"),
        pytest.param("daily", "2026-10-08", ["2026-09-30", "2026-10-08"], id="the holiday is no period"),
    ],
)
def test_periods_run_up_to_the_one_that_contains_today(rhythm: str, today: str, last: list[str]) -> None:
    assert names(rhythm, today)[-2:] == last


def test_periods_join_without_gap_or_overlap() -> None:
    for rhythm in ("monthly", "quarterly", "yearly"):
        found = list(periods_of(line(rhythm=rhythm, due_day=1), dt.date(2026, 11, 25), CHANGED))
        assert [one.first for one in found[1:]] == [one.last + dt.timedelta(days=1) for one in found[:-1]]
        assert found[0].first <= dt.date(2025, 11, 24)


@pytest.mark.parametrize(
    ("given", "period", "due"),
    [
        pytest.param({"due_day": 8}, "2026-05", "2026-06-08", id="the 8th of the next month, a Monday"),
        pytest.param({"due_day": 8}, "2026-10", "2026-11-09", id="a Sunday: the Monday after"),
        pytest.param({"due_day": 8, "rest_day_rule": "earlier"}, "2026-10", "2026-11-06", id="or the Friday before"),
        pytest.param({"due_day": 8, "rest_day_rule": "unmoved"}, "2026-10", "2026-11-08", id="or as it is"),
        pytest.param({"due_day": 3}, "2026-09", "2026-10-08", id="in the holiday: the first day of work after"),
        pytest.param({"due_day": 10}, "2026-09", "2026-10-10", id="a make-up Saturday is worked"),
        pytest.param({"due_day": 31}, "2026-01", "2026-03-02", id="there is no 31 February: its last day, a Saturday"),
        pytest.param({"due_day": 8}, "2025-12", "2026-01-08", id="over the turn of the year"),
        pytest.param({"due_day": 8, "due_months": 2}, "2025-12", "2026-02-09", id="two months later"),
        pytest.param({"due_day": 25, "due_months": 0}, "2026-05", "2026-05-25", id="within the month itself"),
        pytest.param({"due_workday": 5}, "2025-12", "2026-01-08", id="the fifth working day, 4 January counted"),
        pytest.param({"due_workday": 1}, "2026-09", "2026-10-08", id="the first one after the holiday"),
    ],
)
def test_a_month_is_due_as_its_line_says(given: dict[str, Any], period: str, due: str) -> None:
    monthly = line(rhythm="monthly", **given)
    found = {one.name: one for one in periods_of(monthly, dt.date(2026, 11, 25), CHANGED)}
    assert due_of(monthly, found[period], CHANGED) == dt.date.fromisoformat(due)


@pytest.mark.parametrize(
    ("given", "due"),
    [
        pytest.param({"rhythm": "yearly", "due_day": 15}, "2027-01-15", id="a year is due after its end"),
        pytest.param(
            {"rhythm": "yearly", "due_day": 10, "due_from": "start"},
            "2026-02-10",
            id="a plan in the month after the first",
        ),
        pytest.param(
            {"rhythm": "yearly", "due_day": 10, "due_from": "start", "due_months": 0},
            "2026-01-12",
            id="or in the first",
        ),
        pytest.param({"rhythm": "quarterly", "due_day": 10}, "2027-01-11", id="a quarter, the 10th is a Sunday"),
        pytest.param(
            {"rhythm": "daily", "due_workday": 1}, "2026-11-26", id="a day by the end of the next working day"
        ),
        pytest.param({"rhythm": "once", "due_on": dt.date(2026, 12, 6)}, "2026-12-06", id="once, on the day named"),
    ],
)
def test_other_rhythms_are_due_as_their_line_says(given: dict[str, Any], due: str) -> None:
    *_, last = periods_of(line(**given), dt.date(2026, 11, 25), CHANGED)
    assert due_of(line(**given), last, CHANGED) == dt.date.fromisoformat(due)
