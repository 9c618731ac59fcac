"""G17 保工资支出进度滞后: a unit's wages trail the months that are over."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import unit_subjects
from rules.judgement import Judgement, fences_of, judge_subjects
from rules.rule import MONEY, Rule
from rules.spending import (
    EXECUTION,
    NAMES,
    execute,
    shortfall_fen,
    since_release,
    this_year,
    with_known_zeros,
    with_names,
)

TEXT = RuleText(
    code="G17",
    family="district",
    name_zh="保工资支出进度滞后",
    name_en="Wages behind schedule",
    formula_zh="差距＝已过月数÷13－工资支出÷工资预算；工资取基本工资、津贴补贴、奖金、绩效工资，预算取调整后预算；"
    "年底一次性奖金按第13个月计，一个月的工资约为7.69个百分点。",
    formula_en="Gap = months over / 13 - wages paid / wage budget (basic pay, allowances, bonuses, performance pay; "
    "adjusted budget). A thirteenth part is paid at the year's end; a month of wages is about 7.69 points.",
    law_zh="分析性指标，不作为违规认定依据。",
    law_en="An analytical figure, no ground for finding a breach.",
    finding_zh="{unit_name}工资支出完成预算{execution_rate_bp:rate}，低于已过月份应有进度{due_bp:rate}，"
    "疑似有工资未按月发放。",
    finding_en="{unit_name} has paid {execution_rate_bp:rate} of its wage budget against {due_bp:rate} "
    "for the months that are over.",
    arithmetic_zh="工资预算{adjusted_appropriation_fen:wan}万元；已支出{payment_fen:wan}万元＝{execution_rate_bp:rate}；"
    "应有{due_bp:rate}；差距{gap_bp:gap}。",
    arithmetic_en="Wage budget {adjusted_appropriation_fen:yuan} yuan; paid {payment_fen:yuan} yuan = "
    "{execution_rate_bp:rate}; due {due_bp:rate}; gap {gap_bp:rate}.",
    innocent_zh=(
        "年终一次性奖金、绩效尾款集中在年底发放",
        "人员调出、空编，工资预算有节余",
        "工资由主管部门代发",
    ),
    innocent_en=(
        "bonuses are paid at the end of the year",
        "posts are vacant",
        "the department pays the wages",
    ),
    next_step_zh="建议向单位了解工资发放情况，核实是否有拖欠。",
    next_step_en="Ask the unit whether any wages are owed.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of the gap: one, two and three months of wages; who is judged; the wage codes."""

    yellow_bp: int = 769
    orange_bp: int = 1_538
    red_bp: int = 2_307
    wage_parts: int = 13
    least_budget_fen: int = 5_000_000
    mute_days: int = 30
    wage_codes: tuple[str, ...] = ("30101", "30102", "30103", "30107")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag units whose wages paid trail what is due for the finished months by a fence or more.

    The wages of the running month are not owed yet. Not judged: budgets without economic codes, a wage budget under
    the materiality, the first ``mute_days`` days after its first release.
    """
    moved = this_year(facts)
    own = moved.filter(pl.col("dept_economic_code").str.slice(0, 5).is_in(list(params.wage_codes)))
    due = due_bp(facts.as_of, params.wage_parts)
    wages = with_known_zeros(execute(own, ["unit_code"]), facts).with_columns(
        due_bp=pl.lit(due, pl.Int64), gap_bp=due - pl.col("execution_rate_bp"), reason=_reason(facts, params)
    )
    units = pl.concat([wages, _without_codes(moved)], how="diagonal")
    known = with_names(units, facts).with_columns(subject=unit_subjects(), project_code=pl.lit(None, pl.String))
    year = str(facts.as_of.year)
    return judge_subjects(
        "G17",
        known,
        fences_of(params, "bp"),
        measured=pl.col("gap_bp"),
        amount_fen=shortfall_fen("adjusted_appropriation_fen", "gap_bp"),
        as_of=facts.as_of,
        period=year,
        evidence=(*NAMES, *EXECUTION, "due_bp", "gap_bp"),
        rows=own,
        keys=["unit_code"],
    )


def due_bp(as_of: dt.date, parts: int) -> int:
    """Return the share of a year's wages that is due by the end of a day, in basis points, rounded down.

    One part a month that is over; a 13th part, paid at the year's end, is due with none of them.
    """
    is_last = (as_of + dt.timedelta(days=1)).day == 1
    return min(10_000, (as_of.month - (0 if is_last else 1)) * 10_000 // max(parts, 1))


def _reason(facts: Facts, params: Params) -> pl.Expr:
    budget = pl.col("adjusted_appropriation_fen")
    return (
        pl.when(budget.is_null())
        .then(pl.lit("no_budget"))
        .when(budget < max(params.least_budget_fen, 1))
        .then(pl.lit("immaterial"))
        .when(since_release(facts.as_of) < params.mute_days)
        .then(pl.lit("muted_after_release"))
    )


def _without_codes(moved: pl.DataFrame) -> pl.DataFrame:
    """Return the units whose budget names no economic code at all: nobody can tell their wages."""
    budgeted = pl.col("appropriation_fen").is_not_null()
    coded = pl.col("dept_economic_code").is_not_null()
    by_unit = moved.filter(budgeted).group_by("unit_code").agg(pl.col("division_code").min(), is_coded=coded.any())
    bare = by_unit.filter(~pl.col("is_coded")).select("unit_code", "division_code")
    return bare.with_columns(reason=pl.lit("no_economic_codes")).sort("unit_code")


RULE = Rule(TEXT, judge, Params, MONEY, late="mutes", paced=True, leans_on_budget=True)
