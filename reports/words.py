"""Chinese words of the report: labels of codes, and figures written into sentences."""

import datetime as dt
from typing import Any, Final

from budget.money import format_rate, format_wan

FUNDS: Final = {
    "11": "一般公共预算",
    "12": "政府性基金预算",
    "13": "国有资本经营预算",
    "14": "社会保险基金预算",
    "2": "财政专户管理资金",
    "3": "单位资金",
}
SOURCES: Final = {"current": "本年预算", "carryover": "上年结转", "transfer": "上级转移支付"}
GROUP_TITLES: Final = {
    "execution": "支出进度和预算约束方面",
    "project": "项目支出方面",
    "three_public": "“三公”经费方面",
    "payment": "资金支付方面",
    "time_limit": "法定时限和信息公开方面",
    "district": "收入、债务和国库方面",
    "data_quality": "数据质量方面",
}
LEVEL_NAMES: Final = {
    "red": "红色（约谈）",
    "orange": "橙色（函询）",
    "yellow": "黄色（关注）",
    "blue": "蓝色（提示）",
}
LEVEL_MARKS: Final = {"red": "◆红", "orange": "▲橙", "yellow": "●黄", "blue": "○蓝"}
UNVERIFIED: Final = "待核实"
CLUE_STATES: Final = {"open": UNVERIFIED, "closed": "已办结"}
REASONS: Final = {
    "late_feed": "数据迟到",
    "unit_suspect": "数据单位存疑",
    "no_budget": "没有预算指标数据",
    "no_payments": "没有支付数据",
    "no_last_year": "没有上年数据",
    "no_economic_codes": "数据不含经济分类",
    "no_release_date": "指标没有下达日期",
    "muted_after_release": "预算批复、下达未满规定天数",
    "released_late": "资金下达较晚",
    "excluded_category": "预留、质保金等不适用项目",
    "immaterial": "金额低于重要性标准",
    "covered_by_other": "已由其他规则反映",
    "season_over": "提示期已过",
    "not_budgeted": "本年没有预算",
}
NUMERALS: Final = "一二三四五六七八九十"


def money(fen: int | None) -> str:
    """Write fen as 万元 with its unit; 无数据 for null."""
    return "无数据" if fen is None else f"{format_wan(fen)}万元"


def rate(bp: int | None) -> str:
    """Write a rate; 无数据 for null."""
    return format_rate(bp)


def points(bp: int) -> str:
    """Write the size of a difference of rates, unsigned: the words around it give the direction."""
    return f"{abs(bp) // 100:,}.{abs(bp) % 100:02d}个百分点"


def against(bp: int, *, more: str = "高", less: str = "低", same: str = "持平") -> str:
    """Write a signed difference as 高×个百分点, 低×个百分点 or 持平."""
    return same if bp == 0 else f"{more if bp > 0 else less}{points(bp)}"


def day(iso: str) -> str:
    """Write a date without zero padding: 2026年9月30日."""
    one = dt.date.fromisoformat(iso)
    return f"{one.year}年{one.month}月{one.day}日"


def month_day(iso: str) -> str:
    """Write a date of a year already named: 9月30日."""
    return day(iso).partition("年")[2]


def fund_name(code: str | None) -> str:
    """Return the name of a fund type, by its code or the code's first digit."""
    if code is None:
        return "资金性质未标明"
    return FUNDS.get(code[:2]) or FUNDS.get(code[:1]) or f"资金性质{code}"


def source_name(code: str | None) -> str:
    """Return the name of a budget source."""
    return "来源未标明" if code is None else SOURCES.get(code, code)


def join_list(parts: list[str]) -> str:
    """Join parts of a sentence with 、."""
    return "、".join(parts)


def levels_of(counts: dict[str, int]) -> str:
    """Write counts by level, worst first, the levels that occur only: 红色（约谈）2条、黄色（关注）5条."""
    return join_list([f"{name}{counts[level]}条" for level, name in LEVEL_NAMES.items() if counts[level]])


def handling_state(item: dict[str, Any]) -> str:
    """Write how far an item has been verified; what nobody has verified is 待核实."""
    if item["alert_status"] == "resolved":
        return "已恢复"
    return CLUE_STATES.get(item["clue_status"] or "open", "办理中")
