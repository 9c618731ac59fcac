"""G01 收入当月环比增幅大: a month's revenue is far above the month before, and not for the season."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from rules.income import (
    MONTH,
    added,
    behind,
    classes_of,
    growth_bp,
    growth_reason,
)
from rules.judgement import Judgement, fences_of
from rules.rule import Rule
from rules.tables import judged_years, judgement

TEXT = RuleText(
    code="G01",
    family="district",
    name_zh="收入当月环比增幅大",
    name_en="Revenue jumps within a month",
    formula_zh="增幅＝（本月收入－上月收入）÷上月收入；季度申报纳税的月份（1、4、7、10月）和上年同月也有同样增幅的月份，"
    "改与上年同月比较。",
    formula_en="Growth = (month - month before) / month before; months of quarterly taxes, and months "
    "that rose as much last year, are held against the same month of last year.",
    law_zh="《中华人民共和国预算法》第五十五条。",
    law_en="Budget Law, Art. 55.",
    finding_zh="{division_name}{period:month}{head_name}比{base_name:month}增长{growth_bp:rate}，疑似异常入库。",
    finding_en="{head_en} of {division_name} in {period} rose by {growth_bp:rate} over {base_name}.",
    arithmetic_zh="{period:month}{month_fen:wan}万元，{base_name:month}{base_fen:wan}万元，增加{rise_fen:wan}万元，"
    "增幅{growth_bp:rate}（{extent_zh}口径）。",
    arithmetic_en="{month_fen:yuan} yuan in {period} against {base_fen:yuan} yuan in {base_name}: {rise_fen:yuan} "
    "yuan more, {growth_bp:rate} ({extent_en}).",
    innocent_zh=(
        "汇算清缴、按季申报的税款集中入库",
        "一次性大额收入",
        "上月因节假日申报期顺延而偏低",
    ),
    innocent_en=(
        "annual settlement or quarterly filing",
        "one large receipt",
        "filing days moved by holidays",
    ),
    next_step_zh="建议向财政、税务部门了解当月大额入库的来源，核实是否提前征收。",
    next_step_en="Ask the finance and tax offices for the large receipts of the month and whether any "
    "was collected early.",
    confidence="hint",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of growth; the smallest base; months in which quarterly taxes come in."""

    yellow_bp: int = 5_000
    orange_bp: int = 10_000
    least_base_fen: int = 200_000_000
    quarter_months: tuple[str, ...] = ("1", "4", "7", "10")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag months whose revenue, taxes or non-tax revenue rose by a fence or more over the month before.

    A month in which quarterly taxes come in, or that rose by the yellow fence last year as well, is held against the
    same month of last year instead. Not judged: a missing figure, a base under ``least_base_fen``.
    """
    parts = classes_of(facts)
    heads = added(parts).with_columns(period=pl.col("month_name"), order=pl.col("fiscal_year") * 12 + pl.col("month"))
    known = _with_base(heads, params).filter(pl.col("fiscal_year").is_in(judged_years(facts.as_of)))
    grown = known.with_columns(
        growth_bp=growth_bp("month_fen", "base_fen"),
        measured=growth_bp("month_fen", "base_fen"),
        rise_fen=pl.col("month_fen") - pl.col("base_fen"),
        amount_fen=pl.col("month_fen") - pl.col("base_fen"),
        reason=pl.when(pl.col("base_fen").is_null() & ~pl.col("is_season"))
        .then(pl.lit("incomplete_record"))
        .otherwise(growth_reason("month_fen", "base_fen", params.least_base_fen)),
    )
    return judgement(
        "G01",
        facts,
        "revenue",
        grown,
        fences_of(params, "bp"),
        measure_unit="bp",
        evidence=EVIDENCE,
        rows=_behind(parts, heads),
    )


def _with_base(heads: pl.DataFrame, params: Params) -> pl.DataFrame:
    """Add base_fen and base_name: the month before, or last year's same month where the season rises."""
    before = heads.select(
        "subject", order=pl.col("order") + 1, before_fen="month_fen", last_before_fen="last_month_fen",
        before_name="month_name",
    )  # fmt: skip
    both = heads.join(before, on=["subject", "order"], how="left", maintain_order="left")
    is_quarterly = pl.col("month").cast(pl.String).is_in(list(params.quarter_months))
    rose = (growth_bp("last_month_fen", "last_before_fen") >= params.yellow_bp).fill_null(value=False)
    is_season = is_quarterly | rose
    last_name = pl.concat_str((pl.col("fiscal_year") - 1).cast(pl.String), pl.col("month_name").str.slice(4))
    return both.with_columns(
        is_season=is_season,
        base_fen=pl.when(is_season).then("last_month_fen").otherwise("before_fen"),
        base_name=pl.when(is_season).then(last_name).otherwise("before_name"),
    )


def _behind(parts: pl.DataFrame, heads: pl.DataFrame) -> pl.DataFrame:
    """Return the facts of each month and of the month before it."""
    earlier = heads.select("subject", order=pl.col("order") - 1, of_period="period")
    before = heads.drop("period").join(earlier, on=["subject", "order"], how="inner").rename({"of_period": "period"})
    return pl.concat([behind(parts, heads), behind(parts, before.select(*MONTH, "head", "subject", "period"))])


EVIDENCE = (
    "head_name",
    "head_en",
    "extent_zh",
    "extent_en",
    "month_fen",
    "base_fen",
    "base_name",
    "growth_bp",
    "rise_fen",
)
RULE = Rule(TEXT, judge, Params, ("revenue",), yields_to="G02")
