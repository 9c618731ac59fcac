"""F04 采购预算执行慢: little of a unit's procurement budget is signed or paid by the month it should be."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, with_departments
from budget.money import rate_bp
from budget.subjects import unit_subjects
from rules.contracts import contracts_in_force
from rules.delivered import feed_reasons, reasons_by_division
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded, subject_coverage
from rules.rule import Rule
from rules.spending import NAMES, with_names
from rules.words import has_word

AMOUNTS = ("procurement_fen", "signed_fen", "paid_fen", "contracts", "signed_bp", "paid_bp")
EVIDENCE = (*NAMES, *AMOUNTS, "marked_on", "signing_mark_bp", "payment_mark_bp", "shortfall_bp", "state_zh", "state_en")

TEXT = RuleText(
    code="F04",
    family="project",
    name_zh="采购预算执行慢",
    name_en="Slow procurement",
    formula_zh="合同签订率＝已签合同的采购预算÷采购预算；支付率＝合同支付÷采购预算；分别低于月度节点标准的百分点，取较大者。",
    formula_en="Signed share = procurement budget of signed contracts / procurement budget; paid share = payments on "
    "contracts / procurement budget; the larger of the points by which they miss the mark of the month.",
    law_zh="分析性指标，不作为违规认定依据。",
    law_en="An analytical figure, no ground for finding a breach.",
    finding_zh="{unit_name}采购合同签订率{signed_bp:rate}、支付率{paid_bp:rate}，{state_zh}低于节点{shortfall_bp:gap}，"
    "采购执行疑似偏慢。",
    finding_en="{unit_name} has signed {signed_bp:rate} and paid {paid_bp:rate} of its procurement budget; {state_en} "
    "is {shortfall_bp:gap} below the mark.",
    arithmetic_zh="采购预算{procurement_fen:wan}万元；已签合同{contracts}份，对应预算{signed_fen:wan}万元，签订率"
    "{signed_bp:rate}（{marked_on:day}节点{signing_mark_bp:rate}）；支付{paid_fen:wan}万元，支付率{paid_bp:rate}"
    "（节点{payment_mark_bp:rate}）。",
    arithmetic_en="Procurement budget {procurement_fen:yuan} yuan; {contracts} contracts signed for "
    "{signed_fen:yuan} = {signed_bp:rate} (mark of {marked_on}: {signing_mark_bp:rate}); paid {paid_fen:yuan} = "
    "{paid_bp:rate} (mark {payment_mark_bp:rate}).",
    innocent_zh=("框架协议按需下单", "采购资金下达较晚", "流标后重新组织采购"),
    innocent_en=("call-offs from a framework", "money released late", "a tender that failed and is repeated"),
    next_step_zh="建议了解采购计划、招标进度和合同付款安排。",
    next_step_en="Ask for the procurement plan, the state of the tenders and when contracts are paid.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points below the mark; the marks at the ends of June, September and November; what counts."""

    yellow_bp: int = 1
    orange_bp: int = 1_500
    red_bp: int = 3_000
    june_signed_bp: int = 3_000
    september_signed_bp: int = 6_000
    november_signed_bp: int = 8_500
    june_paid_bp: int = 1_000
    september_paid_bp: int = 3_000
    november_paid_bp: int = 5_500
    least_budget_fen: int = 50_000_000
    settled_days: int = 90
    framework_words: tuple[str, ...] = ("框架", "协议供货", "定点")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag units by the points their signed or paid share lies below the latest mark, whichever is further below.

    The procurement budget is B1 of the unit's allotments tagged 政府采购 that were released ``settled_days`` ago or
    earlier; where none is tagged, what its contracts of the year state, planned ones without a day of signing among
    them. A contract counts with its procurement budget, else its amount. Framework contracts count nowhere; the paid
    share is left out where a contract's payments are not told. Not judged: before the end of June (``not_due``) and
    small budgets.
    """
    marked_on, signing, payment = _mark(facts.as_of, params)
    units = _units(facts, params).with_columns(
        marked_on=pl.lit(marked_on, pl.Date),
        signing_mark_bp=pl.lit(signing, pl.Int64),
        payment_mark_bp=pl.lit(payment, pl.Int64),
    )
    by_signing = pl.col("signing_mark_bp") - pl.col("signed_bp")
    by_payment = pl.col("payment_mark_bp") - pl.col("paid_bp")
    is_signing = (by_signing >= by_payment).fill_null(value=True)
    known = units.with_columns(
        shortfall_bp=pl.max_horizontal(by_signing, by_payment),
        state_zh=pl.when(is_signing).then(pl.lit("签订率")).otherwise(pl.lit("支付率")),
        state_en=pl.when(is_signing).then(pl.lit("the signed share")).otherwise(pl.lit("the paid share")),
        amount_fen=pl.col("procurement_fen") - pl.when(is_signing).then("signed_fen").otherwise("paid_fen"),
        reason=pl.coalesce(reasons_by_division(feed_reasons(facts, "contracts")), _reason(params)),
    ).with_columns(measured=pl.col("shortfall_bp"))
    year = str(facts.as_of.year)
    found = build_findings(
        "F04",
        graded(with_names(known.filter(pl.col("reason").is_null()), facts), fences_of(params, "bp")),
        as_of=facts.as_of,
        period=year,
        measure_unit="bp",
        evidence=EVIDENCE,
        rows=_behind(facts),
        keys=["unit_code"],
    )
    coverage = [
        subject_coverage("F04", known, year),
        division_coverage("F04", feed_reasons(facts, "contracts"), year),
    ]
    return Judgement(found, pl.concat(coverage))


def _mark(as_of: dt.date, params: Params) -> tuple[dt.date | None, int | None, int | None]:
    """Return the latest mark that lies behind, the ends of June, September and November, with its two shares."""
    marks = (
        (dt.date(as_of.year, 11, 30), params.november_signed_bp, params.november_paid_bp),
        (dt.date(as_of.year, 9, 30), params.september_signed_bp, params.september_paid_bp),
        (dt.date(as_of.year, 6, 30), params.june_signed_bp, params.june_paid_bp),
    )
    return next((mark for mark in marks if mark[0] <= as_of), (None, None, None))


def _units(facts: Facts, params: Params) -> pl.DataFrame:
    is_framework = has_word("contract_name", params.framework_words)
    own = contracts_in_force(facts).filter(~is_framework)
    worth = pl.coalesce("budget_fen", "total_fen")
    is_signed = pl.col("signed_on").is_not_null()
    year = facts.as_of.year
    current = own.filter(pl.col("signed_on").is_null() | (pl.col("signed_on").dt.year() == year))
    stated = current.group_by("unit_code").agg(
        pl.col("division_code").min(),
        stated_fen=worth.sum(),
        signed_fen=worth.filter(is_signed).sum(),
        paid_fen=pl.when(pl.col("paid_fen").filter(is_signed).is_not_null().all()).then(
            pl.col("paid_fen").filter(is_signed).sum()
        ),
        contracts=is_signed.sum().cast(pl.Int64),
    )
    tagged = _tagged(facts, params)
    both = stated.join(tagged, on="unit_code", how="full", coalesce=True)
    whole = pl.coalesce("tagged_fen", "stated_fen")
    return (
        both.with_columns(
            pl.coalesce("division_code", "division_code_right"),
            pl.col("signed_fen", "contracts").fill_null(0),
            paid_fen=pl.when(pl.col("stated_fen").is_null()).then(pl.lit(0, pl.Int64)).otherwise("paid_fen"),
            procurement_fen=whole,
        )
        .with_columns(
            subject=unit_subjects(),
            project_code=pl.lit(None, pl.String),
            signed_bp=rate_bp(pl.col("signed_fen"), pl.col("procurement_fen")),
            paid_bp=rate_bp(pl.col("paid_fen"), pl.col("procurement_fen")),
        )
        .sort("unit_code")
    )


def _tagged(facts: Facts, params: Params) -> pl.DataFrame:
    """Return B1 of the allotments tagged 政府采购 by unit: releases and changes old enough to have been acted on."""
    settled = facts.as_of - dt.timedelta(days=params.settled_days)
    parts = [
        rows.filter((pl.col("on") <= settled).fill_null(value=True)).select("division_code", "unit_code", "fen")
        for rows in _procurement_rows(facts)
    ]
    moved = with_departments(pl.concat(parts), facts.units, facts.as_of)
    return moved.group_by("unit_code").agg(pl.col("division_code").min(), tagged_fen=pl.col("fen").sum())


def _procurement_rows(facts: Facts) -> list[pl.DataFrame]:
    own = pl.col("fiscal_year") == facts.as_of.year
    tagged = facts.allotments.filter(own, pl.col("is_procurement").fill_null(value=False))
    codes = tagged["allotment_code"].drop_nulls().unique()
    changed = facts.adjustments.filter(own, pl.col("allotment_code").is_in(codes.implode()))
    return [
        tagged.with_columns(fen=pl.col("appropriation_fen"), on=pl.col("released_on")),
        changed.with_columns(fen=pl.col("adjustment_fen"), on=pl.col("adjusted_on")),
    ]


def _reason(params: Params) -> pl.Expr:
    return (
        pl.when(pl.col("marked_on").is_null())
        .then(pl.lit("not_due"))
        .when(pl.col("procurement_fen").is_null() | (pl.col("procurement_fen") <= 0))
        .then(pl.lit("no_budget"))
        .when(pl.col("procurement_fen") < params.least_budget_fen)
        .then(pl.lit("immaterial"))
    )


def _behind(facts: Facts) -> pl.DataFrame:
    rows = [facts.contracts.filter(pl.col("fiscal_year") == facts.as_of.year), *_procurement_rows(facts)]
    kept = [part.select("division_code", "unit_code", "slice_id", "row_no") for part in rows]
    return with_departments(pl.concat(kept), facts.units, facts.as_of)


RULE = Rule(TEXT, judge, Params, ("contracts", "allotments", "adjustments", "payments"), late="mutes")
