"""G06 土地出让收入累计同比增幅大: land revenue of the year so far is far above that of the same months of last year."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from rules.growth import YTD_ARITHMETIC_EN, YTD_ARITHMETIC_ZH, year_to_date
from rules.income import FUND, parts_of
from rules.judgement import Judgement, fences_of
from rules.rule import Rule

TEXT = RuleText(
    code="G06",
    family="district",
    name_zh="土地出让收入累计同比增幅大",
    name_en="Land revenue well above last year",
    formula_zh="增幅＝（土地出让收入本年累计－上年同期累计）÷上年同期累计；按每季度最近一次月报计算。",
    formula_en="Growth = (land revenue of the year so far - the same months of last year) / the same "
    "months of last year, at the last report of each quarter.",
    law_zh="分析性指标，不作为违规认定依据。",
    law_en="An analytical figure, no ground for finding a breach.",
    finding_zh="{division_name}{head_name}截至{month_name:month}累计增长{growth_bp:rate}，疑似异常波动。",
    finding_en="{head_en} of {division_name} rose by {growth_bp:rate} over the same months of last year, "
    "up to {month_name}.",
    arithmetic_zh=YTD_ARITHMETIC_ZH,
    arithmetic_en=YTD_ARITHMETIC_EN,
    innocent_zh=(
        "地块成交和缴款集中在个别月份",
        "上年同期没有地块成交，基数偏低",
    ),
    innocent_en=(
        "plots are sold and paid for in single months",
        "nothing was sold in the same months of last year",
    ),
    next_step_zh="建议了解成交地块、受让方和缴款进度。",
    next_step_en="Ask which plots were sold, to whom, and how they are being paid for.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of growth; the smallest base; the items (项) that are land revenue."""

    yellow_bp: int = 10_000
    orange_bp: int = 20_000
    least_base_fen: int = 1_000_000_000
    subject_codes: tuple[str, ...] = ("1030146", "1030147", "1030148")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag land items of the fund budget that rose by a fence or more over the same months of last year.

    Judged at the last report of each quarter. Not judged: a missing figure, no positive base, one under
    ``least_base_fen``.
    """
    parts = parts_of(facts, 7).filter(pl.col("fund") == FUND, pl.col("head").is_in(list(params.subject_codes)))
    return year_to_date("G06", facts, parts, fences_of(params, "bp"), least_base_fen=params.least_base_fen)


RULE = Rule(TEXT, judge, Params, ("revenue",))
