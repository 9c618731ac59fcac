"""How facts add up: money counted once, units followed through reorganisation, null kept apart from zero."""

import dataclasses
import datetime as dt

import polars as pl
import pytest

from budget import frames
from budget.facts import Facts, departments, execution, movements, successors, sum_or_null

DAY = dt.date(2026, 9, 30)
HERE = "990101010"
DATED = {
    "allotments": ("appropriation_fen", "released_on"),
    "adjustments": ("adjustment_fen", "adjusted_on"),
    "payments": ("payment_fen", "paid_on"),
    "execution_months": ("payment_fen", "as_of_on"),
}


def table(feed, *rows):
    """Rows of a feed in the year of DAY, with a place of their own; ``fen`` and ``on`` fill its measure and date."""
    measure, day = DATED.get(feed, ("", ""))
    full = []
    for number, row in enumerate(rows, 1):
        base = {"fiscal_year": 2026, "division_code": HERE, "unit_code": "101001", "slice_id": 1, "row_no": number}
        if feed == "units":
            base |= {"unit_name": row.get("unit_code"), "unit_level": "unit"}
        else:
            base[day] = dt.date(2026, 1, 10)
        names = {"fen": measure, "on": day}
        full.append(base | {names.get(key, key): value for key, value in row.items()})
    schema = frames.LINEAGE | frames.FEEDS[feed]
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in full], schema=schema)


def facts(as_of=DAY, **feeds):
    given = {name: table(name, *feeds.get(name, ())) for name in frames.FEEDS if name != "classifications"}
    return Facts(
        as_of=as_of,
        known_at=dt.datetime(2026, 10, 1, tzinfo=dt.UTC),
        deliveries=frames.empty(frames.DELIVERIES),
        checks=frames.empty(frames.CHECKS),
        **given,
    )


def by_unit(told):
    rows = execution(movements(told, 2026, told.as_of), ["unit_code"])
    return {row["unit_code"]: row for row in rows.to_dicts()}


def test_b1_is_b0_plus_adjustments_and_payments_are_net():
    told = facts(
        allotments=[{"fen": 1_000}, {"fen": 500}],
        adjustments=[{"fen": 300, "on": dt.date(2026, 6, 18)}, {"fen": -100, "on": dt.date(2026, 7, 1)}],
        payments=[{"fen": 900}, {"fen": -50, "payment_kind": "refund"}],
    )
    row = by_unit(told)["101001"]
    assert row["appropriation_fen"] == 1_500
    assert row["adjustment_fen"] == 200
    assert row["adjusted_appropriation_fen"] == 1_700
    assert row["payment_fen"] == 850
    assert row["available_fen"] == 850
    assert row["execution_rate_bp"] == 5_000
    assert row["released_on"] == dt.date(2026, 1, 10)


NULLS = [
    ("nothing paid: payments unknown, the rate zero", {"allotments": [{"fen": 10}]}, (10, None, 10, 0)),
    ("a payment of zero is zero", {"allotments": [{"fen": 10}], "payments": [{"fen": 0}]}, (10, 0, 10, 0)),
    ("no budget: no B1, no rate", {"payments": [{"fen": 7}]}, (None, 7, None, None)),
    ("an adjustment alone is a budget", {"adjustments": [{"fen": 7}]}, (None, None, 7, 0)),
    (
        "a budget of zero has no rate",
        {"allotments": [{"fen": 0}], "payments": [{"fen": 7}]},
        (0, 7, 0, None),
    ),
]


@pytest.mark.parametrize(("feeds", "expected"), [row[1:] for row in NULLS], ids=[row[0] for row in NULLS])
def test_null_is_not_zero(feeds, expected):
    row = by_unit(facts(**feeds))["101001"]
    names = ("appropriation_fen", "payment_fen", "adjusted_appropriation_fen", "execution_rate_bp")
    assert tuple(row[name] for name in names) == expected


def test_sum_or_null_of_nulls_is_null():
    rows = pl.DataFrame({"key": [1, 1, 2], "x": [None, None, 0]}, schema={"key": pl.Int64, "x": pl.Int64})
    assert rows.group_by("key").agg(sum_or_null("x")).sort("key")["x"].to_list() == [None, 0]


