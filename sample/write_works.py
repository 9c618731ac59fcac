"""Writes projects and self-reviews (xlsx), milestones and contracts (csv, GB18030)."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sample.codes import FUND_NAMES, function_name
from sample.levels import rounded
from sample.model import Contract, District, Line, Papers, Work
from sample.people import DIVISION_NAMES
from sample.profiles import UNSPENT
from sample.sheets import Sheet, Wan, style_of
from sample.write_cash import write_table

_PROJECTS: list[tuple[str, str, str]] = [
    *((name, "", "") for name in ("单位编码", "单位名称", "项目编码", "项目名称", "项目类别")),
    *(("功能分类科目", name, "") for name in ("科目编码", "科目名称")),
    *((name, "", "") for name in ("资金性质", "预算来源")),
    *(("起止年度", name, "") for name in ("起", "止")),
    *((name, "", "") for name in ("入库日期", "状态", "政府投资", "民生实事", "批复文号")),
    *(("投资情况", name, "") for name in ("总投资", "可研估算", "概算", "以前年度支付", "本年计划")),
]
_STEPS = "单位编码 单位名称 项目编码 项目名称 序号 节点 计划完成 实际完成 计划支付比例 未完成原因"
_MILESTONES = _STEPS.split()
_BOUGHT = (
    "合同编号 合同名称 单位编码 单位名称 项目编码 项目名称 资金性质 采购类别 采购方式 供应商 中小企业 采购预算 "
    "合同金额 补充合同金额 已付金额 签订日期 公告日期 交付日期 验收日期 约定付款期限"
)
_CONTRACTS = _BOUGHT.split()
_JUDGED = (
    "单位编码 单位名称 项目编码 项目名称 资金性质 绩效目标 目标批复日期 全年预算数 全年执行数 自评得分 等级 自评日期"
)
_REVIEWS = _JUDGED.split()


def write_projects(path: Path, works: Sequence[Work], division: str, year: int, *, on: dt.date, papers: Papers) -> None:
    """Write a division's project list as it stands on a day, without those that it lacks."""
    works = [work for work in works if work.project.code not in papers.unlisted]
    with Sheet(path, "项目库") as sheet:
        sheet.title(f"{DIVISION_NAMES[division]}{year}年项目库情况表", len(_PROJECTS))
        sheet.preamble(f"截至{on.year}年{on.month}月{on.day}日", "单位：万元", len(_PROJECTS))
        sheet.merged_header(_PROJECTS)
        for work in works:
            sheet.cells(_project_row(work, sheet.row, papers.recoded.get(work.project.code, work.project.code)))
        sums = [sum(work.total for work in works), sum(work.planned for work in works)]
        blank: list[object] = [None] * (len(_PROJECTS) - 7)
        sheet.cells([None, "合    计", *blank, Wan(sums[0]), None, None, None, Wan(sums[1])])


def _project_row(work: Work, row: int, code: str) -> list[object]:
    project = work.project
    is_works = work.kind == "工程"
    return [
        *(work.unit.code, work.unit.name, code, project.name, project.category),
        *(project.function, function_name(project.function), FUND_NAMES[project.fund], work.source),
        *(str(work.first_year), str(work.last_year), work.stored_on),
        "完工" if work.milestones and all(one.done_on for one in work.milestones) else "在建",
        *("是" if flag else "否" for flag in (is_works, work.is_livelihood)),
        f"青发改审〔{work.first_year}〕{int(project.code[-4:]) % 300 + 1}号" if is_works else None,
        Wan(work.total, style_of(row)),
        *((Wan(work.feasibility), Wan(work.estimate)) if is_works else (None, None)),
        Wan(work.paid_before),
        Wan(work.planned),
    ]


def write_milestones(path: Path, works: Sequence[Work], division: str, year: int) -> None:
    """Write what the projects are to reach by when; a project's codes stand in its first row only."""
    rows = [_line(f"{DIVISION_NAMES[division]}{year}年重点项目节点计划表", len(_MILESTONES)), _MILESTONES]
    for work in works:
        head = [work.unit.code, work.unit.name, work.project.code, work.project.name]
        for place, one in enumerate(work.milestones):
            done = "" if one.done_on is None else f"{one.done_on.year}年{one.done_on.month}月{one.done_on.day}日"
            told = [str(one.number), one.name, f"{one.planned_on.year}.{one.planned_on.month}", done, f"{one.share}%"]
            rows.append([*(head if place == 0 else [""] * 4), *told, one.reason])
    write_table(path, rows)


