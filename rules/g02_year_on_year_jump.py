"""G02 收入当月同比增幅大: a month's revenue is far above that of the same month of last year."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from rules.income import added, behind, classes_of, growth_bp, growth_reason
from rules.judgement import Judgement, fences_of
from rules.rule import Rule
from rules.tables import judged_years, judgement

TEXT = RuleText(
    code="G02",
    family="district",
    name_zh="收入当月同比增幅大",
    name_en="Month's revenue well above last year",
    formula_zh="增幅＝（本月收入－上年同月收入）÷上年同月收入。",
    formula_en="Growth = (month - the same month of last year) / the same month of last year.",
    law_zh="《中华人民共和国预算法》第五十五条。",
    law_en="Budget Law, Art. 55.",
    finding_zh="{division_name}{period:month}{head_name}比上年同月增长{growth_bp:rate}，疑似异常入库。",
    finding_en="{head_en} of {division_name} in {period} rose by {growth_bp:rate} over the same month of last year.",
    arithmetic_zh="{period:month}{month_fen:wan}万元，上年同月{last_month_fen:wan}万元，增加{rise_fen:wan}万元，"
    "增幅{growth_bp:rate}（{extent_zh}口径）。",
    arithmetic_en="{month_fen:yuan} yuan in {period} against {last_month_fen:yuan} yuan a year before: "
    "{rise_fen:yuan} yuan more, {growth_bp:rate} ({extent_en}).",
    innocent_zh=(
        "上年同月退税、缓税使基数偏低",
        "一次性大额收入",
        "申报期因节假日在相邻月份间移动",
    ),
    innocent_en=(
        "refunds or deferrals last year",
        "one large receipt",
        "filing days moved between months by holidays",
    ),
    next_step_zh="建议向财政、税务部门了解当月大额入库的来源，核实是否提前征收。",
    next_step_en="Ask the finance and tax offices for the large receipts of the month and whether any "
    "was collected early.",
    confidence="hint",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of growth; the smallest base."""

    yellow_bp: int = 5_000
    orange_bp: int = 10_000
    least_base_fen: int = 200_000_000


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag months whose revenue, taxes or non-tax revenue rose by a fence or more over last year's same month.

    Not judged: a missing figure, no positive base, one under ``least_base_fen``.
    """
    parts = classes_of(facts).filter(pl.col("fiscal_year").is_in(judged_years(facts.as_of)))
    heads = added(parts).with_columns(
        period=pl.col("month_name"),
        growth_bp=growth_bp("month_fen", "last_month_fen"),
        measured=growth_bp("month_fen", "last_month_fen"),
        rise_fen=pl.col("month_fen") - pl.col("last_month_fen"),
        amount_fen=pl.col("month_fen") - pl.col("last_month_fen"),
        reason=growth_reason("month_fen", "last_month_fen", params.least_base_fen),
    )
    return judgement(
        "G02",
        facts,
        "revenue",
        heads,
        fences_of(params, "bp"),
        measure_unit="bp",
        evidence=EVIDENCE,
        rows=behind(parts, heads),
    )


EVIDENCE = ("head_name", "head_en", "extent_zh", "extent_en", "month_fen", "last_month_fen", "growth_bp", "rise_fen")
RULE = Rule(TEXT, judge, Params, ("revenue",))
