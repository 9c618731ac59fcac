"""What planted.json lists of public money, cash and slips of delivery is true of the written files."""

from collections import Counter, defaultdict
from typing import Any

from sample_ground import Entries, cells, fen, in_force, listed, vouchers

from sample.people import LATE_DIVISION
from sample.write import Written

ORDINARY_CASH = ("慰问", "抢险", "救灾")


def _cash(payments: list[Entries]) -> list[Entries]:
    return [
        row for row in payments if "现金" in row["结算方式"] and not any(word in row["用途"] for word in ORDINARY_CASH)
    ]


def _month(row: Entries) -> tuple[str, str]:
    return f"unit:{row['单位编码']}", f"{row['on']:%Y-%m}"


def _voucher(row: Entries) -> tuple[str, str]:
    return f"payment:{row['支付凭证号']}", f"{row['on']:%Y-%m}"


def test_e01_cash_reaches_five_thousand_yuan_at_once_or_twenty_thousand_in_a_month(
    planted: dict[str, Any], payments: list[Entries]
) -> None:
    cash, sums, count = _cash(payments), defaultdict(int), Counter()
    for row in cash:
        sums[_month(row)] += row["fen"]
        count[_month(row)] += 1
    single = {_voucher(row) for row in cash if row["fen"] >= 500_000}
    months = {month for month, total in sums.items() if total >= 2_000_000 and count[month] > 1}
    assert single | months == listed(planted, "planted", "E01")
    assert not (single | months) & listed(planted, "innocent", "E01")


def test_e02_units_drew_cash_three_times_a_month(planted: dict[str, Any], payments: list[Entries]) -> None:
    often = {month for month, times in Counter(_month(row) for row in _cash(payments)).items() if times > 2}
    assert often == listed(planted, "planted", "E02")


def test_e03_small_sums_of_card_items_were_not_paid_by_card(planted: dict[str, Any], payments: list[Entries]) -> None:
    items = {"30211", "30216", "30217", "30231"}
    other = {
        _month(row)
        for row in payments
        if row["部门经济科目编码"] in items
        and row["结算方式"] != "公务卡"
        and 50_000 <= row["fen"] <= 5_000_000
        and not any(word in row["用途"] for word in ("保险", "刷卡条件"))
    }
    assert other == listed(planted, "planted", "E03")


def test_e04_units_paid_accounts_in_their_own_name(planted: dict[str, Any], payments: list[Entries]) -> None:
    own = {
        _voucher(row) for row in payments if row["收款人名称"].startswith(row["单位名称"]) and "周转资金" in row["用途"]
    }
    assert own == listed(planted, "planted", "E04")
    assert listed(planted, "innocent", "E04")


def test_e06_staff_money_paid_goods_or_office_money_staff(
    planted: dict[str, Any], payments: list[Entries], budgets: list[Entries], written: Written
) -> None:
    kinds = {}
    for path in in_force(written.files, "allotments-"):
        for row in cells(path)[5:-1]:
            kinds[row[13]] = row[5]
    mixed: dict[str, int] = defaultdict(int)
    for row in payments:
        kind, economic = kinds.get(row["指标编号"]), row["部门经济科目编码"]
        is_staff = kind == "公用经费" and economic[:3] in {"301", "303"}
        is_office = (
            kind == "人员经费" and economic[:3] == "302" and economic not in {"30226", "30228", "30229", "30239"}
        )
        mixed[f"unit:{row['单位编码']}"] += row["fen"] if is_staff or is_office else 0
    assert {(unit, "2026") for unit, total in mixed.items() if total > 0} == listed(planted, "planted", "E06")


def test_h06_numbers_stand_twice_and_no_others(planted: dict[str, Any], payments: list[Entries]) -> None:
    places = Counter((row["区划编码"], row["支付凭证号"]) for row in payments)
    twice = {f"payment:{number}" for (_, number), times in places.items() if times > 1}
    assert twice == {subject for subject, _ in listed(planted, "planted", "H06")}


def test_h08_normal_payments_are_negative(planted: dict[str, Any], payments: list[Entries]) -> None:
    negative = {_voucher(row) for row in payments if row["fen"] < 0 and row["业务类型"] == "正常"}
    assert negative == listed(planted, "planted", "H08")


def test_h09_units_with_money_are_not_in_the_unit_table(
    planted: dict[str, Any], payments: list[Entries], written: Written
) -> None:
    tables = [path for path in in_force(written.files, "units-") if path.name.startswith("units-2026")]
    known = {row[0] for path in tables for row in cells(path)}
    assert {(f"unit:{row['单位编码']}", "2026") for row in payments if row["单位编码"] not in known} == listed(
        planted, "planted", "H09"
    )


def test_h10_reports_fall_by_more_than_ten_thousand_yuan(planted: dict[str, Any], written: Written) -> None:
    sums: dict[tuple[str, int], int] = defaultdict(int)
    for path in in_force(written.files, "execution-"):
        if path.name[20:24] == "2026":
            for row in cells(path)[3:]:
                sums[row[0], int(path.name[24:26])] += fen(row[6]) if row[2] else 0
    fallen = {
        (f"unit:{department}", f"2026-{month:02d}")
        for (department, month), total in sums.items()
        if (before := sums.get((department, month - 1), 0)) - total > 1_000_000 and before < 5_000 * max(total, 1)
    }
    assert fallen == listed(planted, "planted", "H10")


def test_d04_prepayments_are_of_the_last_quarter_and_above_ten_thousand_yuan(
    planted: dict[str, Any], payments: list[Entries]
) -> None:
    items = {"30216", "30217", "30231"}
    prepaid = {
        _voucher(row)
        for row in payments
        if row["部门经济科目编码"] in items
        and any(word in row["用途"] for word in ("预存", "预付", "充值"))
        and "保险" not in row["用途"]
        and row["on"].month >= 10
        and row["fen"] > 1_000_000
    }
    assert prepaid == listed(planted, "planted", "D04")


def test_vouchers_of_the_late_office_carry_nothing_of_this(planted: dict[str, Any], written: Written) -> None:
    late = {
        row["支付凭证号"] for path in in_force(written.files, f"payments-{LATE_DIVISION}") for row in vouchers(path)
    }
    rules = {"D04", "D08", "D09", "E01", "E04", "H06", "H08"}
    named = {entry["subject"].removeprefix("payment:") for entry in planted["planted"] if entry["rule"] in rules}
    assert not named & late
