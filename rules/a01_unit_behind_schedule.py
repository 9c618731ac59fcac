"""A01 部门支出进度滞后: a unit's execution rate trails where it stood on the same day in earlier years."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.progress import expected_progress, with_expected_progress
from budget.subjects import unit_subjects
from rules.judgement import Judgement, build_findings, fences_of, graded, subject_coverage
from rules.rule import MONEY, Rule
from rules.spending import (
    EXECUTION,
    NAMES,
    execute,
    shortfall_fen,
    since_release,
    spent,
    this_year,
    with_known_zeros,
    with_names,
)

KIND = ("division_code", "spending_kind")
BASIS_ZH = {
    "unit_code": "本单位前三年同日",
    "+".join(KIND): "同区划同类支出前三年同日",
    "time": "序时进度（无可比历史）",
}
BASIS_EN = {
    "unit_code": "own history",
    "+".join(KIND): "division's history by kind",
    "time": "time elapsed, no history",
}
EVIDENCE = (*EXECUTION, "expected_progress_bp", "expected_basis", "basis_zh", "basis_en", "history_years")
GAPS = ("time_progress_bp", "gap_bp", "time_gap_bp")

TEXT = RuleText(
    code="A01",
    family="execution",
    name_zh="部门支出进度滞后",
    name_en="Unit behind schedule",
    formula_zh="差距＝历史同期进度S*－执行率R；R＝本年支出÷调整后预算；S*取前三年同日执行率的中位数，无历史时以序时进度代替。",
    formula_en="Gap = S* - R, where R = payments / adjusted budget and S* is the median R on the same day of the three "
    "years before (time elapsed where there is no history).",
    law_zh="《中华人民共和国预算法》第五十三条；《中华人民共和国预算法实施条例》第六十条。",
    law_en="Budget Law, Art. 53; Implementing Regulations of the Budget Law, Art. 60.",
    finding_zh="{unit_name}本年支出进度疑似滞后：执行率{execution_rate_bp:rate}，低于历史同期进度"
    "{expected_progress_bp:rate}，相差{gap_bp:gap}。",
    finding_en="{unit_name} appears to be behind schedule: execution {execution_rate_bp:rate} against "
    "{expected_progress_bp:rate} expected, {gap_bp:rate} of the budget short.",
    arithmetic_zh="年初预算{appropriation_fen:wan}万元，调整{adjustment_fen:wan}万元，调整后预算"
    "{adjusted_appropriation_fen:wan}万元；支出{payment_fen:wan}万元；执行率{execution_rate_bp:rate}；"
    "历史同期进度{expected_progress_bp:rate}（{basis_zh}）；另：序时进度{time_progress_bp:rate}，差距{time_gap_bp:points}。",
    arithmetic_en="Budget {appropriation_fen:yuan} + adjustments {adjustment_fen:yuan} = "
    "{adjusted_appropriation_fen:yuan} yuan; paid {payment_fen:yuan} yuan = {execution_rate_bp:rate}; expected "
    "{expected_progress_bp:rate} ({basis_en}); time elapsed {time_progress_bp:rate}.",
    innocent_zh=("年初预算批复、下达较晚", "上级转移支付资金到位较晚", "采购、工程按合同约定在下半年集中支付"),
    innocent_en=(
        "the budget was approved or released late",
        "transfers arrived late",
        "purchases fall due later in the year",
    ),
    next_step_zh="建议向单位了解支出安排和滞后原因，请其说明下一步支出计划。",
    next_step_en="Ask the unit for the reasons and for its spending plan for the rest of the year.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of gap; which units are large and old enough to judge."""

    yellow_bp: int = 1_000
    orange_bp: int = 2_000
    red_bp: int = 3_000
    least_budget_fen: int = 5_000_000
    mute_days: int = 30
    least_history_years: int = 2


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag units whose R trails S* by a fence or more.

    S* is the unit's own history, else its division's by spending kind weighted with the unit's budget, else S.
    Not judged: no budget, B1 under the materiality, the first ``mute_days`` days after the first release.
    """
    units = with_names(
        _with_expected(with_known_zeros(spent(facts, ["unit_code"]), facts), facts, params), facts
    ).with_columns(
        subject=unit_subjects(),
        project_code=pl.lit(None, pl.String),
        gap_bp=pl.col("expected_progress_bp") - pl.col("execution_rate_bp"),
        time_gap_bp=pl.col("time_progress_bp") - pl.col("execution_rate_bp"),
        reason=_reason(facts, params),
    )
    flagged = graded(
        units.filter(pl.col("reason").is_null()).with_columns(
            measured=pl.col("gap_bp"), amount_fen=shortfall_fen("adjusted_appropriation_fen", "gap_bp")
        ),
        fences_of(params, "bp"),
    )
    year = str(facts.as_of.year)
    found = build_findings(
        "A01",
        flagged,
        as_of=facts.as_of,
        period=year,
        measure_unit="bp",
        evidence=(*NAMES, *EVIDENCE, *GAPS),
        rows=this_year(facts),
        keys=["unit_code"],
    )
    return Judgement(found, subject_coverage("A01", units, year))


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


def _with_expected(units: pl.DataFrame, facts: Facts, params: Params) -> pl.DataFrame:
    own = expected_progress(facts, facts.as_of, ["unit_code"], least_years=params.least_history_years)
    both = units.join(own, on="unit_code", how="left", maintain_order="left").join(
        _by_kind(facts, params), on="unit_code", how="left", maintain_order="left"
    )
    basis = pl.when(pl.col("expected_progress_bp").is_not_null()).then(pl.lit("unit_code")).otherwise("kind_basis")
    return both.with_columns(
        expected_basis=basis, expected_progress_bp=pl.coalesce("expected_progress_bp", "kind_progress_bp")
    ).with_columns(
        basis_zh=pl.col("expected_basis").replace_strict(BASIS_ZH, return_dtype=pl.String),
        basis_en=pl.col("expected_basis").replace_strict(BASIS_EN, return_dtype=pl.String),
    )


def _by_kind(facts: Facts, params: Params) -> pl.DataFrame:
    """Return, per unit, its division's S* by spending kind, weighted with what the unit may spend on each kind."""
    kinds = execute(this_year(facts), ["unit_code", *KIND]).filter(pl.col("adjusted_appropriation_fen") > 0)
    known = with_expected_progress(
        kinds,
        facts,
        facts.as_of,
        [KIND],
        least_years=params.least_history_years,
        time_progress_by=facts.time_progress_by,
    )
    weight = pl.col("adjusted_appropriation_fen").cast(pl.Int128)
    return known.group_by("unit_code", maintain_order=True).agg(
        kind_progress_bp=((pl.col("expected_progress_bp") * weight).sum() // weight.sum()).cast(pl.Int64),
        kind_basis=pl.col("expected_basis").min(),
        time_progress_bp=pl.col("time_progress_bp").first(),
    )


RULE = Rule(TEXT, judge, Params, MONEY, late="mutes", paced=True, leans_on_budget=True)
