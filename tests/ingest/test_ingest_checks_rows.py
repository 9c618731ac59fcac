"""H05 to H10: rows that are wrong by themselves, on the tolerance and just beyond it."""

import json
from dataclasses import asdict

import pytest
from checks_ground import DELIVERED, SLICE, case, day, frame, knows, only, outcomes

from budget import frames
from budget.holding import in_chinese, told_check
from ingest.checks.case import Known
from ingest.checks.codes import codes
from ingest.checks.days import days
from ingest.checks.directions import directions
from ingest.checks.divisions import divisions
from ingest.checks.falls import falls
from ingest.checks.likely import likely
from ingest.checks.negatives import negatives
from ingest.checks.refunds import refunds
from ingest.checks.registry import judge
from ingest.checks.releases import releases
from ingest.checks.units import units
from ingest.checks.vouchers import vouchers

JUNE = day("2026-06-01")


def paid(fen=100, voucher=None, **more):
    return {"paid_on": JUNE, "payment_fen": fen, "voucher_no": voucher, **more}


def code(number, name, parent=None, since=2014, until=None):
    return {"fiscal_year": 2019, "scheme": "function", "code": number, "name": name, "parent_code": parent,
            "valid_from_year": since, "valid_to_year": until}  # fmt: skip


CODES = [
    code("201", "一般公共服务支出"),
    code("20101", "人大事务", "201"),
    code("2010101", "行政运行", "20101"),
    code("2010102", "一般行政管理事务", "20101"),
    code("2010109", "旧事务", "20101", until=2025),
    code("213", "农林水支出"),
]


@pytest.mark.parametrize(
    ("number", "expected", "why"),
    [
        ("2010101", ("ok", 0, 1), "valid"),
        ("2010109", ("hold", 1, 1), "valid up to last year only"),
        ("2010199", ("hold", 1, 1), "its 款 lists others, not this"),
        ("2130399", ("ok", 0, 0), "the table lists nothing below 213: nobody can tell"),
        ("299", ("hold", 1, 1), "no such 类"),
        (None, None, "a blank code is no wrong code"),
    ],
)
def test_a_code_is_valid_in_its_year(number, expected, why):
    one = case("payments", [paid(function_code=number)], known=knows(codes=CODES), checks={"codes": "hold"})
    assert outcomes(codes, one) == ({} if expected is None else {"function_code": expected}), why


def test_codes_are_warned_of_and_held_where_too_many_are_of_no_known_class():
    def judged(unknown_class, known_class):
        rows = [paid(function_code="299")] * unknown_class + [paid(function_code="2010199")] * known_class
        rows += [paid(function_code="2010101")] * (100 - len(rows))
        return only(codes, case("payments", rows, known=knows(codes=CODES))).outcome

    assert judged(0, 0) == "ok"
    assert judged(0, 100) == "warn"  # items a table may lack
    assert judged(30, 0) == "warn"  # on the share
    assert judged(31, 0) == "hold"


def test_an_unknown_code_is_told_with_the_likely_one():
    rows = [paid(function_code="2010101"), paid(function_code="2010120"), paid(function_code="2010120")]
    check = only(codes, case("payments", rows, known=knows(codes=CODES)))
    assert (check.check_code, check.source_row, check.actual_text) == ("H05", 3, "2 rows of 2026")
    assert check.expected_text == "2010102 一般行政管理事务"
    assert check.detail == (
        "2 of 3 rows have a function_code that is not valid in their year: "
        "row 3 2010120 (actual 2 rows of 2026, expected 2010102 一般行政管理事务); and 1 more"
    )
    old = only(codes, case("payments", [paid(function_code="2010109")], known=knows(codes=CODES)))
    assert old.expected_text == "valid 2014 to 2025"


