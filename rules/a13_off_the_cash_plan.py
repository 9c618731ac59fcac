"""A13 用款计划执行偏差: a unit paid less by a month's end than its cash plan foresaw."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, sum_or_null, with_departments
from budget.money import rate_bp
from budget.subjects import unit_subjects
from rules.delivered import feed_reasons
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
from rules.sources import UPPER, sourced
from rules.spending import NAMES, with_names

KIND = ["unit_code", "spending_kind"]
SHOWN = ("until_on", "planned_fen", "budget_fen", "judged_plan_fen", "paid_fen", "shortfall_fen", "deviation_bp")

TEXT = RuleText(
    code="A13",
    family="execution",
    name_zh="用款计划执行偏差",
    name_en="Behind the cash plan",
    formula_zh="偏差＝（累计用款计划－累计支出）÷累计用款计划，截至上一完整月份；累计计划不超过同口径调整后预算。",
    formula_en="Deviation = (cash plan - payments) / cash plan, cumulative to the last finished month; the plan counts "
    "up to the adjusted budget of the same spending.",
    law_zh="《中华人民共和国预算法实施条例》第五十七条。",
    law_en="Implementing Regulations of the Budget Law, Art. 57.",
    finding_zh="{unit_name}截至{until_on:day}累计支出比用款计划少{deviation_bp:rate}，用款计划疑似未按进度执行。",
    finding_en="{unit_name} had paid {deviation_bp:rate} less than its cash plan by {until_on}.",
    arithmetic_zh="累计用款计划{planned_fen:wan}万元，同口径调整后预算{budget_fen:wan}万元，按{judged_plan_fen:wan}万元计；"
    "累计支出{paid_fen:wan}万元；{shortfall_fen:wan}÷{judged_plan_fen:wan}＝{deviation_bp:rate}。",
    arithmetic_en="Planned {planned_fen:yuan} yuan, adjusted budget {budget_fen:yuan}, counted {judged_plan_fen:yuan}; "
    "paid {paid_fen:yuan}; {shortfall_fen:yuan} / {judged_plan_fen:yuan} = {deviation_bp:rate}.",
    innocent_zh=("用款计划已合并或取消，系统未更新", "采购、工程结算推迟", "厉行节约"),
    innocent_en=("a plan merged or cancelled", "a settlement put off", "money saved"),
    next_step_zh="建议了解用款计划的编制依据和未执行原因。",
    next_step_en="Ask how the plan was drawn up and why it was not followed.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of the plan; the smallest plan and the first month judged."""

    yellow_bp: int = 2_000
    orange_bp: int = 3_500
    red_bp: int = 5_000
    least_plan_fen: int = 50_000_000
    first_month: int = 2


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag units whose payments lie a fence or more under their cash plan by the last finished month.

    Payments and budget are those of the spending kinds the unit's plan names, transfers from above left out unless
    the plan names them. Money recalled since cannot be paid: the plan counts up to B1.
    """
    year, month = facts.as_of.year, _finished_month(facts.as_of)
    until = dt.date(year, month, 1) + dt.timedelta(days=31) if month else facts.as_of
    until = until.replace(day=1) - dt.timedelta(days=1) if month else facts.as_of
    plans = with_departments(facts.cash_plans.filter(pl.col("fiscal_year") == year), facts.units, facts.as_of)
    moved = sourced(facts, year, until)
    # Added up by what the plans may tell apart first: there are far fewer sums than payments.
    sums = moved.group_by("unit_code", "spending_kind", "budget_source").agg(
        paid_fen=pl.col("payment_fen").sum(),
        budget_fen=pl.col("appropriation_fen").sum() + pl.col("adjustment_fen").sum(),
    )
    summed = _alike(sums, plans).group_by("unit_code").agg(pl.col("paid_fen", "budget_fen").sum())
    own = plans.filter(pl.col("month") <= month).group_by("unit_code").agg(sum_or_null("planned_fen"))
    units = plans.group_by("unit_code").agg(pl.col("division_code").min()).sort("unit_code")
    for part in (own, summed):
        units = units.join(part, on="unit_code", how="left", maintain_order="left")
    plan, paid = pl.col("judged_plan_fen"), pl.col("paid_fen")
    known = (
        with_names(units.with_columns(pl.col("paid_fen", "budget_fen").fill_null(0)), facts)
        .with_columns(
            subject=unit_subjects(),
            project_code=pl.lit(None, pl.String),
            until_on=pl.lit(until),
            judged_plan_fen=pl.min_horizontal("planned_fen", "budget_fen"),
        )
        .with_columns(shortfall_fen=plan - paid, deviation_bp=rate_bp(plan - paid, plan))
        .with_columns(reason=_reason(month, params))
    )
    flagged = graded(
        known.filter(pl.col("reason").is_null()).with_columns(
            measured=pl.col("deviation_bp"), amount_fen=pl.col("shortfall_fen")
        ),
        fences_of(params, "bp"),
    )
    found = build_findings(
        "A13",
        flagged,
        as_of=facts.as_of,
        period=str(year),
        measure_unit="bp",
        evidence=(*NAMES, *SHOWN),
        rows=pl.concat([frame.select("unit_code", *LINEAGE) for frame in (plans, _behind(moved, flagged, plans))]),
        keys=["unit_code"],
    )
    undelivered = {one: reason for one, reason in feed_reasons(facts, "cash_plans").items() if reason}
    coverage = pl.concat([subject_coverage("A13", known, str(year)), division_coverage("A13", undelivered, str(year))])
    return Judgement(found, coverage)


def _behind(moved: pl.DataFrame, flagged: pl.DataFrame, plans: pl.DataFrame) -> pl.DataFrame:
    return _alike(moved.join(flagged.select("unit_code"), on="unit_code", how="semi"), plans)


def _finished_month(as_of: dt.date) -> int:
    """Return the last month that is over by the end of as_of; 0 in January."""
    return as_of.month if (as_of + dt.timedelta(days=1)).day == 1 else as_of.month - 1


def _alike(moved: pl.DataFrame, plans: pl.DataFrame) -> pl.DataFrame:
    """Keep the movements, or sums of them, of what the plans speak of: their kinds, money from above where named."""
    planned = plans.group_by("unit_code").agg(
        kinds=pl.col("spending_kind").unique(),
        is_upper_planned=(pl.col("budget_source") == UPPER).fill_null(value=False).any(),
    )
    is_upper = (pl.col("budget_source") == UPPER).fill_null(value=False)
    both = moved.join(planned, on="unit_code", how="inner", maintain_order="left")
    is_alike = pl.col("kinds").list.contains(pl.col("spending_kind")) | pl.col("kinds").list.contains(
        None, nulls_equal=True
    )
    return both.filter(is_alike.fill_null(value=True), pl.col("is_upper_planned") | ~is_upper)


def _reason(month: int, params: Params) -> pl.Expr:
    return (
        pl.when(pl.lit(month < max(params.first_month, 1)))
        .then(pl.lit("not_due"))
        .when(pl.col("planned_fen").is_null())
        .then(pl.lit("incomplete_record"))
        .when(pl.col("judged_plan_fen") < max(params.least_plan_fen, 1))
        .then(pl.lit("immaterial"))
    )


RULE = Rule(TEXT, judge, Params, (*MONEY, "cash_plans"), late="mutes", paced=True)
