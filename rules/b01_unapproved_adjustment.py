"""B01 应报未报预算调整: total spending was changed by more than the standing committee (town: congress) approved."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import written
from rules.delivered import feed_reasons
from rules.judgement import (
    LINEAGE,
    Judgement,
    build_findings,
    division_coverage,
    fences_of,
    graded,
    subject_coverage,
)
from rules.rule import Rule
from rules.sources import acts_of_levels, adjustments_of, division_names, is_upper_money, told_levels

KEYS = ["level_code", "fund_type_code"]
SHOWN = ("division_name", "fund_zh", "added_fen", "cut_fen", "net_fen", "approved_fen", "approvals", "unapproved_fen")
FUNDS_ZH = {"11": "一般公共预算", "12": "政府性基金预算", "13": "国有资本经营预算", "14": "社会保险基金预算"}

TEXT = RuleText(
    code="B01",
    family="adjustment",
    name_zh="应报未报预算调整",
    name_en="Unapproved adjustment",
    formula_zh="未批准额＝|追加－追减|－已批准的预算调整额；调剂、上级专项转移支付和预备费动支不计。",
    formula_en="Unapproved = |additions - cuts| - what was approved; moves, earmarked transfers from above "
    "and the use of the reserve are left out.",
    law_zh="《中华人民共和国预算法》第六十七条、第六十九条、第七十条、第七十一条。",
    law_en="Budget Law, Art. 67, 69, 70 and 71.",
    finding_zh="{division_name}{fund_zh}总支出净变动{net_fen:wan}万元，已批准的预算调整{approved_fen:wan}万元，"
    "疑似有{unapproved_fen:wan}万元未经批准。",
    finding_en="Total spending of {division_name} (fund {fund_type_code}) changed by {net_fen:yuan} yuan; approvals on "
    "file cover {approved_fen:yuan} yuan, {unapproved_fen:yuan} yuan less.",
    arithmetic_zh="截至{until_on:day}追加{added_fen:wan}万元，追减{cut_fen:wan}万元，净变动{net_fen:wan}万元；"
    "批准文书{approvals}件，批准{approved_fen:wan}万元；差额{unapproved_fen:wan}万元。",
    arithmetic_en="By {until_on}: added {added_fen:yuan}, cut {cut_fen:yuan}, net {net_fen:yuan} yuan; {approvals} "
    "approvals of {approved_fen:yuan} yuan; difference {unapproved_fen:yuan} yuan.",
    innocent_zh=("上级专项转移支付未标明来源", "批准文书尚未录入", "预算稳定调节基金之外的待分配资金下达"),
    innocent_en=("transfers not marked as such", "an approval not filed yet", "money set aside when the year began"),
    next_step_zh="建议核对调整方案与批准决议，未报批的请政府说明。",
    next_step_en="Hold the adjustments against the approvals, and ask the government about the rest.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """The fence in fen; how long an approval may be on its way, and what is no adjustment."""

    red_fen: int = 1
    wait_days: int = 90
    least_change_fen: int = 10_000_000
    reserve_functions: tuple[str, ...] = ("227",)
    upper_words: tuple[str, ...] = ("上级", "专项转移支付", "直达")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag budget levels whose net change of total spending exceeds what adjustment approvals on file cover.

    Adjustments count once they are ``wait_days`` old: the committee meets every other month, and the year judged is
    that of the last such day. Each of the four budgets is judged by itself, a street with its district. An approval
    counts for the budget it names, one that names none for all; one without an amount covers everything.
    """
    until = facts.as_of - dt.timedelta(days=params.wait_days)
    rows = _changes(facts, until, params)
    levels = _with_approvals(rows, facts, until.year)
    known = levels.with_columns(
        subject=written("act:{}/adjustment_approval/{}", "level_code", "fund_type_code"),
        division_code=pl.col("level_code"),
        unit_code=pl.lit(None, pl.String),
        project_code=pl.lit(None, pl.String),
        division_name=pl.col("level_code").replace(division_names(facts)),
        fund_zh=pl.col("fund_type_code").replace_strict(FUNDS_ZH, default="", return_dtype=pl.String),
        until_on=pl.lit(until),
        unapproved_fen=(pl.col("net_fen").abs() - pl.col("approved_fen")).clip(0),
        reason=_reason(facts, until.year, params),
    )
    flagged = graded(
        known.filter(pl.col("reason").is_null(), ~pl.col("is_covered")).with_columns(
            measured=pl.col("unapproved_fen"), amount_fen=pl.col("unapproved_fen")
        ),
        fences_of(params, "fen"),
    )
    year = str(until.year)
    found = build_findings(
        "B01",
        flagged,
        as_of=facts.as_of,
        period=year,
        measure_unit="fen",
        evidence=(*SHOWN, "fund_type_code", "until_on"),
        rows=rows.select(*KEYS, *LINEAGE),
        keys=KEYS,
    )
    undelivered = feed_reasons(facts, "adjustments", year=until.year)
    coverage = pl.concat([subject_coverage("B01", known, year), division_coverage("B01", undelivered, year)])
    return Judgement(found, coverage)


def _changes(facts: Facts, until: dt.date, params: Params) -> pl.DataFrame:
    """Return what changes a level's total spending; money of no stated budget is general."""
    function = pl.col("function_code").fill_null("")
    is_reserve = function.str.slice(0, 3).is_in(list(params.reserve_functions))
    is_move = (pl.col("adjustment_kind") == "move").fill_null(value=False)
    rows = adjustments_of(facts, until.year, until).filter(~is_move, ~is_reserve, ~is_upper_money(params.upper_words))
    return rows.with_columns(pl.col("fund_type_code").fill_null("11"))


def _with_approvals(rows: pl.DataFrame, facts: Facts, year: int) -> pl.DataFrame:
    fen = pl.col("adjustment_fen")
    changed = (
        rows.group_by(KEYS)
        .agg(added_fen=fen.filter(fen > 0).sum(), cut_fen=fen.filter(fen < 0).sum(), net_fen=fen.sum())
        .sort(KEYS)
    )
    acts = acts_of_levels(facts, "adjustment_approval", year).select("level_code", "amount_fen", act="fund_type_code")
    approved = (
        changed.select(KEYS)
        .join(acts, on="level_code", how="inner")
        .filter(pl.col("act").is_null() | (pl.col("act") == pl.col("fund_type_code")))
        .group_by(KEYS)
        .agg(
            approved_fen=pl.col("amount_fen").abs().sum(),
            approvals=pl.len().cast(pl.Int64),
            is_covered=pl.col("amount_fen").is_null().any(),
        )
    )
    both = changed.join(approved, on=KEYS, how="left", maintain_order="left")
    return both.with_columns(
        pl.col("approved_fen", "approvals").fill_null(0), pl.col("is_covered").fill_null(value=False)
    )


def _reason(facts: Facts, year: int, params: Params) -> pl.Expr:
    unknown = ~pl.col("level_code").is_in(told_levels(facts, "documents", year))
    return (
        pl.when((pl.col("net_fen") != 0) & (pl.col("net_fen").abs() < params.least_change_fen))
        .then(pl.lit("immaterial"))
        .when(unknown)
        .then(pl.lit("no_documents"))
    )


RULE = Rule(TEXT, judge, Params, ("adjustments", "documents"))
