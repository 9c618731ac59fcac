"""Tables about a delivery before it is in force: checks with both sides, and its figures beside those in force."""

from collections.abc import Mapping, Sequence
from typing import Any

from budget.counted import is_counted, told_count, told_label
from budget.expectations import told_expected
from budget.flagged import flagged_rows
from budget.holding import OUTCOMES, difference_fen, told_check, told_measure, told_place
from budget.masking import mask_found
from dashboard.desk import Desk
from dashboard.tables import Column, Table
from dashboard.words import Words

_GRAVEST = ("hold", "warn", "rounding", "ok")
_TONES = {"hold": "red", "warn": "yellow"}
_NO_FIGURES = dict.fromkeys(("measure", "expected", "actual", "difference", "tolerance"), "")


def checks_table(desk: Desk, checks: Sequence[Mapping[str, Any]], row_link: Any = None) -> Table:
    """Return checks with both sides, those that failed first; ``row_link(sheet, row)`` leads to a delivered row."""
    t = desk.view.t
    ordered = sorted(checks, key=_gravity)
    several = len({one["slice_key"] for one in checks}) > 1
    rows = [_check(one, t, row_link) | ({"check:note": one["slice_key"]} if several else {}) for one in ordered]
    columns = [
        Column("check", t("检查")),
        Column("outcome", t("结果")),
        Column("place", t("哪里"), wraps=True),
        Column("measure", t("指标")),
        Column("expected", t("文件所写 (元)"), "yuan", t("合计行里写的数; 单位疑错时是上年同期或上一次送来的数")),
        Column("actual", t("各行相加 (元)"), "yuan"),
        Column("difference", t("相差 (元)"), "yuan"),
        Column("tolerance", t("容差 (元)"), "yuan"),
    ]
    return Table("checks", t("发布前的检查"), columns, rows, empty=t("这份文件没有可以核对的合计"))


def _check(one: Mapping[str, Any], t: Words, row_link: Any) -> dict[str, Any]:
    """Return the row of one check: its two sides where it compares figures, what it counted where it counts rows."""
    code, outcome = one["check_code"], one["outcome"]
    is_clear = outcome == "ok" and one["measure"] == "rows"
    told = {
        "check": f"{code} {told_check(one, t)}",
        "outcome": t("未发现") if is_clear else t(OUTCOMES[outcome]),
    }
    if outcome in _TONES:
        told["outcome:tone"] = _TONES[outcome]
    if row_link and one["source_row"]:
        told["place:href"] = row_link(one["source_sheet"], one["source_row"])
    return told | _looked_at(one, t) | _both_sides(one, t)


def _looked_at(one: Mapping[str, Any], t: Words) -> dict[str, str]:
    if is_counted(one):
        return {"place": told_label(one, t), "place:note": told_count(one, t)}
    if one["check_code"] != "H04":
        return {"place": told_place(one, t)}
    last_time, last_year = t("合计, 与上一次送来的相比"), t("合计, 与上年同期相比")
    return {"place": last_time if one.get("check_name") == "last_delivery" else last_year}


def _both_sides(one: Mapping[str, Any], t: Words) -> dict[str, Any]:
    if one["measure"] == "rows":
        return _NO_FIGURES
    sides = {
        "measure": told_measure(one["measure"], t),
        "expected": one["expected_fen"],
        "actual": one["actual_fen"],
        "difference": difference_fen(one),
        "tolerance": one["tolerance_fen"],
    }
    # A slip is told by how many times, not by how much.
    return sides | {"difference": "", "tolerance": ""} if one["check_code"] == "H04" else sides


def _gravity(check: Mapping[str, Any]) -> tuple[int, int]:
    """Order checks by what they came to, the failed ones by how far the sides are apart."""
    is_failed = check["outcome"] in {"hold", "warn"}
    return _GRAVEST.index(check["outcome"]), -abs(difference_fen(check) or 0) if is_failed else 0


def flagged_table(desk: Desk, checks: Sequence[Mapping[str, Any]], row_link: Any = None) -> Table:
    """Return the rows that failed checks point at, at most 20 a check, each with both sides."""
    t = desk.view.t
    rows = [
        {
            "check": f"{one.check_code} {one.label or told_check(one._asdict(), t)}",
            "outcome": t(OUTCOMES[one.outcome]),
            "outcome:tone": _TONES[one.outcome],
            "sheet": one.sheet or "—",
            "row": "" if one.row is None else one.row,
            "row:href": row_link(one.sheet, one.row) if row_link and one.row else None,
            "about": one.about,
            "actual": one.actual or "—",
            "expected": one.expected or "—",
        }
        for one in flagged_rows(checks, t)
    ]
    columns = [
        Column("check", t("检查")),
        Column("outcome", t("结果")),
        Column("sheet", t("工作表")),
        Column("row", t("行号"), "count"),
        Column("about", t("编号")),
        Column("actual", t("这份文件"), wraps=True),
        Column("expected", t("应为"), wraps=True),
    ]
    return Table("flagged", t("检查指出的行 (每项最多 20 行)"), columns, rows, empty=t("没有检查指出的行"))


def compare_table(desk: Desk, pieces: Sequence[Mapping[str, Any]], standing: Mapping[str, Mapping[str, Any]]) -> Table:
    """Return the figures of what is delivered beside those in force, a row a slice and measure.

    ``pieces`` have ``slice_key row_count totals``; ``standing`` has, by slice key, ``batch file rows totals``.
    """
    t = desk.view.t
    rows = [row for piece in pieces for row in _compared(desk, piece, standing.get(piece["slice_key"]))]
    columns = [
        Column("slice_key", t("哪一份"), hint=t("同一份数据以最后一次送来的为准")),
        Column("measure", t("指标")),
        Column("old", t("现在有效 (元)"), "yuan"),
        Column("new", t("这次送来 (元)"), "yuan"),
        Column("difference", t("相差 (元)"), "yuan"),
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
