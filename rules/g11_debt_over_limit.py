"""G11 政府债务余额接近或超过限额: the balance of general or special debt nears its approved limit or exceeds it."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.money import rate_bp
from rules.debts import limits_of, rows_of_limits
from rules.judgement import Judgement
from rules.rule import Rule
from rules.tables import judgement

TEXT = RuleText(
    code="G11",
    family="district",
    name_zh="政府债务余额接近或超过限额",
    name_en="Debt near or over its limit",
    formula_zh="使用比例＝债务余额÷债务限额，一般债务和专项债务分别计算；超过限额以分比较。",
    formula_en="Share used = balance / limit, general and special debt apart; whether the limit is exceeded "
    "is compared in fen.",
    law_zh="《中华人民共和国预算法》第三十五条；《中华人民共和国预算法实施条例》第四十三条、第四十四条、第九十四条。",
    law_en="Budget Law, Art. 35; Implementing Regulations of the Budget Law, Art. 43, 44 and 94.",
    finding_zh="{division_name}{kind_zh}余额{balance_fen:wan}万元，限额{limit_fen:wan}万元，{state_zh}。",
    finding_en="The {kind_en} of {division_name} is {balance_fen:yuan} yuan against a limit of {limit_fen:yuan} "
    "yuan; {state_en}.",
    arithmetic_zh="截至{on:day}余额{balance_fen:yuan}元÷限额{limit_fen:yuan}元＝{used_bp:rate}；余额－限额＝{excess_fen:yuan}元（{extent_zh}口径）。",
    arithmetic_en="On {on}: {balance_fen:yuan} / {limit_fen:yuan} yuan = {used_bp:rate}; balance - limit "
    "= {excess_fen:yuan} yuan ({extent_en}).",
    innocent_zh=(
        "新增限额已经批准，报表尚未更新",
        "再融资债券发行与到期偿还之间的短暂重叠",
    ),
    innocent_en=(
        "a higher limit was approved and is not in the table yet",
        "a refinancing bond was issued shortly before the old one was repaid",
    ),
    next_step_zh="建议请财政部门提供限额批准文件和债务余额明细。",
    next_step_en="Ask for the approval of the limit and for the list of debts.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of the limit used, and in fen of what exceeds it."""

    yellow_bp: int = 9_000
    orange_bp: int = 9_500
    red_fen: int = 1


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag kinds of debt whose balance reaches a share of the limit, or exceeds it.

    Judged at the last statement of each quarter. Red: balance - limit >= red_fen, also where the limit is zero. Not
    judged: a missing balance or limit.
    """
    known = limits_of(facts).with_columns(
        used_bp=rate_bp(pl.col("balance_fen"), pl.col("limit_fen")),
        excess_fen=pl.col("balance_fen") - pl.col("limit_fen"),
        reason=pl.when(pl.col("balance_fen").is_null() | pl.col("limit_fen").is_null()).then(
            pl.lit("incomplete_record")
        ),
    )
    return judgement(
        "G11",
        facts,
        "debt",
        _graded(known, params),
        {},
        measure_unit="bp",
        evidence=EVIDENCE,
        rows=rows_of_limits(facts),
    )


def _graded(known: pl.DataFrame, params: Params) -> pl.DataFrame:
    is_red = pl.col("excess_fen") >= max(params.red_fen, 1)
    used = pl.col("used_bp").fill_null(-1)
    is_orange, is_yellow = used >= params.orange_bp, used >= params.yellow_bp
    return known.with_columns(
        level=pl.when(is_red)
        .then(pl.lit("red"))
        .when(is_orange)
        .then(pl.lit("orange"))
        .when(is_yellow)
        .then(pl.lit("yellow")),
        limit=pl.when(is_red).then(params.red_fen).when(is_orange).then(params.orange_bp).otherwise(params.yellow_bp),
        measured=pl.when(is_red).then("excess_fen").otherwise("used_bp"),
        measure_unit=pl.when(is_red).then(pl.lit("fen")).otherwise(pl.lit("bp")),
        amount_fen=pl.when(is_red).then("excess_fen").otherwise("balance_fen"),
        state_zh=pl.when(is_red).then(pl.lit("疑似超过限额")).otherwise(pl.lit("接近限额")),
        state_en=pl.when(is_red).then(pl.lit("appears to exceed it")).otherwise(pl.lit("close to it")),
    )


EVIDENCE = (
    "kind_zh",
    "kind_en",
    "on",
    "extent_zh",
    "extent_en",
    "balance_fen",
    "limit_fen",
    "used_bp",
    "excess_fen",
    "state_zh",
    "state_en",
)
RULE = Rule(TEXT, judge, Params, ("debt",))
