"""Tables about a delivery before it is in force: checks with both sides, and its figures beside those in force."""

from collections.abc import Mapping, Sequence
from typing import Any

from budget.expectations import told_expected
from budget.holding import OUTCOMES, difference_fen, told_check, told_measure, told_place
from budget.masking import mask_found
from dashboard.desk import Desk
from dashboard.tables import Column, Table
from dashboard.words import Words

_GRAVEST = ("hold", "warn", "rounding", "ok")


def checks_table(desk: Desk, checks: Sequence[Mapping[str, Any]], row_link: Any = None) -> Table:
    """Return checks with both sides, those that failed first; ``row_link(sheet, row)`` leads to a delivered row."""
    t = desk.view.t
    ordered = sorted(checks, key=_gravity)
    several = len({one["slice_key"] for one in checks}) > 1
    rows = [
        {
            "check": f"{one['check_code']} {told_check(one, t)}",
            "check:note": one["slice_key"] if several else None,
            "place": told_place(one, t),
            "place:href": row_link(one["source_sheet"], one["source_row"]) if row_link and one["source_row"] else None,
            "measure": told_measure(one["measure"], t),
            "expected": one["expected_fen"],
            "actual": one["actual_fen"],
            "difference": difference_fen(one),
            "tolerance": one["tolerance_fen"],
            "outcome": _outcome(one, t),
        }
        for one in ordered
    ]
    columns = [
        Column("check", t("检查")),
        Column("place", t("哪里")),
        Column("measure", t("指标")),
        Column("expected", t("文件所写 (万元)"), "wan", t("合计行里写的数; 单位疑错时是上年同期的数")),
        Column("actual", t("各行相加 (万元)"), "wan"),
        Column("difference", t("相差 (万元)"), "wan"),
        Column("tolerance", t("容差 (万元)"), "wan"),
        Column("outcome", t("结果")),
    ]
    return Table("checks", t("发布前的检查"), columns, rows, empty=t("这份文件没有可以核对的合计"))


def _gravity(check: Mapping[str, Any]) -> tuple[int, int]:
    """Order checks by what they came to, the failed ones by how far the sides are apart."""
    is_failed = check["outcome"] in {"hold", "warn"}
    return _GRAVEST.index(check["outcome"]), -abs(difference_fen(check) or 0) if is_failed else 0


def _outcome(check: Mapping[str, Any], t: Words) -> str:
    words = OUTCOMES[check["outcome"]]
    return t(words)


def compare_table(desk: Desk, pieces: Sequence[Mapping[str, Any]], standing: Mapping[str, Mapping[str, Any]]) -> Table:
    """Return the figures of what is delivered beside those in force, a row a slice and measure.

    ``pieces`` have ``slice_key row_count totals``; ``standing`` has, by slice key, ``batch file rows totals``.
    """
    t = desk.view.t
    rows = [row for piece in pieces for row in _compared(desk, piece, standing.get(piece["slice_key"]))]
    columns = [
        Column("slice_key", t("哪一份"), hint=t("同一份数据以最后一次送来的为准")),
        Column("measure", t("指标")),
        Column("old", t("现在有效 (万元)"), "wan"),
        Column("new", t("这次送来 (万元)"), "wan"),
        Column("difference", t("相差 (万元)"), "wan"),
        Column("old_rows", t("现有行数"), "count"),
        Column("new_rows", t("这次行数"), "count"),
        Column("batch", t("现有批次")),
    ]
    return Table("compared", t("与现在有效的数据相比"), columns, rows, empty=t("从这份文件里没有读出任何数据"))


def _compared(desk: Desk, piece: Mapping[str, Any], old: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return one slice's rows, one a measure of either side; one row where the feed has no measures."""
    shared = {
        "slice_key": piece["slice_key"],
        "old_rows": old["rows"] if old else None,
        "new_rows": piece["row_count"],
        "batch": f"#{old['batch']}" if old else desk.view.t("没有"),
        "batch:href": desk.view.href(f"/system/batches/{old['batch']}") if old else None,
    }
    totals, before = piece["totals"], old["totals"] if old else {}
    measures = list(dict.fromkeys([*totals, *before]))
    return [shared | _sides(desk, measure, before, totals) for measure in measures] or [shared]


def _sides(desk: Desk, measure: str, before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, Any]:
    old, new = before.get(measure), after.get(measure)
    change = None if old is None or new is None else new - old
    return {"measure": told_measure(measure, desk.view.t), "old": old, "new": new, "difference": change}


def kept_words(desk: Desk, kept: int, count: int) -> str:
    """Say that of the rejected rows only the first are listed; nothing where they all are."""
    if kept >= count:
        return ""
    return desk.view.t(
        "共退回 {count} 行, 这里只列前 {kept} 行; 送来的文件整份保存着, 改好后重读, 一行也不会丢",
        count=f"{count:,}",
        kept=f"{kept:,}",
    )


def rejections_table(desk: Desk, rejected: Sequence[Mapping[str, Any]], count: int, row_link: Any = None) -> Table:
    """Return the rows held back: where, what was found, what was expected; persons and accounts are masked.

    ``count`` of them there were; where not all are kept, the table says so.
    """
    t = desk.view.t
    rows = [
        {
            "source_sheet": row["sheet"] or "—",
            "source_row": row["row"],
            "source_row:href": row_link(row["sheet"], row["row"]) if row_link else None,
            "column_name": t("整行") if row["column"] in {None, "cells"} else row["column"],
            "found": mask_found(row["column"], row["found"], row["cells"]) or t("空白"),
            "expected": told_expected(row["expected"], t),
        }
        for row in rejected
    ]
    columns = [
        Column("source_sheet", t("工作表")),
        Column("source_row", t("行号"), "count"),
        Column("column_name", t("列")),
        Column("found", t("原文"), wraps=True),
        Column("expected", t("应为"), wraps=True),
    ]
    return Table(
        "rejected",
        t("退回的行"),
        columns,
        rows,
        empty=t("这一批没有退回的行"),
        note=kept_words(desk, len(rows), count),
    )
