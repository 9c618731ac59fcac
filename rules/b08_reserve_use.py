"""B08 预备费动支: much of the reserve is used early, most of it is used, or its use rests on no decision on file."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.levels import Level
from budget.money import rate_bp
from budget.set_aside import is_reserve
from rules.acts import ledger, recorders
from rules.judgement import Judgement, build_findings, graded
from rules.level_budgets import general_budget, level_judgement, level_reasons, with_place
from rules.rule import Rule

EVIDENCE = (
    *("name", "division_name", "reserve_fen", "used_fen", "share_bp", "early_share_bp", "decided_fen", "emergency_fen"),
    *("undecided_fen", "state_zh", "state_en"),
)

TEXT = RuleText(
    code="B08",
    family="adjustment",
    name_zh="预备费动支",
    name_en="Use of the reserve",
    formula_zh="动支比例＝预备费调出及支出（政府已决定的更多时取决定数）÷预备费；另看动支额中没有政府决定且未注明突发事件的部分。",
    formula_en="Share used = reserve moved out or paid, or decided where that is more, / reserve; and "
    "what of it rests on no decision of the government and no emergency.",
    law_zh="《中华人民共和国预算法》第四十条、第六十四条、第六十九条。",
    law_en="Budget Law, Arts. 40, 64, 69.",
    finding_zh="{name}预备费{reserve_fen:wan}万元，已动支{used_fen:wan}万元，{state_zh}。",
    finding_en="{name}: {used_fen:yuan} yuan of the reserve of {reserve_fen:yuan} yuan is used; {state_en}.",
    arithmetic_zh="已动支{used_fen:wan}万元÷预备费{reserve_fen:wan}万元＝{share_bp:rate}（上半年{early_share_bp:rate}）；"
    "有政府决定{decided_fen:wan}万元，注明突发事件{emergency_fen:wan}万元。",
    arithmetic_en="{used_fen:yuan} / {reserve_fen:yuan} yuan = {share_bp:rate} (first half {early_share_bp:rate}); "
    "decided {decided_fen:yuan}, emergencies {emergency_fen:yuan} yuan.",
    innocent_zh=("灾害多发年份", "政府决定已作出，台账未登记"),
    innocent_en=("a year of disasters", "the decision was made and is not recorded"),
    next_step_zh="建议向财政部门索取预备费动用方案和政府决定。",
    next_step_en="Ask the finance office for the plan of use and the government's decision.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences: share used by the end of a month, share used at all, money used without a decision."""

    yellow_early_bp: int = 5_000
    orange_used_bp: int = 8_000
    red_undecided_fen: int = 1
    early_until_month: int = 6
    emergency_words: tuple[str, ...] = ("灾", "应急", "突发", "抢险", "防汛", "抗旱", "疫情", "事故")
    recall_words: tuple[str, ...] = ("收回", "统筹", "压减", "稳定调节基金")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag levels by the reserve used: early, in all, and beyond what decisions and emergencies cover.

    Used is what was moved out or paid, or what was decided where that is more. What is recalled at the year's end is
    no use. A decision without an amount covers everything.
    """
    uses = _uses(facts, params)
    levels = _levels(facts, uses, params)
    found = pl.concat([_found(facts, params, levels, uses, measure) for measure in ("early", "used", "undecided")])
    return level_judgement("B08", facts, found, levels, level_reasons(facts, ["adjustments"]))


def _uses(facts: Facts, params: Params) -> pl.DataFrame:
    """Return what left the reserve, positive in used_fen, with occurs_on and is_emergency."""
    moved = general_budget(facts).filter(is_reserve())
    reasons = facts.adjustments.select("slice_id", "row_no", "adjustment_kind", "reason")
    told = moved.join(
        reasons.with_columns(feed=pl.lit("adjustments")),
        on=["feed", "slice_id", "row_no"],
        how="left",
        maintain_order="left",
    )
    reason = pl.col("reason").fill_null("")
    is_use = (pl.col("adjustment_kind") != "add") & ~reason.str.contains_any(list(params.recall_words))
    return told.with_columns(
        used_fen=pl.when(pl.col("feed") == "payments")
        .then("payment_fen")
        .when(is_use.fill_null(value=False))
        .then(-pl.col("adjustment_fen")),
        is_emergency=reason.str.contains_any(list(params.emergency_words)),
        added_fen=pl.when(pl.col("adjustment_kind") == "add").then("adjustment_fen"),
    )


def _levels(facts: Facts, uses: pl.DataFrame, params: Params) -> pl.DataFrame:
    used, day = pl.col("used_fen").fill_null(0), pl.col("occurs_on")
    after = dt.date(facts.as_of.year + params.early_until_month // 12, params.early_until_month % 12 + 1, 1)
    summed = uses.group_by("division_code").agg(
        reserve_fen=pl.when(pl.col("appropriation_fen").is_not_null().any()).then(
            pl.col("appropriation_fen").sum() + pl.col("added_fen").sum()
        ),
        moved_fen=used.sum(),
        early_moved_fen=used.filter(day < after).sum(),
        emergency_fen=used.filter("is_emergency").sum(),
    )
    known = (
        summed.join(_decided(facts, after), on="division_code", how="left")
        .sort("division_code")
        .with_columns(
            used_fen=pl.max_horizontal("moved_fen", "decided_fen"),
            early_fen=pl.max_horizontal("early_moved_fen", "early_decided_fen"),
        )
    )
    has_ledger = [one for one, reason in recorders(facts).items() if reason is None]
    decided = pl.when(pl.col("division_code").is_in(has_ledger)).then(pl.col("decided_fen").fill_null(0))
    covered = pl.when(pl.col("is_open").fill_null(value=False)).then("moved_fen").otherwise(decided)
    return (
        with_place(known, facts)
        .with_columns(
            share_bp=rate_bp(pl.col("used_fen"), pl.col("reserve_fen")),
            early_share_bp=rate_bp(pl.col("early_fen"), pl.col("reserve_fen")),
            decided_fen=covered,
            undecided_fen=(pl.col("moved_fen") - pl.col("emergency_fen") - covered).clip(lower_bound=0),
        )
        .with_columns(reason=_reason(params))
    )


def _reason(params: Params) -> pl.Expr:
    """Tell why a level is not judged; without a ledger only the shares could speak, and here they do not."""
    is_quiet = (pl.col("share_bp") < params.orange_used_bp) & (pl.col("early_share_bp") < params.yellow_early_bp)
    return (
        pl.when(pl.col("reserve_fen").is_null())
        .then(pl.lit("incomplete_record"))
        .when(pl.col("decided_fen").is_null() & is_quiet.fill_null(value=True))
        .then(pl.lit("no_documents"))
    )


def _decided(facts: Facts, after: dt.date) -> pl.DataFrame:
    """Return decided_fen by level, what of it was decided early, and is_open where a decision states no amount."""
    own = ledger(facts).filter(
        pl.col("document_kind") == "reserve_decision",
        pl.col("event_on").is_not_null(),
        pl.col("fiscal_year") == facts.as_of.year,
    )
    return own.group_by(division_code="level").agg(
        decided_fen=pl.col("amount_fen").sum(),
        early_decided_fen=pl.col("amount_fen").filter(pl.col("event_on") < after).sum(),
        is_open=pl.col("amount_fen").is_null().any(),
    )


def _found(facts: Facts, params: Params, levels: pl.DataFrame, uses: pl.DataFrame, measure: str) -> pl.DataFrame:
    measures: dict[str, tuple[str, dict[Level, int], str, str, str]] = {
        "early": (
            "early_share_bp",
            {"yellow": params.yellow_early_bp},
            "疑似前期动支偏多",
            "much of it early in the year",
            "bp",
        ),
        "used": ("share_bp", {"orange": params.orange_used_bp}, "疑似已接近用完", "most of it is gone", "bp"),
        "undecided": (
            "undecided_fen",
            {"red": params.red_undecided_fen},
            "疑似部分动支未见政府决定",
            "no decision on file for part of it",
            "fen",
        ),
    }
    column, fences, zh, en, unit = measures[measure]
    rows = levels.with_columns(
        measured=pl.col(column),
        amount_fen=pl.col("undecided_fen" if measure == "undecided" else "used_fen"),
        state_zh=pl.lit(zh),
        state_en=pl.lit(en),
    )
    return build_findings(
        "B08",
        graded(rows, fences),
        as_of=facts.as_of,
        period=str(facts.as_of.year),
        measure_unit=unit,
        evidence=EVIDENCE,
        rows=uses,
        keys=["division_code"],
    )


RULE = Rule(TEXT, judge, Params, ("allotments", "adjustments", "payments", "documents"))
