"""A15 结转规模偏大: what a level or a unit carried into this year is large against what it spent last year."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.divisions import level_code
from budget.facts import Facts, movements, sum_or_null, with_departments
from budget.money import rate_bp
from budget.subjects import unit_subjects, written
from rules.judgement import (
    LINEAGE,
    Judgement,
    build_findings,
    division_coverage,
    fences_of,
    graded,
    subject_coverage,
)
from rules.rule import Rule
from rules.sources import CARRIED, division_names
from rules.spending import NAMES, budget_reasons, this_year, with_names

WHO = ["subject", "division_code", "unit_code"]
SHOWN = ("name", "judged_year", "carried_fen", "spent_fen", "carried_bp", "basis_zh", "basis_en")

TEXT = RuleText(
    code="A15",
    family="execution",
    name_zh="结转规模偏大",
    name_en="Much carried over",
    formula_zh="结转比例＝上年末结转下年÷上年支出（一般公共预算）；有决算的取决算数，尚无决算的取本年上年结转指标与上年支付。",
    formula_en="Share = carried over at the end of last year / last year's spending (general public budget): of the "
    "final account, or before there is one, of this year's carried-over allotments and last year's payments.",
    law_zh="《中华人民共和国预算法》第四十二条；《中华人民共和国预算法实施条例》第五十条。",
    law_en="Budget Law, Art. 42; Implementing Regulations of the Budget Law, Art. 50.",
    finding_zh="{name}{judged_year}年末结转相当于当年支出的{carried_bp:rate}，结转规模疑似偏大。",
    finding_en="{name} carried over {carried_bp:rate} of its {judged_year} spending.",
    arithmetic_zh="{judged_year}年末结转{carried_fen:wan}万元÷支出{spent_fen:wan}万元＝{carried_bp:rate}（{basis_zh}）。",
    arithmetic_en="Carried over {carried_fen:yuan} / spent {spent_fen:yuan} yuan = {carried_bp:rate} ({basis_en}).",
    innocent_zh=("跨年度工程较多的单位", "上级资金年底到位", "专项资金按规定用途结转"),
    innocent_en=("works of several years", "transfers that came at year end", "earmarked money"),
    next_step_zh="建议分析结转的构成和原因，与本年预算安排统筹考虑。",
    next_step_en="Look at what makes up the carry-over, and weigh it when this year's budget is reviewed.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of last year's spending; what is counted and what is too small to judge."""

    yellow_bp: int = 500
    orange_bp: int = 700
    red_bp: int = 900
    least_carried_fen: int = 20_000_000
    fund_codes: tuple[str, ...] = ("11",)
    excluded_categories: tuple[str, ...] = ("工程", "基本建设")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag budget levels and units whose carry-over reaches a fence of what was spent in the year before.

    Levels have the subject ``division:``, units ``unit:``. A subject whose final account of the year states what was
    carried over is judged by it; any other by allotments and payments, without works, which take years by nature.
    """
    year = facts.as_of.year - 1
    own, rows = _by_accounts(facts, year, params)
    rest, carried = _by_allotments(facts, year, params)
    every = pl.concat([own, rest.join(own, on="subject", how="anti")]).sort("subject")
    known = with_names(every, facts).with_columns(
        name=pl.when(pl.col("unit_code").is_null())
        .then(pl.col("division_code").replace(division_names(facts)))
        .otherwise("unit_name"),
        project_code=pl.lit(None, pl.String),
        judged_year=pl.lit(year),
        carried_bp=rate_bp(pl.col("carried_fen"), pl.col("spent_fen")),
    )
    known = known.with_columns(reason=_reason(params))
    flagged = graded(
        known.filter(pl.col("reason").is_null()).with_columns(
            measured=pl.col("carried_bp"), amount_fen=pl.col("carried_fen")
        ),
        fences_of(params, "bp"),
    )
    found = build_findings(
        "A15",
        flagged,
        as_of=facts.as_of,
        period=str(year),
        measure_unit="bp",
        evidence=(*NAMES, *SHOWN),
        rows=pl.concat([rows, carried]),
        keys=["subject"],
    )
    silent = {one: reason for one, reason in budget_reasons(facts).items() if reason}
    coverage = pl.concat([subject_coverage("A15", known, str(year)), division_coverage("A15", silent, str(year))])
    return Judgement(found, coverage.unique(["scope"], keep="first", maintain_order=True))


def _reason(params: Params) -> pl.Expr:
    return (
        pl.when(pl.col("spent_fen").fill_null(0) <= 0)
        .then(pl.lit("no_last_year"))
        .when((pl.col("carried_bp") >= params.yellow_bp) & (pl.col("carried_fen") < params.least_carried_fen))
        .then(pl.lit("immaterial"))
    )


def _counted(params: Params) -> pl.Expr:
    return pl.col("fund_type_code").is_in(list(params.fund_codes)).fill_null(value=True)


def _by_accounts(facts: Facts, year: int, params: Params) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return who has a final account of the year that states its carry-over, and the rows of it."""
    is_spending = (pl.col("account_side") != "revenue").fill_null(value=True)
    is_own = (pl.col("extent") != "whole").fill_null(value=True)
    own = facts.final_accounts.filter(pl.col("fiscal_year") == year, is_spending, is_own, _counted(params))
    told = with_departments(own, facts.units, facts.as_of).with_columns(
        unit_code=pl.when((pl.col("reporting_level") != "division").fill_null(value=True)).then("unit_code"),
        division_code=level_code(),
    )
    named = told.with_columns(subject=_subject())
    summed = named.group_by(WHO).agg(sum_or_null("carryover_out_fen"), spent_fen=pl.col("outturn_fen").sum())
    basis = {"basis_zh": pl.lit("决算"), "basis_en": pl.lit("final account")}
    accounts = summed.filter(pl.col("carryover_out_fen").is_not_null()).rename({"carryover_out_fen": "carried_fen"})
    return accounts.select(*WHO, "carried_fen", "spent_fen", **basis), named.select("subject", *LINEAGE)


