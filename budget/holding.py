"""Why a delivery was held, in words a clerk understands: causes as data, and their sentences for page and mail.

Pure. Sentences are Chinese templates; ``t(template, **figures)`` of the caller fills and, on a page, translates them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from budget.counted import is_counted, told_count
from budget.money import format_yuan
from budget.refusals import REFUSALS, Refusal, told_refusal

Words = Callable[..., str]

CAUSES: Final[dict[str, str]] = {
    "slip": "{measure}合计 {actual} 元, 上年同期 {expected} 元, 相差约一万倍: 可能把元和万元弄混了",
    "slip again": "{measure}合计 {actual} 元, 上一次送来的是 {expected} 元, 相差约一万倍: 可能把元和万元弄混了",
    "total": "文件里{place}写的{measure}是 {expected} 元, 所含各行相加是 {actual} 元, 相差 {difference} 元",
    "lost": "文件里没有应有的合计行, {measure}的各行相加是 {actual} 元, 无从核对; 文件可能没有传完, 请重新送来",
    "unclear": "文件里{place}的{measure}读不出数, 无法与各行相加的 {actual} 元核对",
    "other": "检查 {code} ({name}) 没有通过: {place}{measure}",
    "unread": "文件没能读成“{mapping}”所说的表",
}
PLACES: Final = {
    "row": "第 {row} 行",
    "first": " (首见于第 {row} 行)",
    "total": "合计",
    "control": "控制数",
    "part": "“{part}”",
}
CHECKS: Final[dict[str, str]] = {
    "H02": "勾稽不平",
    "H03": "上下级数据不一致",
    "H04": "金额单位疑错",
    "H05": "科目代码不存在或已失效",
    "H06": "凭证号重复",
    "H07": "支付早于指标",
    "H08": "正常支付写成负数",
    "H09": "单位编码断链",
    "H10": "累计数回落",
}
# Checks that the words of their code do not fit; keys as under [checks] of a mapping.
CHECK_NAMES: Final[dict[str, str]] = {
    "control": "与控制数不符",
    "moves": "调剂的调出调入不相等",
    "doubles": "上级行与下级行重复",
    "departments": "部门数不等于所属单位合计",
    "funds": "科目与四本预算不符",
    "divisions": "街道不是一级预算",
    "days": "日期晚于送达日",
    "refunds": "退款或更正与原凭证不符",
    "directions": "追加或追减的正负不对",
}
MEASURES: Final[dict[str, str]] = {
    "rows": "行数",
    "appropriation_fen": "年初预算",
    "adjustment_fen": "调整",
    "adjusted_appropriation_fen": "调整预算",
    "payment_fen": "支出",
    "commitment_fen": "承诺",
    "obligation_fen": "应付",
    "adjusted_budget_fen": "调整预算数",
    "advances_fen": "暂付款",
    "amount_fen": "金额",
    "balance_fen": "余额",
    "budget_fen": "预算数",
    "carryover_in_fen": "上年结转",
    "carryover_out_fen": "结转下年",
    "closing_fen": "期末余额",
    "contract_fen": "合同额",
    "estimate_fen": "概算",
    "feasibility_fen": "可研估算",
    "fiscal_capacity_fen": "综合财力",
    "forecast_fen": "预计数",
    "interest_fen": "利息",
    "last_year_month_fen": "上年同月",
    "last_year_ytd_fen": "上年同期累计",
    "limit_fen": "限额",
    "month_fen": "本月数",
    "opening_fen": "期初余额",
    "outturn_fen": "决算数",
    "overdue_fen": "逾期金额",
    "paid_before_fen": "以前年度支付",
    "paid_fen": "已支付",
    "payouts_fen": "本期支出",
    "planned_fen": "计划数",
    "principal_fen": "本金",
    "receipts_fen": "本期收入",
    "receivable_fen": "应缴数",
    "received_fen": "已到账",
    "released_fen": "已下达",
    "remitted_fen": "已缴数",
    "repaid_fen": "已偿还",
    "supplement_fen": "补充协议额",
    "surplus_fen": "结余",
    "total_fen": "总额",
    "transfer_fen": "转移支付额",
    "ytd_fen": "累计数",
}
OUTCOMES: Final = {"ok": "相符", "rounding": "在四舍五入之内", "warn": "提示", "hold": "不符, 暂扣"}
MESSAGES: Final = tuple(
    text for words in (CAUSES, PLACES, CHECKS, CHECK_NAMES, MEASURES, OUTCOMES) for text in words.values()
)

_REJECTED: Final = re.compile(r"(\d+) of (\d+) rows were rejected, more than (\d+) in 100")
_AHEAD: Final = re.compile(r"its name says it was delivered on (\S+), which lies ahead")
_EMPTY: Final = "the table has no rows"


class Cause(NamedTuple):
    """One cause: its kind, a key of CAUSES, and the figures of its sentence; kind ``refused`` has a Refusal instead."""

    kind: str
    figures: Mapping[str, Any]


def find_causes(
    reason: str | None, checks: Sequence[Mapping[str, Any]], mapping: str, refusals: Sequence[Refusal] = ()
) -> list[Cause]:
    """Return why a delivery was held, what concerns all of it first, then its failed checks, widest apart first.

    ``checks`` have the columns of batch_check, ``refusals`` the reasons before any check. Of what was held before these
    were kept the words of ``reason`` are read; what neither they nor a check explain could not be read.
    """
    found = [Cause("refused", {"refusal": one}) for one in refusals if one.code in REFUSALS] or _told_in(reason or "")
    failed = sorted((one for one in checks if one["outcome"] == "hold"), key=_width, reverse=True)
    found += [Cause(_kind(one), one) for one in failed]
    return found or [Cause("unread", {"mapping": mapping})]


def _refused(code: str, parts: Mapping[str, str]) -> Cause:
    return Cause("refused", {"refusal": Refusal(code, parts)})


def _told_in(text: str) -> list[Cause]:
    found = []
    if said := _REJECTED.search(text):
        found.append(_refused("rejected_share", {"bad": said[1], "rows": said[2], "most": said[3]}))
    if _EMPTY in text:
        found.append(_refused("no_rows", {}))
    if said := _AHEAD.search(text):
        found.append(_refused("ahead", {"day": said[1]}))
    return found


def difference_fen(check: Mapping[str, Any]) -> int | None:
    """Return what the parts add up to less what the file says; None where either is missing."""
    expected, actual = check["expected_fen"], check["actual_fen"]
    return None if expected is None or actual is None else actual - expected


def _width(check: Mapping[str, Any]) -> int:
    return abs(difference_fen(check) or 0)


def _kind(check: Mapping[str, Any]) -> str:
    if is_counted(check):
        return "counted"
    if check["check_code"] == "H04":
        return "slip again" if check.get("check_name") == "last_delivery" else "slip"
    if check["check_code"] == "H02" and check.get("check_name") == "totals" and check["source_row"] is None:
        return "lost"
    if check["check_code"] == "H02":
        return "unclear" if check["expected_fen"] is None else "total"
    return "other"


def told_cause(cause: Cause, t: Words) -> str:
    """Return the sentence of a cause."""
    figures = dict(cause.figures)
    if cause.kind == "refused":
        return told_refusal(figures["refusal"], _naming_measures(t))
    if "check_code" in figures:
        if cause.kind == "counted":
            return _counted(figures, t)
        figures = {
            "code": figures["check_code"],
            "name": told_check(figures, t),
            "place": told_place(figures, t),
            "measure": told_measure(figures["measure"], t),
            "expected": format_yuan(figures["expected_fen"]),
            "actual": format_yuan(figures["actual_fen"]),
            "difference": format_yuan(_width(figures)),
        }
    template = CAUSES[cause.kind]
    return t(template, **{name: value for name, value in figures.items() if f"{{{name}}}" in template})


def told_check(check: Mapping[str, Any], t: Words) -> str:
    """Name what a check is about: in its own words, else in those of its code."""
    code = check["check_code"]
    return t(CHECK_NAMES.get(check.get("check_name") or "", CHECKS.get(code, code)))


def _naming_measures(t: Words) -> Words:
    def named(template: str, **parts: Any) -> str:
        return t(template, **(parts | {"measure": told_measure(parts["measure"], t)} if "measure" in parts else parts))

    return named


def _counted(check: Mapping[str, Any], t: Words) -> str:
    """Return the sentence of a check that counts, with the first row it is about."""
    first = t(PLACES["first"], row=check["source_row"]) if check["source_row"] else ""
    return told_count(check, t) + first


def told_place(check: Mapping[str, Any], t: Words) -> str:
    """Say where a check looked: the row of the file, the total, or the part it is about."""
    if check["source_row"]:
        return t(PLACES["row"], row=check["source_row"])
    return t(PLACES[check["part"]]) if check["part"] in {"total", "control"} else t(PLACES["part"], part=check["part"])


def told_measure(measure: str, t: Words) -> str:
    """Name a measure as people say it; one without a name keeps its own."""
    return t(MEASURES.get(measure, measure))


def in_chinese(message: str, **figures: object) -> str:
    """Fill a sentence as it stands: the words of mail, which is Chinese."""
    return message.format(**figures) if figures else message
