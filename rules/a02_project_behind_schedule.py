"""A02 项目支出进度滞后: a project's execution rate trails where its category stood on the same day before."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.pace import with_project_pace
from budget.subjects import project_subjects
from rules.judgement import Judgement, fences_of, judge_subjects
from rules.replies import age_words, since_budget, with_replied_on
from rules.rule import MONEY, Rule
from rules.spending import (
    EXECUTION,
    NAMES,
    PROJECT,
    execute,
    projects,
    shortfall_fen,
    since_release,
    this_year,
    with_known_zeros,
    with_names,
)

NAMED = (*NAMES, "project_name", "project_category")
PROGRESS = (
    "expected_progress_bp",
    "curve_progress_bp",
    "expected_basis",
    "basis_zh",
    "basis_en",
    "aged_zh",
    "aged_en",
    "festival_zh",
    "festival_en",
    "history_years",
    "planned_share_bp",
    "planned_on",
    "replied_on",
)
GAPS = ("days_since_release", "time_progress_bp", "gap_bp", "time_gap_bp")

TEXT = RuleText(
    code="A02",
    family="execution",
    name_zh="项目支出进度滞后",
    name_en="Project behind schedule",
    formula_zh="差距＝应达进度E－执行率R；有节点计划的，E取计划截至当日的支付比例；否则取本区划同类项目前三年同日执行率的"
    "中位数，较晚下达的资金按下达后天数折算。",
    formula_en="Gap = E - R, where E is what the project's milestone plan has paid by that day, else the median R of "
    "its category in its division on the same day of the three years before, money released late scaled to its own "
    "days.",
    law_zh="《中华人民共和国预算法》第五十三条；《中华人民共和国预算法实施条例》第六十条。",
    law_en="Budget Law, Art. 53; Implementing Regulations of the Budget Law, Art. 60.",
    finding_zh="{unit_name}“{project_name}”支出进度疑似滞后：执行率{execution_rate_bp:rate}，低于应达进度"
    "{expected_progress_bp:rate}，相差{gap_bp:gap}。",
    finding_en="{project_name} of {unit_name} appears to be behind schedule: execution {execution_rate_bp:rate} "
    "against "
    "{expected_progress_bp:rate} expected, {gap_bp:rate} of the budget short.",
    arithmetic_zh="年初预算{appropriation_fen:wan}万元，调整{adjustment_fen:wan}万元，调整后预算"
    "{adjusted_appropriation_fen:wan}万元；支出{payment_fen:wan}万元；{released_on:day}下达，已{days_since_release}天；"
    "参照进度{curve_progress_bp:rate}（{basis_zh}{festival_zh}）{aged_zh}，应达{expected_progress_bp:rate}；"
    "另：序时进度{time_progress_bp:rate}。",
    arithmetic_en="Budget {appropriation_fen:yuan} + adjustments {adjustment_fen:yuan} = "
    "{adjusted_appropriation_fen:yuan} yuan; paid {payment_fen:yuan} yuan; released {released_on}, "
    "{days_since_release} days ago; measured against {curve_progress_bp:rate} ({basis_en}{festival_en}){aged_en}, "
    "expected {expected_progress_bp:rate}; time elapsed {time_progress_bp:rate}.",
    innocent_zh=("工程按进度节点结算", "政府采购集中在下半年", "跨年度项目按合同分期支付"),
    innocent_en=("works are paid by milestone", "purchases fall in the second half", "a contract of several years"),
    next_step_zh="建议调阅项目合同和实施计划，向单位了解进度滞后原因。",
    next_step_en="Ask for the contract and the implementation plan, and for the reasons of the delay.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of gap; which projects are large and old enough to judge."""

    yellow_bp: int = 1_500
    orange_bp: int = 3_000
    red_bp: int = 4_000
    least_budget_fen: int = 50_000_000
    mute_days: int = 30
    whole_year_until_day: int = 31
    least_history_years: int = 2
    excluded_categories: tuple[str, ...] = ("预留", "质保金")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag projects whose R trails the expected progress E by a fence or more.

    E is the share its milestone plan has paid by now; without a plan S* of its category in its division, else of its
    unit's projects, else S, money released late scaled to its own days (``budget.pace``).
    """
    moved = projects(this_year(facts))
    rows = execute(moved, PROJECT, ["project_name", "project_category"])
    expected = _expected(with_known_zeros(rows, facts), facts, params).with_columns(
        subject=project_subjects(),
        gap_bp=pl.col("expected_progress_bp") - pl.col("execution_rate_bp"),
        time_gap_bp=pl.col("time_progress_bp") - pl.col("execution_rate_bp"),
        reason=_reason(facts, params),
    )
    year = str(facts.as_of.year)
    return judge_subjects(
        "A02",
        expected,
        fences_of(params, "bp"),
        measured=pl.col("gap_bp"),
        amount_fen=shortfall_fen("adjusted_appropriation_fen", "gap_bp"),
        as_of=facts.as_of,
        period=year,
        evidence=(*NAMED, *EXECUTION, *PROGRESS, *GAPS),
        rows=moved,
        keys=PROJECT,
    )


def _reason(facts: Facts, params: Params) -> pl.Expr:
    budget = pl.col("adjusted_appropriation_fen")
    category = pl.col("project_category").fill_null("")
    return (
        pl.when(budget.is_null())
        .then(pl.lit("no_budget"))
        .when(budget < max(params.least_budget_fen, 1))
        .then(pl.lit("immaterial"))
        .when(category.str.contains_any(list(params.excluded_categories)))
        .then(pl.lit("excluded_category"))
        .when(since_budget(facts.as_of) < params.mute_days)
        .then(pl.lit("muted_after_release"))
    )


def _expected(rows: pl.DataFrame, facts: Facts, params: Params) -> pl.DataFrame:
    known = with_project_pace(
        rows, facts, least_years=params.least_history_years, whole_until_day=params.whole_year_until_day
    )
    return with_replied_on(with_names(known, facts), facts).with_columns(
        days_since_release=since_release(facts.as_of), **age_words(facts.as_of)
    )


RULE = Rule(TEXT, judge, Params, MONEY, late="mutes", paced=True, leans_on_budget=True, yields_to="A03")
