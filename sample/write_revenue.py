"""Writes the monthly table of revenue and spending, two-sided, as the treasury section sends it."""

from itertools import groupby, zip_longest
from pathlib import Path

import polars as pl

from sample.codes import CLASS_NAMES as SPENDING_NAMES
from sample.levels import LevelMonth, own_lines, paid, rounded
from sample.model import District
from sample.revenue import CLASS_NAMES, Taken, take_in
from sample.sheets import Sheet, Wan, style_of

FUNDS = {"11": "一般公共预算", "12": "政府性基金预算", "13": "国有资本经营预算", "14": "社会保险基金预算"}
_HEADER: list[tuple[str, str, str]] = [
    *(("收入", name, "") for name in ("预算种类", "科目编码", "项目")),
    ("收入", "预算数", "年初预算"),
    ("收入", "预算数", "调整预算"),
    *(("收入", name, "") for name in ("本月", "累计", "上年同月", "上年同期累计", "完成预算%", "应缴", "已缴")),
    *(("支出", name, "") for name in ("科目编码", "项目", "预算数", "累计")),
]
_WIDTH = len(_HEADER)
_LEFT = 12
_ORDINALS = "一二三四五六"


def write_revenue(path: Path, district: District, when: LevelMonth, seed: int) -> None:
    """Write a level's table of one month: cumulative, last year beside it, classes above their subjects."""
    now, last = (take_in(district, when.level, year, seed) for year in (when.year, when.year - 1))
    left = _revenue_rows(now, last, when.month)
    right = _spending_rows(district, when)
    with Sheet(path, "收支情况") as sheet:
        sheet.title(f"{when.title}财政收支情况表", _WIDTH)
        sheet.preamble(f"{when.year}年1—{when.month}月累计", "单位：万元", _WIDTH)
        sheet.merged_header(_HEADER)
        for one, other in zip_longest(left, right, fillvalue=None):
            sheet.cells([*(one or [None] * _LEFT), *(other or [])])
        sheet.cells(["注：本表为本级数，不含上级补助收入；完成预算%按调整预算计算。"])


def _revenue_rows(now: list[Taken], last: list[Taken], month: int) -> list[list[object]]:
    before = {one.subject.code: one for one in last}
    rows: list[list[object]] = []
    for fund, own in groupby(now, key=lambda one: one.subject.fund):
        taken = list(own)
        for place, (code, part) in enumerate(groupby(taken, key=lambda one: one.subject.code[:3])):
            group = list(part)
            heading = f"{_ORDINALS[place]}、{CLASS_NAMES[code]}"
            rows.append([FUNDS[fund], code, heading, *_amounts(group, before, month)])
            for one in group:
                indented = f"\u3000\u3000{one.subject.name}"
                rows.append([FUNDS[fund], one.subject.code, indented, *_amounts([one], before, month)])
        rows.append([FUNDS[fund], None, "合    计", *_amounts(taken, before, month)])
    return rows


def _amounts(now: list[Taken], before: dict[str, Taken], month: int) -> list[object]:
    last = [before[one.subject.code] for one in now]
    budget, ytd = sum(one.budget for one in now), sum(one.until(month) for one in now)
    return [
        Wan(budget),
        Wan(budget),
        Wan(sum(one.months[month - 1] for one in now)),
        Wan(ytd, style_of(ytd // 10_000)),
        Wan(sum(one.months[month - 1] for one in last)),
        Wan(sum(one.until(month) for one in last)),
        f"{ytd * 100 / budget:.1f}%" if budget else "—",
        *_remitted([one for one in now if one.is_non_tax], month),
    ]


def _remitted(non_tax: list[Taken], month: int) -> list[object]:
    """Return what is receivable and what was remitted of it; nothing for taxes and contributions."""
    if not non_tax:
        return [None, None]
    return [Wan(sum(one.receivable(month) for one in non_tax)), Wan(sum(one.until(month) for one in non_tax))]


def _spending_rows(district: District, when: LevelMonth) -> list[list[object]]:
    budgets: dict[str, int] = {}
    for line in own_lines(district, when.level, when.year):
        if line.fund == "11":
            budgets[line.function[:3]] = budgets.get(line.function[:3], 0) + line.budget_fen(when.on)
    own = paid(district, when.level, when.year, when.on).filter(pl.col("fund") == "11")
    spent = dict(own.group_by(pl.col("function").str.slice(0, 3)).agg(pl.col("fen").sum()).iter_rows())
    return [
        [code, SPENDING_NAMES.get(code, "其他支出"), Wan(budgets[code]), Wan(rounded(spent.get(code, 0)))]
        for code in sorted(budgets)
    ]
