"""A10 支出进度不均衡: much of a unit's yearly spending falls into the last quarter."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, movements
from budget.money import rate_bp
from budget.progress import median_down
from budget.subjects import unit_subjects
from rules.delivered import feed_reasons
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded, subject_coverage
from rules.rule import MONEY, Rule
from rules.spending import NAMES, with_names

LINE = ("unit_code", "project_code", "function_code")
QUARTERS = ("first_quarter_fen", "second_quarter_fen", "third_quarter_fen", "fourth_quarter_fen")
SHOWN = (*QUARTERS, "late_paid_fen", "judged_quarter_fen", "judged_year_fen", "quarter_bp", "usual_bp", "judged_year")

TEXT = RuleText(
    code="A10",
    family="execution",
    name_zh="支出进度不均衡",
    name_en="Uneven quarters",
    formula_zh="上一完整年度第四季度支出÷全年支出（人员经费不计，9月1日以后下达的资金在分子、分母中同时剔除）。",
    formula_en="Payments of the fourth quarter over those of the whole last finished year, personnel left out; money "
    "released from 1 September on is left out of both.",
    law_zh="《中华人民共和国预算法实施条例》第六十条。",
    law_en="Implementing Regulations of the Budget Law, Art. 60.",
    finding_zh="{unit_name}{judged_year}年第四季度支出占全年{quarter_bp:rate}，支出进度疑似不均衡。",
    finding_en="{unit_name} paid {quarter_bp:rate} of its {judged_year} spending in the fourth quarter.",
    arithmetic_zh="一至四季度支出分别为{first_quarter_fen:wan}、{second_quarter_fen:wan}、{third_quarter_fen:wan}、"
    "{fourth_quarter_fen:wan}万元；剔除9月以后下达资金的支付{late_paid_fen:wan}万元；"
    "{judged_quarter_fen:wan}÷{judged_year_fen:wan}＝{quarter_bp:rate}；以前年度中位数{usual_bp:rate}。",
    arithmetic_en="Quarters: {first_quarter_fen:yuan}, {second_quarter_fen:yuan}, {third_quarter_fen:yuan}, "
    "{fourth_quarter_fen:yuan} yuan; {late_paid_fen:yuan} yuan from late money left out; {judged_quarter_fen:yuan} / "
    "{judged_year_fen:yuan} = {quarter_bp:rate}; median of the years before: {usual_bp:rate}.",
    innocent_zh=("供暖、防汛、教学等季节性支出", "工程、采购按合同在年底结算"),
    innocent_en=("seasonal work such as heating or teaching", "contracts settled at year end"),
    next_step_zh="建议了解各季度支出安排，督促均衡执行。",
    next_step_en="Ask how spending is planned over the quarters.",
    confidence="hint",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of the fourth quarter's share; what is judged, and what counts as a season."""

    yellow_bp: int = 3_500
    orange_bp: int = 4_500
    red_bp: int = 5_500
    least_paid_fen: int = 100_000_000
    late_from_month: int = 9
    seasonal_margin_bp: int = 500


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag units whose fourth quarter took a fence or more of what they paid in the last finished year.

    Of a line that got money late, as much of its fourth-quarter payments as that money could pay is left out. A share
    below the orange fence and at most ``seasonal_margin_bp`` above the unit's median of the two years before is a
    season (``exempt``).
    """
    year = facts.as_of.year - 1
    usual = pl.concat([_quarters(facts, one, params) for one in (year - 2, year - 1)]).filter(
        pl.col("quarter_bp").is_not_null()
    )
    seasons = usual.group_by("unit_code").agg(usual_bp=median_down("quarter_bp"), years=pl.len())
    units = with_names(
        _quarters(facts, year, params).join(seasons, on="unit_code", how="left", maintain_order="left"), facts
    ).with_columns(
        subject=unit_subjects(),
        project_code=pl.lit(None, pl.String),
        judged_year=pl.lit(year),
        reason=_reason(params),
    )
    flagged = graded(
        units.filter(pl.col("reason").is_null()).with_columns(
            measured=pl.col("quarter_bp"), amount_fen=pl.col("judged_quarter_fen")
        ),
        fences_of(params, "bp"),
    )
    found = build_findings(
        "A10",
        flagged,
        as_of=facts.as_of,
        period=str(year),
        measure_unit="bp",
        evidence=(*NAMES, *SHOWN),
        rows=_judged_rows(facts, year).filter(_quarter() == 4),
        keys=["unit_code"],
    )
    unpaid = {one: reason for one, reason in feed_reasons(facts, "payments", year=year).items() if reason}
    coverage = pl.concat([subject_coverage("A10", units, str(year)), division_coverage("A10", unpaid, str(year))])
    return Judgement(found, coverage)


def _reason(params: Params) -> pl.Expr:
    is_season = (pl.col("quarter_bp") < params.orange_bp) & (
        pl.col("quarter_bp") - pl.col("usual_bp") <= params.seasonal_margin_bp
    )
    return (
        pl.when(pl.col("judged_year_fen") < max(params.least_paid_fen, 1))
        .then(pl.lit("immaterial"))
        .when(pl.col("quarter_bp") < params.yellow_bp)
        .then(pl.lit(None, pl.String))
        .when((pl.col("years") >= 2) & is_season)
        .then(pl.lit("exempt"))
    )


def _quarter() -> pl.Expr:
    return pl.col("occurs_on").dt.quarter().cast(pl.Int64)


def _judged_rows(facts: Facts, year: int) -> pl.DataFrame:
    moved = movements(facts, year, dt.date(year, 12, 31)).filter(pl.col("feed") != "execution_months")
    return moved.filter((pl.col("spending_kind") != "personnel").fill_null(value=True))


def _quarters(facts: Facts, year: int, params: Params) -> pl.DataFrame:
    """Return, per unit, what was paid in each quarter and the fourth quarter's share without late money."""
    rows = _judged_rows(facts, year)
    given = pl.coalesce("appropriation_fen", "adjustment_fen")
    is_late = (given > 0) & (pl.col("occurs_on") >= dt.date(year, params.late_from_month, 1))
    paid = pl.col("payment_fen")
    lines = rows.group_by(LINE).agg(
        pl.col("division_code").min(),
        *(paid.filter(_quarter() == n).sum().alias(name) for n, name in enumerate(QUARTERS, 1)),
        late_fen=given.filter(is_late).sum(),
        is_paid=paid.is_not_null().any(),
    )
    units = lines.group_by("unit_code", maintain_order=False).agg(
        pl.col("division_code").min(),
        *(pl.col(name).sum() for name in QUARTERS),
        late_paid_fen=pl.min_horizontal("late_fen", pl.col("fourth_quarter_fen").clip(0)).sum(),
        is_paid=pl.col("is_paid").any(),
    )
    return (
        units.filter("is_paid")
        .sort("unit_code")
        .with_columns(
            judged_quarter_fen=pl.col("fourth_quarter_fen") - pl.col("late_paid_fen"),
            judged_year_fen=pl.sum_horizontal(QUARTERS) - pl.col("late_paid_fen"),
        )
        .with_columns(quarter_bp=rate_bp(pl.col("judged_quarter_fen"), pl.col("judged_year_fen")))
    )


RULE = Rule(TEXT, judge, Params, MONEY)
