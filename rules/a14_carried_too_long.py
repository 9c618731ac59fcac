"""A14 结转超两年: money first appropriated two years ago or earlier is still carried over and not spent."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, with_departments
from budget.subjects import project_subjects, unit_subjects
from rules.judgement import (
    LINEAGE,
    Judgement,
    build_findings,
    division_coverage,
    fences_of,
    graded,
    subject_coverage,
)
from rules.rule import MONEY, Rule
from rules.sources import CARRIED, CODE, sourced
from rules.spending import NAMES, PROJECT, budget_reasons, with_names

SHOWN = ("project_name", "oldest_year", "carried_fen", "recalled_fen", "paid_fen", "unspent_fen")

TEXT = RuleText(
    code="A14",
    family="execution",
    name_zh="结转超两年",
    name_en="Carried over for two years",
    formula_zh="未支出额＝安排年度在两年及以前的上年结转指标＋对其调整－已支付。",
    formula_en="Unspent = carried-over allotments first appropriated two years ago or earlier + adjustments of them - "
    "payments from them.",
    law_zh="《中华人民共和国预算法》第四十二条；《中华人民共和国预算法实施条例》第五十条。",
    law_en="Budget Law, Art. 42; Implementing Regulations of the Budget Law, Art. 50.",
    finding_zh="{unit_name}“{project_name}”{oldest_year}年安排的资金结转至今仍有{unspent_fen:wan}万元未支出，"
    "疑似应作为结余资金管理。",
    finding_en="{unspent_fen:yuan} yuan appropriated to {project_name} of {unit_name} since {oldest_year} is carried "
    "over and still not spent; it may have to be treated as surplus.",
    arithmetic_zh="结转指标{carried_fen:yuan}元（最早{oldest_year}年安排），调整{recalled_fen:yuan}元，"
    "本年支付{paid_fen:yuan}元，未支出{unspent_fen:yuan}元。",
    arithmetic_en="Carried over {carried_fen:yuan} yuan (since {oldest_year}), adjusted {recalled_fen:yuan}, paid "
    "{paid_fen:yuan}, unspent {unspent_fen:yuan} yuan.",
    innocent_zh=("政府性基金、专项债券项目按规定可继续使用", "基本建设项目尚未完工", "收回手续正在办理"),
    innocent_en=("funds and special bonds may be used on", "construction not finished", "a recall is under way"),
    next_step_zh="建议了解资金用途和不能支出的原因，督促按规定收回统筹。",
    next_step_en="Ask why it cannot be spent, and have it recalled as the rules demand.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in fen unspent; from how many years back money is old, and what is allowed to stay."""

    yellow_fen: int = 1
    orange_fen: int = 50_000_000
    red_fen: int = 200_000_000
    least_years: int = 2
    exempt_funds: tuple[str, ...] = ("12",)
    excluded_categories: tuple[str, ...] = ("基本建设", "质保金")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag projects (units, for money of no project) with old carried-over money that is not spent.

    Payments are those that name the old 指标; one that names none is taken to be drawn on the old money first, so
    that nothing is overstated. Not judged: funds and categories that are allowed, carry-over without its year.
    """
    year = facts.as_of.year
    carried = with_departments(
        facts.allotments.filter(pl.col("fiscal_year") == year, pl.col("budget_source") == CARRIED),
        facts.units,
        facts.as_of,
    ).with_columns(is_exempt=pl.col("fund_type_code").is_in(list(params.exempt_funds)).fill_null(value=False))
    old = carried.filter(~pl.col("is_exempt"), pl.col("origin_year") <= year - params.least_years)
    drawn = _drawn(facts, old)
    known = (
        _summed(carried, year, params)
        .join(
            drawn.group_by(PROJECT).agg(
                recalled_fen=pl.col("adjustment_fen").sum(), paid_fen=pl.col("payment_fen").sum()
            ),
            on=list(PROJECT),
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        .with_columns(pl.col("recalled_fen", "paid_fen").fill_null(0))
        .with_columns(unspent_fen=(pl.col("carried_fen") + pl.col("recalled_fen") - pl.col("paid_fen")).clip(0))
    )
    named = with_names(known, facts).with_columns(
        subject=pl.when(pl.col("project_code").is_null()).then(unit_subjects()).otherwise(project_subjects()),
        project_name=pl.coalesce("project_name", "project_code", pl.lit("基本支出")),
        reason=_reason(params),
    )
    flagged = graded(
        named.filter(pl.col("reason").is_null()).with_columns(
            measured=pl.col("unspent_fen"), amount_fen=pl.col("unspent_fen")
        ),
        fences_of(params, "fen"),
    )
    lineage = [*PROJECT, *LINEAGE]
    found = build_findings(
        "A14",
        flagged,
        as_of=facts.as_of,
        period=str(year),
        measure_unit="fen",
        evidence=(*NAMES, *SHOWN),
        rows=pl.concat([old.select(lineage), drawn.select(lineage)]),
        keys=PROJECT,
    )
    budgets = division_coverage("A14", budget_reasons(facts), str(year))
    return Judgement(found, pl.concat([subject_coverage("A14", named, str(year)), budgets]))


def _summed(carried: pl.DataFrame, year: int, params: Params) -> pl.DataFrame:
    is_old = ~pl.col("is_exempt") & (pl.col("origin_year") <= year - params.least_years).fill_null(value=False)
    return (
        carried.group_by(PROJECT)
        .agg(
            *(pl.col(name).drop_nulls().min() for name in ("division_code", "project_name", "project_category")),
            is_exempt=pl.col("is_exempt").all(),
            is_undated=(pl.col("origin_year").is_null() & ~pl.col("is_exempt")).any() & ~is_old.any(),
            oldest_year=pl.col("origin_year").filter(is_old).min(),
            carried_fen=pl.col("appropriation_fen").filter(is_old).sum(),
        )
        .sort(PROJECT, nulls_last=False)
    )


def _drawn(facts: Facts, old: pl.DataFrame) -> pl.DataFrame:
    """Return the payments and adjustments of old money: by its 指标, else those on the project that name none."""
    moved = sourced(facts, facts.as_of.year, facts.as_of).filter(pl.col("feed").is_in(["payments", "adjustments"]))
    named = moved.join(old.select(CODE).drop_nulls().unique(), on=CODE, how="semi")
    source = pl.col("budget_source")
    is_loose = pl.col("allotment_code").is_null() & (
        (source == CARRIED) | (source.is_null() & (pl.col("feed") == "payments"))
    )
    projects = old.select(PROJECT).unique()
    loose = moved.filter(is_loose.fill_null(value=False)).join(projects, on=list(PROJECT), how="semi", nulls_equal=True)
    return pl.concat([named, loose])


def _reason(params: Params) -> pl.Expr:
    return (
        pl.when(pl.col("is_exempt"))
        .then(pl.lit("exempt"))
        .when(pl.col("project_category").fill_null("").str.contains_any(list(params.excluded_categories)))
        .then(pl.lit("excluded_category"))
        .when(pl.col("is_undated"))
        .then(pl.lit("incomplete_record"))
    )


RULE = Rule(TEXT, judge, Params, MONEY, late="mutes", leans_on_budget=True)
