"""What planted.json lists of payees, contracts and papers is true of the written files: reckoned without the rules."""

import csv
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from sample_ground import UNTIL, Entries, cells, fen, in_force, listed, yuan_fen

from sample.write import Written


def subjects(planted: dict[str, Any], kind: str, rule: str) -> set[str]:
    return {subject for subject, _ in listed(planted, kind, rule)}


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="gb18030", newline="") as file:
        return list(csv.DictReader(file))


def net_of_projects(payments: list[Entries]) -> dict[str, int]:
    paid: dict[str, int] = defaultdict(int)
    for row in payments:
        paid[f"project:{row['单位编码']}/{row['项目编码']}"] += row["fen"]
    return paid


def test_e10_months_have_a_payment_that_says_nothing(planted: dict[str, Any], payments: list[Entries]) -> None:
    silent = {
        (f"unit:{row['单位编码']}", f"{row['on']:%Y-%m}")
        for row in payments
        if ("往来款" in row["用途"] or row["用途"] in {"其他", "转账"} or not row["收款人名称"])
        and row["fen"] >= 100_000
    }
    assert listed(planted, "planted", "E10") == silent


def test_e11_lines_of_direct_funds_stand_under_public_safety(
    planted: dict[str, Any], payments: list[Entries], written: Written
) -> None:
    direct = set()
    for path in in_force(written.files, "allotments-"):
        direct |= {row[13] for row in cells(path)[5:-1] if row[17] == "是"}
    booked: dict[str, int] = defaultdict(int)
    for row in payments:
        if row["指标编号"] in direct and row["功能科目编码"][:3] == "204":
            booked[f"line:{row['单位编码']}/{row['项目编码']}/{row['功能科目编码']}"] += row["fen"]
    assert subjects(planted, "planted", "E11") == {line for line, net in booked.items() if net > 0}
    assert direct


def test_e16_units_of_the_district_paid_the_towns_treasury(planted: dict[str, Any], payments: list[Entries]) -> None:
    paid = {f"payee:{row['单位编码']}/白鹭镇财政所/-" for row in payments if row["收款人名称"] == "白鹭镇财政所"}
    assert subjects(planted, "planted", "E16") <= paid
    assert {one for one in subjects(planted, "innocent", "E16") if "白鹭镇" in one} <= paid


def test_f01_contracts_are_overpaid_and_innocent_ones_are_not(
    planted: dict[str, Any], payments: list[Entries], written: Written
) -> None:
    by_voucher: dict[str, int] = defaultdict(int)
    for row in payments:
        by_voucher[f"contract:{row['单位编码']}/{row['合同编号']}"] += row["fen"]
    over = set()
    for path in in_force(written.files, "contracts-"):
        for row in table(path):
            worth, more, paid = (
                yuan_fen(row[name].replace("-", "0")) for name in ("合同金额", "补充合同金额", "已付金额")
            )
            subject = f"contract:{row['单位编码']}/{row['合同编号']}"
            if by_voucher.get(subject, paid) > worth + more > 0 and "框架" not in row["合同名称"]:
                over.add(subject)
    assert subjects(planted, "planted", "F01") == over


def test_f05_projects_are_not_in_the_performance_table(planted: dict[str, Any], written: Written) -> None:
    told = {
        row[2] for path in in_force(written.files, "performance-") for row in cells(path)[3:] if "-2026-" in path.name
    }
    lacking = {subject for subject, period in listed(planted, "planted", "F05") if period == "2026"}
    assert lacking
    assert not {subject.partition("/")[2] for subject in lacking} & told


def test_f07_projects_are_paid_and_not_in_the_list(
    planted: dict[str, Any], payments: list[Entries], written: Written
) -> None:
    stored = {row[2] for path in in_force(written.files, "projects-") for row in cells(path)[5:-1]}
    names = {row[3] for path in in_force(written.files, "projects-") for row in cells(path)[5:-1]}
    paid = net_of_projects(payments)
    unlisted = subjects(planted, "planted", "F07")
    assert unlisted
    assert names
    assert all(paid[subject] > 0 for subject in unlisted)
    assert not {subject.partition("/")[2] for subject in unlisted} & stored


def test_f08_projects_are_livelihood_and_have_a_milestone_open_for_fifteen_days(
    planted: dict[str, Any], written: Written
) -> None:
    livelihood = {
        row[2] for path in in_force(written.files, "projects-") for row in cells(path)[5:-1] if row[14] == "是"
    }
    late = set()
    for path in in_force(written.files, "milestones-"):
        with path.open(encoding="gb18030", newline="") as file:
            rows = list(csv.reader(file))[2:]
        unit = code = ""
        for row in rows:
            unit, code = row[0] or unit, row[2] or code
            year, month = (int(part) for part in re.findall(r"\d+", row[6]))
            # A month that ended before November ended at least 15 days before the horizon, 22 November.
            if not row[7] and (year, month) < (UNTIL.year, UNTIL.month) and code in livelihood and not row[9]:
                late.add(f"project:{unit}/{code}")
    assert subjects(planted, "planted", "F08") == late


def test_f03_projects_were_paid_nine_tenths_of_their_estimate(
    planted: dict[str, Any], payments: list[Entries], written: Written
) -> None:
    paid = net_of_projects(payments)
    found = subjects(planted, "planted", "F03")
    assert found
    for path in in_force(written.files, "projects-"):
        for row in cells(path)[5:-1]:
            subject = f"project:{row[0]}/{row[2]}"
            if subject in found:
                assert (fen(row[19]) + paid[subject]) * 10 >= fen(row[18]) * 9
