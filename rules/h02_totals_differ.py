"""H02 勾稽不平: a delivered total differs from the sum of its parts."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, departments
from budget.levels import Level
from budget.subjects import written
from rules.checked import feed_zh, table_zh
from rules.judgement import Judgement, build_findings, fences_of, graded, subject_coverage
from rules.rule import Rule

EVIDENCE = (
    "feed",
    "feed_zh",
    "table_zh",
    "slice_key",
    "part",
    "part_zh",
    "part_en",
    "measure",
    "expected_fen",
    "actual_fen",
    "tolerance_fen",
    "difference_fen",
)
TEXT = RuleText(
    code="H02",
    family="data_quality",
    name_zh="勾稽不平",
    name_en="Totals do not add up",
    formula_zh="表中合计（小计）与明细之和的差额，超过允许误差。",
    formula_en="The difference between a delivered total (or subtotal) and the sum of its parts, beyond the tolerance.",
    law_zh="实务做法：数据质量检查，不作为违规认定依据。",
    law_en="Practice: a check of data quality, no ground for finding a breach.",
    finding_zh="{table_zh}{part_zh}与明细之和疑似不符，相差{difference_fen:yuan}元。",
    finding_en="In {feed} ({slice_key}) {part_en} differs from the sum of its parts by {difference_fen:yuan} yuan.",
    arithmetic_zh="表列{expected_fen:yuan}元，明细之和{actual_fen:yuan}元，允许误差{tolerance_fen:yuan}元，相差"
    "{difference_fen:yuan}元。",
    arithmetic_en="Stated {expected_fen:yuan}, parts {actual_fen:yuan}, tolerance {tolerance_fen:yuan}, difference "
    "{difference_fen:yuan} yuan.",
    innocent_zh=("万元表四舍五入的尾差", "明细中有未公开的涉密事项"),
    innocent_en=("rounding in tables of ten thousand yuan", "parts withheld as secret"),
    next_step_zh="建议请报送单位核对并重新报送。",
    next_step_en="Ask the sender to check the table and deliver it again.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Yellow is any difference beyond the delivery's own tolerance; the other fences in fen."""

    orange_fen: int = 10_000_000
    red_fen: int = 100_000_000


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag the control totals of the deliveries in force that differ from their parts.

    Of several measures of one total the largest difference speaks. The period is the fiscal year of the delivery.
    """
    difference = (pl.col("expected_fen") - pl.col("actual_fen")).abs()
    checks = facts.checks.filter(pl.col("check_code") == "H02").with_columns(
        subject=written("check:{}/{}/{}", "feed", "slice_key", "part"),
        year=pl.coalesce("fiscal_year", pl.lit(facts.as_of.year)).cast(pl.String),
        difference_fen=difference,
        beyond_fen=difference - pl.col("tolerance_fen"),
        is_open=pl.col("outcome").is_in(["warn", "hold"]),
    )
    worst = (
        checks.sort("is_open", "beyond_fen", "measure", descending=[True, True, False], nulls_last=True)
        .unique(["subject", "year"], keep="first", maintain_order=True)
        .sort("subject", "year")
    )
    flagged = _graded(worst.filter("is_open", pl.col("beyond_fen") > 0), facts, params)
    found = build_findings(
        "H02",
        flagged,
        as_of=facts.as_of,
        period=pl.col("year"),
        measure_unit="fen",
        evidence=EVIDENCE,
        rows=pl.DataFrame(schema={"subject": pl.String, "slice_id": pl.Int64, "row_no": pl.Int64}),
        keys=["subject"],
    )
    covered = worst.with_columns(reason=pl.lit(None, pl.String))
    return Judgement(found, subject_coverage("H02", covered, pl.col("year")))


def _graded(rows: pl.DataFrame, facts: Facts, params: Params) -> pl.DataFrame:
    first: dict[Level, int] = {"yellow": 1}
    measured = graded(rows.with_columns(measured=pl.col("difference_fen")), first | fences_of(params, "fen"))
    known = departments(facts.units)
    names = dict(known.select("unit_code", "unit_name").iter_rows())
    part = pl.col("part")
    name = part.replace_strict(names, default=part, return_dtype=pl.String)
    return measured.with_columns(
        limit=pl.when(pl.col("level") == "yellow").then(pl.col("tolerance_fen") + 1).otherwise("limit"),
        amount_fen=pl.col("difference_fen"),
        unit_code=pl.lit(None, pl.String),
        project_code=pl.lit(None, pl.String),
        feed_zh=feed_zh(),
        table_zh=table_zh(measured, facts),
        part_zh=pl.when(part == "total").then(pl.lit("合计")).otherwise(written("{}小计", name)),
        part_en=pl.when(part == "total").then(pl.lit("the total")).otherwise(written("the subtotal of {}", name)),
    )


RULE = Rule(TEXT, judge, Params, ("allotments", "adjustments", "payments", "execution_months"))
