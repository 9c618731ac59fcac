"""A12 批准前支出超上年同期: before the budget was approved a unit paid more than in the same days of last year."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.calendar import same_day
from budget.catalogue import RuleText
from budget.divisions import level_code
from budget.facts import Facts
from budget.money import rate_bp
from budget.subjects import unit_subjects
from rules.delivered import feed_reasons
from rules.judgement import Judgement, fences_of, judge_subjects
from rules.rule import Rule
from rules.sources import CARRIED, acts_of_levels, sourced, told_levels
from rules.spending import NAMES, this_year, with_names

SHOWN = ("approved_on", "early_fen", "last_early_fen", "base_fen", "excess_fen", "growth_bp")

TEXT = RuleText(
    code="A12",
    family="execution",
    name_zh="批准前支出超上年同期",
    name_en="Spending before approval above last year",
    formula_zh="增幅＝（1月1日至预算批准日支出－上年同日期间支出）÷上年同日期间支出（不足10万元按10万元计）；"
    "上年结转、人员和法定支出、救灾应急支出不计。",
    formula_en="Growth = (payments from 1 January to the approval - those of the same days last year) / the latter (at "
    "least 100,000 yuan); carry-over, personnel, debt service and emergencies are left out.",
    law_zh="《中华人民共和国预算法》第五十四条。",
    law_en="Budget Law, Art. 54.",
    finding_zh="{unit_name}在{approved_on:day}预算批准前支出{early_fen:wan}万元，上年同期{last_early_fen:wan}万元，"
    "增幅{growth_bp:rate}，疑似超出参照范围。",
    finding_en="{unit_name} paid {early_fen:yuan} yuan before the budget was approved on {approved_on}, against "
    "{last_early_fen:yuan} yuan in the same days of last year, {growth_bp:rate} more.",
    arithmetic_zh="（{early_fen:yuan}元－{last_early_fen:yuan}元）÷{base_fen:yuan}元＝{growth_bp:rate}；"
    "期间为1月1日至{approved_on:day}及上年同期。",
    arithmetic_en="({early_fen:yuan} - {last_early_fen:yuan}) / {base_fen:yuan} yuan = {growth_bp:rate}; 1 January to "
    "{approved_on} and the same days of last year.",
    innocent_zh=("突发事件处置支出", "法律规定必须履行支付义务的支出", "上年结转资金支付"),
    innocent_en=("an emergency", "payments the law demands", "money carried over"),
    next_step_zh="建议了解批准前支出的具体事项和依据。",
    next_step_en="Ask what was paid before the approval and on what ground.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of growth; what is too small to judge and what Art. 54 allows."""

    yellow_bp: int = 1_000
    orange_bp: int = 2_000
    red_bp: int = 3_000
    least_excess_fen: int = 5_000_000
    least_base_fen: int = 10_000_000
    statutory_economic_classes: tuple[str, ...] = ("301", "303", "307")
    statutory_functions: tuple[str, ...] = ("224", "231", "232")
    emergency_words: tuple[str, ...] = ("抢险", "救灾", "应急", "疫情", "防汛", "事故处置")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag units that paid a fence or more above last year's same days before their level's budget was approved.

    The day of approval is left to the time after it; last year is cut on the same day of the year. A street's budget
    is approved with the district's. Divisions without an approval on file, or without last year's payments, are not
    judged.
    """
    year = facts.as_of.year
    approvals = acts_of_levels(facts, "budget_approval", year).group_by("level_code").agg(pl.col("event_on").min())
    days = dict(approvals.iter_rows())
    early, rows = _paid_before(facts, year, days, params)
    then, _ = _paid_before(facts, year - 1, {level: same_day(day, year - 1) for level, day in days.items()}, params)
    units = _units(facts).join(early.rename({"fen": "early_fen"}), on="unit_code", how="left", maintain_order="left")
    both = units.join(then.rename({"fen": "last_early_fen"}), on="unit_code", how="left", maintain_order="left")
    excess = pl.col("early_fen") - pl.col("last_early_fen")
    known = (
        with_names(both.with_columns(pl.col("early_fen", "last_early_fen").fill_null(0)), facts)
        .with_columns(
            subject=unit_subjects(),
            project_code=pl.lit(None, pl.String),
            approved_on=level_code().replace_strict(days, default=None, return_dtype=pl.Date),
            base_fen=pl.max_horizontal("last_early_fen", pl.lit(max(params.least_base_fen, 1), pl.Int64)),
            excess_fen=excess,
        )
        .with_columns(growth_bp=rate_bp(excess, pl.col("base_fen")))
        .with_columns(reason=_reason(facts, params))
    )
    return judge_subjects(
        "A12",
        known,
        fences_of(params, "bp"),
        measured=pl.col("growth_bp"),
        amount_fen=pl.col("excess_fen"),
        as_of=facts.as_of,
        period=str(year),
        evidence=(*NAMES, *SHOWN),
        rows=rows,
        keys=["unit_code"],
    )


def _paid_before(
    facts: Facts, year: int, days: dict[str, dt.date], params: Params
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what each unit paid in a year before a day of its level, and the rows behind it."""
    until = max(days.values(), default=dt.date(year, 1, 1))
    day = level_code().replace_strict(days, default=None, return_dtype=pl.Date)
    economic, function = pl.col("dept_economic_code").fill_null(""), pl.col("function_code").fill_null("")
    is_allowed = (
        (pl.col("budget_source") == CARRIED).fill_null(value=False)
        | economic.str.slice(0, 3).is_in(list(params.statutory_economic_classes))
        | function.str.slice(0, 3).is_in(list(params.statutory_functions))
    )
    lines = sourced(facts, year, until).filter(pl.col("feed") == "payments", pl.col("occurs_on") < day, ~is_allowed)
    if params.emergency_words:
        # Dates first: the words of a whole year's purposes take long to read.
        early = facts.payments.filter(pl.col("fiscal_year") == year, pl.col("paid_on") <= until)
        urgent = early.filter(pl.col("purpose").str.contains_any(list(params.emergency_words)))
        lines = lines.join(urgent.select("slice_id", "row_no"), on=["slice_id", "row_no"], how="anti")
    return lines.group_by("unit_code").agg(fen=pl.col("payment_fen").sum()), lines


def _units(facts: Facts) -> pl.DataFrame:
    """Return the units that paid or may pay anything this year."""
    moved = this_year(facts)
    return moved.group_by("unit_code").agg(pl.col("division_code").min()).sort("unit_code")


def _reason(facts: Facts, params: Params) -> pl.Expr:
    paid = feed_reasons(facts, "payments", year=facts.as_of.year - 1)
    without = [division for division, reason in paid.items() if reason]
    told = told_levels(facts, "documents", facts.as_of.year)
    return (
        pl.when(pl.col("approved_on").is_null() & ~level_code().is_in(told))
        .then(pl.lit("no_documents"))
        .when(pl.col("approved_on").is_null())
        .then(pl.lit("incomplete_record"))
        .when(pl.col("division_code").is_in(without))
        .then(pl.lit("no_last_year"))
        .when((pl.col("growth_bp") >= params.yellow_bp) & (pl.col("excess_fen") < params.least_excess_fen))
        .then(pl.lit("immaterial"))
    )


RULE = Rule(TEXT, judge, Params, ("payments", "allotments", "documents"), late="mutes")
