"""The fiscal calendar: progress of time, quarters, make-up workdays and the day a report is due."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budget.calendar import (
    Quarter,
    add_workdays,
    days_in_year,
    is_workday,
    report_due_on,
    same_day,
    time_progress_bp,
    workdays_between,
)

# 国庆节 2026 and its make-up days (two Saturdays worked), as the State Council's notice gives them.
CHANGED = {dt.date(2026, 10, day): False for day in range(1, 8)} | {
    dt.date(2026, 9, 20): True,
    dt.date(2026, 10, 10): True,
}
DAYS = st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2099, 12, 31))

PROGRESS = [
    ("the first day has passed by its end", dt.date(2026, 1, 1), "day", 27),
    ("1 July", dt.date(2026, 7, 1), "day", 4_986),
    ("the last day is the whole year", dt.date(2026, 12, 31), "day", 10_000),
    ("a leap year has 366 days", dt.date(2028, 2, 29), "day", 1_639),
    ("by month, February is two twelfths rounded down", dt.date(2026, 2, 1), "month", 1_666),
    ("by month, December is the whole year", dt.date(2026, 12, 1), "month", 10_000),
]


@pytest.mark.parametrize(("day", "by", "bp"), [row[1:] for row in PROGRESS], ids=[row[0] for row in PROGRESS])
def test_time_progress(day, by, bp):
    assert time_progress_bp(day, by) == bp


@given(DAYS)
def test_time_never_goes_back_within_a_year(day):
    after = day + dt.timedelta(days=1)
    if after.year == day.year:
        assert time_progress_bp(day) < time_progress_bp(after)


def test_days_in_year():
    assert [days_in_year(year) for year in (2026, 2028, 2100)] == [365, 366, 365]


SAME_DAY = [
    (dt.date(2026, 11, 20), 2024, dt.date(2024, 11, 20)),
    (dt.date(2028, 2, 29), 2027, dt.date(2027, 2, 28)),
    (dt.date(2028, 2, 29), 2024, dt.date(2024, 2, 29)),
    (dt.date(2027, 2, 28), 2028, dt.date(2028, 2, 28)),
]


@pytest.mark.parametrize(("day", "year", "expected"), SAME_DAY)
def test_same_day_of_another_year(day, year, expected):
    assert same_day(day, year) == expected


def test_quarters_are_written_read_and_followed():
    quarter = Quarter.parse("2026q4")
    assert (str(quarter), quarter.chinese, str(quarter.next)) == ("2026Q4", "2026年第四季度", "2027Q1")
    assert (quarter.first_day, quarter.last_day) == (dt.date(2026, 10, 1), dt.date(2026, 12, 31))


@pytest.mark.parametrize("text", ["2026Q5", "2026Q0", "2026", "Q3", "26Q3", "2026Q33", ""])
def test_what_is_no_quarter_is_refused(text):
    with pytest.raises(ValueError, match="is not written like 2026Q3"):
        Quarter.parse(text)


@given(DAYS)
def test_a_day_lies_in_its_quarter(day):
    quarter = Quarter.of(day)
    assert quarter.first_day <= day <= quarter.last_day


WORKED = [
    ("an ordinary Friday", dt.date(2026, 10, 16), True),
    ("an ordinary Saturday", dt.date(2026, 10, 17), False),
    ("a Saturday that makes up for the holiday", dt.date(2026, 10, 10), True),
    ("a Sunday that makes up for the holiday", dt.date(2026, 9, 20), True),
    ("a Thursday within the holiday", dt.date(2026, 10, 1), False),
]


@pytest.mark.parametrize(("day", "worked"), [row[1:] for row in WORKED], ids=[row[0] for row in WORKED])
def test_workdays(day, worked):
    assert is_workday(day, CHANGED) is worked


DUE = [
    ("10 October 2026 is a Saturday that is worked: due that day", "2026Q3", CHANGED, "later", dt.date(2026, 10, 10)),
    ("without the notice it would move to Monday", "2026Q3", {}, "later", dt.date(2026, 10, 12)),
    ("or back to Friday", "2026Q3", {}, "earlier", dt.date(2026, 10, 9)),
    ("or stay", "2026Q3", {}, "unmoved", dt.date(2026, 10, 10)),
    ("10 January 2026 is a Saturday", "2025Q4", {}, "later", dt.date(2026, 1, 12)),
    ("10 April 2021 is a Saturday", "2021Q1", {}, "later", dt.date(2021, 4, 12)),
    ("10 July 2026 is a Friday", "2026Q2", {}, "later", dt.date(2026, 7, 10)),
]


@pytest.mark.parametrize(("quarter", "changed", "rule", "due"), [row[1:] for row in DUE], ids=[row[0] for row in DUE])
def test_report_is_due(quarter, changed, rule, due):
    assert report_due_on(Quarter.parse(quarter), changed, rule) == due


COUNTED = [
    ("over the holiday", dt.date(2026, 9, 30), 2, dt.date(2026, 10, 9)),
    ("onto the make-up Saturday", dt.date(2026, 10, 9), 1, dt.date(2026, 10, 10)),
    ("back over the holiday", dt.date(2026, 10, 8), -1, dt.date(2026, 9, 30)),
    ("none", dt.date(2026, 10, 3), 0, dt.date(2026, 10, 3)),
]


@pytest.mark.parametrize(("day", "count", "expected"), [row[1:] for row in COUNTED], ids=[row[0] for row in COUNTED])
def test_adding_workdays(day, count, expected):
    assert add_workdays(day, count, CHANGED) == expected


@given(DAYS, st.integers(min_value=-30, max_value=30))
def test_counting_workdays_undoes_adding_them(day, count):
    if is_workday(day, {}):
        assert workdays_between(day, add_workdays(day, count, {}), {}) == count
