"""G08 土地出让收入超过一般公共预算收入: land revenue is as large as general public budget revenue, or larger."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.money import rate_bp
from rules.income import FUND, GENERAL, MONTH, behind, latest_of_quarters, parts_of, totals_of
from rules.judgement import Judgement, fences_of
from rules.rule import Rule
from rules.tables import judgement

TEXT = RuleText(
    code="G08",
    family="district",
    name_zh="土地出让收入超过一般公共预算收入",
    name_en="Land revenue above general revenue",
    formula_zh="比例＝土地出让收入÷一般公共预算收入（均为本年累计，同一口径）。",
    formula_en="Ratio = land revenue / general public budget revenue (year so far, same extent).",
    law_zh="分析性指标，不作为违规认定依据。",
    law_en="An analytical figure, no ground for finding a breach.",
    finding_zh="{division_name}截至{month_name:month}土地出让收入为一般公共预算收入的{ratio_bp:rate}，"
    "疑似过于依赖土地出让。",
    finding_en="Land revenue of {division_name} is {ratio_bp:rate} of its general public budget revenue "
    "up to {month_name}.",
    arithmetic_zh="土地出让收入{ytd_fen:wan}万元÷一般公共预算收入{general_fen:wan}万元＝{ratio_bp:rate}（{extent_zh}口径）。",
    arithmetic_en="Land revenue {ytd_fen:yuan} yuan / general revenue {general_fen:yuan} yuan = {ratio_bp:rate} "
    "({extent_en}).",
    innocent_zh=(
        "年初集中缴入上年成交地块价款",
        "一般公共预算收入按季入库，季初偏低",
    ),
    innocent_en=(
        "plots sold last year were paid for early in the year",
        "taxes come in by quarters",
    ),
    next_step_zh="建议了解土地出让收入的可持续性和相应支出、偿债安排。",
    next_step_en="Ask how lasting the land revenue is and what spending and debt service rest on it.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of land revenue over general revenue; the items (项) that are land revenue."""

    orange_bp: int = 10_000
    red_bp: int = 15_000
    least_revenue_fen: int = 1_000_000_000
    subject_codes: tuple[str, ...] = ("1030146", "1030147", "1030148")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag divisions whose land revenue reaches a fence of their 一般公共预算收入, both of the year so far.

    Judged at the last report of each quarter. Not judged: a missing figure, no positive general revenue, land revenue
    under ``least_revenue_fen``.
    """
    items = parts_of(facts, 7).filter(pl.col("fund") == FUND, pl.col("head").is_in(list(params.subject_codes)))
    land, rows = latest_of_quarters(facts, items.with_columns(head=pl.lit("land")))
    general = totals_of(facts, [GENERAL])
    whole, _ = latest_of_quarters(facts, general)
    place = [name for name in MONTH if name != "fund"]
    both = land.join(whole.select(*place, general_fen="ytd_fen"), on=place, how="left", maintain_order="left")
    ratio = rate_bp(pl.col("ytd_fen"), pl.col("general_fen"))
    known = both.with_columns(
        ratio_bp=ratio,
        measured=ratio,
        amount_fen=pl.col("ytd_fen") - pl.col("general_fen"),
        reason=pl.when(pl.col("ytd_fen").is_null() | ratio.is_null())
        .then(pl.lit("incomplete_record"))
        .when(pl.col("ytd_fen") < params.least_revenue_fen)
        .then(pl.lit("immaterial")),
    )
    against = behind(general, land.with_columns(fund=pl.lit(GENERAL), head=pl.lit("-")))
    return judgement(
        "G08",
        facts,
        "revenue",
        known,
        fences_of(params, "bp"),
        measure_unit="bp",
        evidence=("month_name", "extent_zh", "extent_en", "ytd_fen", "general_fen", "ratio_bp"),
        rows=pl.concat([rows, against]),
    )


RULE = Rule(TEXT, judge, Params, ("revenue",))
