"""What checks know of the warehouse, read on both engines, through deliveries as they come."""

import datetime as dt
import json

import pytest
from ingest_ground import NOW, House, csv_bytes, mapping_of

from ingest.known import gather
from ingest.prepare import prepare_content
from warehouse.batches import list_batches
from warehouse.engine import reading, writing
from warehouse.scope import Scope

PAY = r"""
feed = "payments"
title = "支付"
owner = "区财政局"
file_name = 'pay-(?P<period>\d{6})(?:-\d+)?\.csv'
[table]
format = "csv"
[amounts]
unit = "元"
[constants]
division_code = "990101010"
[columns]
fiscal_year = { group = "period", extract = '^(\d{4})' }
unit_code = { from = "单位" }
voucher_no = { from = "凭证" }
paid_on = { from = "日期" }
payment_fen = { from = "金额" }
function_code = { from = "科目" }
allotment_code = { from = "指标" }
project_code = { from = "项目" }
payment_kind = { from = "类型", choices = { "正常" = "normal", "退款" = "refund", "更正" = "correction" } }
original_voucher_no = { from = "原凭证" }
[slice]
key = ["division_code", "period"]
"""
PAY_HEAD = "单位,凭证,日期,金额,科目,指标,项目,类型,原凭证"
ALLOT = r"""
feed = "allotments"
title = "指标"
owner = "区财政局"
file_name = 'zb-(?P<fiscal_year>\d{4})\.csv'
[table]
format = "csv"
[amounts]
unit = "元"
[constants]
division_code = "990101010"
[columns]
fiscal_year = { group = "fiscal_year" }
unit_code = { from = "单位" }
allotment_code = { from = "指标" }
project_code = { from = "项目" }
released_on = { from = "下达" }
appropriation_fen = { from = "金额" }
reporting_level = { from = "级别", optional = true, choices = { "部门" = "department", "单位" = "unit" } }
[slice]
key = ["division_code", "fiscal_year", "级别"]
"""
ADJUST = r"""
feed = "adjustments"
title = "调整"
owner = "区财政局"
file_name = 'tz-(?P<fiscal_year>\d{4})\.csv'
[table]
format = "csv"
[amounts]
unit = "元"
[constants]
division_code = "990101010"
[columns]
fiscal_year = { group = "fiscal_year" }
unit_code = { from = "单位" }
project_code = { from = "项目" }
adjusted_on = { from = "日期" }
adjustment_fen = { from = "金额" }
[slice]
key = ["division_code", "fiscal_year"]
"""
UNITS = r"""
feed = "units"
title = "单位"
owner = "区财政局"
file_name = 'dw-(?P<fiscal_year>\d{4})\.csv'
[table]
format = "csv"
[constants]
division_code = "990101010"
unit_level = "unit"
[columns]
fiscal_year = { group = "fiscal_year" }
unit_code = { from = "编码" }
unit_name = { from = "名称" }
[slice]
key = ["fiscal_year"]
"""
CODES = r"""
feed = "classifications"
title = "科目"
owner = "财政部"
file_name = 'km-(?P<fiscal_year>\d{4})\.csv'
[table]
format = "csv"
[constants]
scheme = "function"
valid_from_year = 2014
[columns]
fiscal_year = { group = "fiscal_year" }
code = { from = "编码" }
name = { from = "名称" }
[slice]
key = ["fiscal_year"]
"""
MONTH = r"""
feed = "execution_months"
title = "月报"
owner = "区财政局"
file_name = 'yb-(?P<period>\d{6})\.csv'
[table]
format = "csv"
[amounts]
unit = "元"
[constants]
division_code = "990101010"
[columns]
fiscal_year = { group = "period", extract = '^(\d{4})' }
as_of_on = { group = "period", formats = ["month_last"] }
unit_code = { from = "单位" }
payment_fen = { from = "累计" }
[slice]
key = ["division_code", "period"]
mode = "cumulative"
"""


