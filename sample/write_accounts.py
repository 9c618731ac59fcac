"""Writes final accounts of past years and cash plans (xlsx)."""

import datetime as dt
from collections import defaultdict
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import polars as pl

from sample.codes import FUND_NAMES, function_name
from sample.levels import LEVEL_NAMES, LEVELS, own_lines, paid, rounded
from sample.model import District, Line
from sample.months import month_end
from sample.people import DIVISION_NAMES
from sample.profiles import UNSPENT, progress
from sample.sheets import Sheet, Wan
from sample.table_events import NEAR_BUDGET, TOLD_BUDGETS

_FINALS: list[tuple[str, str, str]] = [
    ("资金性质", "", ""),
    *(("功能分类科目", "科目编码", name) for name in ("类", "款", "项")),
    ("功能分类科目", "科目名称", ""),
    *(("金额", name, "") for name in ("预算数", "调整预算数", "决算数")),
    *(("金额", "年末结转结余", name) for name in ("结转下年", "结余")),
]
_PLANS = ["单位编码", "单位名称", "资金性质", "预算来源", "支出类型", "月份", "计划数"]


class Account(NamedTuple):
    """One 项 of a final account, in fen."""

    fund: str
    function: str
    b0: int
    b1: int
    outturn: int
    told: int  # the adjusted budget as the account states it

    @property
    def unspent(self) -> int:
        """Return what was left of the budget; never below zero."""
        return max(0, self.b1 - self.outturn)


def accounts(district: District, level: str, year: int) -> list[Account]:
    """Return a level's final account of a finished year by budget and 项."""
    end = dt.date(year, 12, 31)
    spent = paid(district, level, year, end).group_by("fund", "function").agg(pl.col("fen").sum())
    outturn = {(fund, function): rounded(fen) for fund, function, fen in spent.iter_rows()}
    budgets: dict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for line in own_lines(district, level, year):
        first, last = budgets[line.fund, line.function]
        budgets[line.fund, line.function] = (first + line.appropriation_fen, last + line.budget_fen(end))
    keys = sorted(set(budgets) | set(outturn))
    factors = _told_factors({item[:3] for fund, item in keys if fund == "11"}) if year == district.year - 1 else {}
    found = []
    for fund, item in keys:
        b0, b1 = budgets[fund, item]
        factor = factors.get(item[:3], 1.0) if fund == "11" else 1.0
        found.append(Account(fund, item, b0, b1, outturn.get((fund, item), 0), rounded(b1 * factor)))
    return found


def _told_factors(classes: set[str]) -> dict[str, float]:
    """Return by how much the last account's adjusted budget of a 类 is off: every third much, the next a little."""
    ordered = sorted(classes)
    much = {code: TOLD_BUDGETS[place % len(TOLD_BUDGETS)] for place, code in enumerate(ordered[1::3])}
    return much | dict.fromkeys(ordered[2::3], NEAR_BUDGET)


def write_finals(path: Path, district: District, level: str, year: int) -> None:
    """Write a level's final account: each budget with a total of its own."""
    with Sheet(path, "决算") as sheet:
        sheet.title(f"{LEVEL_NAMES[level]}{year}年财政支出决算表", len(_FINALS))
        sheet.preamble("编制单位：青禾区财政局", "单位：万元", len(_FINALS))
        sheet.merged_header(_FINALS)
        for fund, group in groupby(accounts(district, level, year), key=lambda one: one.fund):
            own = list(group)
            for one in own:
                code = one.function
                sheet.cells([FUND_NAMES[fund], code[:3], code[3:5], code[5:], function_name(code), *_sums([one])])
            sheet.cells([FUND_NAMES[fund], None, None, None, "合    计", *_sums(own)])


def _sums(own: list[Account]) -> list[Wan]:
    over = [one.unspent * 4 // 10 // 10_000 * 10_000 for one in own]
    told = [sum(one.b0 for one in own), sum(one.told for one in own), sum(one.outturn for one in own)]
    return [Wan(fen) for fen in (*told, sum(over), sum(one.unspent for one in own) - sum(over))]


def write_plans(path: Path, district: District, division: str, year: int) -> None:
    """Write a division's cash plan: what each unit plans to pay month by month, by budget and kind of spending."""
    plans: dict[tuple[str, str, str, str, str], list[int]] = defaultdict(lambda: [0] * 13)
    for line in own_lines(district, next(level for level, own in LEVELS.items() if division in own), year):
        if line.unit.division == division and line.released_on <= dt.date(year, 1, 31):
            plan = plans[line.unit.code, line.unit.name, line.fund, line.source, line.kind]
            for month in range(13):
                plan[month] += rounded(line.appropriation_fen * planned_by(line, month))
    with Sheet(path, "用款计划") as sheet:
        sheet.title(f"{DIVISION_NAMES[division]}{year}年分月用款计划表", len(_PLANS))
        sheet.preamble("编制单位：青禾区财政局国库科", "单位：万元", len(_PLANS))
        sheet.header(_PLANS)
        for (code, name, fund, source, kind), planned in sorted(plans.items()):
            for month in range(1, 13):
                part = Wan(planned[month] - planned[month - 1])
                sheet.cells([code, name, FUND_NAMES[fund], source, kind, f"{month}月", part])
        sheet.cells(["合    计", *([None] * 5), Wan(sum(plan[12] for plan in plans.values()))])


def planned_by(line: Line, month: int) -> float:
    """Return the share of a line's money planned to be paid by a month's end.

    Wages evenly, money set aside at the very end, the rest by its profile.
    """
    if month == 0 or line.category in UNSPENT:
        return 1.0 if month == 12 else 0.0
    if line.profile == "monthly":
        return month / 12
    return progress(line.profile, month_end(line.year, month))
