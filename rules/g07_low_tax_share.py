"""G07 税收占比低: taxes are a small part of the general public budget's revenue."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.money import rate_bp
from rules.income import GENERAL, MONTH, TAX, latest_of_quarters, parts_of, totals_of
from rules.judgement import Judgement, fences_of
from rules.rule import Rule
from rules.tables import judgement

TEXT = RuleText(
    code="G07",
    family="district",
    name_zh="税收占比低",
    name_en="Low share of taxes",
    formula_zh="税收占比＝税收收入÷一般公共预算收入（均为本年累计，不含转移性收入）；以100%－税收占比与标准比较。",
    formula_en="Tax share = taxes / general public budget revenue (year so far, transfers left out); "
    "100% less the share is held against the fences.",
    law_zh="分析性指标，不作为违规认定依据。",
    law_en="An analytical figure, no ground for finding a breach.",
    finding_zh="{division_name}截至{month_name:month}税收占一般公共预算收入{tax_share_bp:rate}，收入结构疑似偏重非税。",
    finding_en="Taxes are {tax_share_bp:rate} of the general public budget revenue of {division_name} "
    "up to {month_name}.",
    arithmetic_zh="税收{tax_fen:wan}万元÷一般公共预算收入{ytd_fen:wan}万元＝{tax_share_bp:rate}（{extent_zh}口径）。",
    arithmetic_en="Taxes {tax_fen:yuan} yuan / revenue {ytd_fen:yuan} yuan = {tax_share_bp:rate} ({extent_en}).",
    innocent_zh=(
        "留抵退税、减税政策冲减税收",
        "一次性资产处置收入集中入库",
        "小镇税源单一、规模较小",
    ),
    innocent_en=(
        "tax refunds and relief",
        "assets sold once",
        "a small town with few taxpayers",
    ),
    next_step_zh="建议了解非税收入的构成，哪些是一次性收入。",
    next_step_en="Ask what the non-tax revenue consists of and how much of it is one-off.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of the share that is no tax; the smallest revenue that is judged."""

    yellow_bp: int = 4_000
    orange_bp: int = 5_000
    red_bp: int = 6_000
    least_revenue_fen: int = 1_000_000_000


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag divisions whose non-tax share of 一般公共预算收入 reaches a fence: 10000 less the share of taxes.

    Judged at the last report of each quarter. Not judged: a missing figure, revenue under ``least_revenue_fen``.
    """
    whole, rows = latest_of_quarters(facts, totals_of(facts, [GENERAL]))
    taxes, _ = latest_of_quarters(facts, parts_of(facts, 3).filter(pl.col("head") == TAX, pl.col("fund") == GENERAL))
    both = whole.join(taxes.select(*MONTH, tax_fen="ytd_fen"), on=list(MONTH), how="left", maintain_order="left")
    share = rate_bp(pl.col("tax_fen"), pl.col("ytd_fen"))
    known = both.with_columns(
        tax_share_bp=share,
        measured=rate_bp(pl.col("ytd_fen") - pl.col("tax_fen"), pl.col("ytd_fen")),
        amount_fen=pl.col("ytd_fen") - pl.col("tax_fen"),
        reason=pl.when(pl.col("ytd_fen").is_null() | pl.col("tax_fen").is_null())
        .then(pl.lit("incomplete_record"))
        .when(pl.col("ytd_fen") < max(params.least_revenue_fen, 1))
        .then(pl.lit("immaterial")),
    )
    return judgement(
        "G07",
        facts,
        "revenue",
        known,
        fences_of(params, "bp"),
        measure_unit="bp",
        evidence=("month_name", "extent_zh", "extent_en", "ytd_fen", "tax_fen", "tax_share_bp"),
        rows=rows,
    )


RULE = Rule(TEXT, judge, Params, ("revenue",))
