"""Writes unit tables, allotments and adjustments as the finance bureau sends them."""

import datetime as dt
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from sample.codes import FUND_NAMES, function_name
from sample.department_names import DEPARTMENTS
from sample.model import Line, Unit
from sample.people import DIVISION_NAMES
from sample.sheets import Sheet, Wan, style_of

_UNIT_HEADER = [
    "单位编码",
    "单位名称",
    "主管部门编码",
    "区划编码",
    "区划名称",
    "级次",
    "启用日期",
    "停用日期",
    "承接单位编码",
]
_ALLOTMENT_HEADER: list[tuple[str, str, str]] = [
    *((name, "", "") for name in ("单位编码", "单位名称", "项目编码", "项目名称", "项目类别", "支出类型")),
    *(("功能分类科目", "科目编码", name) for name in ("类", "款", "项")),
    ("功能分类科目", "科目名称", ""),
    *((name, "", "") for name in ("部门经济分类", "资金性质", "预算来源", "指标编号", "指标文号", "下达日期")),
    ("金额", "年初预算数", ""),
    ("直达资金", "", ""),
    ("资金年度", "", ""),
]
_ADJUSTMENTS = (
    "调整批次 指标编号 单位编码 单位名称 项目编码 项目名称 项目类别 支出类型 科目编码 部门经济分类 资金性质 预算来源 "
    "调整类型 调整金额 调整日期 指标文号 事由"
)
_ADJUSTMENT_HEADER = _ADJUSTMENTS.split()
WRONG_TOTAL_FEN = 12_345_670_000


def write_units(path: Path, units: Iterable[Unit], year: int) -> None:
    """Write the year's unit table of the whole district; departments first stand above their units."""
    rows = _unit_rows(units, year)
    with Sheet(path, "预算单位") as sheet:
        sheet.title(f"青禾区{year}年度预算单位信息表", len(_UNIT_HEADER))
        sheet.preamble("单位：个", f"{year}年1月1日", len(_UNIT_HEADER))
        sheet.header(_UNIT_HEADER)
        for row in rows:
            sheet.cells(row)


def _unit_rows(units: Iterable[Unit], year: int) -> list[list[object]]:
    opened = dt.date(2019, 1, 1)
    known = [unit for unit in units if not (unit.opened and unit.opened.year > year)]
    rows: list[list[object]] = []
    for division, departments in DEPARTMENTS.items():
        for department in departments:
            place = [division, DIVISION_NAMES[division]]
            rows.append([department.code, department.name, None, *place, "部门", opened, None, None])
            for unit in (unit for unit in known if unit.department.code == department.code):
                since: object = unit.opened or opened
                if unit.number % 3 == 0 and isinstance(since, dt.date):
                    since = f"{since.year}-{since.month}-{since.day}"
                closed = unit.closed if unit.closed and unit.closed.year < year else None
                successor = unit.successor if closed else None
                rows.append([unit.code, unit.name, department.code, *place, "单位", since, closed, successor])
    return rows


def write_allotments(
    path: Path, lines: Iterable[Line], division: str, year: int, *, slips: dict[str, int], total_slip_fen: int = 0
) -> None:
    """Write a division's allotments with subtotals by department; slips are fen by which subtotals are wrong."""
    width = len(_ALLOTMENT_HEADER)
    with Sheet(path, "指标") as sheet:
        sheet.title(f"{DIVISION_NAMES[division]}{year}年部门预算指标下达表", width)
        sheet.preamble("编制单位：青禾区财政局", "单位：万元", width)
        sheet.merged_header(_ALLOTMENT_HEADER)
        total = 0
        for _, group in groupby(sorted(lines, key=_place), key=lambda line: line.unit.department.code):
            own = list(group)
            department, fen = own[0].unit.department, sum(line.appropriation_fen for line in own)
            for _, part in groupby(own, key=lambda line: line.unit.code):
                _unit_lines(sheet, list(part))
            _sum_row(sheet, [department.code, f"{department.name}小计"], fen + slips.get(department.code, 0), width)
            total += fen
        _sum_row(sheet, [None, "合    计"], total + total_slip_fen, width)
        sheet.cells(["注：本表不含涉密项目；上年结转按财政部门批复数列示。"])


def _place(line: Line) -> tuple[str, str, str]:
    return (line.unit.department.code, line.unit.code, line.code)


def _sum_row(sheet: Sheet, head: list[object], fen: int, width: int) -> None:
    sheet.cells([*head, *([None] * (width - 5)), Wan(fen), None, None])


def _unit_lines(sheet: Sheet, lines: list[Line]) -> None:
    for place, line in enumerate(lines):
        unit = line.unit
        project = line.project
        sheet.cells(
            [
                *((unit.code, unit.name) if place == 0 else (None, None)),
                *((project.code, project.name, project.category) if project else (None, None, None)),
                line.kind,
                line.function[:3],
                line.function[3:5],
                line.function[5:],
                function_name(line.function),
                line.economic,
                FUND_NAMES[line.fund],
                line.source,
                line.code,
                line.document,
                line.released_on,
                Wan(line.appropriation_fen, style_of(sheet.row)),
                "是" if line.is_direct else "否",
                (line.origin_year or line.year - 1) if line.source == "上年结转" else line.year,
            ]
        )
    sheet.merge_down(0, len(lines), lines[0].unit.code)
    sheet.merge_down(1, len(lines), lines[0].unit.name)


def write_adjustments(path: Path, lines: Iterable[Line], division: str, year: int, until: dt.date) -> int:
    """Write a division's adjustments up to a day, oldest first; return how many rows there are."""
    rows = sorted(
        ((change.on, line.code, place, line) for line in lines for place, change in enumerate(line.changes)),
        key=lambda row: row[:3],
    )
    rows = [row for row in rows if row[0] <= until]
    if not rows:
        return 0
    width = len(_ADJUSTMENT_HEADER)
    with Sheet(path, "指标调整") as sheet:
        sheet.title(f"{DIVISION_NAMES[division]}{year}年预算指标调整明细表", width)
        sheet.preamble("编制单位：青禾区财政局", "单位：万元", width)
        sheet.header(_ADJUSTMENT_HEADER)
        total = 0
        for on, _, place, line in rows:
            change = line.changes[place]
            total += change.fen
            written = on if sheet.row % 2 else f"{on.year}年{on.month}月{on.day}日"
            project = line.project
            sheet.cells(
                [
                    f"TZ{on:%Y%m%d}",
                    line.code,
                    line.unit.code,
                    line.unit.name,
                    *((project.code, project.name, project.category) if project else (None, None, None)),
                    line.kind,
                    line.function,
                    line.economic,
                    FUND_NAMES[line.fund],
                    line.source,
                    change.kind,
                    Wan(change.fen, style_of(sheet.row)),
                    written,
                    change.document,
                    change.reason,
                ]
            )
        sheet.cells(["合    计", *([None] * 12), Wan(total)])
    return len(rows)
