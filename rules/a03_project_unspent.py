"""A03 零支出项目: money was released long ago and nothing has been paid from it."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import project_subjects
from rules.judgement import Judgement, build_findings, fences_of, graded, subject_coverage
from rules.rule import MONEY, Rule
from rules.spending import (
    EXECUTION,
    NAMES,
    PROJECT,
    execute,
    project_rows_of,
    projects,
    since_release,
    spent,
    sums_of,
    with_known_zeros,
    with_names,
)

NAMED = (*NAMES, "project_name", "project_category")

TEXT = RuleText(
    code="A03",
    family="execution",
    name_zh="零支出项目",
    name_en="Project with no spending",
    formula_zh="本年支出为零，且预算首次下达至判断日的天数达到标准。",
    formula_en="Nothing paid this year, and the days since the first release reach the limit.",
    law_zh="《中华人民共和国预算法》第五十七条；《中华人民共和国预算法实施条例》第六十条。",
    law_en="Budget Law, Art. 57; Implementing Regulations of the Budget Law, Art. 60.",
    finding_zh="{unit_name}“{project_name}”预算下达{days_since_release}天后仍无支出，疑似资金闲置。",
    finding_en="{project_name} of {unit_name} has no payment {days_since_release} days after release; the money may "
    "lie idle.",
    arithmetic_zh="年初预算{appropriation_fen:wan}万元，调整{adjustment_fen:wan}万元，调整后预算"
    "{adjusted_appropriation_fen:wan}万元；{released_on:day}下达；截至{as_of:day}支出{payment_fen:wan}万元，"
    "已{days_since_release}天。",
    arithmetic_en="Budget {appropriation_fen:yuan} + adjustments {adjustment_fen:yuan} = "
    "{adjusted_appropriation_fen:yuan} yuan; released {released_on}; paid {payment_fen:yuan} yuan by {as_of}, "
    "{days_since_release} days later.",
    innocent_zh=("项目按计划在下半年实施", "质保金、预留资金尚未到支付时点", "项目已取消，预算正在办理收回"),
    innocent_en=(
        "work is planned for later in the year",
        "a retention or reserve not yet due",
        "a recall is under way",
    ),
    next_step_zh="建议向单位了解项目是否启动、何时形成支出，确需取消的应按程序收回预算。",
    next_step_en="Ask whether the project has begun and when it will be paid; if cancelled, the money should be "
    "recalled.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in days since the first release; which projects are large enough to judge."""

    yellow_days: int = 90
    orange_days: int = 150
    red_days: int = 210
    least_budget_fen: int = 5_000_000
    least_share_bp: int = 100
    excluded_categories: tuple[str, ...] = ("预留", "质保金")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag projects without any payment whose money was released a fence of days ago or earlier.

    A project whose payments sum to zero without one positive payment counts as unspent; paid and refunded in full
    does not. Not judged: B1 at or below zero (recalled), below the materiality, excluded categories, no release date.
    """
    moved = projects(sums_of(facts))
    paid = pl.col("payment_fen") > 0
    largest = pl.coalesce("largest_fen", "payment_fen")
    ever_paid = moved.filter(largest > 0).select(PROJECT).unique().with_columns(is_paid=pl.lit(True))
    of_unit = spent(facts, ["unit_code"]).select("unit_code", unit_budget_fen="adjusted_appropriation_fen")
    rows = execute(moved, PROJECT, ["project_name", "project_category"])
    known = (
        with_names(with_known_zeros(rows, facts), facts)
        .join(of_unit, on="unit_code", how="left", maintain_order="left")
        .join(ever_paid, on=list(PROJECT), how="left", maintain_order="left")
        .with_columns(subject=project_subjects(), days_since_release=since_release(facts.as_of))
        .with_columns(reason=_reason(params))
    )
    unspent = known.filter(pl.col("reason").is_null(), pl.col("is_paid").is_null(), ~paid.fill_null(value=False))
    flagged = graded(
        unspent.filter(pl.col("payment_fen").fill_null(0) == 0).with_columns(
            measured=pl.col("days_since_release"), amount_fen=pl.col("adjusted_appropriation_fen")
        ),
        fences_of(params, "days"),
    )
    year = str(facts.as_of.year)
    found = build_findings(
        "A03",
        flagged,
        as_of=facts.as_of,
        period=year,
        measure_unit="days",
        evidence=(*NAMED, *EXECUTION, "unit_budget_fen", "days_since_release"),
        rows=project_rows_of(facts),
        keys=PROJECT,
    )
    return Judgement(found, subject_coverage("A03", known, year))


def _reason(params: Params) -> pl.Expr:
    budget = pl.col("adjusted_appropriation_fen")
    share = budget.cast(pl.Int128) * 10_000 < pl.col("unit_budget_fen").cast(pl.Int128) * params.least_share_bp
    return (
        pl.when(budget.is_null())
        .then(pl.lit("no_budget"))
        .when(budget <= 0)
        .then(pl.lit("recalled"))
        .when((budget < params.least_budget_fen) | share)
        .then(pl.lit("immaterial"))
        .when(pl.col("project_category").fill_null("").str.contains_any(list(params.excluded_categories)))
        .then(pl.lit("excluded_category"))
        .when(pl.col("days_since_release").is_null())
        .then(pl.lit("no_release_date"))
    )


RULE = Rule(TEXT, judge, Params, MONEY, late="mutes", paced=True, leans_on_budget=True)
