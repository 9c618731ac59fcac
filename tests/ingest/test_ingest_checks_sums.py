"""H02, H03 and H04: sums that ought to be equal, on the tolerance and one fen beyond it."""

import pytest
from checks_ground import SLICE, case, day, frame, knows, only, outcomes

from budget import frames
from ingest.checks.case import Known
from ingest.checks.control import control
from ingest.checks.departments import departments
from ingest.checks.funds import funds
from ingest.checks.identities import identities
from ingest.checks.levels import levels
from ingest.checks.moves import moves
from ingest.checks.slips import last_delivery, last_year
from ingest.stated import Figure, Stated

MARCH = {"as_of_on": day("2026-03-31")}


def paid(fen, **more):
    return {"paid_on": day("2026-06-01"), "payment_fen": fen, **more}


def says(measure, value):
    return Stated(figures=(Figure(measure=measure, value=value, where="payments.csv.total"),))


@pytest.mark.parametrize(
    ("stated", "checks", "outcome", "why"),
    [
        (says("payment_fen", 300), {}, "ok", "the amount is the sum"),
        (says("payment_fen", 301), {}, "hold", "one fen more"),
        (says("payment_fen", 301), {"control": {"tolerance": "0.01"}}, "ok", "on the tolerance"),
        (says("payment_fen", 302), {"control": {"tolerance": "0.01"}}, "hold", "one fen beyond it"),
        (says("payment_fen", 301), {"control": {"severity": "warn"}}, "warn", "a mapping that only warns"),
        (says("payment_fen", None), {}, "hold", "an amount that cannot be read"),
        (says("rows", 2), {}, "ok", "the count is that of the rows"),
        (says("rows", 3), {}, "hold", "a row is missing"),
        (Stated(missing="payments.csv.total"), {}, "hold", "the side file never came"),
    ],
)
def test_what_a_delivery_states_is_held_against_its_rows(stated, checks, outcome, why):
    assert only(control, case("payments", [paid(100), paid(200)], stated=stated, checks=checks)).outcome == outcome, why


def test_both_sides_of_a_control_figure_are_kept():
    amount = only(control, case("payments", [paid(100)], stated=says("payment_fen", 123_456)))
    assert (amount.check_code, amount.check_name, amount.severity) == ("H02", "control", "hold")
    assert (amount.expected_fen, amount.actual_fen) == (123_456, 100)
    assert amount.detail == "payments.csv.total says 1,234.56 元 of payment_fen, the rows sum to 1.00 元"
    rows = only(control, case("payments", [paid(100)], stated=says("rows", 2)))
    assert (rows.expected_text, rows.actual_text, rows.expected_fen) == ("2", "1", None)
    assert rows.detail == "payments.csv.total says 2 rows, the file has 1 accepted rows"


def line(first, change, whole, **more):
    return MARCH | {"appropriation_fen": first, "adjustment_fen": change, "adjusted_appropriation_fen": whole, **more}


@pytest.mark.parametrize(
    ("rows", "checks", "expected", "why"),
    [
        ([line(100, -20, 80)], {}, ("ok", 0, 1), "B0 + ADJ = B1"),
        ([line(100, -20, 81)], {}, ("warn", 1, 1), "one fen off"),
        ([line(100, -20, 81)], {"tolerance": "0.01"}, ("ok", 0, 1), "on the tolerance"),
        ([line(100, -20, 82)], {"tolerance": "0.01"}, ("warn", 1, 1), "one fen beyond it"),
        ([line(100, -20, 83)], {"last_place": "0.01"}, ("rounding", 1, 1), "three figures, each may be rounded"),
        ([line(100, -20, 84)], {"last_place": "0.01"}, ("warn", 1, 1), "one fen beyond their rounding"),
        ([line(100, 0, 90), line(90, 0, 100)], {}, ("warn", 2, 2), "errors that cancel each other out are two errors"),
        ([line(100, None, 100)], {}, None, "a row that lacks a figure is not judged"),
        ([line(0, 0, 0)], {}, ("ok", 0, 1), "zero is a figure"),
        ([line(100, -20, 81)], {"identities": "hold"}, ("hold", 1, 1), "a mapping that holds"),
    ],
)
def test_budget_and_adjustments_make_up_the_adjusted_budget_row_by_row(rows, checks, expected, why):
    found = outcomes(identities, case("execution_months", rows, checks=checks))
    assert found == ({} if expected is None else {"B0+ADJ=B1": expected}), why