def test_movements_end_with_the_day_inclusive_and_keep_undated_rows():
    told = facts(
        allotments=[{"fen": 1, "on": None}, {"fen": 2, "on": DAY}, {"fen": 4, "on": dt.date(2026, 10, 1)}],
        payments=[{"fen": 8, "on": DAY}, {"fen": 16, "on": dt.date(2026, 10, 1)}],
    )
    row = by_unit(told)["101001"]
    assert (row["appropriation_fen"], row["payment_fen"]) == (3, 8)


def test_first_release_is_the_first_allotment_or_top_up_never_a_cut():
    told = facts(
        adjustments=[
            {"fen": -5, "on": dt.date(2026, 2, 1)},
            {"fen": 5, "on": dt.date(2026, 4, 1)},
            {"fen": 9, "on": dt.date(2026, 6, 1)},
        ]
    )
    assert by_unit(told)["101001"]["released_on"] == dt.date(2026, 4, 1)


def test_a_department_reported_on_both_levels_is_counted_once():
    told = facts(
        units=[{"unit_code": "101"}, {"unit_code": "101001", "parent_code": "101"}],
        allotments=[
            {"fen": 100, "unit_code": "101", "reporting_level": "department"},
            {"fen": 60, "unit_code": "101", "reporting_level": "unit"},
            {"fen": 40, "reporting_level": "unit"},
            {"fen": 7, "unit_code": "102", "reporting_level": "department"},
        ],
    )
    rows = execution(movements(told, 2026, DAY), ["department_code"])
    assert dict(rows.select("department_code", "appropriation_fen").rows()) == {"101": 100, "102": 7}


def test_monthly_reports_stand_in_where_nothing_else_is_delivered():
    told = facts(
        execution_months=[
            {"fen": 5, "appropriation_fen": 10, "on": dt.date(2026, 7, 31)},
            {"fen": 6, "appropriation_fen": 10, "adjusted_appropriation_fen": 12, "on": dt.date(2026, 8, 31)},
            {"fen": 9, "appropriation_fen": 10, "on": dt.date(2026, 10, 31)},
            {"fen": 3, "division_code": "990101011", "unit_code": "201", "on": dt.date(2026, 8, 31)},
        ],
        payments=[{"fen": 1, "division_code": "990101011", "unit_code": "201"}],
    )
    rows = by_unit(told)
    assert rows["101001"]["payment_fen"] == 6
    assert rows["101001"]["adjusted_appropriation_fen"] == 12
    assert rows["101001"]["released_on"] is None, "the day of a report is not a day of release"
    assert rows["201"]["payment_fen"] == 1, "vouchers are there: the report is not added to them"


MOVED = [
    {"unit_code": "101001", "division_code": HERE},
    {"unit_code": "102002", "division_code": "990101011", "valid_to": dt.date(2026, 3, 31), "successor_code": "101001"},
]


def test_a_reorganised_unit_carries_its_successors_code_and_division_from_the_day_after():
    feeds = {
        "units": MOVED,
        "allotments": [{"fen": 10, "unit_code": "102002", "division_code": "990101011"}],
        "payments": [{"fen": 4, "on": dt.date(2026, 5, 1)}],
    }
    row = execution(movements(facts(**feeds), 2026, DAY), ["division_code", "unit_code"]).row(0, named=True)
    assert (row["division_code"], row["unit_code"], row["payment_fen"]) == (HERE, "101001", 4)
    before = facts(as_of=dt.date(2026, 3, 31), **feeds)
    assert movements(before, 2026, before.as_of)["unit_code"].to_list() == ["102002"]


def test_earlier_years_belong_to_the_successor():
    told = facts(units=MOVED, allotments=[{"fen": 10, "unit_code": "102002", "fiscal_year": 2024, "on": None}])
    assert movements(told, 2024, dt.date(2024, 9, 30))["unit_code"].to_list() == ["101001"]


CHAINS = [
    ("a chain is followed to its end", {"a": "b", "b": "c"}, {"a": "c", "b": "c"}),
    ("a ring does not hang", {"a": "b", "b": "a"}, {"a": "b", "b": "a"}),
    ("none", {}, {}),
]


