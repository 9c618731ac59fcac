"""The arithmetic of a finding as formulas: what is set against what, with its figures, step by step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from budget.wording import MISSING, render
from dashboard.formats import in_language
from dashboard.view import View
from dashboard.words import noted

Term = tuple[str, str]  # what it is, and the template of its figure


@dataclass(frozen=True)
class Step:
    """One step: terms joined by a sign, and what comes of them."""

    first: Term
    sign: str
    second: Term
    result: Term


_BUDGET: Term = (noted("调整预算"), "{adjusted_appropriation_fen:wan}")
_PAID: Term = (noted("支出"), "{payment_fen:wan}")
_RATE: Term = (noted("执行率 R"), "{execution_rate_bp:rate}")
_B1 = Step((noted("年初预算"), "{appropriation_fen:wan}"), "+", (noted("调整"), "{adjustment_fen:wan}"), _BUDGET)
_R = Step(_PAID, "÷", _BUDGET, _RATE)
STEPS: Mapping[str, tuple[Step, ...]] = {
    "A01": (
        _R,
        Step((noted("历史同期 S*"), "{expected_progress_bp:rate}"), "−", _RATE, (noted("差距"), "{gap_bp:gap}")),
    ),
    "A02": (
        _R,
        Step((noted("应达进度 E"), "{expected_progress_bp:rate}"), "−", _RATE, (noted("差距"), "{gap_bp:gap}")),
    ),
    "A03": (
        _R,
        Step(
            (noted("判断日"), "{as_of}"),
            "−",
            (noted("下达日"), "{released_on}"),
            (noted("未支用天数"), "{days_since_release}"),
        ),
    ),
    "A04": (
        Step(
            _PAID,
            "÷",
            (noted("计入的预算"), "{judged_budget_fen:wan}"),
            (noted("执行率 R"), "{judged_rate_bp:rate}"),
        ),
        Step(
            (noted("全额"), "100%"),
            "−",
            (noted("年底执行率上限"), "{forecast_high_bp:rate}"),
            (noted("未执行"), "{shortfall_bp:rate}"),
        ),
    ),
    "A06": (_B1, Step(_PAID, "−", _BUDGET, (noted("超出"), "{excess_fen:wan}"))),
    "A08": (
        Step(
            (noted("11—12 月支出"), "{rush_fen:wan}"),
            "÷",
            (noted("调整预算 (9 月以后下达的不计)"), "{judged_budget_fen:wan}"),
            (noted("占比"), "{rush_bp:rate}"),
        ),
    ),
    "D01": (_R, Step(_PAID, "−", _BUDGET, (noted("超出"), "{excess_fen:wan}"))),
    "E08": (
        Step(
            (noted("每笔"), "{payment_fen:wan}"),
            "×",
            (noted("笔数"), "{pieces}"),
            (noted("合计"), "{total_fen:wan}"),
        ),
    ),
    "G10": (
        Step(
            (noted("累计收入"), "{ytd_fen:wan}"),
            "÷",
            (noted("收入预算"), "{budget_fen:wan}"),
            (noted("完成预算"), "{income_rate_bp:rate}"),
        ),
        Step(
            (noted("全额"), "100%"),
            "−",
            (noted("年底完成预算上限"), "{forecast_high_bp:rate}"),
            (noted("短收"), "{shortfall_bp:rate}"),
        ),
    ),
    "H01": (
        Step(
            (noted("判断日"), "{as_of}"),
            "−",
            (noted("应到日"), "{due_on}"),
            (noted("迟到天数"), "{days_late}"),
        ),
    ),
    "H02": (
        Step(
            (noted("表列数"), "{expected_fen:wan}"),
            "−",
            (noted("明细之和"), "{actual_fen:wan}"),
            (noted("相差"), "{difference_fen:wan}"),
        ),
    ),
    "H03": (
        Step(
            (noted("月报累计支出"), "{reported_fen:wan}"),
            "−",
            (noted("支付明细合计"), "{paid_fen:wan}"),
            (noted("相差"), "{difference_fen:wan}"),
        ),
    ),
    "H04": (
        Step((noted("本期"), "{this_fen:wan}"), "÷", (noted("上年同期"), "{last_fen:wan}"), (noted("倍数"), "{times}")),
    ),
}


def formula_lines(rule_code: str, evidence: Mapping[str, Any], view: View) -> list[tuple[str, str]]:
    """Return the steps of a finding as pairs: the formula in words, and the same with its figures.

    Empty where the rule counts or names instead of computing. A step with a figure that is missing, or an excess
    that is none, is left out; a difference that was taken without its sign is written with its larger side first.
    """
    lines = []
    for step in STEPS.get(rule_code, ()):
        first, second, result = (render(one[1], evidence) for one in (step.first, step.second, step.result))
        if MISSING in (first, second, result) or ("excess_fen" in step.result[1] and evidence["excess_fen"] <= 0):
            continue
        terms = [(view.t(step.first[0]), first), (view.t(step.second[0]), second)]
        if _is_turned(step, evidence):
            terms.reverse()
        unit = f" {view.t('万元')}" if ":wan" in step.result[1] else ""
        words = f"{terms[0][0]} {step.sign} {terms[1][0]} = {view.t(step.result[0])}"
        figures = f"{terms[0][1]} {step.sign} {terms[1][1]} = {in_language(result, view.language)}{unit}"
        lines.append((words, figures))
    return lines


def _is_turned(step: Step, evidence: Mapping[str, Any]) -> bool:
    if step.sign == "÷" and step.result[1] == "{times}":
        return int(evidence["this_fen"]) < int(evidence["last_fen"])
    if step.result[1] != "{difference_fen:wan}":
        return False
    first, second = (int(evidence[one[1].strip("{}").partition(":")[0]]) for one in (step.first, step.second))
    return first < second