def test_a_broken_identity_names_its_worst_row():
    check = only(identities, case("execution_months", [line(1, 1, 2), line(100, 0, 99), line(5_000, 0, 9_000)]))
    assert (check.expected_fen, check.actual_fen, check.source_row) == (9_099, 5_100, 4)
    assert check.detail == (
        f"B0+ADJ=B1 does not hold in 2 of 3 rows of {SLICE}: row 4 states 90.00 元, its parts give 50.00 元"
    )


def test_the_treasury_closes_with_what_came_in_and_went_out():
    row = {"opening_fen": 100, "receipts_fen": 50, "payouts_fen": 30, "closing_fen": 120} | MARCH
    assert only(identities, case("treasury", [row])).outcome == "ok"
    assert only(identities, case("treasury", [row | {"closing_fen": 121}])).outcome == "warn"


def move(fen, code="TZ1", kind="move", **more):
    return {"adjustment_kind": kind, "adjustment_fen": fen, "adjusted_on": day("2026-06-01"),
            "adjustment_code": code, **more}  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "checks", "expected", "why"),
    [
        ([move(100), move(-100)], {}, ("ok", 0, 1), "a pair that sums to zero"),
        ([move(100), move(-60), move(-40)], {}, ("ok", 0, 1), "one line takes from two"),
        ([move(100), move(-99)], {}, ("warn", 1, 1), "one fen is lost"),
        ([move(100), move(-99)], {"moves": {"tolerance": "0.01"}}, ("ok", 0, 1), "on the tolerance"),
        ([move(100), move(-98)], {"last_place": "0.01"}, ("rounding", 1, 1), "two figures, each may be rounded"),
        ([move(100), move(-97)], {"last_place": "0.01"}, ("warn", 1, 1), "one fen beyond their rounding"),
        ([move(100), move(-100, "TZ2")], {}, ("warn", 2, 2), "two codes, neither paired"),
        ([move(100, None, document_no="青财1号"), move(-100, None, document_no="青财1号")], {}, ("ok", 0, 1),
         "paired by their document"),
        ([move(100, None), move(-100, None)], {}, ("ok", 0, 1), "paired by their day"),
        ([move(100, kind="add")], {}, None, "a top-up is no move"),
    ],
)  # fmt: skip
def test_paired_moves_sum_to_zero(rows, checks, expected, why):
    found = outcomes(moves, case("adjustments", rows, checks=checks))
    assert found == ({} if expected is None else {"moves": expected}), why


def test_a_move_without_its_other_half_shows_both_sides():
    check = only(moves, case("adjustments", [move(8_330_000)]))
    assert (check.check_code, check.expected_fen, check.actual_fen, check.source_row) == ("H03", 0, 8_330_000, 2)
    assert "TZ1 (row 2) takes 0.00 元 and gives 83300.00 元" in check.detail


def coded(code, fen, **more):
    return {"function_code": code, "appropriation_fen": fen, **more}


@pytest.mark.parametrize(
    ("rows", "expected", "why"),
    [
        ([coded("2050101", 60), coded("2050102", 40)], {}, "one level only: nothing to compare"),
        ([coded("20501", 100), coded("2050101", 60), coded("2050102", 40)],
         {"levels": ("ok", 0), "doubles": ("hold", 1)}, "款 = Σ项: both among the facts count twice"),
        ([coded("205", 100), coded("20501", 100), coded("2050101", 100)],
         {"levels": ("ok", 0), "doubles": ("hold", 2)}, "类 = Σ款 = Σ项"),
        ([coded("20501", 101), coded("2050101", 60), coded("2050102", 40)],
         {"levels": ("warn", 1), "doubles": ("ok", 0)}, "one fen off"),
        ([coded("205", 100), coded("2050101", 100)], {"levels": ("ok", 0), "doubles": ("hold", 1)},
         "a level left out between them"),
        ([coded("20501", 100), coded("2050101", 100, unit_code="101002")], {}, "another unit's item is no part"),
        ([coded("20501", 0), coded("2050101", 0)], {"levels": ("ok", 0), "doubles": ("ok", 0)}, "zero twice is zero"),
        ([coded("20501", 100), coded("2060101", 100)], {}, "another 类"),
        ([coded(None, 100), coded("2050101", 100)], {}, "a row without a code is above nothing"),
    ],
)  # fmt: skip
def test_upper_codes_are_the_sum_of_lower_ones_and_not_counted_beside_them(rows, expected, why):
    found = {check.check_name: (check.outcome, check.concerned_count) for check in levels(case("allotments", rows))}
    assert found == expected, why