def _subject() -> pl.Expr:
    return (
        pl.when(pl.col("unit_code").is_null()).then(written("division:{}", "division_code")).otherwise(unit_subjects())
    )


def _by_allotments(facts: Facts, year: int, params: Params) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return units and levels by what this year's allotments carry over, over last year's payments."""
    now, then = this_year(facts), movements(facts, year, dt.date(year, 12, 31))
    is_works = pl.col("project_category").fill_null("").str.contains_any(list(params.excluded_categories))
    given = now.filter(pl.col("feed") == "allotments")
    is_carried = (pl.col("budget_source") == CARRIED).fill_null(value=False)
    carried = given.filter(is_carried, _counted(params), ~is_works)
    place = ["unit_code", "division_code"]
    spent = then.filter(_counted(params)).group_by(place).agg(sum_or_null("payment_fen"))
    parts = (given.select(place).unique(), carried.select(*place, *LINEAGE, "appropriation_fen"), spent)
    units = [_placed(frame, pl.col("unit_code"), pl.col("division_code")) for frame in parts]
    levels = [_placed(frame, pl.lit(None, pl.String), level_code()) for frame in parts]
    found = pl.concat([_shares(*units), _shares(*levels)])
    return found, pl.concat([frames[1].select("subject", *LINEAGE) for frames in (units, levels)])


def _placed(rows: pl.DataFrame, unit: pl.Expr, division: pl.Expr) -> pl.DataFrame:
    return rows.with_columns(unit_code=unit, division_code=division).with_columns(subject=_subject())


def _shares(given: pl.DataFrame, carried: pl.DataFrame, spent: pl.DataFrame) -> pl.DataFrame:
    who = given.group_by("subject").agg(pl.col("division_code").min(), pl.col("unit_code").min())
    fen = carried.group_by("subject").agg(carried_fen=pl.col("appropriation_fen").sum())
    paid = spent.group_by("subject").agg(sum_or_null("payment_fen").alias("spent_fen"))
    joined = who.join(fen, on="subject", how="left").join(paid, on="subject", how="left")
    basis = {
        "basis_zh": pl.lit("上年结转指标与上年支付"),
        "basis_en": pl.lit("carried-over allotments and payments"),
    }
    return joined.select(*WHO, pl.col("carried_fen").fill_null(0), "spent_fen", **basis)


RULE = Rule(TEXT, judge, Params, ("final_accounts", "allotments", "payments"))
