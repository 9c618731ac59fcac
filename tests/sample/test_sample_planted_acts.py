"""What planted.json lists of acts, transfers and contracts is true of the written files: reckoned from them alone."""

import csv
import datetime as dt
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sample_ground import UNTIL, Entries, cells, fen, in_force, listed

from sample.people import DISTRICT_CODE
from sample.write import Written

LIMITS = {
    "批复部门预算": ("C01", "budget_reply", 20),
    "批复单位预算": ("C02", "unit_reply", 15),
    "公开部门预算": ("C08", "department_budget_disclosure", 20),
    "公开部门决算": ("C08", "department_final_account_disclosure", 20),
    "批复部门决算": ("C09", "final_account_reply", 20),
}


def day(text: str) -> dt.date | None:
    if re.fullmatch(r"\d{5}", text):
        return dt.date(1899, 12, 30) + dt.timedelta(days=int(text))  # a serial of a workbook
    plain = re.sub(r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", text)
    found = [int(part) for part in re.findall(r"\d+", plain)][:3]
    return dt.date(*found) if len(found) == 3 else None


def table(path: Path, encoding: str) -> list[Entries]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def acts(written: Written) -> list[Entries]:
    rows = [row for path in in_force(written.files, "documents-") for row in table(path, "utf-8-sig")]
    return [row | {"on": day(row["日期"]), "base": day(row["起算日期"])} for row in rows]


def test_acts_of_units_are_late_where_planted_and_nowhere_else(
    acts: list[Entries], written: Written, planted: dict[str, Any]
) -> None:
    late = defaultdict(set)
    for one in acts:
        if one["文书类型"] in LIMITS and one["涉密"] == "否":
            rule, kind, days = LIMITS[one["文书类型"]]
            done, due = one["on"] or UNTIL, one["base"] + dt.timedelta(days=days)
            if done > due and done.year == UNTIL.year:
                late[rule].add((f"act:{one['区划编码']}/{kind}/{one['单位编码']}", one["业务年度"]))
    assert late["C01"] == listed(planted, "planted", "C01")
    assert late["C08"] == listed(planted, "planted", "C08")
    assert late["C09"] == listed(planted, "planted", "C09")
    # Whoever has a single unit replies to nobody.
    (units,) = in_force(written.files, "units-2026")
    parents = Counter(row[2] for row in cells(units) if row[5] == "单位" and not row[7])
    several = {one for one in late["C02"] if parents[one[0].rpartition("/")[2]] > 1}
    assert several == listed(planted, "planted", "C02")
    assert listed(planted, "innocent", "C02") & late["C02"]


def test_innocent_acts_are_done_on_the_last_day_or_free(acts: list[Entries], planted: dict[str, Any]) -> None:
    secret = {one["单位编码"] for one in acts if one["涉密"] == "是"}
    days = {
        one["单位编码"]: (one["on"] - one["base"]).days
        for one in acts
        if one["文书类型"] == "批复部门预算" and one["on"]
    }
    assert secret
    for subject, _ in listed(planted, "innocent", "C01"):
        assert days[subject.rpartition("/")[2]] == 20
    told = [one for one in planted["innocent"] if one["rule"] == "C08" and "涉密" in one["why"]]
    assert {one["subject"].rpartition("/")[2] for one in told} == secret


def test_the_districts_meeting_on_account_and_execution_was_in_october(
    acts: list[Entries], planted: dict[str, Any]
) -> None:
    for rule, kind in (("C10", "预算执行情况报告"), ("C11", "批准决算")):
        heard = [
            one["on"]
            for one in acts
            if one["文书类型"] == kind and one["区划编码"] == DISTRICT_CODE and one["on"] >= dt.date(2026, 6, 1)
        ]
        assert [on.month for on in heard] == [10]
        assert len(listed(planted, "planted", rule)) == 1


def test_transfers_are_late_where_planted_and_nowhere_else(written: Written, planted: dict[str, Any]) -> None:
    late = defaultdict(set)
    for path in in_force(written.files, "transfers-"):
        level, year = path.name[10:19], path.name[20:24]
        for row in cells(path)[3:-1]:
            received, released = day(row[13]), day(row[14])
            is_own = row[1] == "对下" and not row[10]
            limit = (60 if row[5] == "专项" else 30) if is_own else 30
            base = dt.date(int(year), 1, 14) if is_own else received
            is_bound = is_own or row[5] == "专项" or row[1] == "对下"
            free = (
                row[17] == "是" or any(word in row[12] for word in ("救灾", "应急")) or (row[15] == "是" and not is_own)
            )
            if (
                year == "2026"
                and base
                and is_bound
                and not free
                and (released or UNTIL) > base + dt.timedelta(days=limit)
            ):
                rule = ("C04" if row[5] == "专项" else "C03") if is_own else "C05"
                late[rule].add((f"transfer:{level}/{row[10] or row[11] or row[12]}/{row[4]}", year))
    for rule in ("C03", "C04", "C05"):
        assert late[rule] == listed(planted, "planted", rule)


def test_what_is_told_in_advance_of_special_transfers_is_nothing(written: Written, planted: dict[str, Any]) -> None:
    told: dict[str, int] = defaultdict(int)
    for path in in_force(written.files, "transfers-"):
        for row in cells(path)[3:-1]:
            if path.name[20:24] == "2026" and row[15] == "是":
                told[row[5]] += fen(row[18])
    assert told["专项"] == 0 < told["一般性"]
    assert {subject.rpartition("/")[2] for subject, _ in listed(planted, "planted", "C06")} == {"special"}


def test_contracts_are_announced_late_where_planted(written: Written, planted: dict[str, Any]) -> None:
    late = set()
    for path in in_force(written.files, "contracts-"):
        for row in table(path, "gb18030"):
            signed, noticed = day(row["签订日期"]), day(row["公告日期"]) or UNTIL
            one = dt.timedelta(days=1)
            if signed is None:
                continue
            taken = np.busday_count(np.datetime64(signed + one), np.datetime64(noticed + one))
            if taken > 9:
                late.add((f"contract:{row['单位编码']}/{row['合同编号']}", "2026"))
    assert late == listed(planted, "planted", "C16")


def test_the_reserve_of_the_district_is_too_small(budgets: list[Entries], planted: dict[str, Any]) -> None:
    own = [row for row in budgets if row["kind"] == "下达" and not row["unit"].startswith("4")]
    reserve = sum(row["fen"] for row in own if row["function"] == "227")
    assert 0 < reserve * 100 < sum(row["fen"] for row in own)
    assert listed(planted, "planted", "B07") == {(f"division:{DISTRICT_CODE}", "2026")}
