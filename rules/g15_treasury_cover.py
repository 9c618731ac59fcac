"""G15 库款保障水平: the treasury's balance covers too little of a month's payments, or lies idle."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.money import rate_bp
from rules.balances import balances_of, rows_of_balances
from rules.judgement import Judgement
from rules.rule import Rule
from rules.tables import judgement

TEXT = RuleText(
    code="G15",
    family="district",
    name_zh="库款保障水平",
    name_en="Treasury cover",
    formula_zh="保障水平＝月末库款余额÷月均支出；月均支出为本年累计支出÷月数，前3个月用上年全年支出÷12。"
    "不足0.1预警、0.1至0.3偏低、0.3至0.8正常、超过0.8闲置。",
    formula_en="Cover = balance at the month's end / average monthly payments (of the year so far; in "
    "the first three months, of last year). Up to 0.1 alert, up to 0.3 low, 0.8 and more "
    "idle.",
    law_zh="分析性指标，不作为违规认定依据。",
    law_en="An analytical figure, no ground for finding a breach.",
    finding_zh="{division_name}{on:day}库款保障水平为月均支出的{cover_bp:rate}，{state_zh}。",
    finding_en="On {on} the treasury of {division_name} held {cover_bp:rate} of a month's payments; it {state_en}.",
    arithmetic_zh="库款余额{closing_fen:wan}万元÷月均支出{monthly_fen:wan}万元（{basis_zh}）＝{cover_bp:rate}（{extent_zh}口径）。",
    arithmetic_en="Balance {closing_fen:yuan} yuan / average month {monthly_fen:yuan} yuan ({basis_en}) "
    "= {cover_bp:rate} ({extent_en}).",
    innocent_zh=(
        "月末大额税款或转移支付刚刚入库",
        "债券资金到账尚未支付",
        "库款由上级统一调度，本级账户只留少量",
    ),
    innocent_en=(
        "taxes or transfers came in just before the day",
        "bond money not paid out yet",
        "cash is pooled one level up",
    ),
    next_step_zh="建议了解近期支付安排和库款调度情况，重点关注“三保”支出。",
    next_step_en="Ask for the payments ahead and how cash is being provided, wages and basic services first.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of a month's payments: what is lacking to one month, and what lies there; the accounts."""

    orange_shortfall_bp: int = 7_000
    red_shortfall_bp: int = 9_000
    yellow_idle_bp: int = 8_000
    least_months: int = 3
    fund_type_codes: tuple[str, ...] = ("11", "12", "13")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag treasuries whose balance covers 0.3 or 0.1 of a month's payments or less, or 0.8 or more.

    Cover = balance / average monthly payments of the year so far; in the first ``least_months`` months, of last year.
    Judged at the last statement of each quarter. Not judged: a missing balance or payments, no earlier year to
    average over.
    """
    cover = rate_bp(pl.col("closing_fen"), pl.col("monthly_fen"))
    known = balances_of(facts, params.fund_type_codes, params.least_months).with_columns(
        cover_bp=cover,
        reason=pl.when(pl.col("closing_fen").is_null() | pl.col("payouts_fen").is_null())
        .then(pl.lit("incomplete_record"))
        .when(cover.is_null())
        .then(pl.lit("no_history")),
    )
    return judgement(
        "G15",
        facts,
        "treasury",
        _graded(known, params),
        {},
        measure_unit="bp",
        evidence=EVIDENCE,
        rows=rows_of_balances(facts, params.fund_type_codes),
    )


def _graded(known: pl.DataFrame, params: Params) -> pl.DataFrame:
    lacking = pl.col("monthly_fen") - pl.col("closing_fen")
    shortfall, cover = rate_bp(lacking, pl.col("monthly_fen")), pl.col("cover_bp")
    is_red, is_orange = shortfall >= params.red_shortfall_bp, shortfall >= params.orange_shortfall_bp
    is_idle = cover >= params.yellow_idle_bp

    def by_state(red: str, orange: str, idle: str) -> pl.Expr:
        return pl.when(is_red).then(pl.lit(red)).when(is_orange).then(pl.lit(orange)).when(is_idle).then(pl.lit(idle))

    return known.with_columns(
        level=by_state("red", "orange", "yellow"),
        limit=pl.when(is_red)
        .then(params.red_shortfall_bp)
        .when(is_orange)
        .then(params.orange_shortfall_bp)
        .otherwise(params.yellow_idle_bp),
        measured=pl.when(is_orange | is_red).then(shortfall).otherwise(cover),
        amount_fen=pl.col("closing_fen"),
        state_zh=by_state("疑似保障不足（预警）", "疑似偏低", "疑似闲置偏多"),
        state_en=by_state("appears too low (alert)", "appears low", "appears to lie idle"),
    )


EVIDENCE = (
    "on",
    "extent_zh",
    "extent_en",
    "closing_fen",
    "payouts_fen",
    "monthly_fen",
    "basis_zh",
    "basis_en",
    "cover_bp",
    "state_zh",
    "state_en",
)
RULE = Rule(TEXT, judge, Params, ("treasury",))
