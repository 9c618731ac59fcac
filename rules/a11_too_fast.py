"""A11 支出过快: a project has spent far more of its budget than it had by this day in earlier years."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, with_departments
from budget.money import rate_bp
from budget.progress import expected_progress
from budget.subjects import project_subjects
from rules.judgement import Judgement, fences_of, judge_subjects
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

KIND = ("division_code", "project_category")
PROGRESS = ("own_progress_bp", "kind_progress_bp", "plan_progress_bp", "expected_progress_bp", "gap_bp")

TEXT = RuleText(
    code="A11",
    family="execution",
    name_zh="支出过快",
    name_en="Spending too fast",
    formula_zh="差距＝执行率R－应有进度；应有进度取本项目历史同期进度、同区划同类项目历史同期进度、用款计划进度中最高者。",
    formula_en="Gap = R - the highest of S* of the project, S* of its kind in the division, and what the cash plan "
    "foresaw by now.",
    law_zh="《中华人民共和国预算法实施条例》第五十七条。",
    law_en="Implementing Regulations of the Budget Law, Art. 57.",
    finding_zh="{unit_name}“{project_name}”执行率{execution_rate_bp:rate}，高于应有进度{expected_progress_bp:rate}，"
    "相差{gap_bp:gap}，疑似支出过快。",
    finding_en="{project_name} of {unit_name} has spent {execution_rate_bp:rate} of its budget against "
    "{expected_progress_bp:rate} expected, {gap_bp:rate} of the budget ahead.",
    arithmetic_zh="年初预算{appropriation_fen:wan}万元，调整{adjustment_fen:wan}万元，调整后预算"
    "{adjusted_appropriation_fen:wan}万元；支出{payment_fen:wan}万元；执行率{execution_rate_bp:rate}；"
    "历史同期进度：本项目{own_progress_bp:rate}，同类项目{kind_progress_bp:rate}；用款计划进度{plan_progress_bp:rate}。",
    arithmetic_en="Budget {appropriation_fen:yuan} + adjustments {adjustment_fen:yuan} = "
    "{adjusted_appropriation_fen:yuan} yuan; paid {payment_fen:yuan} yuan = {execution_rate_bp:rate}; "
    "usual {own_progress_bp:rate}, of its kind {kind_progress_bp:rate}; planned {plan_progress_bp:rate}.",
    innocent_zh=("一次性补助在上半年集中发放", "工程提前完工", "合同约定预付"),
    innocent_en=("a grant paid once early in the year", "works finished early", "an advance agreed by contract"),
    next_step_zh="建议核对合同和实际进度，了解是否提前拨付、是否需要追加。",
    next_step_en="Hold the payments against contract and progress, and ask whether money was paid ahead.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of gap; which projects are large and old enough to judge."""

    yellow_bp: int = 1_500
    orange_bp: int = 2_500
    red_bp: int = 3_500
    least_budget_fen: int = 50_000_000
    mute_days: int = 30
    least_history_years: int = 2
    excluded_categories: tuple[str, ...] = ("预留", "质保金")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag projects whose R runs ahead of the expected progress by a fence or more.

    Expected is the highest of S* of the project, S* of its category in the division, and the share that the project's
    cash plan, where there is one, foresaw up to the end of the month: a project that was slow for years and now keeps
    the pace of its kind is not too fast. Without history or plan nothing is judged: time alone makes no payment early.
    """
    moved = projects(this_year(facts))
    rows = execute(moved, PROJECT, ["project_name", "project_category"])
    known = with_names(_expected(with_known_zeros(rows, facts), facts, params), facts).with_columns(
        subject=project_subjects(),
        gap_bp=pl.col("execution_rate_bp") - pl.col("expected_progress_bp"),
        reason=_reason(facts, params),
    )
    year = str(facts.as_of.year)
    return judge_subjects(
        "A11",
        known,
        fences_of(params, "bp"),
        measured=pl.col("gap_bp"),
        amount_fen=shortfall_fen("adjusted_appropriation_fen", "gap_bp"),
        as_of=facts.as_of,
        period=year,
        evidence=(*NAMES, "project_name", "project_category", *EXECUTION, *PROGRESS),
        rows=moved,
        keys=PROJECT,
    )


def _reason(facts: Facts, params: Params) -> pl.Expr:
    budget = pl.col("adjusted_appropriation_fen")
    return (
        pl.when(budget.is_null())
        .then(pl.lit("no_budget"))
        .when(budget < max(params.least_budget_fen, 1))
        .then(pl.lit("immaterial"))
        .when(pl.col("project_category").fill_null("").str.contains_any(list(params.excluded_categories)))
        .then(pl.lit("excluded_category"))
        .when(since_release(facts.as_of) < params.mute_days)
        .then(pl.lit("muted_after_release"))
        .when(pl.col("expected_progress_bp").is_null())
        .then(pl.lit("no_history"))
    )


def _expected(rows: pl.DataFrame, facts: Facts, params: Params) -> pl.DataFrame:
    known = rows
    for by, name in ((PROJECT, "own_progress_bp"), (KIND, "kind_progress_bp")):
        usual = expected_progress(
            facts, facts.as_of, by, least_years=params.least_history_years, spending_kind="project"
        ).select(*by, pl.col("expected_progress_bp").alias(name))
        known = known.join(usual, on=list(by), how="left", maintain_order="left")
    known = known.join(_planned(facts), on=list(PROJECT), how="left", maintain_order="left")
    return known.with_columns(
        plan_progress_bp=rate_bp(pl.col("planned_fen"), pl.col("adjusted_appropriation_fen"))
    ).with_columns(expected_progress_bp=pl.max_horizontal("own_progress_bp", "kind_progress_bp", "plan_progress_bp"))


def _planned(facts: Facts) -> pl.DataFrame:
    """Return what the cash plan has each project pay up to the end of the month of as_of."""
    own = facts.cash_plans.filter(
        pl.col("fiscal_year") == facts.as_of.year,
        pl.col("project_code").is_not_null(),
        pl.col("month") <= facts.as_of.month,
    )
    named = with_departments(own, facts.units, facts.as_of)
    return named.group_by(PROJECT).agg(planned_fen=pl.col("planned_fen").sum())


RULE = Rule(TEXT, judge, Params, (*MONEY, "cash_plans"), late="mutes", paced=True, leans_on_budget=True)
