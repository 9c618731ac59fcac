"""S*: the median of earlier years on the same day, exact, like for like, and said where it comes from."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_budget_facts import HERE, facts

from budget.progress import expected_progress, median_down, with_expected_progress

DAY = dt.date(2026, 9, 30)


def year(number, b1, paid, *, unit="101001", on=None, **extra):
    day = on or dt.date(number, 9, 30)
    place = {"fiscal_year": number, "unit_code": unit} | extra
    return {"fen": b1, "on": dt.date(number, 1, 1)} | place, {"fen": paid, "on": day} | place


def history(*years):
    return facts(as_of=DAY, allotments=[one for one, _ in years], payments=[two for _, two in years])


def s_star(told, by=("unit_code",), **options):
    return expected_progress(told, DAY, list(by), **options)["expected_progress_bp"].to_list()


MEDIANS = [
    ("of three years, the middle one", [(2023, 100, 10), (2024, 100, 90), (2025, 100, 50)], [5_000]),
    ("of two years, the mean rounded down", [(2024, 3, 1), (2025, 3, 2)], [4_999]),
    ("one year is no history", [(2025, 100, 50)], []),
    ("four years ago is too long ago", [(2022, 100, 50), (2025, 100, 50)], []),
    ("a year without a positive budget does not count", [(2024, 0, 50), (2025, 100, 50)], []),
]


@pytest.mark.parametrize(("years", "expected"), [row[1:] for row in MEDIANS], ids=[row[0] for row in MEDIANS])
def test_expected_progress(years, expected):
    assert s_star(history(*(year(*one) for one in years))) == expected


def test_only_the_same_day_counts():
    told = history(
        year(2024, 100, 40), year(2025, 100, 40), year(2024, 1, 60, on=dt.date(2024, 10, 1)),
        year(2025, 1, 60, on=dt.date(2025, 10, 1)),
    )  # fmt: skip
    assert s_star(told) == [4_000 * 100 // 101]


def test_an_adjustment_made_later_is_not_in_the_budget_of_that_day():
    told = facts(
        as_of=DAY,
        allotments=[{"fen": 100, "fiscal_year": number, "on": dt.date(number, 1, 1)} for number in (2024, 2025)],
        adjustments=[{"fen": 900, "fiscal_year": number, "on": dt.date(number, 12, 1)} for number in (2024, 2025)],
        payments=[{"fen": 40, "fiscal_year": number, "on": dt.date(number, 6, 1)} for number in (2024, 2025)],
    )
    assert s_star(told) == [4_000]


def test_rows_of_no_kind_are_no_kind():
    told = history(year(2024, 100, 40), year(2025, 100, 40))
    assert s_star(told, by=("project_category",)) == []


def test_one_kind_of_spending_may_be_asked_for():
    works = {"project_code": "X1", "project_category": "工程", "spending_kind": "project"}
    wages = {"project_code": "X2", "project_category": "工程", "spending_kind": "personnel"}
    told = history(*(year(n, 100, paid, **kind) for n in (2024, 2025) for kind, paid in ((works, 30), (wages, 90))))
    assert s_star(told, by=("project_category",), spending_kind="project") == [3_000]
    assert s_star(told, by=("project_category",)) == [6_000]


def test_the_narrowest_group_with_history_speaks_and_is_named():
    told = history(
        *(year(n, 100, 40, spending_kind="public") for n in (2024, 2025)),
        *(year(n, 100, 60, unit="101002", spending_kind="public") for n in (2025,)),
    )
    lines = pl.DataFrame(
        {
            "unit_code": ["101001", "101002", "201001"],
            "division_code": [HERE, HERE, "990101011"],
            "spending_kind": ["public"] * 3,
        }
    )
    ladders = [["unit_code"], ["division_code", "spending_kind"]]
    rows = with_expected_progress(lines, told, DAY, ladders)
    assert rows.select("expected_progress_bp", "expected_basis").rows() == [
        (4_000, "unit_code"),
        (4_500, "division_code+spending_kind"),
        (7_479, "time"),
    ]
    assert set(rows["time_progress_bp"]) == {7_479}
    by_month = with_expected_progress(lines, told, DAY, ladders, time_progress_by="month")
    assert by_month["expected_progress_bp"].to_list() == [4_000, 4_500, 7_500]


@given(st.lists(st.integers(min_value=-(2**60), max_value=2**60), min_size=1, max_size=5))
def test_the_median_is_exact_and_rounded_down(values):
    ordered = sorted(values)
    exact = (ordered[(len(values) - 1) // 2] + ordered[len(values) // 2]) // 2
    rows = pl.DataFrame({"key": [1] * len(values), "x": values}, schema={"key": pl.Int64, "x": pl.Int64})
    assert rows.group_by("key").agg(m=median_down("x"))["m"].to_list() == [exact]
