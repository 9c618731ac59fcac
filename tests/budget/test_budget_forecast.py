"""The forecast of the year's end: from how earlier years went on, with an interval, never where nothing is known."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_budget_facts import facts

from budget.forecast import COURSE, FORECAST, back_test, forecasts, growth, interval, with_growth

DAY = dt.date(2026, 9, 30)
RATE = st.integers(min_value=1, max_value=30_000)


def year(number, then, whole, *, b1=1_000, released=None, **place):
    """Return a year's budget, what was paid by the end of September and what in December."""
    row = {"fiscal_year": number} | place
    return (
        [row | {"fen": b1, "on": released or dt.date(number, 1, 1)}],
        [row | {"fen": then, "on": dt.date(number, 9, 30)}, row | {"fen": whole - then, "on": dt.date(number, 12, 20)}],
    )


def known(*years):
    return facts(
        allotments=[row for budgets, _ in years for row in budgets],
        payments=[row for _, paid in years for row in paid if row["fen"]],
    )


def course(told, day=DAY):
    rows = growth(told, day, ["unit_code"]).to_dicts()
    return tuple(rows[0][name] for name in COURSE) if rows else None


COURSES = [
    (
        "two years, moved apart by their distance",
        [(2024, 500, 900), (2025, 600, 900)],
        (16_500, 12_000, 21_000, 3_000, 4_000, 2),
    ),
    (
        "two years alike, moved apart by a tenth of the rest",
        [(2024, 500, 900), (2025, 500, 900)],
        (18_000, 17_200, 18_800, 4_000, 4_000, 2),
    ),
    (
        "the middle one of three",
        [(2023, 500, 800), (2024, 500, 900), (2025, 500, 850)],
        (17_000, 14_000, 20_000, 3_000, 4_000, 3),
    ),
    ("one year is no history", [(2025, 500, 900)], None),
    ("a year in which nothing was paid by then says nothing", [(2024, 0, 900), (2025, 500, 900)], None),
    ("a year that was paid back says nothing", [(2024, 500, 0), (2025, 500, 900)], None),
]


@pytest.mark.parametrize(("years", "expected"), [row[1:] for row in COURSES], ids=[row[0] for row in COURSES])
def test_how_earlier_years_went_on(years, expected):
    assert course(known(*(year(*one) for one in years))) == expected


def test_on_the_last_day_nothing_is_to_come():
    told = known(year(2024, 500, 900), year(2025, 600, 900))
    assert course(told, dt.date(2026, 12, 31)) == (10_000, 10_000, 10_000, 0, 0, 2)


def test_money_released_late_in_a_year_says_nothing_of_its_course():
    late = {"project_code": "X1", "released": dt.date(2025, 8, 1)}
    told = known(year(2024, 500, 900), year(2025, 500, 900), year(2025, 0, 5_000, b1=9_000, **late))
    assert course(told) == course(known(year(2024, 500, 900), year(2025, 500, 900)))


def test_in_february_earlier_years_are_read_by_both_months_together():
    paid = [
        {"fen": fen, "fiscal_year": number, "on": dt.date(number, month, 20)}
        for number in (2024, 2025)
        for month, fen in ((1, 59), (12, 531))
    ]
    given_once = [{"fen": 1_000, "fiscal_year": number, "on": dt.date(number, 1, 1)} for number in (2024, 2025)]
    told = facts(allotments=given_once, payments=paid)
    assert course(told, dt.date(2026, 1, 10))[0] == 590 * 10_000 // 10


def ends(rate, grown):
    row = pl.DataFrame(
        {"execution_rate_bp": [rate], **{name: [value] for name, value in zip(COURSE, grown, strict=True)}},
        schema=dict.fromkeys(("execution_rate_bp", *COURSE), pl.Int64),
    )
    return row.select(**forecasts()).row(0)


GROWN = (12_000, 11_000, 13_000, 1_500, 2_500, 2)
ENDS = [
    ("the rate times its growth", 7_000, GROWN, (8_400, 7_700, 9_500)),
    ("who is behind may keep the pace of others", 1_000, GROWN, (1_200, 1_100, 3_500)),
    ("who is ahead may have less to come", 9_000, GROWN, (10_000, 9_900, 10_000)),
    ("over the budget stays where it is", 11_000, GROWN, (11_000, 11_000, 11_000)),
    ("never less than what is paid", 7_000, (9_000, 8_000, 9_500, -500, -100, 2), (7_000, 7_000, 7_000)),
    ("nothing paid, nothing known", 0, GROWN, (None, None, None)),
    ("more paid back than paid", -5, GROWN, (None, None, None)),
    ("no budget, no rate", None, GROWN, (None, None, None)),
    ("no history", 7_000, (None,) * 6, (None, None, None)),
]


@pytest.mark.parametrize(("rate", "grown", "expected"), [row[1:] for row in ENDS], ids=[row[0] for row in ENDS])
def test_forecasts(rate, grown, expected):
    assert ends(rate, grown) == expected


@settings(deadline=None)
@given(
    rate=RATE,
    years=st.lists(st.tuples(st.integers(1, 10**15), st.integers(1, 10**15)), min_size=1, max_size=3),
)
def test_the_interval_holds_the_forecast_and_what_is_paid_bounds_it_from_below(rate, years):
    rows = pl.DataFrame(
        [{"key": 1, "so_far_fen": then, "whole_fen": then + more, "budget_fen": 10**16} for then, more in years]
    )
    grown = interval(rows, ["key"]).select(COURSE).row(0)
    forecast, low, high = ends(rate, grown)
    assert rate <= low <= forecast <= high <= max(rate, 10_000)


def test_next_to_nothing_paid_by_then_is_no_endless_growth():
    rows = pl.DataFrame({"key": [1], "so_far_fen": [1], "whole_fen": [10**16], "budget_fen": [1]})
    assert interval(rows, ["key"])["growth_bp"].to_list() == [10_000_000]


def test_the_narrowest_group_with_history_speaks():
    told = known(year(2024, 500, 900, spending_kind="public"), year(2025, 500, 900, spending_kind="public"))
    lines = pl.DataFrame(
        {"unit_code": ["101001", "101002"], "division_code": ["990101010"] * 2, "execution_rate_bp": [5_000] * 2}
    )
    rows = with_growth(lines, told, DAY, [["unit_code"], ["division_code"]])
    assert rows["growth_bp"].to_list() == [18_000, 18_000]
    alone = with_growth(lines, told, DAY, [["unit_code"]])
    assert alone["growth_bp"].to_list() == [18_000, None]


def test_a_past_day_is_held_against_how_its_year_ended():
    told = known(year(2022, 500, 900), year(2023, 500, 900), year(2024, 500, 900), year(2025, 400, 800))
    held = back_test(told, dt.date(2025, 9, 30), ["unit_code"]).to_dicts()
    assert [[row[name] for name in (*FORECAST, "outturn_bp", "error_bp", "is_inside")] for row in held] == [
        [7_200, 6_880, 8_000, 8_000, -800, True]
    ]
    assert back_test(told, dt.date(2023, 9, 30), ["unit_code"]).is_empty(), "one year before it is no history"
    assert back_test(told, dt.date(2025, 9, 30), ["unit_code"], least_budget_fen=1_001).is_empty()