def _line(text: str, width: int) -> list[str]:
    return [text, *[""] * (width - 1)]


def write_contracts(path: Path, works: Sequence[Work]) -> None:
    """Write the contracts of some projects, in 元 with separators."""
    rows = [_CONTRACTS]
    rows += [_contract_row(work, contract) for work in works for contract in work.contracts]
    write_table(path, rows)


def _contract_row(work: Work, contract: Contract) -> list[str]:
    amounts = (contract.budget, contract.fen, contract.supplement, contract.paid)
    days = (contract.signed_on, contract.announced_on, contract.delivered_on, contract.accepted_on)
    return [
        *(contract.number, contract.name, work.unit.code, work.unit.name, work.project.code, work.project.name),
        *(FUND_NAMES[work.project.fund], work.kind, "竞争性磋商" if contract.is_small else "公开招标"),
        *(contract.supplier.name, "1" if contract.is_small else "0"),
        *(f"{fen / 100:,.2f}" if fen else "-" for fen in amounts),
        *(f"{day:%Y%m%d}" if day else "" for day in days),
        contract.term,
    ]


def write_reviews(path: Path, district: District, division: str, year: int, *, reviewed: dt.date | None) -> None:
    """Write the performance targets of a year's projects, with self-reviews where they were made (on a day)."""
    with Sheet(path, "绩效") as sheet:
        sheet.title(f"{DIVISION_NAMES[division]}{year}年项目支出绩效{'自评' if reviewed else '目标'}表", len(_REVIEWS))
        sheet.preamble("编制单位：青禾区财政局绩效科", "单位：万元", len(_REVIEWS))
        sheet.header(_REVIEWS)
        for lines in reviewed_projects(district, division, year):
            sheet.cells(_review_row(lines, reviewed, district.papers))


def reviewed_projects(district: District, division: str, year: int) -> list[list[Line]]:
    """Return the lines of each project that has a target, in order of unit and code; reserves have none."""
    own: dict[tuple[str, str], list[Line]] = {}
    papers = district.papers
    for line in district.lines[year]:
        if line.unit.division != division or line.project is None or line.is_unbudgeted:
            continue
        lacks = line.project.code in (papers.untargeted if year == district.year else papers.unreviewed)
        if line.category not in UNSPENT and not lacks:
            own.setdefault((line.unit.code, line.project.code), []).append(line)
    return [lines for _, lines in sorted(own.items())]


def _review_row(lines: Sequence[Line], reviewed: dt.date | None, papers: Papers) -> list[object]:
    unit, project, year = lines[0].unit, lines[0].project, lines[0].year
    if project is None:
        raise ValueError(f"line {lines[0].code} belongs to no project")
    budget = sum(line.budget_fen(dt.date(year, 12, 31)) for line in lines)
    told: list[object] = [None] * 4
    if reviewed:
        spent = sum(line.paid_fen for line in lines)
        score = papers.scores.get(project.code) or _score(project.code, year, is_weak=spent * 10 < budget * 7)
        told = [Wan(rounded(spent)), f"{score / 10:.1f}", "优" if score >= 900 else "良", reviewed]
    return [
        *(unit.code, unit.name, papers.recoded.get(project.code, project.code), project.name, FUND_NAMES[project.fund]),
        f"完成{project.name}年度任务，验收合格率100%，服务对象满意度90%以上",
        dt.date(year, 1, 30),
        Wan(budget),
        *told,
    ]


def _score(code: str, year: int, *, is_weak: bool) -> int:
    """Return a self-score in tenths; a project that spent little does not praise itself."""
    rng = np.random.default_rng([59, year, int(code[-10:])])
    return int(rng.integers(700, 880) if is_weak else rng.integers(820, 985))