@pytest.mark.parametrize(
    ("year", "told"),
    [(2026, "valid 2024 to 2024"), (2023, "valid 2024 to 2024")],
    ids=["gone from the table of the year", "not yet in the table of the year"],
)
def test_a_code_of_another_years_table_is_told_with_the_years_that_table_holds(year, told):
    tables = [
        {"fiscal_year": one, "scheme": "function", "code": code, "name": code, "valid_from_year": one}
        for one, listed in {2023: ["201"], 2024: ["201", "20109"], 2025: ["201"], 2026: ["201", "20101"]}.items()
        for code in listed
    ]
    tables.append({"fiscal_year": 2023, "scheme": "function", "code": "20101", "name": "人大", "valid_from_year": 2023})
    row = paid(function_code="20109") | {"fiscal_year": year}
    check = only(codes, case("payments", [row], known=knows(codes=tables)))
    assert (check.outcome, check.expected_text) == ("warn", told)


def test_without_a_classification_no_code_is_judged():
    assert list(codes(case("payments", [paid(function_code="1")]))) == []


@pytest.mark.parametrize(
    ("number", "name", "meant"),
    [
        ("2010120", None, "2010102 一般行政管理事务"),
        ("101001", "教育局", "102001 教育局"),  # renamed: the name is the same
        ("99", None, None),
        ("20101999", None, "2010199 其他"),
    ],
)
def test_the_likely_code(number, name, meant):
    known = {"2010102": "一般行政管理事务", "102001": "教育局", "2010199": "其他"}
    assert likely(number, known, name) == meant


def test_zeros_that_a_spreadsheet_took_away_are_found_again():
    assert likely("10200", {"010200": "石桥街道", "123456": "别处"}) == "010200 石桥街道"


@pytest.mark.parametrize(
    ("rows", "checks", "expected", "why"),
    [
        ([paid(voucher="V1"), paid(voucher="V2")], {}, ("ok", 0, 2), "each once"),
        ([paid(voucher="V1"), paid(voucher="V1")], {}, ("hold", 1, 2), "one stands twice"),
        ([paid(voucher="V1")] * 3, {}, ("hold", 2, 3), "the first of three is not the wrong one"),
        ([paid(voucher="V1"), paid(voucher="V1")], {"vouchers": {"tolerance": "1"}}, ("ok", 1, 2), "on the tolerance"),
        ([paid(voucher="V1")] * 3, {"vouchers": {"tolerance": "1"}}, ("hold", 2, 3), "one beyond it"),
        ([paid(), paid()], {}, ("ok", 0, 0), "without a number"),
        ([paid(voucher="V1"), paid(voucher="V1", is_voided=True)], {}, ("ok", 0, 1), "a voided one is no payment"),
        ([paid(0, "V1"), paid(0, "V1", failure_reason="账号有误")], {}, ("ok", 0, 1), "nor is a failed line"),
        ([paid(voucher="V1"), paid(voucher="V1", fiscal_year=2025)], {}, ("ok", 0, 2), "numbers begin anew each year"),
        ([paid(1, "V1"), paid(2, "V1")], {"vouchers": {"lines": True}}, ("ok", 0, 2), "two lines of one voucher"),
        ([paid(1, "V1"), paid(1, "V1")], {"vouchers": {"lines": True}}, ("hold", 1, 2), "one line twice"),
        ([paid(voucher="V1"), paid(voucher="V1")], {"vouchers": "warn"}, ("warn", 1, 2), "a mapping that warns"),
    ],
)
def test_a_voucher_stands_once_in_a_delivery(rows, checks, expected, why):
    assert outcomes(vouchers, case("payments", rows, checks=checks)) == {"within the delivery": expected}, why


@pytest.mark.parametrize(
    ("there", "outcome"),
    [
        ({}, ("hold", 1, 2)),
        ({"fiscal_year": 2025}, ("ok", 0, 2)),
        ({"division_code": "990101011"}, ("ok", 0, 2)),
    ],
)
def test_a_voucher_stands_once_among_the_deliveries_in_force(there, outcome):
    before = {"division_code": "990101010", "fiscal_year": 2026, "voucher_no": "V1", "slice_key": "990101010/202605"}
    one = case("payments", [paid(voucher="V1"), paid(voucher="V2")], known=knows(vouchers=[before | there]))
    assert outcomes(vouchers, one)["against other deliveries"] == outcome


