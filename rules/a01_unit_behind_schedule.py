"""A01 部门支出进度滞后: a unit's execution rate trails where it stood on the same day in earlier years."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.pace import pace
from budget.subjects import unit_subjects
from rules.judgement import Judgement, fences_of, judge_subjects
from rules.replies import age_words, since_budget, with_replied_on
from rules.rule import MONEY, Rule
from rules.spending import (
    EXECUTION,
    NAMES,
    shortfall_fen,
    spent,
    this_year,
    with_known_zeros,
    with_names,
)

EVIDENCE = (
    *EXECUTION,
    "expected_progress_bp",
    "curve_progress_bp",
    "expected_basis",
    "basis_zh",
    "basis_en",
    "history_years",
    "aged_zh",
    "aged_en",
    "festival_zh",
    "festival_en",
    "replied_on",
)
GAPS = ("time_progress_bp", "gap_bp", "time_gap_bp")

TEXT = RuleText(
    code="A01",
    family="execution",
    name_zh="部门支出进度滞后",
    name_en="Unit behind schedule",
    formula_zh="差距＝历史同期进度S*－执行率R；R＝本年支出÷调整后预算；S*按支出类别取前三年同日执行率的中位数，"
    "以本年预算加权，较晚下达的资金按下达后天数折算；无历史时以序时进度代替。",
    formula_en="Gap = S* - R, where R = payments / adjusted budget and S* is the median R on the same day of the three "
    "years before, by kind of spending, weighted with this year's budget, money released late scaled to its own days "
    "(time elapsed where there is no history).",
    law_zh="《中华人民共和国预算法》第五十三条；《中华人民共和国预算法实施条例》第六十条。",
    law_en="Budget Law, Art. 53; Implementing Regulations of the Budget Law, Art. 60.",
    finding_zh="{unit_name}本年支出进度疑似滞后：执行率{execution_rate_bp:rate}，低于历史同期进度"
    "{expected_progress_bp:rate}，相差{gap_bp:gap}。",
    finding_en="{unit_name} appears to be behind schedule: execution {execution_rate_bp:rate} against "
    "{expected_progress_bp:rate} expected, {gap_bp:rate} of the budget short.",
    arithmetic_zh="年初预算{appropriation_fen:wan}万元，调整{adjustment_fen:wan}万元，调整后预算"
    "{adjusted_appropriation_fen:wan}万元；支出{payment_fen:wan}万元；执行率{execution_rate_bp:rate}；"
    "历史同期进度{curve_progress_bp:rate}（{basis_zh}{festival_zh}）{aged_zh}，"
    "应达{expected_progress_bp:rate}；另：序时进度{time_progress_bp:rate}，差距{time_gap_bp:points}。",
    arithmetic_en="Budget {appropriation_fen:yuan} + adjustments {adjustment_fen:yuan} = "
    "{adjusted_appropriation_fen:yuan} yuan; paid {payment_fen:yuan} yuan = {execution_rate_bp:rate}; history "
    "{curve_progress_bp:rate} ({basis_en}{festival_en}){aged_en}, expected "
    "{expected_progress_bp:rate}; time elapsed {time_progress_bp:rate}.",
    innocent_zh=("年初预算批复、下达较晚", "上级转移支付资金到位较晚", "采购、工程按合同约定在下半年集中支付"),
    innocent_en=(
        "the budget was approved or released late",
        "transfers arrived late",
        "purchases fall due later in the year",
    ),
    next_step_zh="建议向单位了解支出安排和滞后原因，请其说明下一步支出计划。",
    next_step_en="Ask the unit for the reasons and for its spending plan for the rest of the year.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of gap; which units are large and old enough to judge; which money is there all year."""

    yellow_bp: int = 1_000
    orange_bp: int = 2_000
    red_bp: int = 3_000
    least_budget_fen: int = 5_000_000
    mute_days: int = 30
    whole_year_until_day: int = 31
    least_history_years: int = 2


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag units whose R trails the expected progress by a fence or more.

    Expected is S* of each kind of the unit's spending, weighted with its B1, money released late by its own days
    (``budget.pace``). Not judged: no budget, B1 under the materiality, the first ``mute_days`` days after the first
    release and after the reply that told the unit its budget.
    """
    units = _with_expected(with_known_zeros(spent(facts, ["unit_code"]), facts), facts, params).with_columns(
        subject=unit_subjects(),
        project_code=pl.lit(None, pl.String),
        gap_bp=pl.col("expected_progress_bp") - pl.col("execution_rate_bp"),
        time_gap_bp=pl.col("time_progress_bp") - pl.col("execution_rate_bp"),
        reason=_reason(facts, params),
    )
    year = str(facts.as_of.year)
    return judge_subjects(
        "A01",
        units,
        fences_of(params, "bp"),
        measured=pl.col("gap_bp"),
        amount_fen=shortfall_fen("adjusted_appropriation_fen", "gap_bp"),
        as_of=facts.as_of,
        period=year,
        evidence=(*NAMES, *EVIDENCE, *GAPS),
        rows=this_year(facts),
        keys=["unit_code"],
    )


def _reason(facts: Facts, params: Params) -> pl.Expr:
    budget = pl.col("adjusted_appropriation_fen")
    return (
        pl.when(budget.is_null())
        .then(pl.lit("no_budget"))
        .when(budget < max(params.least_budget_fen, 1))
        .then(pl.lit("immaterial"))
        .when(since_budget(facts.as_of) < params.mute_days)
        .then(pl.lit("muted_after_release"))
    )


def _with_expected(units: pl.DataFrame, facts: Facts, params: Params) -> pl.DataFrame:
    expected = pace(facts, least_years=params.least_history_years, whole_until_day=params.whole_year_until_day)
    both = with_names(units.join(expected, on="unit_code", how="left", maintain_order="left"), facts)
    return with_replied_on(both, facts).with_columns(**age_words(facts.as_of))


RULE = Rule(TEXT, judge, Params, MONEY, late="mutes", paced=True, leans_on_budget=True)
