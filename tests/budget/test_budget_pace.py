"""Where units and projects are expected to stand: by kind, by the age of their money, by plan, whenever 春节 falls."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_budget_facts import HERE, facts

from budget.ageing import ages
from budget.festival import LUNAR_NEW_YEAR, festival_words, reading, two_months_end
from budget.milestones import with_planned_share
from budget.pace import pace, with_project_pace
from budget.progress import expected_progress

DAY = dt.date(2026, 9, 30)
HOLIDAY = dt.timedelta(days=7)
X1 = {"project_code": "X1", "project_name": "道路", "spending_kind": "project", "project_category": "工程"}


def on_new_year(year, fen, **more):
    return {"fen": fen, "fiscal_year": year, "on": dt.date(year, 1, 1)} | more


def one(frame):
    return frame.to_dicts()[0]


@pytest.mark.parametrize("new_year", LUNAR_NEW_YEAR.values(), ids=str)
def test_the_festival_and_its_holiday_lie_within_the_two_months(new_year):
    assert dt.date(new_year.year, 1, 20) < new_year
    assert new_year + HOLIDAY <= two_months_end(new_year.year)


READINGS = [
    ("from March on the same day", dt.date(2026, 3, 1), 2024, (dt.date(2024, 3, 1), 1, 1)),
    ("the last day of February is the whole of both", dt.date(2026, 2, 28), 2024, (dt.date(2024, 2, 29), 59, 59)),
    ("a leap year has sixty days", dt.date(2024, 2, 15), 2023, (dt.date(2023, 2, 28), 46, 60)),
    ("1 January is one day", dt.date(2026, 1, 1), 2025, (dt.date(2025, 2, 28), 1, 59)),
]


@pytest.mark.parametrize(("day", "year", "read"), [row[1:] for row in READINGS], ids=[row[0] for row in READINGS])
def test_how_an_earlier_year_is_read(day, year, read):
    assert reading(day, year) == read


def test_what_is_said_of_the_festival():
    assert festival_words(dt.date(2026, 2, 28))[0] == "，1至2月按两月合计逐日折算（春节2月17日）"
    assert festival_words(dt.date(2050, 1, 1))[0] == "，1至2月按两月合计逐日折算"
    assert festival_words(dt.date(2026, 3, 1)) == ("", "")


@settings(max_examples=20, deadline=None)
@given(days=st.lists(st.integers(min_value=0, max_value=58), min_size=2, max_size=6), judged=st.integers(0, 58))
def test_when_in_january_or_february_money_was_paid_moves_nothing(days, judged):
    as_of = dt.date(2026, 1, 1) + dt.timedelta(days=judged)

    def s_star(moved):
        paid = [
            {"fen": 1_000, "fiscal_year": year, "on": dt.date(year, 1, 1) + dt.timedelta(days=day)}
            for year in (2023, 2025)
            for day in moved
        ]
        given_once = [on_new_year(year, 100_000) for year in (2023, 2025)]
        return expected_progress(facts(as_of=as_of, allotments=given_once, payments=paid), as_of, ["unit_code"])

    assert s_star(days).equals(s_star([0] * len(days)))


def test_s_star_has_no_jump_from_february_to_march():
    paid = [{"fen": 1_200, "fiscal_year": year, "on": dt.date(year, 2, 3)} for year in (2024, 2025)]
    told = facts(allotments=[on_new_year(year, 10_000) for year in (2024, 2025)], payments=paid)
    last, first = dt.date(2026, 2, 28), dt.date(2026, 3, 1)
    rates = [expected_progress(told, day, ["unit_code"])["expected_progress_bp"].item() for day in (last, first)]
    assert rates == [1_200, 1_200]


def test_a_year_whose_payments_never_came_is_no_history():
    told = facts(
        allotments=[on_new_year(year, 100) for year in (2023, 2024, 2025)],
        payments=[on_new_year(year, 60) for year in (2024, 2025)],
    )
    assert expected_progress(told, DAY, ["unit_code"]).rows() == [("101001", 6_000, 2)]


def test_money_of_no_kind_is_measured_against_the_units_history_as_a_whole():
    told = facts(
        allotments=[on_new_year(year, 100, spending_kind="public") for year in (2024, 2025, 2026)],
        payments=[on_new_year(year, 70) for year in (2024, 2025)],
    )
    expected = one(pace(told))
    assert (expected["expected_progress_bp"], expected["expected_basis"]) == (7_000, "unit_code")


def test_what_units_are_expected_to_spend_adds_up_to_their_department_and_division():
    units = {"101001": (300, 80), "101002": (100, 40)}  # this year's budget, and what was paid of 100 before
    public = {"spending_kind": "public", "dept_economic_code": "30201"}
    budgets, paid = [], []
    for unit, (now, before) in units.items():
        place = public | {"unit_code": unit}
        budgets += [on_new_year(year, 100, **place) for year in (2024, 2025)] + [on_new_year(2026, now, **place)]
        paid += [on_new_year(year, before, **place) for year in (2024, 2025)]
    of_department = [{"unit_code": unit, "parent_code": "101"} for unit in units]
    told = facts(
        units=[{"unit_code": "101", "unit_level": "department"}, *of_department], allotments=budgets, payments=paid
    )
    assert dict(pace(told).select("unit_code", "expected_progress_bp").rows()) == {"101001": 8_000, "101002": 4_000}
    for by in (["department_code"], ["division_code"], []):
        assert pace(told, by)["expected_progress_bp"].to_list() == [(300 * 8_000 + 100 * 4_000) // 400]


def aged_share(told):
    row = one(ages(told, ["unit_code"]))
    return row["given_fen"], row["aged_fen_days"], row["own_fen_days"]


ELAPSED = (DAY - dt.date(2026, 1, 1)).days
AGES = [
    ("January is the whole year", [{"on": dt.date(2026, 1, 31)}], [], (100, 100 * ELAPSED, 100 * ELAPSED)),
    (
        "what came with a late budget is the whole year against history, its own days against time",
        [{"on": dt.date(2026, 3, 10)}, {"on": dt.date(2026, 4, 9)}],
        [],
        (200, 200 * ELAPSED, 100 * 204 + 100 * 174),
    ),
    (
        "31 days after the first release is late",
        [{"on": dt.date(2026, 3, 10)}, {"on": dt.date(2026, 4, 10)}],
        [],
        (200, 100 * ELAPSED + 100 * 173, 100 * 204 + 100 * 173),
    ),
    (
        "a move within the unit releases nothing",
        [{"on": dt.date(2026, 1, 1)}],
        [{"fen": 40, "on": dt.date(2026, 7, 1)}, {"fen": -40, "on": dt.date(2026, 7, 1)}],
        (100, 100 * ELAPSED, 100 * ELAPSED),
    ),
    (
        "a cut takes nothing off the shares",
        [{"on": dt.date(2026, 1, 1)}],
        [{"fen": -40, "on": dt.date(2026, 7, 1)}],
        (100, 100 * ELAPSED, 100 * ELAPSED),
    ),
    ("no date is the whole year", [{"on": None}], [], (100, 100 * ELAPSED, 100 * ELAPSED)),
]


@pytest.mark.parametrize(("given_rows", "changes", "expected"), [row[1:] for row in AGES], ids=[row[0] for row in AGES])
def test_ages(given_rows, changes, expected):
    allotments = [{"fen": 100} | row for row in given_rows]
    assert aged_share(facts(as_of=DAY, allotments=allotments, adjustments=changes)) == expected


def test_ages_of_national_totals_do_not_wrap():
    huge = 2_800_000_000_000_000
    told = facts(as_of=dt.date(2026, 12, 31), allotments=[{"fen": huge}] * 40)
    assert aged_share(told)[1] == huge * 40 * 364


def plan(**more):
    step = {"project_code": "X1", "milestone_name": "开工", "planned_on": dt.date(2026, 6, 30), "on": None}
    return step | {"planned_share_bp": 3_000} | more


PLANS = [
    ("the last milestone due", [plan(), plan(milestone_name="完工", planned_share_bp=9_000)], 9_000),
    ("before the first nothing is due", [plan(planned_on=dt.date(2026, 10, 1))], 0),
    ("on its day it is due", [plan(planned_on=DAY)], 3_000),
    (
        "the latest state of a milestone stands",
        [plan(as_of_on=dt.date(2026, 8, 1), planned_share_bp=2_000), plan(as_of_on=dt.date(2026, 3, 1))],
        2_000,
    ),
    ("a state of a later day is not known yet", [plan(as_of_on=dt.date(2026, 10, 1))], None),
    ("last year's plan is no plan", [plan(fiscal_year=2025)], None),
    ("without a day there is no plan", [plan(planned_on=None)], None),
    ("of another unit", [plan(unit_code="101002")], None),
    ("of another division", [plan(division_code="990101011")], None),
    ("of the division's project, whichever its unit", [plan(unit_code=None)], 3_000),
]


@pytest.mark.parametrize(("steps", "share"), [row[1:] for row in PLANS], ids=[row[0] for row in PLANS])
def test_planned_shares(steps, share):
    told = facts(as_of=DAY, milestones=steps)
    line = pl.DataFrame({"division_code": [HERE], "unit_code": ["101001"], "project_code": ["X1"]})
    assert with_planned_share(line, told, DAY)["planned_share_bp"].to_list() == [share]


def test_a_plan_follows_its_unit_through_a_reorganisation():
    told = facts(
        as_of=DAY,
        units=[
            {"unit_code": "101009", "valid_to": dt.date(2026, 3, 31), "successor_code": "101001"},
            {"unit_code": "101001", "division_code": HERE},
        ],
        milestones=[plan(unit_code="101009", division_code="990101011")],
    )
    line = pl.DataFrame({"division_code": [HERE], "unit_code": ["101001"], "project_code": ["X1"]})
    assert with_planned_share(line, told, DAY)["planned_share_bp"].to_list() == [3_000]


def test_a_project_says_what_it_is_measured_against():
    told = facts(as_of=DAY, allotments=[{"fen": 100, **X1}])
    line = pl.DataFrame(
        {"division_code": [HERE], "unit_code": ["101001"], "project_code": ["X1"], "project_category": ["工程"]}
    )
    without = one(with_project_pace(line, told))
    assert (without["expected_basis"], without["expected_progress_bp"]) == ("time", 7_479)
    assert without["basis_zh"] == "序时进度（无可比历史）"
    planned = one(with_project_pace(line, facts(as_of=DAY, allotments=[{"fen": 100, **X1}], milestones=[plan()])))
    assert (planned["expected_basis"], planned["expected_progress_bp"], planned["is_aged"]) == ("plan", 3_000, False)