def test_a_duplicate_names_the_slice_that_has_it_too():
    before = {"division_code": "990101010", "fiscal_year": 2026, "voucher_no": "V1", "slice_key": "990101010/202605"}
    *_, check = vouchers(case("payments", [paid(voucher="V1")], known=knows(vouchers=[before])))
    assert json.loads(check.sample_json) == [
        {"sheet": None, "row": 2, "about": "V1", "expected": None, "actual": "990101010/202605"}
    ]


def release(on, **more):
    return {"fiscal_year": 2026, "unit_code": "101001", "released_on": on and day(on), **more}


@pytest.mark.parametrize(
    ("row", "known", "checks", "expected", "why"),
    [
        ({"allotment_code": "A1"}, release("2026-06-01", allotment_code="A1"), {}, ("ok", 0, 1), "on the day"),
        ({"allotment_code": "A1"}, release("2026-06-02", allotment_code="A1"), {}, ("warn", 1, 1), "a day too early"),
        ({"allotment_code": "A1"}, release("2026-06-02", allotment_code="A1"), {"releases": {"tolerance": "1"}},
         ("ok", 0, 1), "within a day's tolerance"),
        ({"allotment_code": "A1"}, release("2026-06-03", allotment_code="A1"), {"releases": {"tolerance": "1"}},
         ("warn", 1, 1), "a day beyond it"),
        ({"allotment_code": "A1"}, release(None, allotment_code="A1"), {}, ("ok", 0, 0), "a release without a day"),
        ({"allotment_code": "A2"}, release("2026-06-02", allotment_code="A1"), {}, ("ok", 0, 0), "not known"),
        ({"project_code": "P1"}, release("2026-06-02", project_code="P1"), {}, ("warn", 1, 1), "by unit and project"),
        ({"allotment_code": "A2", "project_code": "P1"}, release("2026-06-02", project_code="P1"), {},
         ("warn", 1, 1), "by unit and project where the code is not known"),
        ({"project_code": "P1", "unit_code": "102001"}, release("2026-06-02", project_code="P1"), {}, ("ok", 0, 0),
         "another unit's project"),
        ({"allotment_code": "A1", "payment_fen": -1}, release("2026-06-02", allotment_code="A1"), {}, ("ok", 0, 0),
         "money that came back"),
        ({"allotment_code": "A1", "is_voided": True}, release("2026-06-02", allotment_code="A1"), {}, ("ok", 0, 0),
         "voided"),
    ],
)  # fmt: skip
def test_money_is_paid_after_it_was_released(row, known, checks, expected, why):
    one = case("payments", [paid(**row) if "payment_fen" not in row else paid() | row],
               known=knows(releases=[known]), checks=checks)  # fmt: skip
    assert outcomes(releases, one) == {"paid_on": expected}, why


def test_an_early_payment_shows_both_days():
    one = case("payments", [paid(voucher="V1", allotment_code="A1")],
               known=knows(releases=[release("2026-06-02", allotment_code="A1")]))  # fmt: skip
    check = only(releases, one)
    assert (check.check_code, check.expected_text, check.actual_text) == ("H07", ">= 2026-06-02", "2026-06-01")


