"""A finding explained in Chinese, for people at the command line."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any, Final
from zoneinfo import ZoneInfo

from app.explaining import Explanation, Rung, SourceRow
from budget.levels import LOOKS
from budget.money import format_rate, format_yuan

ROWS_SHOWN: Final = 20
MEASURES: Final[dict[str, Callable[[int], str]]] = {
    "bp": format_rate,
    "fen": lambda fen: f"{format_yuan(fen)}元",
    "count": lambda count: f"{count:,}",
    "days": lambda days: f"{days:,}天",
}
FEEDS: Final = {
    "units": "单位表",
    "classifications": "科目代码表",
    "allotments": "预算指标",
    "adjustments": "指标调整",
    "cash_plans": "用款计划",
    "payments": "支付凭证",
    "execution_months": "执行月报",
    "revenue": "收入",
    "projects": "项目库",
    "milestones": "项目节点",
    "contracts": "采购合同",
    "transfers": "转移支付",
    "debt": "政府债务",
    "treasury": "库款",
    "final_accounts": "决算",
    "performance": "绩效",
    "documents": "文书",
}


def lines_of(one: Explanation, zone: ZoneInfo) -> Iterator[str]:
    """Yield the explanation line by line; at most twenty source rows, as --json has all that are kept."""
    found, look = one.finding, LOOKS[one.finding["level"]]
    name = one.text.name_zh if one.text else "（现行版本已无此规则）"
    yield f"{found['finding']}  {found['rule_code']} {name}  {look.glyph} {look.colour_name} {look.action}"
    yield f"对象：{found['subject']}  期间：{found['period']}  区划：{found['division_code'] or '全区'}"
    if one.text is not None:
        yield f"事实：{one.sentence('finding_zh')}"
        yield f"算式：{one.sentence('arithmetic_zh')}"
        yield f"公式：{one.text.formula_zh}"
        yield f"依据：{one.text.law_zh}"
    yield "等级：" + "；".join(_rung(rung) for rung in one.ladder)
    yield f"实测：{measure(found['measured'], found['measure_unit'])}"
    if one.text is not None:
        yield f"可能的正常情形：{'；'.join(one.text.innocent_zh)}"
    yield from _judged(one, zone)
    yield from _rows(one)


def _judged(one: Explanation, zone: ZoneInfo) -> Iterator[str]:
    run = one.run
    version = one.rule_version or "未记录"
    changed = (
        "" if one.rule_version in {None, one.current_version} else f"（现行 {one.current_version or '无'}，已变更）"
    )
    history = "，历史评估，不发预警" if run.is_history else ""
    yield f"规则版本：{version}{changed}  程序版本：{run.code_version}"
    yield f"阈值版本：{f'变更 {one.threshold}' if one.threshold else '按设置'}"
    yield "参数：" + "，".join(f"{name}={_value(value)}" for name, value in one.params.items())
    yield f"评估：第{run.run_id}次{history}  判断日：{run.as_of}  知悉截至：{_instant(run.known_at, zone)}"


def _rows(one: Explanation) -> Iterator[str]:
    if not one.facts:
        yield "依据的数据行：本规则按整批数据判断，没有单独的数据行"
        return
    kept = min(len(one.facts), ROWS_SHOWN)
    yield f"依据的数据行：共{one.facts_total:,}行，列出前{kept}行"
    for row in one.facts[:kept]:
        yield f"  {_place(row)}：" + "，".join(f"{name}={_value(value)}" for name, value in row.values.items())


def _place(row: SourceRow) -> str:
    sheet = f"“{row.sheet}”" if row.sheet else ""
    return f"{FEEDS.get(row.feed, row.feed)} {row.file}{sheet}第{row.row}行（批次{row.batch}）"


def _rung(rung: Rung) -> str:
    look = LOOKS[rung.level]  # type: ignore[index]
    state = {True: "已达到", False: "未达到", None: "另一计量"}[rung.reached]
    return f"{look.colour_name}≥{measure(rung.fence, rung.unit)}（{state}）"


def measure(value: int | None, unit: str) -> str:
    """Write a measure in its unit; 无数据 for null."""
    return "无数据" if value is None else MEASURES[unit](value)


def _value(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _instant(moment: dt.datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")
