"""Writes monthly execution reports, one file a division and month."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from sample.codes import CLASS_NAMES
from sample.department_names import DEPARTMENTS
from sample.people import DIVISION_NAMES
from sample.sheets import Sheet, Wan

_HEADER = ["部门编码", "部门名称", "科目编码", "科目名称", "年初预算数", "调整预算数", "本年累计支出"]
_MEASURES = ("b0", "b1", "paid")


def write_month(
    path: Path, frame: pl.DataFrame, division: str, year: int, month: int, *, slips: Mapping[str, int]
) -> None:
    """Write one report; slips are the fen by which a department's 小计 of spending is wrong."""
    names = {department.code: department.name for department in DEPARTMENTS[division]}
    with Sheet(path, "执行月报") as sheet:
        sheet.title(f"{DIVISION_NAMES[division]}{year}年{month}月预算执行情况月报表", len(_HEADER))
        sheet.preamble(f"{year}年1—{month}月累计", "单位：万元", len(_HEADER))
        sheet.header(_HEADER)
        for (department,), group in frame.group_by("department", maintain_order=True):
            code = str(department)
            for row in group.iter_rows(named=True):
                amounts = [Wan(row[name]) for name in _MEASURES]
                sheet.cells([code, names[code], row["class"], CLASS_NAMES[row["class"]], *amounts])
            sums = [int(group[name].sum()) for name in _MEASURES]
            sums[-1] += slips.get(code, 0)
            sheet.cells([code, f"{names[code]}小计", None, None, *(Wan(fen) for fen in sums)])
        totals = [Wan(int(frame[name].sum())) for name in _MEASURES]
        sheet.cells([None, "合    计", None, None, *totals])
