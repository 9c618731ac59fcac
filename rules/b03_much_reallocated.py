"""B03 调剂比例偏大: a unit's budget was changed by a large part of what was approved."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.money import rate_bp
from budget.subjects import unit_subjects
from rules.delivered import feed_reasons
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded, subject_coverage
from rules.rule import Rule
from rules.sources import adjustments_of, is_upper_money
from rules.spending import NAMES, spent, with_names

SHOWN = ("appropriation_fen", "added_fen", "cut_fen", "moved_in_fen", "moved_out_fen", "changed_fen", "changed_bp")

TEXT = RuleText(
    code="B03",
    family="adjustment",
    name_zh="调剂比例偏大",
    name_en="Much reallocated",
    formula_zh="比例＝（追加＋追减的绝对值＋调剂）÷年初预算；单位内部调剂的增减两方只计一次，上级资金、工资政策和机构改革不计。",
    formula_en="Share = (additions + cuts in absolute terms + moves) / budget; both sides of a move within a "
    "unit count once; transfers, wage policy and reorganisations are left out.",
    law_zh="《中华人民共和国预算法》第七十二条。",
    law_en="Budget Law, Art. 72.",
    finding_zh="{unit_name}本年预算调整、调剂合计相当于年初预算的{changed_bp:rate}，调剂比例疑似偏大。",
    finding_en="Changes of {unit_name}'s budget amount to {changed_bp:rate} of what was approved.",
    arithmetic_zh="追加{added_fen:wan}万元，追减{cut_fen:wan}万元，调入{moved_in_fen:wan}万元，调出{moved_out_fen:wan}万元；"
    "计{changed_fen:wan}万元÷年初预算{appropriation_fen:wan}万元＝{changed_bp:rate}。",
    arithmetic_en="Added {added_fen:yuan}, cut {cut_fen:yuan}, moved in {moved_in_fen:yuan}, moved out "
    "{moved_out_fen:yuan}; {changed_fen:yuan} / {appropriation_fen:yuan} yuan = {changed_bp:rate}.",
    innocent_zh=("落实工资政策、机构职能划转", "上级专项资金下达", "突发应急支出"),
    innocent_en=("wage policy or a transfer of functions", "earmarked transfers", "an emergency"),
    next_step_zh="建议了解调剂事由，核对年初预算编制的准确性。",
    next_step_en="Ask for the reasons, and how well the first budget was drawn up.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of B0; what is too small to judge and what is no reallocation."""

    yellow_bp: int = 1_000
    orange_bp: int = 2_000
    red_bp: int = 3_000
    least_changed_fen: int = 10_000_000
    upper_words: tuple[str, ...] = ("上级", "专项转移支付", "直达")
    excluded_words: tuple[str, ...] = ("工资", "津贴补贴", "养老保险", "机构改革", "职能划转", "划转", "撤并")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag units whose changes of the year reach a fence of B0.

    Moves count with the larger of what came in and what went out. Not judged: units without B0, changes under the
    materiality, units that took over another one this year (实施条例 第七十九条).
    """
    year = facts.as_of.year
    words = pl.col("reason").fill_null("").str.contains_any(list(params.excluded_words))
    is_other = words if params.excluded_words else pl.lit(value=False)
    rows = adjustments_of(facts, year, facts.as_of).filter(~is_other, ~is_upper_money(params.upper_words))
    fen, is_move = pl.col("adjustment_fen"), (pl.col("adjustment_kind") == "move").fill_null(value=False)
    summed = rows.group_by("unit_code").agg(
        added_fen=fen.filter(~is_move, fen > 0).sum(),
        cut_fen=fen.filter(~is_move, fen < 0).sum(),
        moved_in_fen=fen.filter(is_move, fen > 0).sum(),
        moved_out_fen=fen.filter(is_move, fen < 0).sum(),
    )
    sums = ("added_fen", "cut_fen", "moved_in_fen", "moved_out_fen")
    budgets = spent(facts, ["unit_code"]).join(summed, on="unit_code", how="left", maintain_order="left")
    moved = pl.max_horizontal(pl.col("moved_in_fen"), pl.col("moved_out_fen").abs())
    known = (
        with_names(budgets.with_columns(pl.col(*sums).fill_null(0)), facts)
        .with_columns(
            subject=unit_subjects(),
            project_code=pl.lit(None, pl.String),
            changed_fen=pl.col("added_fen") + pl.col("cut_fen").abs() + moved,
        )
        .with_columns(changed_bp=rate_bp(pl.col("changed_fen"), pl.col("appropriation_fen")))
        .with_columns(reason=_reason(facts, params))
    )
    flagged = graded(
        known.filter(pl.col("reason").is_null()).with_columns(
            measured=pl.col("changed_bp"), amount_fen=pl.col("changed_fen")
        ),
        fences_of(params, "bp"),
    )
    found = build_findings(
        "B03",
        flagged,
        as_of=facts.as_of,
        period=str(year),
        measure_unit="bp",
        evidence=(*NAMES, *SHOWN),
        rows=rows,
        keys=["unit_code"],
    )
    silent = {one: reason for one, reason in feed_reasons(facts, "adjustments").items() if reason}
    there = known.filter(~pl.col("division_code").is_in(list(silent)))
    coverage = pl.concat([subject_coverage("B03", there, str(year)), division_coverage("B03", silent, str(year))])
    return Judgement(found, coverage)


def _reason(facts: Facts, params: Params) -> pl.Expr:
    ended = pl.col("valid_to").dt.year() == facts.as_of.year
    taken_over = facts.units.filter(pl.col("successor_code").is_not_null(), ended, pl.col("valid_to") < facts.as_of)
    return (
        pl.when(pl.col("appropriation_fen").is_null() | (pl.col("appropriation_fen") <= 0))
        .then(pl.lit("no_budget"))
        .when(pl.col("unit_code").is_in(taken_over["successor_code"].unique().implode()))
        .then(pl.lit("exempt"))
        .when((pl.col("changed_bp") >= params.yellow_bp) & (pl.col("changed_fen") < params.least_changed_fen))
        .then(pl.lit("immaterial"))
    )


RULE = Rule(TEXT, judge, Params, ("allotments", "adjustments"), leans_on_budget=True)
