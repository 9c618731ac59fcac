"""The annexes: progress by unit, the list of warnings, and how the figures were made."""

import re
from collections.abc import Mapping
from typing import Any

from budget.money import format_points, format_rate, format_wan
from reports.blocks import Annex, Column, Paragraph, Table
from reports.figures import total_of_rows
from reports.words import LEVEL_MARKS, UNVERIFIED, day, handling_state, rate

Snapshot = dict[str, Any]
MONEY = ("appropriation_fen", "adjustment_fen", "adjusted_appropriation_fen", "payment_fen")
RULERS = {"day": "当年已过天数÷全年天数", "month": "当年月份数÷12"}
LATE_MARK = "△"
MOST_LOOSE_ROWS = 25  # longer tables are set on closer lines
QUOTED = re.compile("“(.+)”项目$")  # running text quotes a project's name; in a narrow cell a colon will do
BASIS_MARKS = {"time": "＊", "division_code": "＃"}


def annexes(snapshot: Snapshot) -> tuple[Annex, ...]:
    """Return the annexes in their order; their titles are listed after the body."""
    name = snapshot["division"]["division_name"]
    who_rows = "部门及镇街" if snapshot["division"]["division_kind"] == "district" else "单位"
    warned = warning_table(snapshot) if snapshot["items"] else Paragraph("截至判断日没有预警。")
    return (
        Annex(f"{name}各{who_rows}支出进度表", (progress_table(snapshot),)),
        Annex("预警及核实清单", (warned,), is_wide=bool(snapshot["items"])),
        Annex("数据口径说明", tuple(Paragraph(text, is_note=True) for text in explanations(snapshot))),
    )


def progress_table(snapshot: Snapshot) -> Table:
    """Return B0, ADJ, B1, PAY, R, S* and the gap of every row, and their total."""
    rows, figures = snapshot["figures"]["rows"], snapshot["figures"]
    total, own = figures["total"], figures["expected_progress_bp"]
    now = total["execution_rate_bp"]
    gap = None if now is None or own is None else now - own
    sums = _money({name: total_of_rows(rows, name) for name in MONEY})
    return Table(
        caption=f"（截至{day(snapshot['as_of'])}，按比历史同期由低到高排列）",
        unit="单位：万元、百分点",
        columns=(
            Column("序号", 8, "centre"),
            Column("单位名称", 40),
            Column("年初预算", 19.5, "right"),
            Column("调整", 15, "right"),
            Column("调整预算", 19.5, "right"),
            Column("支出", 19.5, "right"),
            Column("执行率", 15.5, "right"),
            Column("比历史同期", 19, "right"),
        ),
        rows=tuple(
            (
                str(place),
                row["name"],
                *_money(row),
                format_rate(row["execution_rate_bp"]),
                _gap(row["gap_bp"]) + _mark(snapshot, row),
            )
            for place, row in enumerate(rows, start=1)
        ),
        total=("", "合计", *sums, format_rate(now), _gap(gap)),
        notes=_basis_notes(snapshot),
        is_dense=len(rows) > MOST_LOOSE_ROWS,
    )


def _money(row: Mapping[str, Any]) -> list[str]:
    return [format_wan(row[name]) for name in MONEY]


def _mark(snapshot: Snapshot, row: Mapping[str, Any]) -> str:
    if row["gap_bp"] is None:
        return ""
    return (
        LATE_MARK if row["division_code"] in snapshot["late_divisions"] else BASIS_MARKS.get(row["expected_basis"], "")
    )


def _gap(bp: int | None) -> str:
    return format_points(bp).removesuffix(" 个百分点")


def _basis_notes(snapshot: Snapshot) -> tuple[str, ...]:
    used = {_mark(snapshot, row) for row in snapshot["figures"]["rows"]}
    told = {
        LATE_MARK: "△ 支付数据未到齐，数值偏低，不作比较。",
        "＃": "＃ 本单位历史不足两年，以所在区划的历史同期进度比较。",
        "＊": f"＊ 没有历史数据，以序时进度{rate(snapshot['figures']['time_progress_bp'])}比较。",
    }
    return tuple(text for mark, text in told.items() if mark in used)


