"""G16 暂付款规模偏大: temporary advances are large against a year's spending."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.money import rate_bp
from rules.balances import advances_of, rows_of_balances
from rules.judgement import Judgement, fences_of
from rules.rule import Rule
from rules.tables import judgement

TEXT = RuleText(
    code="G16",
    family="district",
    name_zh="暂付款规模偏大",
    name_en="Temporary advances",
    formula_zh="比例＝暂付款余额÷上年一般公共预算和政府性基金预算支出（决算数，无决算时用上年库款累计支出）。",
    formula_en="Share = balance of temporary advances / last year's general and fund spending (final "
    "account; without one, last year's payouts).",
    law_zh="实务做法，不作为违规认定依据。",
    law_en="Practice, no ground for finding a breach.",
    finding_zh="{division_name}{on:day}暂付款余额{advances_fen:wan}万元，为上年支出的{share_bp:rate}，疑似规模偏大。",
    finding_en="On {on} the temporary advances of {division_name} were {advances_fen:yuan} yuan, {share_bp:rate} "
    "of last year's spending.",
    arithmetic_zh="暂付款{advances_fen:wan}万元÷上年支出{year_fen:wan}万元（{year_zh}）＝{share_bp:rate}（{extent_zh}口径）。",
    arithmetic_en="Advances {advances_fen:yuan} yuan / last year's spending {year_fen:yuan} yuan ({year_en}) "
    "= {share_bp:rate} ({extent_en}).",
    innocent_zh=(
        "突发事件垫付，手续正在补办",
        "上级补助未到，先行垫付",
    ),
    innocent_en=(
        "paid in an emergency, papers to follow",
        "paid ahead of a transfer from above",
    ),
    next_step_zh="建议了解暂付款的形成原因、账龄和消化计划。",
    next_step_en="Ask how the advances came about, how old they are and how they will be cleared.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of a year's spending; the budgets whose spending counts."""

    yellow_bp: int = 300
    orange_bp: int = 400
    red_bp: int = 500
    fund_type_codes: tuple[str, ...] = ("11", "12")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag divisions whose advances reach a fence of last year's general and fund spending.

    Judged at the last statement of each quarter. Last year's spending is the final account's, else the payouts of
    last December's statement. Not judged: no advances stated, no spending of last year.
    """
    share = rate_bp(pl.col("advances_fen"), pl.col("year_fen"))
    known = advances_of(facts, params.fund_type_codes).with_columns(
        share_bp=share,
        measured=share,
        amount_fen=pl.col("advances_fen"),
        reason=pl.when(pl.col("advances_fen").is_null())
        .then(pl.lit("incomplete_record"))
        .when(share.is_null())
        .then(pl.lit("no_last_year")),
    )
    return judgement(
        "G16",
        facts,
        "treasury",
        known,
        fences_of(params, "bp"),
        measure_unit="bp",
        evidence=("on", "extent_zh", "extent_en", "advances_fen", "year_fen", "year_zh", "year_en", "share_bp"),
        rows=rows_of_balances(facts, None),
    )


RULE = Rule(TEXT, judge, Params, ("treasury", "final_accounts"))
