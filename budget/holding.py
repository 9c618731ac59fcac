"""Why a delivery was held, in words a clerk understands: causes as data, and their sentences for page and mail.

Pure. Sentences are Chinese templates; ``t(template, **figures)`` of the caller fills and, on a page, translates them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from budget.money import format_yuan
from budget.refusals import REFUSALS, Refusal, told_refusal

Words = Callable[..., str]

CAUSES: Final[dict[str, str]] = {
    "rejected": "{rows} 行中有 {bad} 行读不通, 超过允许的 {most}%",
    "empty": "表里一行数据也没有",
    "ahead": "文件名说它在 {day} 送来, 而那一天还没有到",
    "slip": "{measure}合计 {actual} 元, 上年同期 {expected} 元, 相差约一万倍: 可能把元和万元弄混了",
    "total": "文件里{place}写的{measure}是 {expected} 元, 所含各行相加是 {actual} 元, 相差 {difference} 元",
    "unclear": "文件里{place}的{measure}读不出数, 无法与各行相加的 {actual} 元核对",
    "other": "检查 {code} ({name}) 没有通过: {place}{measure}",
    "unread": "文件没能读成“{mapping}”所说的表",
}
PLACES: Final = {"row": "第 {row} 行", "total": "合计", "part": "“{part}”"}
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
MEASURES: Final[dict[str, str]] = {
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
MESSAGES: Final = (*CAUSES.values(), *PLACES.values(), *CHECKS.values(), *MEASURES.values(), *OUTCOMES.values())

_REJECTED: Final = re.compile(r"(\d+) of (\d+) rows were rejected, more than (\d+) in 100")
_AHEAD: Final = re.compile(r"its name says it was delivered on (\S+), which lies ahead")
_EMPTY: Final = "the table has no rows"


class Cause(NamedTuple):
    """One cause: its kind, a key of CAUSES, and the figures of its sentence."""

    kind: str
    figures: Mapping[str, Any]


def find_causes(
    reason: str | None, checks: Sequence[Mapping[str, Any]], mapping: str, refusal: Refusal | None = None
) -> list[Cause]:
    """Return why a delivery was held, what concerns all of it first, then its failed checks, widest apart first.

    ``checks`` have the columns of batch_check. What neither a check nor a known reason explains could not be read;
    ``refusal`` says why, and is None for what was held before refusals were kept.
    """
    text, found = reason or "", []
    if said := _REJECTED.search(text):
        found.append(Cause("rejected", {"bad": said[1], "rows": said[2], "most": said[3]}))
    if _EMPTY in text:
        found.append(Cause("empty", {}))
    if said := _AHEAD.search(text):
        found.append(Cause("ahead", {"day": said[1]}))
    failed = sorted((one for one in checks if one["outcome"] == "hold"), key=_width, reverse=True)
    found += [Cause(_kind(one), one) for one in failed]
    if refusal is not None and refusal.code in REFUSALS:
        found.append(Cause("refused", {"refusal": refusal}))
    return found or [Cause("unread", {"mapping": mapping})]


def difference_fen(check: Mapping[str, Any]) -> int | None:
    """Return what the parts add up to less what the file says; None where either is missing."""
    expected, actual = check["expected_fen"], check["actual_fen"]
    return None if expected is None or actual is None else actual - expected


def _width(check: Mapping[str, Any]) -> int:
    return abs(difference_fen(check) or 0)


def _kind(check: Mapping[str, Any]) -> str:
    if check["check_code"] == "H04":
        return "slip"
    if check["check_code"] == "H02":
        return "unclear" if check["expected_fen"] is None else "total"
    return "other"


def told_cause(cause: Cause, t: Words) -> str:
    """Return the sentence of a cause."""
    figures = dict(cause.figures)
    if cause.kind == "refused":
        return told_refusal(figures["refusal"], _naming_measures(t))
    if "check_code" in figures:
        figures = {
            "code": figures["check_code"],
            "name": t(CHECKS.get(figures["check_code"], figures["check_code"])),
            "place": told_place(figures, t),
            "measure": told_measure(figures["measure"], t),
            "expected": format_yuan(figures["expected_fen"]),
            "actual": format_yuan(figures["actual_fen"]),
            "difference": format_yuan(_width(figures)),
        }
    template = CAUSES[cause.kind]
    return t(template, **{name: value for name, value in figures.items() if f"{{{name}}}" in template})


def _naming_measures(t: Words) -> Words:
    def named(template: str, **parts: Any) -> str:
        return t(template, **(parts | {"measure": told_measure(parts["measure"], t)} if "measure" in parts else parts))

    return named


def told_place(check: Mapping[str, Any], t: Words) -> str:
    """Say where a check looked: the row of the file, the total, or the part it is about."""
    if check["source_row"]:
        return t(PLACES["row"], row=check["source_row"])
    return t(PLACES["total"]) if check["part"] == "total" else t(PLACES["part"], part=check["part"])


def told_measure(measure: str, t: Words) -> str:
    """Name a measure as people say it; one without a name keeps its own."""
    return t(MEASURES.get(measure, measure))


def in_chinese(message: str, **figures: object) -> str:
    """Fill a sentence as it stands: the words of mail, which is Chinese."""
    return message.format(**figures) if figures else message