@pytest.fixture
def house(warehouse_engine, tmp_path):
    return House(warehouse_engine, tmp_path / "landing")


@pytest.fixture
def load(house, tmp_path):
    """Return a function that loads lines under a mapping and returns the outcome."""
    kinds = {"pay": PAY, "zb": ALLOT, "tz": ADJUST, "dw": UNITS, "km": CODES, "yb": MONTH}
    mappings = {kind: mapping_of(tmp_path, text, kind) for kind, text in kinds.items()}

    def call(name, *lines, now=NOW):
        return house.load(mappings[name.partition("-")[0]], name, csv_bytes(*lines), now)

    call.mappings = mappings
    return call


def pay(voucher, fen="1.00", on="2026-6-1", unit="101001", code="2010101", **more):
    told = {"指标": "", "项目": "", "类型": "正常", "原凭证": "", **more}
    return f"{unit},{voucher},{on},{fen},{code},{','.join(told.values())}"


def check_of(house, batch, name, part=None):
    """Return the one check of a batch by its name under [checks]."""
    with reading(house.engine) as connection:
        told = next(one for one in list_batches(connection, Scope.everything()) if one["batch"] == batch)
    (found,) = [one for one in told["checks"] if one["check_name"] == name and part in {None, one["part"]}]
    return found


def test_a_voucher_of_another_month_is_held(house, load):
    load("pay-202605.csv", PAY_HEAD, pay("V1"), pay("V2"), pay("W9"))
    done = load("pay-202606.csv", PAY_HEAD, pay("V2"), pay("V3"))
    assert done.status == "held"
    check = check_of(house, done.batch, "vouchers", "against other deliveries")
    assert (check["outcome"], check["concerned_count"], check["checked_count"]) == ("hold", 1, 2)
    assert check["sample"] == [{"sheet": None, "row": 2, "about": "V2", "expected": None, "actual": "990101010/202605"}]
    assert check["detail"] in done.messages[0]
    assert house.facts("payments")["voucher_no"].to_list() == ["V1", "V2", "W9"]


def test_a_redelivery_of_the_same_slice_is_no_duplicate(load):
    load("pay-202606.csv", PAY_HEAD, pay("V1"), pay("V2"))
    assert load("pay-202606-2.csv", PAY_HEAD, pay("V1"), pay("V2"), pay("V3")).status == "published"


def test_a_voucher_that_a_redelivery_left_out_may_come_again(load):
    load("pay-202605.csv", PAY_HEAD, pay("V1"), pay("V2"))
    load("pay-202605-2.csv", PAY_HEAD, pay("V1"))
    assert load("pay-202606.csv", PAY_HEAD, pay("V2")).status == "published"


def test_the_same_number_in_another_year_is_another_voucher(load):
    load("pay-202506.csv", PAY_HEAD, pay("V1", on="2025-6-1"))
    assert load("pay-202606.csv", PAY_HEAD, pay("V1")).status == "published"


@pytest.mark.parametrize("numbers", [("V1", "v1"), ("支1", "支2"), ("a", "B"), ("Z", "a")])
def test_numbers_are_compared_as_they_are_written(load, numbers):
    first, second = numbers
    load("pay-202605.csv", PAY_HEAD, pay(first), pay(second))
    assert load("pay-202606.csv", PAY_HEAD, pay("A0"), pay(second), pay("z9")).status == "held"
    assert load("pay-202607.csv", PAY_HEAD, pay(f"{first}0")).status == "published"


def test_a_refund_finds_its_original_in_an_earlier_delivery(house, load):
    load("pay-202512.csv", PAY_HEAD, pay("V0", "5.00", on="2025-12-1"))
    load("pay-202605.csv", PAY_HEAD, pay("V1", "3.00"))
    back = [pay(f"R{n}", f"-{fen}.00", 类型="退款", 原凭证=of) for n, fen, of in
            [(1, 3, "V1"), (2, 5, "V0"), (3, 1, "V7")]]  # fmt: skip
    done = load("pay-202606.csv", PAY_HEAD, *back)
    assert done.status == "published"
    check = check_of(house, done.batch, "refunds")
    assert (check["outcome"], check["concerned_count"], check["checked_count"]) == ("warn", 1, 3)
    assert check["sample"][0] | {"row": 0} == {
        "sheet": None, "row": 0, "about": "R3", "expected": "original V7", "actual": "-1.00",
    }  # fmt: skip