def by_unit(code, fen, level=None):
    return {"unit_code": code, "appropriation_fen": fen, "reporting_level": level}


UNITS = [
    {"fiscal_year": 2026, "unit_code": "101", "division_code": "990101010"},
    {"fiscal_year": 2026, "unit_code": "101001", "parent_code": "101", "division_code": "990101010"},
    {"fiscal_year": 2026, "unit_code": "101002", "parent_code": "101", "division_code": "990101010"},
]


@pytest.mark.parametrize(
    ("rows", "expected", "why"),
    [
        ([by_unit("101", 100), by_unit("101001", 60), by_unit("101002", 40)], {"doubles": ("hold", 1)},
         "no level told, and the department is the sum of its units: counted twice"),
        ([by_unit("101", 30), by_unit("101001", 60), by_unit("101002", 40)], {"doubles": ("ok", 0)},
         "money of the department's own"),
        ([by_unit("101", 100, "department"), by_unit("101001", 60, "unit"), by_unit("101002", 40, "unit")],
         {"departments": ("ok", 0)}, "levels told and equal: counted once"),
        ([by_unit("101", 101, "department"), by_unit("101001", 60, "unit"), by_unit("101002", 40, "unit")],
         {"departments": ("warn", 1)}, "one fen off"),
        ([by_unit("101", 100, "department"), by_unit("101001", 60, "unit")], {"departments": ("ok", 0)},
         "a unit has not reported yet: not judged"),
        ([by_unit("101001", 60), by_unit("101002", 40)], {}, "no department delivered"),
    ],
)  # fmt: skip
def test_a_department_is_the_sum_of_its_units_and_counted_once(rows, expected, why):
    one = case("allotments", rows, known=knows(units=UNITS))
    assert {check.check_name: (check.outcome, check.concerned_count) for check in departments(one)} == expected, why


def test_a_department_is_held_against_units_delivered_before():
    before = [{"fiscal_year": 2026, "unit_code": "X", "reporting_level": "unit", "appropriation_fen": 99}]
    schema = {name: frames.FEEDS["allotments"][name] for name in before[0]}
    for fen, outcome in ((99, "ok"), (100, "warn")):
        one = case("allotments", [by_unit("X", fen, "department")], known=Known(levels=frame(schema, before)))
        check = only(departments, one)
        assert (check.outcome, check.check_name) == (outcome, "departments")


@pytest.mark.parametrize(
    ("fund", "function", "outcome"),
    [
        ("11", "2010101", "ok"),
        ("12", "2120803", "ok"),
        ("11", "2120803", "warn"),  # 土地出让收入安排的支出 is of the government fund budget
        ("13", "2230101", "ok"),
        ("11", "2230101", "warn"),
        ("14", "2090101", "ok"),
        ("111", "2090101", "warn"),  # a finer fund code
        ("12", "2010101", "ok"),  # no item of one budget alone: nothing is said
        ("T", "2230101", None),  # no fund of ours
        (None, "2230101", None),
        ("11", None, None),
    ],
)
def test_functional_items_of_one_budget_are_not_booked_in_another(fund, function, outcome):
    one = case("payments", [paid(1, fund_type_code=fund, function_code=function)])
    assert only(funds, one).outcome == (outcome or "ok")
    assert only(funds, one).checked_count == (0 if outcome is None else 1)


@pytest.mark.parametrize(
    ("then", "now", "outcome"),
    [
        (100, 1_000_000, "hold"),
        (100, 900_000, "hold"),
        (100, 899_999, "ok"),
        (100, 1_100_000, "hold"),
        (100, 1_100_001, "ok"),
        (1_000_000, 100, "hold"),
        (0, 100, "ok"),
        (100, 100, "ok"),
    ],
)
@pytest.mark.parametrize(("run", "name"), [(last_year, "last_year"), (last_delivery, "last_delivery")])
def test_a_slip_of_units_is_seen_against_last_year_and_the_delivery_before(run, name, then, now, outcome):
    known = Known(**{name: {SLICE: {"payment_fen": then}}})
    check = only(run, case("payments", [paid(now)], known=known))
    assert (check.outcome, check.check_code, check.check_name) == (outcome, "H04", name)
    assert (check.expected_fen, check.actual_fen) == (then, now)


def test_nothing_is_said_of_a_slice_that_was_not_there_before():
    assert list(last_year(case("payments", [paid(1)]))) == []
