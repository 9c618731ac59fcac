"""E12 直达资金支付比例异常: direct funds are paid far slower than their release calls for, or at once."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, sum_or_null
from budget.money import rate_bp
from budget.subjects import project_subjects
from rules.direct_funds import direct_budget, direct_payments, tag_reasons
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded, subject_coverage
from rules.rule import MONEY, Rule
from rules.spending import NAMES, PROJECT, with_names
from rules.words import has_word

PACE = ("direct_budget_fen", "paid_fen", "rate_bp", "released_on", "days_since_release", "low_bp")
EARLY = ("early_fen", "early_rate_bp", "early_days", "early_edge_bp")
EVIDENCE = (*NAMES, "project_name", *PACE, *EARLY, "outside_bp", "state_zh", "state_en")

TEXT = RuleText(
    code="E12",
    family="payment",
    name_zh="直达资金支付比例异常",
    name_en="Unusual share of direct funds paid",
    formula_zh="支付÷直达资金指标，低于按下达天数推算的下限，或下达后数日内的支付比例高于上限；按超出区间的百分点分级。",
    formula_en="Payments over the direct fund's budget, below a floor that rises with the days since release, or above "
    "a ceiling within days of it; graded by the points outside the band.",
    law_zh="分析性指标，不作为违规认定依据。",
    law_en="An analytical figure, no ground for finding a breach.",
    finding_zh="{unit_name}“{project_name}”直达资金{state_zh}，超出正常区间{outside_bp:gap}，疑似支付比例异常。",
    finding_en="Direct funds of {project_name} of {unit_name} are {outside_bp:gap} outside the usual band: {state_en}.",
    arithmetic_zh="直达资金指标{direct_budget_fen:wan}万元，{released_on:day}起下达，已{days_since_release}天；支付"
    "{paid_fen:wan}万元，占{rate_bp:rate}，下限{low_bp:rate}；下达后{early_days}天内支付{early_fen:wan}万元，占"
    "{early_rate_bp:rate}，上限{early_edge_bp:rate}。",
    arithmetic_en="Direct fund {direct_budget_fen:yuan} yuan, released from {released_on}, {days_since_release} days "
    "ago; paid {paid_fen:yuan} = {rate_bp:rate}, floor {low_bp:rate}; within {early_days} days of release "
    "{early_fen:yuan} yuan = {early_rate_bp:rate}, ceiling {early_edge_bp:rate}.",
    innocent_zh=("项目按合同或工程进度付款", "补助对象尚在审核公示", "一次性发放的补助资金"),
    innocent_en=(
        "paid by contract or progress of the work",
        "recipients are still being checked",
        "a grant handed out at once",
    ),
    next_step_zh="建议了解资金分配和支付安排，核实是否滞留，或是否以拨代支。",
    next_step_en="Ask how the money is shared out and paid: whether it lies idle, or was merely passed on.",
    confidence="hint",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points outside the band; the floor and the ceiling of the band; what is material."""

    yellow_bp: int = 2_000
    orange_bp: int = 3_500
    red_bp: int = 5_000
    grace_days: int = 30
    full_days: int = 300
    early_days: int = 7
    early_bp: int = 5_000
    least_budget_fen: int = 10_000_000
    at_once_categories: tuple[str, ...] = ("补助", "民生")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag projects by how far the share paid of their direct funds lies outside the band, in basis points.

    Floor: 0 up to ``grace_days`` after release, then rising evenly to 100% at ``full_days``, each release aged by its
    own day and weighted by its money. Ceiling: ``early_bp`` of the fund within ``early_days`` of its first release,
    not for ``at_once_categories``. Whichever is further outside is told.
    """
    projects = _projects(facts, params).with_columns(reason=_reason(params))
    low, high = pl.col("low_bp") - pl.col("rate_bp"), pl.col("early_rate_bp") - pl.col("early_edge_bp")
    is_at_once = has_word("project_category", params.at_once_categories)
    high = pl.when(~is_at_once).then(high)
    is_slow = low >= high.fill_null(low)
    outside = projects.filter(pl.col("reason").is_null()).with_columns(
        outside_bp=pl.max_horizontal(low, high),
        state_zh=pl.when(is_slow).then(pl.lit("支付偏慢")).otherwise(pl.lit("下达后集中支付")),
        state_en=pl.when(is_slow).then(pl.lit("paid slowly")).otherwise(pl.lit("paid at once on release")),
        amount_fen=pl.when(is_slow)
        .then(pl.col("direct_budget_fen") - pl.col("paid_fen"))
        .otherwise(pl.col("early_fen")),
    )
    year = str(facts.as_of.year)
    found = build_findings(
        "E12",
        graded(with_names(outside.with_columns(measured=pl.col("outside_bp")), facts), fences_of(params, "bp")),
        as_of=facts.as_of,
        period=year,
        measure_unit="bp",
        evidence=EVIDENCE,
        rows=pl.concat(
            [part(facts).select(*PROJECT, "slice_id", "row_no") for part in (direct_budget, direct_payments)]
        ),
        keys=PROJECT,
    )
    coverage = [subject_coverage("E12", projects, year), division_coverage("E12", tag_reasons(facts), year)]
    return Judgement(found, pl.concat(coverage))


def _projects(facts: Facts, params: Params) -> pl.DataFrame:
    """Return the direct funds of each project: budget, first release, floor, and what was paid, in all and early."""
    budget = direct_budget(facts).filter(pl.col("project_code").is_not_null())
    days = (pl.lit(facts.as_of) - pl.col("released_on")).dt.total_days()
    span = max(params.full_days - params.grace_days, 1)
    floor_bp = ((days - params.grace_days).clip(0, span) * 10_000) // span
    weight = pl.col("budget_fen").cast(pl.Int128) * pl.col("floor_bp")
    funds = (
        budget.with_columns(floor_bp=floor_bp)
        .group_by(PROJECT, maintain_order=True)
        .agg(
            pl.col("division_code").min(),
            pl.col("project_name", "project_category").drop_nulls().min(),
            pl.col("released_on").min(),
            is_dated=pl.col("released_on").is_not_null().all(),
            direct_budget_fen=sum_or_null("budget_fen"),
            weighted=weight.sum(),
        )
    )
    paid = direct_payments(facts).join(funds.select(*PROJECT, first_on="released_on"), on=list(PROJECT), how="inner")
    is_early = (pl.col("paid_on") - pl.col("first_on")).dt.total_days() <= params.early_days
    sums = paid.group_by(PROJECT).agg(
        paid_fen=pl.col("payment_fen").sum(), early_fen=pl.col("payment_fen").filter(is_early).sum()
    )
    whole = pl.col("direct_budget_fen")
    return (
        funds.join(sums, on=list(PROJECT), how="left", maintain_order="left")
        .with_columns(pl.col("paid_fen", "early_fen").fill_null(0))
        .with_columns(
            subject=project_subjects(),
            project_name=pl.coalesce("project_name", "project_code"),
            days_since_release=(pl.lit(facts.as_of) - pl.col("released_on")).dt.total_days(),
            low_bp=(pl.col("weighted") // pl.when(whole > 0).then(whole.cast(pl.Int128))).cast(pl.Int64),
            rate_bp=rate_bp(pl.col("paid_fen"), whole),
            early_rate_bp=rate_bp(pl.col("early_fen"), whole),
            early_days=pl.lit(params.early_days, pl.Int64),
            early_edge_bp=pl.lit(params.early_bp, pl.Int64),
        )
        .sort(PROJECT)
    )


def _reason(params: Params) -> pl.Expr:
    budget = pl.col("direct_budget_fen")
    return (
        pl.when(budget.is_null())
        .then(pl.lit("no_budget"))
        .when(budget <= 0)
        .then(pl.lit("recalled"))
        .when(budget < params.least_budget_fen)
        .then(pl.lit("immaterial"))
        .when(~pl.col("is_dated"))
        .then(pl.lit("no_release_date"))
    )


RULE = Rule(TEXT, judge, Params, MONEY, late="mutes", paced=True, on_vouchers=True, leans_on_budget=True)