@pytest.mark.parametrize(
    ("shift", "total", "checks", "expected", "why"),
    [
        (0, 1, {}, ("ok", 0, 1), "paid on the day of delivery"),
        (1, 1, {}, ("hold", 1, 1), "a day after it, and that is the whole file"),
        (1, 20, {}, ("warn", 1, 20), "one of twenty is on the share"),
        (1, 19, {}, ("hold", 1, 19), "one of nineteen is beyond it"),
        (1, 1, {"days": {"tolerance": "1"}}, ("ok", 0, 1), "within a day's tolerance"),
        (1, 1, {"days": "warn"}, ("warn", 1, 1), "a mapping that warns, however many"),
    ],
)
def test_nothing_is_paid_after_the_delivery_that_tells_of_it(shift, total, checks, expected, why):
    late = paid(voucher="V1", paid_on=DELIVERED.replace(day=DELIVERED.day + shift))
    rows = [late, *[paid()] * (total - 1)]
    assert outcomes(days, case("payments", rows, checks=checks)) == {"paid_on": expected}, why


@pytest.mark.parametrize(
    ("row", "expected", "why"),
    [
        (paid(-1), ("warn", 1, 1), "no kind told: normal"),
        (paid(-1, payment_kind="normal"), ("warn", 1, 1), "normal"),
        (paid(0), ("ok", 0, 1), "zero"),
        (paid(1), ("ok", 0, 1), "positive"),
        (paid(-1, payment_kind="refund"), ("ok", 0, 0), "a refund may be"),
        (paid(-1, payment_kind="correction"), ("ok", 0, 0), "a correction may be"),
        (paid(-1, is_voided=True), ("ok", 0, 0), "voided"),
    ],
)
def test_a_normal_payment_is_not_negative(row, expected, why):
    one = case("payments", [row, paid(5, payment_kind="refund", is_voided=True)])
    assert outcomes(negatives, one) == {"normal payments": expected}, why


@pytest.mark.parametrize(
    ("kind", "fen", "expected", "why"),
    [
        ("add", 1, ("ok", 0, 1), "added"),
        ("add", 0, ("ok", 0, 1), "nothing added"),
        ("add", -1, ("warn", 1, 1), "an addition that takes"),
        ("cut", -1, ("ok", 0, 1), "cut"),
        ("cut", 1, ("warn", 1, 1), "a cut written without its sign would raise the budget"),
        ("move", 1, ("ok", 0, 0), "a move gives"),
        ("move", -1, ("ok", 0, 0), "and takes"),
        (None, -1, ("ok", 0, 0), "of no kind"),
    ],
)
def test_an_addition_adds_and_a_cut_cuts(kind, fen, expected, why):
    row = {"adjustment_kind": kind, "adjustment_fen": fen, "unit_code": "101", "fiscal_year": 2026}
    assert outcomes(directions, case("adjustments", [row])) == {"adds and cuts": expected}, why


def back(fen, original="V1", kind="refund", **more):
    return paid(fen, original_voucher_no=original, payment_kind=kind, **more)


HERE, THERE = [paid(100, "V1", payment_kind="normal")], [{"voucher_no": "V1", "payment_fen": 100}]


@pytest.mark.parametrize(
    ("rows", "known", "expected", "why"),
    [
        ([*HERE, back(-100)], [], {"refunds": ("ok", 0, 1)}, "all of it came back"),
        ([*HERE, back(-40), back(-60)], [], {"refunds": ("ok", 0, 2)}, "in two parts"),
        ([*HERE, back(-40), back(-61)], [], {"refunds": ("warn", 2, 2)}, "one fen more than was paid"),
        ([*HERE, back(1)], [], {"refunds": ("warn", 1, 1)}, "a refund above zero would be spent once more"),
        ([*HERE, back(0)], [], {"refunds": ("ok", 0, 1)}, "nothing came back"),
        ([back(-100)], THERE, {"refunds": ("ok", 0, 1)}, "paid in an earlier delivery"),
        ([back(-101)], THERE, {"refunds": ("warn", 1, 1)}, "more than was paid in an earlier delivery"),
        ([back(-100)], [], {"refunds": ("warn", 1, 1)}, "a refund of nothing that is known"),
        ([back(-100, None)], THERE, {"refunds": ("warn", 1, 1)}, "a refund that names no original"),
        ([back(-100, is_voided=True)], [], {}, "a voided refund"),
        ([*HERE, back(-70, kind="correction"), back(70, kind="correction")], [], {"corrections": ("ok", 0, 1)},
         "a pair nets to zero"),
        ([*HERE, back(-70, kind="correction"), back(69, kind="correction")], [], {"corrections": ("warn", 1, 1)},
         "a fen is lost"),
        ([*HERE, back(-100, kind="correction")], [], {"corrections": ("ok", 0, 1)}, "taken back whole"),
        ([back(-100, kind="correction")], THERE, {"corrections": ("ok", 0, 1)}, "an earlier one taken back whole"),
        ([back(-99, kind="correction")], THERE, {"corrections": ("warn", 1, 1)}, "not whole"),
        ([back(-5, None, "correction", application_no="S1"), back(5, None, "correction", application_no="S1")], [],
         {"corrections": ("ok", 0, 1)}, "paired by their application"),
    ],
)  # fmt: skip
def test_what_comes_back_was_paid_and_corrections_net_to_zero(rows, known, expected, why):
    assert outcomes(refunds, case("payments", rows, known=knows(originals=known))) == expected, why


