"""F05 绩效目标或自评缺失: a large project has no performance target, or last year's was not reviewed."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, movements
from budget.subjects import project_subjects
from rules.delivered import feed_reasons, reasons_by_division
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded, subject_coverage
from rules.performance import reviews, year_projects
from rules.rule import Rule
from rules.spending import NAMES, PROJECT, since_release, with_names
from rules.words import has_word

BUDGET = ("appropriation_fen", "adjustment_fen", "adjusted_appropriation_fen", "released_on")
EVIDENCE = (*NAMES, "project_name", "project_category", *BUDGET, "year", "lacking_zh", "lacking_en")

TEXT = RuleText(
    code="F05",
    family="project",
    name_zh="绩效目标或自评缺失",
    name_en="No performance target or self-review",
    formula_zh="调整后预算达到标准的项目，本年没有绩效目标，或上年没有自评得分。",
    formula_en="A project whose adjusted budget reaches the limit has no performance target this year, or no score of "
    "a self-review for last year.",
    law_zh="《中华人民共和国预算法》第三十二条、第五十七条；《中华人民共和国预算法实施条例》第二十条、第五十三条。",
    law_en="Budget Law, Art. 32 and 57; Implementing Regulations of the Budget Law, Art. 20 and 53.",
    finding_zh="{unit_name}“{project_name}”{year}年预算{adjusted_appropriation_fen:wan}万元，疑似缺少{lacking_zh}。",
    finding_en="{project_name} of {unit_name}, {adjusted_appropriation_fen:yuan} yuan in {year}, seems to have no "
    "{lacking_en}.",
    arithmetic_zh="{year}年年初预算{appropriation_fen:wan}万元，调整{adjustment_fen:wan}万元，调整后预算"
    "{adjusted_appropriation_fen:wan}万元，标准{limit:wan}万元；绩效数据中没有该项目的{lacking_zh}。",
    arithmetic_en="{year}: budget {appropriation_fen:yuan} + adjustments {adjustment_fen:yuan} = "
    "{adjusted_appropriation_fen:yuan} yuan, limit {limit:yuan}; the performance data hold no {lacking_en} of it.",
    innocent_zh=("该类项目按规定不编绩效目标", "绩效资料已编报但未导入", "项目更换了编码和名称"),
    innocent_en=(
        "a kind of project that needs none",
        "drawn up but not delivered yet",
        "the project goes by another code and name there",
    ),
    next_step_zh="建议请单位补报绩效目标或自评表，并核对项目编码。",
    next_step_en="Ask the unit for the target or the self-review, and compare the project codes.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """The budget from which a project needs both; when they are owed; categories that need none."""

    orange_fen: int = 50_000_000
    target_within_days: int = 60
    review_due_month: int = 6
    excluded_categories: tuple[str, ...] = ("预留", "质保金")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag projects of ``orange_fen`` or more without a target this year or without a self-review for last year.

    A project has one where a row of its code, or of the same unit and name, carries a target (a score). Targets are
    owed ``target_within_days`` after the first release, self-reviews once ``review_due_month`` is over. Left out:
    excluded categories and rows that say the project is exempt. Periods are the years of the two.
    """
    year = facts.as_of.year
    target = _known(facts, year, "target").with_columns(
        lacking_zh=pl.lit("绩效目标"), lacking_en=pl.lit("performance target")
    )
    days = since_release(facts.as_of)
    is_early = days < params.target_within_days
    review = _known(facts, year - 1, "self_score_hundredths").with_columns(
        lacking_zh=pl.lit("绩效自评"), lacking_en=pl.lit("self-review")
    )
    is_review_early = pl.lit(facts.as_of.month <= params.review_due_month)
    parts = [
        (year, target.with_columns(reason=_reason(facts, year, params, is_early))),
        (year - 1, review.with_columns(reason=_reason(facts, year - 1, params, is_review_early))),
    ]
    found = [_found(facts, of, rows, params) for of, rows in parts]
    coverage = [
        one
        for of, rows in parts
        for one in (
            subject_coverage("F05", rows, str(of)),
            division_coverage("F05", feed_reasons(facts, "performance", year=of), str(of)),
        )
    ]
    return Judgement(pl.concat(found), pl.concat(coverage))


def _found(facts: Facts, year: int, rows: pl.DataFrame, params: Params) -> pl.DataFrame:
    lacking = rows.filter(pl.col("reason").is_null(), ~pl.col("has_it")).with_columns(
        year=pl.lit(year, pl.Int64),
        measured=pl.col("adjusted_appropriation_fen"),
        amount_fen=pl.col("adjusted_appropriation_fen"),
    )
    return build_findings(
        "F05",
        graded(with_names(lacking, facts), fences_of(params, "fen")),
        as_of=facts.as_of,
        period=str(year),
        measure_unit="fen",
        evidence=EVIDENCE,
        rows=movements(facts, year, min(facts.as_of, dt.date(year, 12, 31))).filter(pl.col("feed") != "payments"),
        keys=PROJECT,
    )


def _known(facts: Facts, year: int, column: str) -> pl.DataFrame:
    """Return the projects of a year, whether a performance row has the column for them, or exempts them."""
    rows = reviews(facts, year)
    told = rows.with_columns(
        has_it=pl.col(column).is_not_null(), is_exempt=pl.col("is_exempt").fill_null(value=False)
    ).select("division_code", "unit_code", "project_code", "project_name", "has_it", "is_exempt")
    by_code = told.group_by("division_code", "project_code").agg(pl.col("has_it", "is_exempt").any())
    by_name = told.group_by("unit_code", "project_name").agg(
        named_it=pl.col("has_it").any(), named_exempt=pl.col("is_exempt").any()
    )
    return (
        year_projects(facts, year)
        .join(by_code, on=["division_code", "project_code"], how="left", maintain_order="left")
        .join(by_name, on=["unit_code", "project_name"], how="left", maintain_order="left")
        .with_columns(
            subject=project_subjects(),
            project_name=pl.coalesce("project_name", "project_code"),
            has_it=pl.col("has_it").fill_null(value=False) | pl.col("named_it").fill_null(value=False),
            is_exempt=pl.col("is_exempt").fill_null(value=False) | pl.col("named_exempt").fill_null(value=False),
        )
    )


def _reason(facts: Facts, year: int, params: Params, is_early: pl.Expr) -> pl.Expr:
    budget = pl.col("adjusted_appropriation_fen")
    own = (
        pl.when(budget.is_null())
        .then(pl.lit("no_budget"))
        .when(budget <= 0)
        .then(pl.lit("recalled"))
        .when(budget < params.orange_fen)
        .then(pl.lit("immaterial"))
        .when(has_word("project_category", params.excluded_categories))
        .then(pl.lit("excluded_category"))
        .when("is_exempt")
        .then(pl.lit("exempt"))
        .when(~pl.col("has_it") & is_early)
        .then(pl.lit("not_due"))
    )
    return pl.coalesce(reasons_by_division(feed_reasons(facts, "performance", year=year)), own)


RULE = Rule(TEXT, judge, Params, ("performance", "allotments", "adjustments"), leans_on_budget=True)