def test_payments_are_held_against_the_day_their_budget_was_released(house, load):
    head = "单位,指标,项目,下达,金额,级别"
    load("zb-2026.csv", head, "101001,A1,,2026-3-1,9,单位", "101001,A2,,,9,单位", "101001,,P1,2026-3-1,9,单位")
    load("tz-2026.csv", "单位,项目,日期,金额", "101001,P2,2026-4-1,5.00", "101001,P3,2026-4-1,-5.00")
    early = {"on": "2026-2-28"}
    rows = [
        pay("V1", **early, 指标="A1"),  # a day before
        pay("V2", on="2026-3-1", 指标="A1"),
        pay("V3", **early, 指标="A2"),  # a release without a day
        pay("V4", **early, 项目="P1"),  # before its project's
        pay("V5", **early, 项目="P2"),  # before its top-up
        pay("V6", **early, 项目="P3"),  # a cut releases nothing
        pay("V7", **early, 指标="A9"),  # not known
    ]
    done = load("pay-202602.csv", PAY_HEAD, *rows)
    assert done.status == "published"
    check = check_of(house, done.batch, "releases")
    assert [one["about"] for one in check["sample"]] == ["V1", "V4", "V5"]
    assert (check["outcome"], check["checked_count"]) == ("warn", 4)


def test_codes_and_units_are_those_in_force(house, load):
    assert load("pay-202605.csv", PAY_HEAD, pay("V1")).messages == ()
    load("km-2014.csv", "编码,名称", "201,一般公共服务支出", "20101,人大事务", "2010102,一般行政管理事务")
    load("dw-2026.csv", "编码,名称", "101002,教育局")
    done = load("pay-202606.csv", PAY_HEAD, pay("V2"))
    assert done.status == "published"
    # The table has no upper codes, so nothing says whether it goes deeper: not judged.
    units = check_of(house, done.batch, "units")
    assert (units["outcome"], units["expected_text"]) == ("warn", "101002 教育局")
    assert check_of(house, done.batch, "codes")["part"] == "function_code"


def test_a_code_is_told_with_the_years_it_is_valid_in(house, load):
    above = ("201,一般公共服务支出", "20101,人大事务")
    load("km-2025.csv", "编码,名称", *above, "2010101,行政运行")
    load("km-2026.csv", "编码,名称", *above, "2010102,一般行政管理事务")
    for name, year, told in (
        ("pay-202606.csv", 2026, "valid 2014 to 2025"),
        ("pay-202506.csv", 2025, "valid 2026 to now"),
    ):
        ended = pay(f"V{year}", on=f"{year}-6-1", code="2010101" if year == 2026 else "2010102")
        check = check_of(house, load(name, PAY_HEAD, ended).batch, "codes")
        assert (check["outcome"], check["expected_text"]) == ("warn", told)


def test_a_cumulative_report_is_held_against_the_month_before(house, load):
    load("yb-202601.csv", "单位,累计", "101001,1.00", "101002,1.00")
    load("yb-202602.csv", "单位,累计", "101001,5.00", "101002,2.00")
    done = load("yb-202603.csv", "单位,累计", "101001,4.99")
    assert done.status == "published"
    fallen, gone = check_of(house, done.batch, "falls", "falls"), check_of(house, done.batch, "falls", "vanished lines")
    assert (fallen["expected_text"], fallen["actual_text"]) == (">= 5.00 of 2026-02-28", "4.99")
    assert (gone["sample"][0]["about"], gone["expected_text"]) == ("101002", "2.00 of 2026-02-28")
    # The same month again is held against February, not against itself.
    again = load("yb-202603.csv", "单位,累计", "101001,5.00", "101002,2.00")
    assert check_of(house, again.batch, "falls", "falls")["outcome"] == "ok"