def unit(number, name="某单位", year=2026, **more):
    return {"fiscal_year": year, "unit_code": number, "unit_name": name, "division_code": "990101010", **more}


@pytest.mark.parametrize(
    ("row", "table", "expected", "why"),
    [
        ({}, [unit("101001")], ("ok", 0, 1), "in the year's table"),
        ({}, [unit("101002")], ("warn", 1, 1), "unknown"),
        ({}, [unit("101001", year=2025), unit("101002")], ("warn", 1, 1), "dropped from this year's table"),
        ({}, [unit("101001", year=2025, successor_code="101002"), unit("101002")], ("ok", 0, 1), "has a successor"),
        ({}, [unit("101001", year=2025)], ("ok", 0, 1), "this year's table has not come yet"),
        ({}, [unit("101001", valid_to=day("2026-05-31"))], ("warn", 1, 1), "closed the day before"),
        ({}, [unit("101001", valid_to=JUNE)], ("ok", 0, 1), "closed that day (inclusive)"),
        ({}, [unit("101001", valid_to=day("2026-05-31"), successor_code="9")], ("ok", 0, 1), "merged into another"),
    ],
)
def test_a_unit_is_in_the_unit_table(row, table, expected, why):
    one = case("payments", [paid() | row], known=knows(units=table))
    assert outcomes(units, one) == {"unit_code": expected}, why


def test_units_of_a_division_without_a_unit_table_are_not_judged():
    other = unit("101002") | {"division_code": "990101011"}
    assert list(units(case("payments", [paid()], known=knows(units=[other])))) == []


def test_a_unit_under_a_new_code_is_told_by_its_name():
    rows = [paid(unit_name="教育局")]
    check = only(units, case("payments", rows, known=knows(units=[unit("102001", "教育局")])))
    assert (check.check_code, check.expected_text) == ("H09", "102001 教育局")


@pytest.mark.parametrize(
    ("rows", "before", "concerned", "why"),
    [
        ([unit("101001")], [unit("101001", year=2025)], 0, "still there"),
        ([unit("102001")], [unit("101001", year=2025)], 1, "dropped without a successor"),
        (
            [unit("102001")],
            [unit("101001", year=2025, successor_code="102001")],
            0,
            "the last table says who took over",
        ),
        (
            [unit("102001"), unit("101001", successor_code="102001")],
            [unit("101001", year=2025)],
            0,
            "this table says so",
        ),
        ([unit("101001", successor_code="102001")], [], 1, "a successor that is not there"),
        ([unit("101001", parent_code="101")], [], 1, "a department that is not there"),
        ([unit("101001")], [unit("101009", year=2027)], 0, "a later year's table says nothing of this one"),
        ([unit("101001")], [unit("101009", year=2024), unit("101001", year=2025)], 0, "gone before the latest table"),
    ],
)
def test_a_unit_table_leads_on_from_the_one_before(rows, before, concerned, why):
    full = [row | {"unit_level": "unit", "parent_code": row.get("parent_code"),
                   "successor_code": row.get("successor_code")} for row in rows]  # fmt: skip
    check = only(units, case("units", full, known=knows(units=before)))
    assert (check.concerned_count, check.outcome) == (concerned, "warn" if concerned else "ok"), why


