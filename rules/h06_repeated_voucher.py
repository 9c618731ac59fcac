"""H06 凭证号重复: a voucher number stands twice, so that the same payment would be counted twice."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import written
from budget.units import in_use
from rules.delivered import feed_reasons
from rules.judgement import LINEAGE, Judgement, build_findings, division_coverage, fences_of, graded
from rules.rule import Rule
from rules.spending import NAMES, with_names
from rules.vouchers import scan_of

NUMBER = ("division_code", "voucher_no")
# What tells the lines of one voucher apart, beside its number.
LINE = (
    *("unit_code", "project_code", "function_code", "dept_economic_code", "gov_economic_code", "fund_type_code"),
    *("budget_source", "allotment_code", "application_no", "paid_on", "payee_name", "payee_account", "purpose"),
    "payment_fen",
)
EVIDENCE = (*NAMES, "voucher_no", "times", "total_fen", "first_on", "last_on", "payee_name", "why_zh", "why_en")

TEXT = RuleText(
    code="H06",
    family="data_quality",
    name_zh="凭证号重复",
    name_en="Voucher number repeated",
    formula_zh="同一区划、同一年度，同一支付凭证号出现在不同日期或不同单位，或有完全相同的明细行，计其次数。",
    formula_en="How often one voucher number of a division and year stands: on other days or of other units, or in "
    "lines "
    "that are equal throughout.",
    law_zh="实务做法：数据质量检查，不作为违规认定依据。",
    law_en="Practice: a check of data quality, no ground for finding a breach.",
    finding_zh="凭证号{voucher_no}出现{times}次、共{total_fen:wan}万元，疑似重复报送，同一笔支付可能被重复计算。",
    finding_en="Voucher {voucher_no} stands {times} times, {total_fen:yuan} yuan in all; a payment may be counted "
    "twice.",
    arithmetic_zh="{unit_name}凭证{voucher_no}：{why_zh}，{first_on:day}至{last_on:day}，收款人{payee_name}；多计"
    "{amount_fen:yuan}元。",
    arithmetic_en="{unit_name}, voucher {voucher_no}: {why_en}, {first_on} to {last_on}, payee {payee_name}; "
    "{amount_fen:yuan} yuan too much.",
    innocent_zh=("一张凭证有多条相同明细", "凭证号按月重新编号", "两个系统各自编号"),
    innocent_en=(
        "equal lines of one voucher",
        "numbers that begin anew each month",
        "two systems with their own numbers",
    ),
    next_step_zh="建议请报送单位核对凭证并重新报送；更正前，依赖该凭证的预警暂不判断。",
    next_step_en="Ask the sender to check and deliver again; warnings that rest on this voucher are not judged until "
    "then.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in how often one number stands."""

    yellow_count: int = 2
    orange_count: int = 3
    red_count: int = 5


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag voucher numbers of normal payments that stand as often as a fence.

    Lines of one voucher that differ in anything count once; refunds, corrections and rows without a number not at all.
    """
    again = _standing_twice(facts)
    flagged = graded(_counted(again), fences_of(params, "count"))
    found = build_findings(
        "H06",
        with_names(flagged, facts),
        as_of=facts.as_of,
        period=pl.col("first_on").dt.to_string("%Y-%m"),
        measure_unit="count",
        evidence=(*EVIDENCE, "amount_fen"),
        rows=again,
        keys=NUMBER,
    )
    return Judgement(found, division_coverage("H06", feed_reasons(facts, "payments"), None))


def _standing_twice(facts: Facts) -> pl.DataFrame:
    """Return the normal payments whose number another of their division has, units by the codes in use."""
    is_normal = pl.col("payment_kind").fill_null("normal") == "normal"
    numbered = scan_of(facts).filter(pl.col("voucher_no").is_not_null(), is_normal, pl.col("payment_fen") > 0)
    # Numbers alone are told apart sooner than pairs, and hardly any stands twice.
    numbers = numbered.select("voucher_no").collect().to_series()
    twice = numbers.filter(numbers.hash().is_duplicated()).unique()
    rows = numbered.filter(pl.col("voucher_no").is_in(twice.implode())).select(*NUMBER, *LINE, *LINEAGE)
    again = in_use(rows.collect(), facts.units, facts.as_of)
    return again.filter(pl.struct(NUMBER).is_duplicated())


def _counted(again: pl.DataFrame) -> pl.DataFrame:
    """Count, per number, the places it stands in (unit and day), or its most frequent line where that is one place."""
    place = [*NUMBER, "unit_code", "paid_on"]
    same = (
        again.sort(*place, "slice_id", "row_no", nulls_last=True)
        .group_by(*NUMBER, *LINE, maintain_order=True)
        .agg(copies=pl.len().cast(pl.Int64))
    )
    # As one text: Polars 2.1 panics where columns of structs are compared.
    where = written("{} {}", pl.col("paid_on").cast(pl.String), "unit_code")
    same = same.with_columns(place=where).sort("place", maintain_order=True)
    is_first = pl.col("place") == pl.col("place").min().over(NUMBER)
    extra = pl.when(is_first).then(pl.col("copies") - 1).otherwise("copies") * pl.col("payment_fen")
    counted = (
        same.with_columns(extra=extra)
        .group_by(NUMBER, maintain_order=True)
        .agg(
            pl.col("unit_code", "project_code", "payee_name").first(),
            first_on=pl.col("paid_on").min(),
            last_on=pl.col("paid_on").max(),
            total_fen=(pl.col("payment_fen") * pl.col("copies")).sum(),
            amount_fen=pl.col("extra").sum(),
            places=pl.col("place").n_unique().cast(pl.Int64),
            copies=pl.col("copies").max(),
        )
    )
    is_placed = pl.col("places") > 1
    return counted.with_columns(
        times=pl.max_horizontal("places", "copies"),
        why_zh=pl.when(is_placed).then(pl.lit("日期或单位不同")).otherwise(pl.lit("明细完全相同")),
        why_en=pl.when(is_placed).then(pl.lit("other days or units")).otherwise(pl.lit("lines equal throughout")),
        subject=written("payment:{}", "voucher_no"),
    ).with_columns(measured=pl.col("times"))


RULE = Rule(TEXT, judge, Params, ("payments",))