def test_history_loaded_in_any_order_is_held_against_the_month_before_it(house, load):
    load("yb-202603.csv", "单位,累计", "101001,9.00")
    load("yb-202601.csv", "单位,累计", "101001,1.00")
    done = load("yb-202602.csv", "单位,累计", "101001,0.50")
    assert check_of(house, done.batch, "falls", "falls")["expected_text"] == ">= 1.00 of 2026-01-31"


def test_a_slip_of_units_against_the_delivery_before_is_held(house, load):
    load("pay-202606.csv", PAY_HEAD, pay("V1", "30000.00"))
    done = load("pay-202606-2.csv", PAY_HEAD, pay("V1", "3.00"))
    assert done.status == "held"
    check = check_of(house, done.batch, "last_delivery")
    assert (check["expected_fen"], check["actual_fen"], check["outcome"]) == (3_000_000, 300, "hold")


def test_departments_are_held_against_units_of_other_slices(house, load):
    head = "单位,指标,项目,下达,金额,级别"
    load("zb-2026.csv", head, "X,,,2026-1-5,7.00,单位")
    done = load("zb-2026.csv", head, "X,,,2026-1-5,7.01,部门")
    check = check_of(house, done.batch, "departments")
    assert (check["outcome"], check["expected_text"], check["actual_text"]) == ("warn", "7.00", "7.01")


def test_looking_up_reads_nothing_for_checks_that_are_off(house, load, tmp_path):
    load("pay-202605.csv", PAY_HEAD, pay("V1"))
    off = "[checks]\n" + "".join(f"{name} = false\n" for name in ("vouchers", "refunds", "codes", "units", "releases"))
    prepared = prepare_content(mapping_of(tmp_path, PAY + off), "pay-202606.csv", csv_bytes(PAY_HEAD, pay("V1")))
    with reading(house.engine) as connection:
        known = gather(connection, prepared, prepared.facts.lazy(), NOW)
    assert known.vouchers.is_empty()
    with writing(house.engine) as connection:
        assert list_batches(connection, Scope.everything())[0]["checks"]


def test_a_delivery_dated_later_than_its_day_is_judged_in_the_zone_of_the_mapping(house, tmp_path):
    text = PAY.replace(r"(?:-\d+)?\.csv", r"-(?P<sent>\d{8})\.csv") + '[delivery]\non = "sent"\n'
    mapping = mapping_of(tmp_path, text)
    now = dt.datetime(2026, 7, 9, tzinfo=dt.UTC)
    fine = house.load(mapping, "pay-202606-20260708.csv", csv_bytes(PAY_HEAD, pay("V1", on="2026-7-8")), now)
    late = house.load(mapping, "pay-202607-20260708.csv", csv_bytes(PAY_HEAD, pay("V2", on="2026-7-9")), now)
    assert (fine.status, late.status) == ("published", "held")
    assert (
        "after the day of delivery, 2026-07-08: row 2 V2 (actual 2026-07-09, expected <= 2026-07-08)"
        in (late.messages[0])
    )


def test_what_a_check_found_is_kept_and_told(house, load):
    rows = [pay("V1", "-1.00"), pay("V2")]
    done = load("pay-202606.csv", PAY_HEAD, *rows)
    check = check_of(house, done.batch, "negatives")
    assert done.messages == (check["detail"],)
    assert (check["check_code"], check["severity"], check["outcome"]) == ("H08", "warn", "warn")
    assert (check["checked_count"], check["concerned_count"]) == (2, 1)
    assert (check["expected_text"], check["actual_text"], check["source_row"]) == (">= 0", "-1.00", 2)
    assert json.loads(json.dumps(check["sample"])) == [
        {"sheet": None, "row": 2, "about": "V1", "expected": ">= 0", "actual": "-1.00"}
    ]
