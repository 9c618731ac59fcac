"""B07 预备费设置比例: the reserve is less than 1% or more than 3% of a level's general budget."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.money import rate_bp
from budget.set_aside import is_reserve
from rules.judgement import Judgement, build_findings, fences_of, graded
from rules.level_budgets import general_budget, is_first_budget, level_judgement, level_reasons, with_place
from rules.rule import Rule

EVIDENCE = (
    *("name", "division_name", "reserve_fen", "budget_fen", "share_bp", "least_bp", "most_bp", "outside_bp"),
    *("state_zh", "state_en"),
)

TEXT = RuleText(
    code="B07",
    family="adjustment",
    name_zh="预备费设置比例",
    name_en="Reserve out of range",
    formula_zh="预备费÷本级一般公共预算支出额，应在1%至3%之间（年初预算口径，不含结转、上级专项和对下转移支付）。",
    formula_en="Reserve / the level's general budget, which has to lie between 1% and 3% (first budget, without "
    "carry-over, money from above and transfers down).",
    law_zh="《中华人民共和国预算法》第四十条。",
    law_en="Budget Law, Art. 40.",
    finding_zh="{name}预备费{reserve_fen:wan}万元，占本级一般公共预算支出额的{share_bp:rate}，疑似{state_zh}。",
    finding_en="{name}: the reserve of {reserve_fen:yuan} yuan is {share_bp:rate} of the general budget, {state_en}.",
    arithmetic_zh="预备费{reserve_fen:wan}万元÷本级一般公共预算支出额{budget_fen:wan}万元＝{share_bp:rate}；"
    "规定范围{least_bp:rate}至{most_bp:rate}。",
    arithmetic_en="{reserve_fen:yuan} / {budget_fen:yuan} yuan = {share_bp:rate}; the range is {least_bp:rate} to "
    "{most_bp:rate}.",
    innocent_zh=("支出额口径不同（是否含对下转移支付）", "预算指标尚未全部送达"),
    innocent_en=("another base (with or without transfers down)", "not all of the budget was delivered yet"),
    next_step_zh="建议与财政部门核对预备费数额和本级一般公共预算支出额口径。",
    next_step_en="Check the reserve and the base of the share with the finance office.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """The range in basis points, the functions left out of the base, and the fence outside the range."""

    red_bp: int = 1
    least_bp: int = 100
    most_bp: int = 300
    excluded_functions: tuple[str, ...] = ("230", "231")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag levels whose reserve lies outside the range, however little; a level without a reserve line is not judged.

    The distance is rounded up: whatever is outside is at least one basis point outside.
    """
    base = general_budget(facts).filter(is_first_budget(params.excluded_functions))
    summed = base.group_by("division_code").agg(
        budget_fen=pl.col("appropriation_fen").sum(),
        reserve_fen=pl.when(is_reserve().any()).then(pl.col("appropriation_fen").filter(is_reserve()).sum()),
    )
    levels = _levels(with_place(summed.sort("division_code"), facts), params)
    found = build_findings(
        "B07",
        graded(levels.with_columns(measured=pl.col("outside_bp")), fences_of(params, "bp")),
        as_of=facts.as_of,
        period=str(facts.as_of.year),
        measure_unit="bp",
        evidence=EVIDENCE,
        rows=base.filter(is_reserve()),
        keys=["division_code"],
    )
    return level_judgement("B07", facts, found, levels, level_reasons(facts))


def _levels(rows: pl.DataFrame, params: Params) -> pl.DataFrame:
    share = rate_bp(pl.col("reserve_fen"), pl.col("budget_fen"))
    share_up = -rate_bp(-pl.col("reserve_fen"), pl.col("budget_fen"))
    below, above = params.least_bp - share, share_up - params.most_bp
    amount = pl.when(below > 0).then(_part(params.least_bp) - pl.col("reserve_fen"))
    return rows.with_columns(
        share_bp=share,
        least_bp=pl.lit(params.least_bp),
        most_bp=pl.lit(params.most_bp),
        outside_bp=pl.max_horizontal(below, above, pl.lit(0)),
        amount_fen=amount.otherwise(pl.col("reserve_fen") - _part(params.most_bp)),
        state_zh=pl.when(below > 0).then(pl.lit("低于规定范围")).otherwise(pl.lit("高于规定范围")),
        state_en=pl.when(below > 0).then(pl.lit("below the range")).otherwise(pl.lit("above the range")),
        reason=pl.when(share.is_null()).then(pl.lit("incomplete_record")),
    )


def _part(share_bp: int) -> pl.Expr:
    return (pl.col("budget_fen").cast(pl.Int128) * share_bp // 10_000).cast(pl.Int64)


RULE = Rule(TEXT, judge, Params, ("allotments",))
