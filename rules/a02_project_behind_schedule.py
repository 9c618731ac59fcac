"""A02 项目支出进度滞后: a project's execution rate trails where its category stood on the same day before."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.progress import with_expected_progress
from budget.subjects import project_subjects, written
from rules.judgement import Judgement, build_findings, fences_of, graded, subject_coverage
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

CATEGORY = ("project_category",)
BASIS_ZH = {"project_category": "全区同类项目前三年同日", "time": "序时进度（无可比历史）"}
BASIS_EN = {"project_category": "same category, whole district", "time": "time elapsed, no history"}
NAMED = (*NAMES, "project_name", "project_category")
PROGRESS = (
    "category_progress_bp",
    "expected_progress_bp",
    "expected_basis",
    "basis_zh",
    "basis_en",
    "aged_zh",
    "aged_en",
)
GAPS = ("days_since_release", "time_progress_bp", "gap_bp", "time_gap_bp")

TEXT = RuleText(
    code="A02",
    family="execution",
    name_zh="项目支出进度滞后",
    name_en="Project behind schedule",
    formula_zh="差距＝应达进度E－执行率R；E取全区同类项目前三年同日执行率的中位数，1月31日后下达的项目按下达后天数折算。",
    formula_en="Gap = E - R, where E is the median R of the project's category on the same day of the three "
    "years before, "
    "scaled to the days since release for projects released after 31 January.",
    law_zh="《中华人民共和国预算法》第五十三条；《中华人民共和国预算法实施条例》第六十条。",
    law_en="Budget Law, Art. 53; Implementing Regulations of the Budget Law, Art. 60.",
    finding_zh="{unit_name}“{project_name}”支出进度疑似滞后：执行率{execution_rate_bp:rate}，低于应达进度"
    "{expected_progress_bp:rate}，相差{gap_bp:gap}。",
    finding_en="{project_name} of {unit_name} appears to be behind schedule: execution {execution_rate_bp:rate} "
    "against "
    "{expected_progress_bp:rate} expected, {gap_bp:rate} of the budget short.",
    arithmetic_zh="年初预算{appropriation_fen:wan}万元，调整{adjustment_fen:wan}万元，调整后预算"
    "{adjusted_appropriation_fen:wan}万元；支出{payment_fen:wan}万元；{released_on:day}下达，已{days_since_release}天；"
    "同类历史同期进度{category_progress_bp:rate}（{basis_zh}）{aged_zh}，应达{expected_progress_bp:rate}。",
    arithmetic_en="Budget {appropriation_fen:yuan} + adjustments {adjustment_fen:yuan} = "
    "{adjusted_appropriation_fen:yuan} yuan; paid {payment_fen:yuan} yuan; released {released_on}, "
    "{days_since_release} days ago; category {category_progress_bp:rate} ({basis_en}){aged_en}, expected "
    "{expected_progress_bp:rate}.",
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

    E is S* of the project's category over the whole district (S without history). A project first released after
    day ``whole_year_until_day`` of the year is expected to have E scaled to its own days, rounded down.
    """
    moved = projects(this_year(facts))
    rows = execute(moved, PROJECT, ["project_name", "project_category"])
    expected = with_names(_expected(with_known_zeros(rows, facts), facts, params), facts).with_columns(
        subject=project_subjects(),
        gap_bp=pl.col("expected_progress_bp") - pl.col("execution_rate_bp"),
        time_gap_bp=pl.col("time_progress_bp") - pl.col("execution_rate_bp"),
        reason=_reason(params),
    )
    flagged = graded(
        expected.filter(pl.col("reason").is_null()).with_columns(
            measured=pl.col("gap_bp"), amount_fen=shortfall_fen("adjusted_appropriation_fen", "gap_bp")
        ),
        fences_of(params, "bp"),
    )
    year = str(facts.as_of.year)
    found = build_findings(
        "A02",
        flagged,
        as_of=facts.as_of,
        period=year,
        measure_unit="bp",
        evidence=(*NAMED, *EXECUTION, *PROGRESS, *GAPS),
        rows=moved,
        keys=PROJECT,
    )
    return Judgement(found, subject_coverage("A02", expected, year))


def _reason(params: Params) -> pl.Expr:
    budget = pl.col("adjusted_appropriation_fen")
    category = pl.col("project_category").fill_null("")
    return (
        pl.when(budget.is_null())
        .then(pl.lit("no_budget"))
        .when(budget < max(params.least_budget_fen, 1))
        .then(pl.lit("immaterial"))
        .when(category.str.contains_any(list(params.excluded_categories)))
        .then(pl.lit("excluded_category"))
        .when(pl.col("days_since_release") < params.mute_days)
        .then(pl.lit("muted_after_release"))
    )


def _expected(rows: pl.DataFrame, facts: Facts, params: Params) -> pl.DataFrame:
    new_year = dt.date(facts.as_of.year, 1, 1)
    elapsed = max((facts.as_of - new_year).days, 1)
    known = with_expected_progress(
        rows,
        facts,
        facts.as_of,
        [CATEGORY],
        least_years=params.least_history_years,
        spending_kind="project",
        time_progress_by=facts.time_progress_by,
    ).with_columns(days_since_release=since_release(facts.as_of))
    last_whole = new_year + dt.timedelta(days=params.whole_year_until_day - 1)
    is_aged = (pl.col("released_on") > last_whole).fill_null(value=False)
    category, days = pl.col("expected_progress_bp"), pl.col("days_since_release")
    return known.with_columns(
        category_progress_bp=category,
        expected_progress_bp=pl.when(is_aged).then(category * days // elapsed).otherwise(category),
        basis_zh=pl.col("expected_basis").replace_strict(BASIS_ZH, return_dtype=pl.String),
        basis_en=pl.col("expected_basis").replace_strict(BASIS_EN, return_dtype=pl.String),
        aged_zh=pl.when(is_aged)
        .then(written("，按下达后天数折算（×{}÷{}）", days, pl.lit(elapsed)))
        .otherwise(pl.lit("")),
        aged_en=pl.when(is_aged).then(written(", scaled by {}/{}", days, pl.lit(elapsed))).otherwise(pl.lit("")),
    )


RULE = Rule(TEXT, judge, Params, MONEY, late="mutes", paced=True, leans_on_budget=True, yields_to="A03")
