"""H10 月报累计数回落: a department's figure since 1 January is lower than in the report before."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, with_departments
from budget.levels import Level
from budget.subjects import written
from rules.checked import TOLD, warned
from rules.delivered import feed_reasons
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded, subject_coverage
from rules.monthly import DEPARTMENT, months_of, totals_of
from rules.rule import Rule
from rules.spending import NAMES, with_names

EVIDENCE = (*NAMES, *TOLD, "before_fen", "payment_fen", "fall_fen", "refunded_fen", "tolerance_fen")
SLIP = 5_000  # a figure so many times the next one is in another unit, which H04 reports

TEXT = RuleText(
    code="H10",
    family="data_quality",
    name_zh="月报累计数回落",
    name_en="Cumulative figure falling",
    formula_zh="部门上期月报累计支出－本期累计支出－期间凭证净退款，超过允许误差的差额。",
    formula_en="A department's cumulative payments in the report before, less those of this report and the net "
    "refunds its "
    "vouchers show in between, beyond the tolerance.",
    law_zh="实务做法：数据质量检查，不作为违规认定依据。",
    law_en="Practice: a check of data quality, no ground for finding a breach.",
    finding_zh="{name}{what_zh}，疑似漏报、错报或口径变动。",
    finding_en="{what_en}; something may be missing or counted in another way.",
    arithmetic_zh="{how_zh}。",
    arithmetic_en="{how_en}.",
    innocent_zh=("跨月退款、更正冲减支出", "单位划出、口径调整", "万元表四舍五入的尾差"),
    innocent_en=("refunds and corrections across months", "units moved out", "rounding in tables of ten thousand yuan"),
    next_step_zh="建议请报送单位核对两期月报并说明原因。",
    next_step_en="Ask the sender to compare both reports and to explain.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """The tolerance and fences in fen; the fence in rows of what the checks of other feeds said."""

    tolerance_fen: int = 1_000_000
    orange_fen: int = 10_000_000
    red_fen: int = 100_000_000
    yellow_count: int = 1


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag departments whose cumulative payments fall from one report of the year to the next beyond the tolerance.

    A line that falls while the department's sum does not was moved, not lost. Not judged: reports in another unit than
    the one before (``unit_suspect``: H04 reports them). Of revenue and treasury what the checks said.
    """
    steps = _steps(facts, params)
    first: dict[Level, int] = {"yellow": params.tolerance_fen + 1}
    fallen = graded(steps.filter(pl.col("reason").is_null()), first | fences_of(params, "fen"))
    checks = warned(facts, "H10", but_feeds=("execution_months",))
    other = graded(checks, fences_of(params, "count")).with_columns(period=pl.col("year"), measure_unit=pl.lit("count"))
    both = pl.concat([fallen.with_columns(measure_unit=pl.lit("fen")), other], how="diagonal")
    found = build_findings(
        "H10",
        both,
        as_of=facts.as_of,
        period=pl.col("period"),
        measure_unit="fen",
        evidence=EVIDENCE,
        rows=_own(facts),
        keys=["department_code", "as_of_on"],
    )
    silent = {one: reason for one, reason in feed_reasons(facts, "execution_months").items() if reason}
    covered = [
        subject_coverage("H10", steps, pl.col("period")),
        subject_coverage("H10", checks.with_columns(reason=pl.lit(None, pl.String)), pl.col("year")),
        division_coverage("H10", silent, str(facts.as_of.year)),
    ]
    return Judgement(found, pl.concat(covered))


def _own(facts: Facts) -> pl.DataFrame:
    own = pl.col("fiscal_year") == facts.as_of.year
    return months_of(facts).filter(own, pl.col("as_of_on") <= facts.as_of)


def _steps(facts: Facts, params: Params) -> pl.DataFrame:
    """Return each report of a department that has one before it, with what it fell by and why it is not judged."""
    totals = totals_of(_own(facts)).with_columns(
        before_fen=pl.col("payment_fen").shift(1).over(DEPARTMENT, order_by="as_of_on"),
        before_on=pl.col("as_of_on").shift(1).over(DEPARTMENT, order_by="as_of_on"),
    )
    steps = _refunded(totals.filter(pl.col("before_fen").is_not_null()), facts)
    ratio = pl.col("before_fen") // pl.when(pl.col("payment_fen") > 0).then(pl.col("payment_fen"))
    fall = pl.col("before_fen") - pl.col("payment_fen") - pl.col("refunded_fen")
    named = with_names(steps.with_columns(unit_code=pl.col("department_code")), facts)
    return _worded(named.with_columns(fall_fen=fall)).with_columns(
        subject=written("unit:{}", "department_code"),
        period=pl.col("month"),
        project_code=pl.lit(None, pl.String),
        tolerance_fen=pl.lit(params.tolerance_fen, pl.Int64),
        measured=fall,
        amount_fen=fall,
        reason=pl.when(ratio >= SLIP).then(pl.lit("unit_suspect")),
    )


def _refunded(steps: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Add refunded_fen: what the vouchers between a report that fell and the one before gave back on balance."""
    days = steps.filter(pl.col("payment_fen") < pl.col("before_fen")).select(*DEPARTMENT, "before_on", "as_of_on")
    own = facts.payments.filter(pl.col("fiscal_year") == facts.as_of.year).select(
        "division_code", "unit_code", "paid_on", paid_fen="payment_fen"
    )
    paid = with_departments(own, facts.units, facts.as_of).select(*DEPARTMENT, "paid_on", "paid_fen")
    net = (
        paid.join(days, on=[*DEPARTMENT], how="inner")
        .filter(pl.col("paid_on") > pl.col("before_on"), pl.col("paid_on") <= pl.col("as_of_on"))
        .group_by(*DEPARTMENT, "as_of_on")
        .agg(refunded_fen=(-pl.col("paid_fen").sum()).clip(lower_bound=0))
    )
    joined = steps.join(net, on=[*DEPARTMENT, "as_of_on"], how="left", maintain_order="left")
    return joined.with_columns(pl.col("refunded_fen").fill_null(0))


def _worded(steps: pl.DataFrame) -> pl.DataFrame:
    before, now, fall, back = (_yuan(name) for name in ("before_fen", "payment_fen", "fall_fen", "refunded_fen"))
    then, on = (pl.col(name).cast(pl.String) for name in ("before_on", "as_of_on"))
    return steps.with_columns(
        name=pl.col("unit_name"),
        what_zh=written("{}月报累计支出比上期少{}元", "month", fall),
        what_en=written(
            "The cumulative payments of {} for {} are {} yuan below the report before", "unit_code", "month", fall
        ),
        how_zh=written("{}累计{}元，{}累计{}元，期间凭证净退款{}元，回落{}元", then, before, on, now, back, fall),
        how_en=written("{}: {}; {}: {}; refunded {}; fall {} yuan", then, before, on, now, back, fall),
    )


def _yuan(column: str) -> pl.Expr:
    """Write fen as yuan with two decimals, exactly."""
    size = pl.col(column).abs()
    sign = pl.when(pl.col(column) < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return written("{}{}.{}", sign, (size // 100).cast(pl.String), (size % 100).cast(pl.String).str.pad_start(2, "0"))


RULE = Rule(TEXT, judge, Params, ("payments", "execution_months"))
