"""The arithmetic of a finding reads as a formula, with the figures the finding stands on and no others."""

import datetime as dt
from typing import Any

import pytest

from dashboard.formula import STEPS, formula_lines
from dashboard.view import Asked, View
from rules.registry import BY_CODE

DAY = dt.date(2026, 9, 30)
VIEW = View(asked=Asked("/"), language="zh", as_of=DAY, known_at=dt.datetime(2026, 9, 30, tzinfo=dt.UTC), known_on=DAY)
PACE = {
    "appropriation_fen": 10_000_000_00,
    "adjustment_fen": -200_000_00,
    "adjusted_appropriation_fen": 9_800_000_00,
    "payment_fen": 1_024_000_00,
    "execution_rate_bp": 1044,
}
CASES: list[tuple[str, dict[str, Any], list[tuple[str, str]]]] = [
    (
        "A01",
        PACE | {"expected_progress_bp": 5820, "gap_bp": 4776},
        [
            ("支出 ÷ 调整预算 = 执行率 R", "102.40 ÷ 980.00 = 10.44%"),
            ("历史同期 S* − 执行率 R = 差距", "58.20% − 10.44% = 47.76个百分点"),
        ],
    ),
    (
        "A04",
        PACE
        | {"judged_budget_fen": 9_800_000_00, "judged_rate_bp": 1044, "forecast_high_bp": 3000, "shortfall_bp": 7000},
        [
            ("支出 ÷ 计入的预算 = 执行率 R", "102.40 ÷ 980.00 = 10.44%"),
            ("全额 − 年底执行率上限 = 未执行", "100% − 30.00% = 70.00%"),
        ],
    ),
    (
        "G10",
        {
            "ytd_fen": 7_451_000_00,
            "budget_fen": 10_000_000_00,
            "income_rate_bp": 7451,
            "forecast_high_bp": 9500,
            "shortfall_bp": 500,
        },
        [
            ("累计收入 ÷ 收入预算 = 完成预算", "745.10 ÷ 1,000.00 = 74.51%"),
            ("全额 − 年底完成预算上限 = 短收", "100% − 95.00% = 5.00%"),
        ],
    ),
    (
        "A06",
        PACE | {"payment_fen": 10_000_000_00, "excess_fen": 200_000_00},
        [
            ("年初预算 + 调整 = 调整预算", "1,000.00 + −20.00 = 980.00 万元"),
            ("支出 − 调整预算 = 超出", "1,000.00 − 980.00 = 20.00 万元"),
        ],
    ),
    (
        "D01",
        PACE | {"excess_fen": -100},
        [("支出 ÷ 调整预算 = 执行率 R", "102.40 ÷ 980.00 = 10.44%")],
    ),
    (
        "H03",
        {"reported_fen": 100_00, "paid_fen": 3_000_100_00, "difference_fen": 3_000_000_00},
        [("支付明细合计 − 月报累计支出 = 相差", "300.01 − 0.01 = 300.00 万元")],
    ),
    (
        "H04",
        {"this_fen": 1_000_00, "last_fen": 10_000_000_00, "times": 10_000},
        [("上年同期 ÷ 本期 = 倍数", "1,000.00 ÷ 0.10 = 10000")],
    ),
    ("A01", {"payment_fen": 1}, []),
    ("B02", {"approvals": 3}, []),
]


@pytest.mark.parametrize(("rule", "evidence", "lines"), CASES)
def test_a_finding_is_worked_out_step_by_step(rule: str, evidence: dict, lines: list[tuple[str, str]]) -> None:
    assert formula_lines(rule, evidence, VIEW) == lines


def test_formulas_are_of_rules_that_there_are() -> None:
    assert set(STEPS) <= set(BY_CODE)