def test_a_renamed_unit_is_told_with_its_new_code():
    before = [unit("101001", "教育局", year=2025)]
    check = only(units, case("units", [unit("102001", "教育局") | {"unit_level": "unit"}], known=knows(units=before)))
    assert check.expected_text == "102001 教育局"


def month(on, fen, **more):
    return {"as_of_on": day(on), "function_code": "2010101", "payment_fen": fen, **more}


FEB, MAR = "2026-02-28", "2026-03-31"


@pytest.mark.parametrize(
    ("rows", "checks", "fallen", "gone", "why"),
    [
        ([month(FEB, 100), month(MAR, 100)], {}, "ok", "ok", "nothing was paid in March"),
        ([month(FEB, 100), month(MAR, 99)], {}, "warn", "ok", "one fen less"),
        ([month(FEB, 100), month(MAR, 99)], {"last_place": "0.01"}, "ok", "ok", "the last digit may be rounded"),
        ([month(FEB, 100), month(MAR, 98)], {"last_place": "0.01"}, "warn", "ok", "one fen beyond it"),
        ([month(FEB, 100), month(MAR, 99)], {"falls": {"tolerance": "0.01"}}, "ok", "ok", "on the tolerance"),
        ([month(FEB, 100), month(MAR, 99)], {"falls": "hold"}, "hold", "ok", "a mapping that holds"),
        ([month(FEB, 100), month(MAR, 5, function_code="2")], {}, "ok", "warn", "the line is gone"),
        ([month(FEB, 0), month(MAR, 5, function_code="2")], {}, "ok", "ok", "a line of zero may go"),
        ([month(FEB, None), month(MAR, 5, function_code="2")], {}, "ok", "ok", "so may one without an amount"),
        ([month(FEB, 100), month(MAR, None)], {}, "ok", "ok", "missing is not zero"),
        ([month(FEB, 60), month(FEB, 40), month(MAR, 100)], {}, "ok", "ok", "two rows of one line are one line"),
    ],
)
def test_cumulative_figures_do_not_fall_and_lines_do_not_vanish(rows, checks, fallen, gone, why):
    found = {part: told[0] for part, told in outcomes(falls, case("execution_months", rows, checks=checks)).items()}
    assert found == {"falls": fallen, "vanished lines": gone}, why


def test_a_fall_names_the_line_and_both_figures():
    check = next(iter(falls(case("execution_months", [month(FEB, 12_345), month(MAR, 300)]))))
    assert (check.check_code, check.source_row) == ("H10", 3)
    assert check.detail == (
        "1 cumulative figures of 1 lines are lower than in the report before: "
        "row 3 101001/2010101 payment_fen (actual 3.00, expected >= 123.45 of 2026-02-28)"
    )


def test_a_fall_is_seen_against_the_report_in_force():
    before = [{**month(FEB, 100), "fiscal_year": 2026, "division_code": "990101010", "unit_code": "101001"}]
    known = Known(cumulative=frame(frames.FEEDS["execution_months"], before))
    assert outcomes(falls, case("execution_months", [month(MAR, 99)], known=known))["falls"] == ("warn", 1, 1)
    # January of the next year begins anew.
    january = month("2027-01-31", 1) | {"fiscal_year": 2027}
    assert list(falls(case("execution_months", [january], known=known))) == []


