"""The feeds beside the budget line agree with the rest of the sample, and leave its other files as they were."""

import csv
import datetime as dt
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from sample_ground import UNTIL, cells, fen, in_force, vouchers, yuan_fen

from budget.divisions import LEVEL_ACTS, is_budget_level
from sample.acts import acts_of
from sample.district import build_district
from sample.levels import LEVELS, TOWN_CODE
from sample.people import DISTRICT_CODE
from sample.write import Written

SEED = 20260101
# The longest an act may take after its base day, in calendar days, and the rule that says so.
LIMITS = {
    "批复部门预算": 20,
    "批复单位预算": 15,
    "公开政府预算": 20,
    "公开部门预算": 20,
    "公开预算调整": 20,
    "公开预算执行情况": 20,
    "公开政府决算": 20,
    "公开部门决算": 20,
    "批复部门决算": 20,
    "审计整改情况报告": 184,
    "代表建议办理": 184,
}


def rows_of(path: Path, encoding: str = "gb18030") -> list[list[str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.reader(file))


def acts(written: Written) -> list[dict[str, str]]:
    found = []
    for path in in_force(written.files, "documents-"):
        header, *rows = rows_of(path, "utf-8-sig")
        found += [dict(zip(header, row, strict=True)) for row in rows]
    return found


def day(text: str) -> dt.date:
    return dt.date(*(int(part) for part in re.findall(r"\d+", text)))


def test_every_act_keeps_its_limit_but_those_planted(written: Written, planted: dict[str, Any]) -> None:
    late = {entry["subject"].split("/", 2)[2] for entry in planted["planted"] if entry["subject"].startswith("act:")}
    names = [one["起算文号"] if one["文书类型"] == "代表建议办理" else one["单位编码"] for one in acts(written)]
    told = [one for one, name in zip(acts(written), names, strict=True) if name and name not in late and one["日期"]]
    assert {one["文书类型"] for one in told} >= {"批复部门预算", "公开部门预算", "代表建议办理"}
    for one in told:
        assert day(one["日期"]) <= UNTIL
        # A department of a single unit replies to nobody: those are innocent, and told apart elsewhere.
        if one["文书类型"] in LIMITS and one["文书类型"] != "批复单位预算":
            taken = (day(one["日期"]) - day(one["起算日期"])).days
            most = 92 if one["文书类型"] == "代表建议办理" and one["复杂件"] == "否" else LIMITS[one["文书类型"]]
            assert 0 <= taken <= most, one


def test_streets_approve_nothing_and_the_town_does(written: Written) -> None:
    names = {"批准预算", "批准预算调整", "批准决算", "公开政府预算", "预算执行情况报告"}
    by_kind = defaultdict(set)
    for one in acts(written):
        by_kind[one["文书类型"]].add(one["区划编码"])
    for kind in names:
        assert by_kind[kind] == {DISTRICT_CODE, TOWN_CODE}, kind
    assert {code for code in by_kind["批复部门预算"] if not is_budget_level(code)}
    assert len(LEVEL_ACTS) > len(names)


def test_a_year_that_has_just_begun_has_no_act_of_its_own_future() -> None:
    district = build_district(dt.date(2026, 1, 10), SEED, 0.05)
    found = [one for level in LEVELS for one in acts_of(district, level, 2026, SEED)]
    assert {one.kind for one in found if one.on} <= {"报送预算草案初步方案", "批准预算"}
    assert all(one.base and one.base <= dt.date(2026, 1, 10) for one in found if one.on is None)
    assert {one.division for one in found if one.kind == "批准预算"} == {TOWN_CODE}


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_a_final_account_says_what_the_vouchers_add_up_to(written: Written, year: int) -> None:
    for level, divisions in LEVELS.items():
        paid = 0
        for path in in_force(written.files, "payments-"):
            if path.name[9:18] in divisions and path.name[19:23] == str(year):
                paid += sum(yuan_fen(row["支付金额"]) for row in vouchers(path) if row["作废标志"] == "0")
        (path,) = in_force(written.files, f"finals-{level}-{year}")
        rows = cells(path)[5:]
        outturn = sum(fen(row[7]) for row in rows if row[4] == "合    计")
        items = sum(row[4] != "合    计" for row in rows)
        assert abs(outturn - paid) <= items * 5_000  # each 项 is rounded to 0.01 万元


def test_a_years_revenue_grows_month_by_month_and_is_last_year_beside_the_next(written: Written) -> None:
    ytd: dict[str, list[int]] = defaultdict(list)
    for path in sorted(in_force(written.files, f"revenue-{DISTRICT_CODE}-2026"), key=lambda path: path.name):
        for row in cells(path)[5:]:
            if row[1]:
                ytd[row[1] + row[0]].append(fen(row[6]))
    assert len(ytd) == 19 + 5  # subjects and their classes
    assert all(values == sorted(values) and len(values) == 10 for values in ytd.values())
    december = {
        row[1] + row[0]: row[6] for row in cells(_one(written, f"revenue-{DISTRICT_CODE}-202412"))[5:] if row[1]
    }
    beside = {row[1] + row[0]: row[8] for row in cells(_one(written, f"revenue-{DISTRICT_CODE}-202512"))[5:] if row[1]}
    assert {key: fen(text) for key, text in december.items()} == {key: fen(text) for key, text in beside.items()}


def _one(written: Written, start: str) -> Path:
    (path,) = in_force(written.files, start)
    return path


def test_cash_balances_are_what_came_in_and_went_out(written: Written) -> None:
    paths = in_force(written.files, "treasury-")
    assert len(paths) == 2 * 11
    for path in paths:
        for row in rows_of(path)[3:]:
            opening, receipts, payouts, closing = (fen(text) for text in row[2:6])
            assert opening + receipts - payouts == closing >= 0
            assert (row[6] == "—") == (row[1] not in {"", "一般公共预算"})


def test_bonds_add_up_to_the_balance(written: Written) -> None:
    for path in in_force(written.files, "debt-"):
        sums: dict[str, int] = defaultdict(int)
        balances: dict[str, int] = {}
        for row in cells(path)[5:-1]:
            if row[2]:
                sums[row[1]] += fen(row[15])
            else:
                balances[row[1]] = fen(row[17])
        assert balances == dict(sums)


def test_contracts_stay_within_their_projects_and_are_announced_the_day_after(
    written: Written, planted: dict[str, Any]
) -> None:
    overpaid = {
        entry["subject"] for kind in ("planted", "innocent") for entry in planted[kind] if entry["rule"] == "F01"
    }
    planned: dict[str, int] = {}
    for path in in_force(written.files, "projects-"):
        planned |= {row[2]: fen(row[20]) for row in cells(path)[5:-1]}
    bought: dict[str, int] = defaultdict(int)
    contracts: list[dict[str, Any]] = []
    for path in in_force(written.files, "contracts-"):
        header, *rows = rows_of(path)
        contracts += [dict(zip(header, row, strict=True)) for row in rows]
    for one in contracts:
        budget, worth, supplement, paid = (
            yuan_fen(one[name].replace("-", "0")) for name in ("采购预算", "合同金额", "补充合同金额", "已付金额")
        )
        bought[one["项目编码"]] += worth
        assert worth <= budget
        assert paid <= worth + supplement or f"contract:{one['单位编码']}/{one['合同编号']}" in overpaid
        if one["公告日期"]:
            assert int(one["公告日期"]) > int(one["签订日期"])
    assert len({one["合同编号"] for one in contracts}) == len(contracts) > 20
    assert all(fen_ <= planned[code] for code, fen_ in bought.items())
    assert len(planned) > 150


def test_milestones_of_some_projects_are_planned_and_those_due_are_done(
    written: Written, planted: dict[str, Any]
) -> None:
    late = {entry["subject"] for kind in ("planted", "innocent") for entry in planted[kind] if entry["rule"] == "F08"}
    codes: set[str] = set()
    for path in in_force(written.files, "milestones-"):
        code = unit = ""
        for row in rows_of(path)[2:]:
            code = row[2] or code
            codes.add(code)
            year, month = (int(part) for part in row[6].split("."))
            unit = row[0] or unit
            is_due = (year, month) < (UNTIL.year, UNTIL.month)
            assert bool(row[7]) or not is_due or f"project:{unit}/{code}" in late
    stored = {row[2] for path in in_force(written.files, "projects-") for row in cells(path)[5:-1]}
    assert 30 <= len(codes) <= 50
    assert codes < stored


def test_cash_plans_add_up_to_what_was_released_in_january(written: Written) -> None:
    for path in in_force(written.files, "cashplans-"):
        rows = cells(path)[3:]
        assert sum(fen(row[6]) for row in rows[:-1]) == fen(rows[-1][6])
        assert {row[5] for row in rows[:-1]} == {f"{month}月" for month in range(1, 13)}


def test_what_the_district_passes_on_is_what_the_town_receives(written: Written) -> None:
    out = [row for row in cells(_one(written, f"transfers-{DISTRICT_CODE}-2026"))[3:-1] if row[1] == "对下" and row[14]]
    into = cells(_one(written, f"transfers-{TOWN_CODE}-2026"))[3:-1]
    assert [(row[5], fen(row[18])) for row in out] == [(row[5], fen(row[18])) for row in into]
    assert {row[4] for row in out} == {TOWN_CODE}
