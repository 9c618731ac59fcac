"""G12 债务率等级: debt is large against what the division has to spend."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.money import rate_bp
from rules.debts import limits_of, rows_of_limits
from rules.income import FUND, GENERAL, added, totals_of
from rules.judgement import Judgement, fences_of
from rules.rule import Rule
from rules.tables import judgement, whole_or_null

TEXT = RuleText(
    code="G12",
    family="district",
    name_zh="债务率等级",
    name_en="Debt ratio grade",
    formula_zh="债务率＝政府债务余额（一般债务＋专项债务）÷综合财力；综合财力按报表所列，也可设为上年一般公共预算与政府性基金收入之和。",
    formula_en="Debt ratio = balance of general and special debt / fiscal capacity as the statement "
    "gives it (by setting: last year's general and fund revenue).",
    law_zh="《中华人民共和国预算法实施条例》第四十七条。",
    law_en="Implementing Regulations of the Budget Law, Art. 47.",
    finding_zh="{division_name}政府债务余额为{means_zh}的{ratio_bp:rate}，债务风险疑似偏高。",
    finding_en="The debt of {division_name} is {ratio_bp:rate} of {means_en}.",
    arithmetic_zh="截至{on:day}余额{balance_fen:wan}万元÷{means_zh}{means_fen:wan}万元＝{ratio_bp:rate}（{extent_zh}口径）。",
    arithmetic_en="On {on}: {balance_fen:yuan} yuan / {means_en} {means_fen:yuan} yuan = {ratio_bp:rate} "
    "({extent_en}).",
    innocent_zh=(
        "各地债务率计算口径不一，以省级财政部门认定为准",
        "综合财力按年初预算估计",
    ),
    innocent_en=(
        "formulas differ from place to place; the province's own counts",
        "the capacity is an estimate from the first budget",
    ),
    next_step_zh="建议请财政部门说明债务率的计算口径和风险等级评定结果。",
    next_step_en="Ask for the formula in use and for the official grade.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of the ratio; what the debt is held against; whether only special debt is meant."""

    yellow_bp: int = 12_000
    orange_bp: int = 20_000
    red_bp: int = 30_000
    formula: str = "capacity"
    debt_kinds: tuple[str, ...] = ("general", "special")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag divisions whose debt reaches a fence of their means, at the last statement of each quarter.

    ``formula`` "capacity" takes the 综合财力 that the statement gives; "revenue" the general and fund revenue of the
    year before, from the December report. Any other word is taken as "capacity". Not judged: a missing balance, means
    that are missing or not positive.
    """
    stated = limits_of(facts).with_columns(pl.col("capacity_fen").max().over("division_code", "period"))
    kinds = stated.filter(pl.col("debt_kind").is_in(list(params.debt_kinds)))
    balance = whole_or_null("balance_fen")
    whole = kinds.group_by("division_code", "fiscal_year", "period", "on", maintain_order=True).agg(
        *FIRST, balance_fen=balance
    )
    known = _with_means(whole, facts, params.formula).with_columns(
        subject=pl.concat_str(pl.lit("debt:"), "division_code", pl.lit("/all")),
        ratio_bp=rate_bp(pl.col("balance_fen"), pl.col("means_fen")),
    )
    return judgement(
        "G12",
        facts,
        "debt",
        known.with_columns(
            measured=pl.col("ratio_bp"),
            amount_fen=pl.col("balance_fen"),
            reason=pl.when(pl.col("ratio_bp").is_null()).then(pl.lit("incomplete_record")),
        ),
        fences_of(params, "bp"),
        measure_unit="bp",
        evidence=("on", "extent_zh", "extent_en", "balance_fen", "means_fen", "means_zh", "means_en", "ratio_bp"),
        rows=rows_of_limits(facts).with_columns(
            subject=pl.concat_str(pl.lit("debt:"), "division_code", pl.lit("/all"))
        ),
    )


FIRST = (
    pl.col("capacity_fen").first(),
    pl.col("extent_zh").first(),
    pl.col("extent_en").first(),
)


def _with_means(whole: pl.DataFrame, facts: Facts, formula: str) -> pl.DataFrame:
    if formula != "revenue":
        return whole.with_columns(
            means_fen=pl.col("capacity_fen"), means_zh=pl.lit("综合财力"), means_en=pl.lit("fiscal capacity")
        )
    taken = added(totals_of(facts, [GENERAL, FUND])).filter(pl.col("month") == 12)
    last = taken.group_by("division_code", fiscal_year=pl.col("fiscal_year") + 1).agg(means_fen=pl.col("ytd_fen").sum())
    return whole.join(last, on=["division_code", "fiscal_year"], how="left", maintain_order="left").with_columns(
        means_zh=pl.lit("上年一般公共预算与政府性基金收入"), means_en=pl.lit("last year's general and fund revenue")
    )


RULE = Rule(TEXT, judge, Params, ("debt", "revenue"))