def test_revenue_by_name_falls_too():
    rows = [{"as_of_on": day(on), "subject_name": "增值税", "subject_code": None, "ytd_fen": fen, "unit_code": None}
            for on, fen in ((FEB, 100), (MAR, 99))]  # fmt: skip
    rows = [{name: value for name, value in row.items() if name != "unit_code"} for row in rows]
    assert outcomes(falls, case("revenue", rows))["falls"] == ("warn", 1, 1)


STREET, TOWN, DISTRICT = "990101010", "990101100", "990101000"
_ACT = {"unit_code": None, "document_kind": "budget_approval"}


@pytest.mark.parametrize(
    ("feed", "row", "expected", "why"),
    [
        ("documents", _ACT | {"division_code": STREET}, ("warn", 1, 1), "a street approves no budget"),
        ("documents", _ACT | {"division_code": TOWN}, ("ok", 0, 1), "a town does"),
        ("documents", _ACT | {"division_code": DISTRICT}, ("ok", 0, 1), "and the district"),
        ("documents", _ACT | {"unit_name": "司法所"}, ("ok", 0, 1), "an act for a unit is no act of the street"),
        ("documents", _ACT | {"document_kind": "budget_disclosure"}, ("warn", 1, 1), "a level's own disclosure"),
        ("final_accounts", {"reporting_level": "division"}, ("warn", 1, 1), "a street settles no account of its own"),
        ("final_accounts", {"reporting_level": "department"}, ("ok", 0, 1), "its departmental account it does"),
        ("transfers", {"direction": "out", "target_division_code": STREET}, ("warn", 1, 1), "no lower government"),
        ("transfers", {"direction": "out", "target_division_code": TOWN}, ("ok", 0, 1), "a town is one"),
        ("transfers", {"direction": "in", "target_division_code": STREET}, ("ok", 0, 1), "what comes in goes anywhere"),
    ],
)
def test_a_street_stands_nowhere_where_a_budget_level_has_to(feed, row, expected, why):
    (found,) = outcomes(divisions, case(feed, [row])).values()
    assert found == expected, why


def test_a_streets_account_is_judged_where_no_file_tells_the_level():
    account = {"division_code": STREET, "unit_code": None, "outturn_fen": 1}
    assert outcomes(divisions, case("final_accounts", [account])) == {"division_code": ("warn", 1, 1)}
    assert outcomes(divisions, case("final_accounts", [account | {"unit_code": "101"}])) == {
        "division_code": ("ok", 0, 1)
    }


def test_a_street_without_a_budget_is_told_with_the_division_that_has_one():
    told = only(divisions, case("documents", [_ACT | {"division_code": TOWN}, _ACT | {"division_code": STREET}]))
    assert told.detail == (
        "1 of 2 rows give a street what only a budget level has; a street's money and acts are its district's: "
        "row 3 990101010 (actual budget_approval, expected 990101000)"
    )
    assert (told.check_code, told.check_name, told.source_row) == ("H03", "divisions", 3)
    assert told_check(asdict(told), in_chinese) == "街道不是一级预算"


def test_a_mapping_makes_a_street_in_the_wrong_place_hold_or_turns_the_check_off():
    row = _ACT | {"division_code": STREET}
    assert only(divisions, case("documents", [row], checks={"divisions": "hold"})).outcome == "hold"
    assert [one.check_name for one in judge(case("documents", [row])) if one.outcome == "warn"] == ["divisions"]
    assert [one for one in judge(case("documents", [row], checks={"divisions": False})) if one.outcome == "warn"] == []


def test_feeds_that_name_streets_freely_and_files_that_do_not_tell_are_not_judged():
    assert list(divisions(case("payments", [{"division_code": STREET}]))) == []
    assert list(divisions(case("transfers", [{"target_division_code": STREET}]))) == []


def test_a_check_judges_only_the_feeds_it_is_for():
    one = case("documents", [{"document_kind": "audit_report"}], known=knows(units=[unit("101001")]))
    runs = (vouchers, releases, days, negatives, refunds, falls)
    assert [check for run in runs for check in run(one)] == []
    assert SLICE in one.totals