@pytest.mark.parametrize(("steps", "expected"), [row[1:] for row in CHAINS], ids=[row[0] for row in CHAINS])
def test_successors(steps, expected):
    gone = dt.date(2026, 1, 31)
    units = table("units", *({"unit_code": old, "successor_code": new, "valid_to": gone} for old, new in steps.items()))
    found = successors(units, dt.date(2026, 2, 1))
    assert found.keys() == expected.keys()
    if steps != {"a": "b", "b": "a"}:
        assert found == expected
    assert successors(units, gone) == {}, "valid_to is the last day of the old code"


def test_departments_follow_parents_and_keep_unlisted_ones_by_code():
    units = table(
        "units",
        {"unit_code": "101", "unit_name": "区教育局"},
        {"unit_code": "101001", "unit_name": "一小", "parent_code": "101"},
        {"unit_code": "101001001", "unit_name": "一小分校", "parent_code": "101001"},
        {"unit_code": "999001", "parent_code": "999"},
    )
    rows = {row["unit_code"]: (row["department_code"], row["department_name"]) for row in departments(units).to_dicts()}
    assert rows == {
        "101": ("101", "区教育局"),
        "101001": ("101", "区教育局"),
        "101001001": ("101", "区教育局"),
        "999001": ("999", "999"),
    }


def test_the_latest_unit_table_names_a_unit_whatever_the_order_of_rows():
    rows = [
        {"unit_code": "101", "unit_name": "新名", "fiscal_year": 2026},
        {"unit_code": "101", "unit_name": "旧名", "fiscal_year": 2024},
        {"unit_code": "101", "unit_name": "无年度", "fiscal_year": None},
    ]
    for order in (rows, rows[::-1]):
        assert departments(table("units", *order))["unit_name"].to_list() == ["新名"]


KINDS = [
    ("the budget's word on the project", {"project_code": "X1"}, "personnel"),
    ("a project nobody budgeted", {"project_code": "X9"}, "project"),
    ("wages without project", {"dept_economic_code": "30101"}, "personnel"),
    ("support of persons without project", {"dept_economic_code": "30305"}, "personnel"),
    ("goods without project", {"dept_economic_code": "30201"}, "public"),
    ("nothing known", {}, None),
    ("the feed's own word", {"spending_kind": "public", "project_code": "X1"}, "public"),
]


@pytest.mark.parametrize(("row", "kind"), [row[1:] for row in KINDS], ids=[row[0] for row in KINDS])
def test_payments_take_their_kind_from_budget_project_or_code(row, kind):
    told = facts(
        allotments=[{"fen": 1, "project_code": "X1", "spending_kind": "personnel"}],
        payments=[{"fen": 1} | row],
    )
    paid = movements(told, 2026, DAY).filter(pl.col("feed") == "payments")
    assert paid["spending_kind"].to_list() == [kind]


def test_payments_take_name_and_category_of_their_project():
    told = facts(
        allotments=[
            {"fen": 1, "project_code": "X1", "project_name": "桥", "project_category": None},
            {"fen": 1, "project_code": "X1", "project_name": "桥（续）", "project_category": "工程"},
        ],
        payments=[{"fen": 1, "project_code": "X1"}, {"fen": 1, "project_code": "X1", "unit_code": "101002"}],
    )
    paid = movements(told, 2026, DAY).filter(pl.col("feed") == "payments").sort("unit_code")
    assert paid.select("project_name", "project_category").rows() == [("桥", "工程"), (None, None)]


def test_movements_are_computed_once_and_a_changed_copy_starts_anew():
    told = facts(allotments=[{"fen": 1}])
    assert movements(told, 2026, DAY) is movements(told, 2026, DAY)
    more = dataclasses.replace(told, allotments=table("allotments", {"fen": 5}))
    assert by_unit(more)["101001"]["appropriation_fen"] == 5


def test_no_facts_add_up_to_nothing_with_the_right_columns():
    rows = execution(movements(facts(), 2026, DAY), ["unit_code"])
    assert rows.is_empty()
    assert rows.schema["execution_rate_bp"] == pl.Int64
    assert rows.schema["released_on"] == pl.Date
