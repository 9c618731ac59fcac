"""H07 支付早于指标: payments are dated before the budget they are paid from was released, or after their delivery."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import written
from rules.checked import TOLD, warned
from rules.delivered import feed_reasons
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded, subject_coverage
from rules.paid_lines import paid_lines
from rules.rule import Rule
from rules.spending import NAMES, budget_reasons, this_year, with_names

LINE = ("unit_code", "project_code", "allotment_code")
KEY = ("subject",)

TEXT = RuleText(
    code="H07",
    family="data_quality",
    name_zh="支付早于指标",
    name_en="Payment before its budget",
    formula_zh="支付日期早于所用指标（无指标编号的按单位和项目）首次下达日期的天数；预算批复前的支付和上年结转不计。另计日期晚于"
    "送达日的行。",
    formula_en="Days by which a payment precedes the first release of its allotment (else of its unit and project); "
    "what "
    "was paid before the division's first release and carried-over money do not count. Also rows dated after their "
    "delivery.",
    law_zh="实务做法：数据质量检查，不作为违规认定依据。",
    law_en="Practice: a check of data quality, no ground for finding a breach.",
    finding_zh="{name}{what_zh}，日期疑似有误。",
    finding_en="{what_en}; a date appears to be wrong.",
    arithmetic_zh="{how_zh}。",
    arithmetic_en="{how_en}.",
    innocent_zh=("预拨、提前下达的资金后补指标", "下达日期登记为文件日期", "项目编码变更"),
    innocent_en=("advances whose allotment followed", "the day of the document registered", "a project recoded"),
    next_step_zh="建议核对指标下达日期和支付日期；更正前，依赖下达日期的进度预警暂不判断。",
    next_step_en="Compare both days; warnings that age the money from its release are not judged until then.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in days before the release, and in rows dated after their delivery."""

    yellow_days: int = 1
    orange_days: int = 15
    red_days: int = 60
    yellow_count: int = 1
    orange_count: int = 20


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag projects (units, for other money) with a payment before its budget, by the largest number of days.

    An allotment without a day is not judged; nor are carried-over money and what was paid before the division's first
    release, which Art. 54 of the Budget Law allows.
    """
    early = _early(facts)
    dated = graded(_told(early, facts), fences_of(params, "days")).with_columns(measure_unit=pl.lit("days"))
    checks = warned(facts, "H07", names=("days",))
    ahead = graded(checks, fences_of(params, "count")).with_columns(measure_unit=pl.lit("count"))
    flagged = with_names(pl.concat([dated, ahead], how="diagonal"), facts)
    year, unpaid = str(facts.as_of.year), feed_reasons(facts, "payments")
    found = build_findings(
        "H07",
        flagged,
        as_of=facts.as_of,
        period=pl.col("year"),
        measure_unit="days",
        evidence=(*NAMES, *TOLD, "paid_on", "released_on"),
        rows=early,
        keys=KEY,
    )
    reasons = {one: reason or unpaid[one] for one, reason in budget_reasons(facts).items()}
    covered = subject_coverage("H07", checks.with_columns(reason=pl.lit(None, pl.String)), pl.col("year"))
    return Judgement(found, pl.concat([division_coverage("H07", reasons, year), covered]))


def _releases(facts: Facts) -> pl.DataFrame:
    """Return this year's budget rows: division, LINE, occurs_on (null where the row carries no day), is_carried."""
    moved = this_year(facts)
    is_release = pl.col("appropriation_fen").is_not_null() | (pl.col("adjustment_fen") > 0).fill_null(value=False)
    return moved.filter(is_release, pl.col("feed") != "execution_months").with_columns(
        is_carried=(pl.col("budget_source") == "carryover").fill_null(value=False)
    )


def _early(facts: Facts) -> pl.DataFrame:
    releases = _releases(facts)
    # A release without a day may have been the first.
    first = pl.when(~pl.col("occurs_on").is_null().any()).then(pl.col("occurs_on").min())
    coded = releases.filter(pl.col("allotment_code").is_not_null()).group_by("division_code", "allotment_code")
    lined = releases.filter(pl.col("project_code").is_not_null()).group_by("unit_code", "project_code")
    opened = releases.group_by("division_code").agg(opened_on=pl.col("occurs_on").min())
    carried = pl.col("is_carried").any()
    paid = (
        paid_lines(facts)
        .join(
            coded.agg(by_code=first, has_code=pl.lit(value=True), carried_code=carried),
            on=["division_code", "allotment_code"],
            how="left",
        )
        .join(lined.agg(by_line=first, carried_line=carried), on=["unit_code", "project_code"], how="left")
        .join(opened, on="division_code", how="left")
    )
    is_coded = pl.col("has_code").is_not_null()
    told = paid.with_columns(
        released_on=pl.when(is_coded).then("by_code").otherwise("by_line"),
        is_carried=pl.when(is_coded).then("carried_code").otherwise("carried_line"),
    )
    is_early = (pl.col("paid_on") < pl.col("released_on")) & (pl.col("paid_on") >= pl.col("opened_on"))
    own_carried = (pl.col("budget_source") == "carryover").fill_null(value=False)
    return told.filter(is_early, ~pl.col("is_carried").fill_null(value=False), ~own_carried).with_columns(
        subject=pl.coalesce(written("project:{}/{}", "unit_code", "project_code"), written("unit:{}", "unit_code"))
    )


def _told(early: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    days = (pl.col("released_on") - pl.col("paid_on")).dt.total_days()
    worst = (
        early.with_columns(days=days)
        .sort("days", "voucher", descending=[True, False])
        .group_by("subject", maintain_order=True)
        .agg(
            pl.col("division_code", "unit_code", "project_code", "project_name", "paid_on", "released_on").first(),
            measured=pl.col("days").max(),
            rows=pl.len(),
            amount_fen=pl.col("payment_fen").sum(),
        )
        .sort("subject")
    )
    named = with_names(worst, facts)
    what = pl.coalesce("project_name", "project_code", pl.lit("基本支出"))
    paid, released = (pl.col(name).dt.to_string("%Y-%m-%d") for name in ("paid_on", "released_on"))
    count, days_told = pl.col("rows").cast(pl.String), pl.col("measured").cast(pl.String)
    return named.with_columns(
        year=pl.lit(str(facts.as_of.year)),
        name=pl.col("unit_name"),
        what_zh=written("“{}”有{}笔支付早于指标下达，最多早{}天", what, count, days_told),
        what_en=written("{} payments of {} precede their budget by up to {} days", count, "subject", days_told),
        how_zh=written("最早一笔支付{}，指标下达{}，早{}天；共{}笔", paid, released, days_told, count),
        how_en=written("paid {}, released {}: {} days; {} payments", paid, released, days_told, count),
    )


RULE = Rule(TEXT, judge, Params, ("allotments", "adjustments", "payments"))
