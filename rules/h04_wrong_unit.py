"""H04 单位疑错: a department's figure is about ten thousand times last year's, or a ten-thousandth of it."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, budgets, sum_or_null
from budget.money import FEN_PER_WAN, FEN_PER_YUAN
from budget.subjects import written
from rules.judgement import Judgement, build_findings, subject_coverage
from rules.monthly import DEPARTMENT, months_of, totals_of
from rules.rule import Rule
from rules.spending import NAMES, with_names

SLIP = FEN_PER_WAN // FEN_PER_YUAN  # 元 read as 万元, or the other way round
TENTHS = 10
EVIDENCE = (*NAMES, "feed", "what_zh", "what_en", "this_fen", "last_fen", "times", "way_zh", "way_en")
KEY = ("department_code", "when")

TEXT = RuleText(
    code="H04",
    family="data_quality",
    name_zh="金额单位疑错",
    name_en="Amount unit looks wrong",
    formula_zh="部门本期数与上年同期数之比（或其倒数）在一万倍的90%至110%之间，疑似元与万元混淆。",
    formula_en="The ratio of a department's figure to last year's, or its inverse, lies between 90% and 110% of ten "
    "thousand: yuan and ten thousand yuan may have been mixed up.",
    law_zh="实务做法：数据质量检查，不作为违规认定依据。",
    law_en="Practice: a check of data quality, no ground for finding a breach.",
    finding_zh="{department_name}{when:month}{what_zh}疑似金额单位有误：约为上年同期的{way_zh}。",
    finding_en="The {what_en} of {department_name} for {when} may be in a wrong unit: about {way_en} last year's.",
    arithmetic_zh="本期{this_fen:yuan}元，上年同期{last_fen:yuan}元，相差约{times}倍。",
    arithmetic_en="This year {this_fen:yuan} yuan, last year {last_fen:yuan} yuan: {times} times.",
    innocent_zh=("机构新设或职能大幅调整",),
    innocent_en=("a new department, or one whose tasks changed greatly",),
    next_step_zh="建议请报送单位核对金额单位并重新报送。",
    next_step_en="Ask the sender to check the unit of the amounts and to deliver again.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """The band around ten thousand, in tenths on either side (1 = from 0.9 to 1.1)."""

    band_tenths: int = 1


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag department figures in [0.9, 1.1] × 10⁴ or × 10⁻⁴ of last year's; always red.

    Compared are the cumulative payments of each monthly report with the same month last year, and the year's
    allotments with last year's. measured is the larger figure over the smaller, rounded down.
    """
    both = pl.concat([_months(facts), _allotments(facts)]).sort("department_code", "feed", "when")
    is_up, is_down = _slips("this_fen", "last_fen", params), _slips("last_fen", "this_fen", params)
    times = pl.max_horizontal("this_fen", "last_fen") // pl.min_horizontal("this_fen", "last_fen")
    known = with_names(both.with_columns(unit_code=pl.col("department_code")), facts).with_columns(
        subject=written("unit:{}", "department_code"),
        project_code=pl.lit(None, pl.String),
        is_slip=is_up | is_down,
        way_zh=pl.when(is_up).then(pl.lit("一万倍")).otherwise(pl.lit("万分之一")),
        way_en=pl.when(is_up).then(pl.lit("ten thousand times")).otherwise(pl.lit("a ten-thousandth of")),
        reason=pl.when(pl.col("last_fen").is_null()).then(pl.lit("no_last_year")),
    )
    flagged = known.filter(pl.col("is_slip").fill_null(value=False)).with_columns(
        times=times,
        level=pl.lit("red"),
        measured=times,
        limit=pl.lit(SLIP * (TENTHS - params.band_tenths) // TENTHS, pl.Int64),
        amount_fen=pl.lit(None, pl.Int64),
    )
    found = build_findings(
        "H04",
        flagged,
        as_of=facts.as_of,
        period=pl.col("when"),
        measure_unit="count",
        evidence=(*EVIDENCE, "when"),
        rows=lambda _: _rows(facts),
        keys=KEY,
    )
    return Judgement(found, subject_coverage("H04", known, pl.col("when")))


def _slips(large: str, small: str, params: Params) -> pl.Expr:
    """Tell whether ``large`` lies in the band around ten thousand times ``small``, both ends inclusive."""
    scaled = pl.col(large).cast(pl.Int128) * TENTHS
    base = pl.col(small).cast(pl.Int128) * SLIP
    inside = (scaled >= base * (TENTHS - params.band_tenths)) & (scaled <= base * (TENTHS + params.band_tenths))
    return inside & (pl.col(small) > 0)


def _months(facts: Facts) -> pl.DataFrame:
    totals = totals_of(months_of(facts).filter(pl.col("as_of_on") <= facts.as_of))
    at = totals.with_columns(year=pl.col("as_of_on").dt.year(), number=pl.col("as_of_on").dt.month())
    last = at.filter(pl.col("year") == facts.as_of.year - 1).select("department_code", "number", last_fen="payment_fen")
    own = at.filter(pl.col("year") == facts.as_of.year)
    return own.join(last, on=["department_code", "number"], how="left", maintain_order="left").select(
        *DEPARTMENT,
        when="month",
        feed=pl.lit("execution_months"),
        what_zh=pl.lit("执行月报累计支出"),
        what_en=pl.lit("cumulative payments"),
        this_fen="payment_fen",
        last_fen="last_fen",
    )


def _allotments(facts: Facts) -> pl.DataFrame:
    year = facts.as_of.year
    last = _budgets(budgets(facts, year - 1, dt.date(year - 1, 12, 31)))
    own = _budgets(budgets(facts, year, facts.as_of))
    return own.join(
        last.select("department_code", last_fen="this_fen"), on="department_code", how="left", maintain_order="left"
    ).select(
        *DEPARTMENT,
        when=pl.lit(str(year)),
        feed=pl.lit("allotments"),
        what_zh=pl.lit("年初预算"),
        what_en=pl.lit("budget"),
        this_fen="this_fen",
        last_fen="last_fen",
    )


def _budgets(moved: pl.DataFrame) -> pl.DataFrame:
    own = moved.filter(pl.col("feed") == "allotments", pl.col("appropriation_fen").is_not_null())
    return (
        own.group_by("department_code")
        .agg(pl.col("division_code").min(), this_fen=sum_or_null("appropriation_fen"))
        .sort("department_code")
    )


def _rows(facts: Facts) -> pl.DataFrame:
    kept = ["department_code", "when", "slice_id", "row_no"]
    months = months_of(facts).with_columns(when=pl.col("as_of_on").dt.to_string("%Y-%m")).select(kept)
    given = (
        budgets(facts, facts.as_of.year, facts.as_of)
        .filter(pl.col("feed") == "allotments")
        .with_columns(when=pl.lit(str(facts.as_of.year)))
    )
    return pl.concat([months, given.select(kept)])


RULE = Rule(TEXT, judge, Params, ("allotments", "execution_months"))
