"""H03 上下不一致: a department's monthly report differs from the vouchers of its units."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, with_departments
from budget.levels import Level
from budget.subjects import written
from rules.judgement import Judgement, build_findings, fences_of, graded, subject_coverage
from rules.monthly import DEPARTMENT, months_of, totals_of
from rules.rule import Rule
from rules.spending import NAMES, with_names

EVIDENCE = (*NAMES, "month", "as_of_on", "reported_fen", "paid_fen", "difference_fen", "tolerance_fen")

TEXT = RuleText(
    code="H03",
    family="data_quality",
    name_zh="上下级数据不一致",
    name_en="Department and vouchers disagree",
    formula_zh="部门执行月报本年累计支出与所属单位截至同日支付合计的差额，超过允许误差。",
    formula_en="The difference between a department's cumulative monthly figure and the payments of its units "
    "up to the "
    "same day, beyond the tolerance.",
    law_zh="实务做法：数据质量检查，不作为违规认定依据。",
    law_en="Practice: a check of data quality, no ground for finding a breach.",
    finding_zh="{department_name}{month:month}执行月报与所属单位支付明细疑似不一致，相差{difference_fen:wan}万元。",
    finding_en="The {month} report of {department_name} differs from the payments of its units by "
    "{difference_fen:yuan} "
    "yuan.",
    arithmetic_zh="月报累计支出{reported_fen:yuan}元，支付明细合计{paid_fen:yuan}元，相差{difference_fen:yuan}元，允许误差"
    "{tolerance_fen:yuan}元。",
    arithmetic_en="Reported {reported_fen:yuan}, paid {paid_fen:yuan}, difference {difference_fen:yuan}, tolerance "
    "{tolerance_fen:yuan} yuan.",
    innocent_zh=("月报与支付的记账日期口径不同", "含未通过国库集中支付的支出", "单位隶属关系变更"),
    innocent_en=("another booking date", "spending outside the treasury system", "a unit changed departments"),
    next_step_zh="建议请部门与财政部门核对月报和支付数据。",
    next_step_en="Ask the department to reconcile its report with the payments.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """The tolerance, exceeded strictly for yellow, and the other fences, in fen."""

    tolerance_fen: int = 1_000_000
    orange_fen: int = 10_000_000
    red_fen: int = 100_000_000


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag departments and months whose report and vouchers differ by more than the tolerance.

    Units belong to the department they have at that month's end. Only divisions that deliver payments are judged.
    """
    days = sorted(_own_months(facts, facts.as_of)["as_of_on"].unique())
    parts = [_month(facts, day) for day in days]
    totals = pl.concat(parts) if parts else _month(facts, facts.as_of).clear()
    known = with_names(totals.with_columns(unit_code=pl.col("department_code")), facts).with_columns(
        subject=written("unit:{}", "department_code"),
        difference_fen=(pl.col("reported_fen") - pl.col("paid_fen")).abs(),
        tolerance_fen=pl.lit(params.tolerance_fen, pl.Int64),
        project_code=pl.lit(None, pl.String),
        reason=pl.when(pl.col("paid_fen").is_null()).then(pl.lit("no_payments")),
    )
    first: dict[Level, int] = {"yellow": params.tolerance_fen + 1}
    flagged = graded(
        known.with_columns(measured=pl.col("difference_fen"), amount_fen=pl.col("difference_fen")),
        first | fences_of(params, "fen"),
    )
    found = build_findings(
        "H03",
        flagged,
        as_of=facts.as_of,
        period=pl.col("month"),
        measure_unit="fen",
        evidence=EVIDENCE,
        rows=_own_months(facts, facts.as_of),
        keys=["department_code", "as_of_on"],
    )
    return Judgement(found, subject_coverage("H03", known, pl.col("month")))


def _own_months(facts: Facts, codes_at: dt.date) -> pl.DataFrame:
    own = pl.col("fiscal_year") == facts.as_of.year
    return months_of(facts, codes_at=codes_at).filter(own, pl.col("as_of_on") <= facts.as_of)


def _daily(facts: Facts) -> pl.DataFrame:
    own = facts.lazy("payments").filter(pl.col("fiscal_year") == facts.as_of.year)
    return own.group_by("unit_code", "division_code", "paid_on").agg(pl.col("payment_fen").sum()).collect()


def _month(facts: Facts, day: dt.date) -> pl.DataFrame:
    """Return the departments that reported for a day: what they reported and what their units had paid by then."""
    reported = totals_of(_own_months(facts, day).filter(pl.col("as_of_on") == day)).rename(
        {"payment_fen": "reported_fen"}
    )
    daily = facts.once(("daily_payments",), lambda: _daily(facts))
    of_units = (
        daily.filter(pl.col("paid_on") <= day).group_by("unit_code", "division_code").agg(pl.col("payment_fen").sum())
    )
    paid = (
        with_departments(of_units, facts.units, day)
        .group_by("department_code")
        .agg(paid_fen=pl.col("payment_fen").sum())
    )
    has_payments = pl.col("division_code").is_in(daily["division_code"].unique().implode())
    return (
        reported.join(paid, on="department_code", how="left", maintain_order="left")
        .with_columns(paid_fen=pl.when(has_payments).then(pl.col("paid_fen").fill_null(0)))
        .select(*DEPARTMENT, "month", "as_of_on", "reported_fen", "paid_fen")
    )


RULE = Rule(TEXT, judge, Params, ("payments", "execution_months"), late="mutes_later_months", yields_to="H04")
