"""F07 项目未入库支出: money was paid for a project that the project list does not hold."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.money import rate_bp
from budget.subjects import project_subjects
from rules.delivered import feed_reasons
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded
from rules.performance import year_projects
from rules.project_list import list_rows
from rules.rule import Rule
from rules.spending import EXECUTION, NAMES, PROJECT, projects, this_year, with_names
from rules.words import has_word

EVIDENCE = (*NAMES, "project_name", "project_category", *EXECUTION, "paid_fen", "listed_count", "listed_bp")

TEXT = RuleText(
    code="F07",
    family="project",
    name_zh="项目未入库支出",
    name_en="Spending outside the project list",
    formula_zh="项目编码（及同单位同名项目）不在项目库中的项目支出净额。",
    formula_en="Net payments of projects whose code (and name in the same unit) the project list does not hold.",
    law_zh="《中华人民共和国预算法实施条例》第四十一条。",
    law_en="Implementing Regulations of the Budget Law, Art. 41.",
    finding_zh="{unit_name}“{project_name}”本年支出{paid_fen:wan}万元，项目库中没有该项目，疑似未入库。",
    finding_en="{unit_name} paid {paid_fen:yuan} yuan for {project_name} this year, which the project list does not "
    "hold.",
    arithmetic_zh="年初预算{appropriation_fen:wan}万元，调整{adjustment_fen:wan}万元，本年支出{paid_fen:yuan}元；项目库"
    "收录本区划{listed_count}个项目编码，覆盖有预算或支出项目的{listed_bp:rate}，其中没有该项目。",
    arithmetic_en="Budget {appropriation_fen:yuan} + adjustments {adjustment_fen:yuan}, paid {paid_fen:yuan} yuan; "
    "the list holds {listed_count} codes of the division, {listed_bp:rate} of its projects, and not this one.",
    innocent_zh=("项目更换编码，项目库尚未更新", "项目库报送滞后", "上级追加的项目按简易程序办理"),
    innocent_en=(
        "the code was changed",
        "the list is delivered late",
        "an earmarked transfer with a simpler procedure",
    ),
    next_step_zh="建议核对项目编码，未入库的应说明原因并按程序补办。",
    next_step_en="Compare the codes; ask why the project is not listed and have it entered.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fence in fen paid; how much of a division's projects a list must hold to be a whole one; categories left out."""

    orange_fen: int = 1
    least_listed_bp: int = 8_000
    excluded_categories: tuple[str, ...] = ("预留", "质保金")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag projects by what was paid for them this year, net of refunds, where no list of any year holds them.

    Listed is a code that the division's list holds, or a name that it holds for the same unit. A list that holds less
    than ``least_listed_bp`` of the division's projects is one of key projects only, and nobody is judged by it.
    """
    known = _projects(facts, params)
    reasons = feed_reasons(facts, "projects") | _partial(known, feed_reasons(facts, "projects"), params)
    judged = [one for one, reason in reasons.items() if reason is None]
    rows = known.filter(~pl.col("is_listed"), pl.col("division_code").is_in(judged)).with_columns(
        subject=project_subjects(),
        project_name=pl.coalesce("project_name", "project_code"),
        paid_fen=pl.col("payment_fen"),
        measured=pl.col("payment_fen"),
        amount_fen=pl.col("payment_fen"),
    )
    year = str(facts.as_of.year)
    found = build_findings(
        "F07",
        graded(with_names(rows, facts), fences_of(params, "fen")),
        as_of=facts.as_of,
        period=year,
        measure_unit="fen",
        evidence=EVIDENCE,
        rows=projects(this_year(facts)),
        keys=PROJECT,
    )
    return Judgement(found, division_coverage("F07", reasons, year))


def _projects(facts: Facts, params: Params) -> pl.DataFrame:
    """Return this year's projects, whether they are listed, and how much of their division's projects are."""
    listed = list_rows(facts)
    codes = listed.select("division_code", "project_code").unique().with_columns(has_code=pl.lit(True))
    names = listed.select("unit_code", "project_name").drop_nulls().unique().with_columns(has_name=pl.lit(True))
    is_excluded = has_word("project_category", params.excluded_categories)
    known = (
        year_projects(facts, facts.as_of.year)
        .filter(~is_excluded)
        .join(codes, on=["division_code", "project_code"], how="left", maintain_order="left")
        .join(names, on=["unit_code", "project_name"], how="left", maintain_order="left")
    )
    is_listed = pl.col("has_code").fill_null(value=False) | pl.col("has_name").fill_null(value=False)
    in_division = known.with_columns(is_listed=is_listed).with_columns(
        listed_bp=rate_bp(pl.col("is_listed").sum().cast(pl.Int64), pl.len().cast(pl.Int64)).over("division_code")
    )
    counted = codes.group_by("division_code").agg(listed_count=pl.len().cast(pl.Int64))
    return in_division.join(counted, on="division_code", how="left", maintain_order="left")


def _partial(known: pl.DataFrame, reasons: dict[str, str | None], params: Params) -> dict[str, str | None]:
    """Return the divisions whose list holds too few of their projects to be a whole one."""
    poor = known.filter(pl.col("listed_bp") < params.least_listed_bp)["division_code"].unique()
    return {one: "partial_projects" for one in sorted(poor) if reasons.get(one) is None}


RULE = Rule(TEXT, judge, Params, ("projects", "allotments", "adjustments", "payments"), late="mutes")