def warning_table(snapshot: Snapshot) -> Table:
    """Return every warning under its rule, worst first, with its facts, money, clue and state of verification."""
    items = snapshot["items"]
    rules = dict.fromkeys(item["rule"] for item in items)
    rows: list[tuple[str, ...]] = []
    place = 0
    for rule in rules:
        own = [item for item in items if item["rule"] == rule]
        rows.append((f"{rule} {own[0]['rule_name']}（{len(own)}条）",))
        for item in own:
            place += 1
            rows.append(_warning_row(place, item))
    return Table(
        caption=f"（截至{day(snapshot['as_of'])}，共{len(items)}条；核实情况未注明的均为待核实）",
        unit="单位：万元",
        columns=(
            Column("序号", 9, "centre"),
            Column("等级", 11, "centre"),
            Column("单位（项目）", 70),
            Column("主要数据", 92),
            Column("涉及金额", 17, "right"),
            Column("线索及核实", 26),
        ),
        rows=tuple(rows),
        is_dense=len(rows) > MOST_LOOSE_ROWS,
    )


def _warning_row(place: int, item: Snapshot) -> tuple[str, ...]:
    state = handling_state(item)
    told = [part for part in (item["clue"], "" if state == UNVERIFIED and item["clue"] else state) if part]
    return (
        str(place),
        LEVEL_MARKS[item["level"]],
        QUOTED.sub("：\\1", item["who"]),
        _rest(item),
        "—" if item["amount_fen"] is None else format_wan(item["amount_fen"]),
        " ".join(told),
    )


def _rest(item: Mapping[str, Any]) -> str:
    """Return an item's sentence without the names and the kind of warning that stand beside and above it already."""
    rest: str = item["text"].removeprefix(item["unit_name"] or "").removeprefix(f"“{item['project_name']}”")
    kind, colon, facts = rest.partition("：")
    is_kind = colon and "疑似" in kind and not any(letter.isdigit() for letter in kind)
    return (facts if is_kind else rest).removesuffix("。")


def explanations(snapshot: Snapshot) -> list[str]:
    """Say how every figure was made and by which frozen state it can be made again."""
    figures, run = snapshot["figures"], snapshot["run"]
    names = snapshot["division_names"]
    until = [
        f"{names.get(code, code)}{day(last) if last else '无数据'}" for code, last in figures["payments_until"].items()
    ]
    later = snapshot["later_deliveries"]
    ruler = RULERS[figures["time_progress_by"]]
    told = [
        f"数据时点：业务数据截至{day(snapshot['as_of'])}；判断运行编号{run['run_id']}，"
        f"所据数据为{_instant(run['known_local'])}以前入库的版本。"
        + (f"此后另有{later}份数据到达，未计入本报告。" if later else ""),
        f"支付数据最后业务日期：{'、'.join(until)}。" if until else "本年没有支付数据。",
        "金额单位：正文和附表以万元列示，保留两位小数；系统以分为单位计算，先合计后换算，个别尾差由四舍五入产生。",
        "执行率＝支出÷调整预算，向下取至0.01%；没有调整预算或调整预算不大于零的，不计算执行率。",
        f"序时进度＝{ruler}；历史同期进度＝前三年同月同日执行率的中位数，至少两年数据方予采用。",
        "没有收到的数据以“无数据”列示，不作零处理，也不作估算。",
        *(
            f"规则{code}（{one['name']}）：{one['formula'].rstrip('。')}。"
            + (f"依据：{one['law'].rstrip('。')}。" if one["law"] else "")
            for code, one in snapshot["rules"].items()
        ),
        f"校验码：数据快照SHA-256 {grouped_hash(snapshot['sha256'])}。",
        f"事实版本 {snapshot['facts_stamp']}，程序版本 {run['code_version']}。",
    ]
    return [f"{place}. {text}" for place, text in enumerate(told, start=1)]


def grouped_hash(digest: str) -> str:
    """Write a hash in groups of eight, so that it can be read aloud and broken over lines."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))


def _instant(iso: str) -> str:
    """Write a local instant to the minute: 2026年10月9日18时00分."""
    return f"{day(iso[:10])}{iso[11:13]}时{iso[14:16]}分"
