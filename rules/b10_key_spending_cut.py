"""B10 重点支出调减: spending that the budget report named as key was cut."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.divisions import level_code
from budget.facts import Facts, movements
from budget.money import rate_bp
from budget.subjects import written
from rules.delivered import feed_reasons
from rules.judgement import LINEAGE, Judgement, build_findings, division_coverage, subject_coverage
from rules.rule import Rule
from rules.sources import acts_of_levels, adjustments_of, division_names, is_upper_money, told_levels

KEYS = ["level_code", "key_code"]
SHOWN = ("division_name", "key_code", "appropriation_fen", "added_fen", "taken_fen", "cut_fen", "cut_bp", "approvals")

TEXT = RuleText(
    code="B10",
    family="adjustment",
    name_zh="重点支出调减",
    name_en="Key spending cut",
    formula_zh="调减额＝重点支出科目本年追减、调出合计－追加、调入合计（上级资金不计）；无批准文书的为红色。",
    formula_en="Cut = cuts and moves out of a key functional class - additions and moves into it, transfers "
    "left out; red without an approval on file.",
    law_zh="《中华人民共和国预算法》第六十七条。",
    law_en="Budget Law, Art. 67.",
    finding_zh="{division_name}重点支出{key_code}类净调减{cut_fen:wan}万元（占年初预算{cut_bp:rate}），{state_zh}。",
    finding_en="Key spending {key_code} of {division_name} was cut by {cut_fen:yuan} yuan ({cut_bp:rate} of "
    "its budget); {state_en}.",
    arithmetic_zh="年初预算{appropriation_fen:wan}万元；追加、调入{added_fen:wan}万元，追减、调出{taken_fen:wan}万元，"
    "净调减{cut_fen:wan}万元，占{cut_bp:rate}；预算调整批准文书{approvals}件。",
    arithmetic_en="Budget {appropriation_fen:yuan} yuan; added and moved in {added_fen:yuan}, cut and moved out "
    "{taken_fen:yuan}, net {cut_fen:yuan} = {cut_bp:rate}; {approvals} approvals of adjustments.",
    innocent_zh=("批准文书尚未录入", "科目调整，资金用途未变", "项目提前完成、厉行节约"),
    innocent_en=("an approval not filed yet", "a change of code, not of use", "a project finished for less"),
    next_step_zh="建议对照预算报告确定的重点支出，核对调减是否列入预算调整方案。",
    next_step_en="Hold it against the key spending named in the budget report and against the approved adjustment.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in fen cut; the key spending, how long an approval may take, and what is too small."""

    orange_fen: int = 1
    red_fen: int = 1
    key_functions: tuple[str, ...] = ("205", "206", "208", "210", "213")
    fund_codes: tuple[str, ...] = ("11",)
    wait_days: int = 90
    least_share_bp: int = 100
    upper_words: tuple[str, ...] = ("上级", "专项转移支付", "直达")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag key functional classes of a budget level that were cut on balance.

    Orange: cut by orange_fen or more. Red: cut by red_fen or more by adjustments that are ``wait_days`` old, and no
    approval of an adjustment on file. A key code may be a 类, 款 or 项; the longest that fits a line takes it. Not
    judged: cuts under ``least_share_bp`` of the class's B0.
    """
    year = facts.as_of.year
    rows = _keyed(adjustments_of(facts, year, facts.as_of).filter(~is_upper_money(params.upper_words)), params)
    budgets = _keyed(_budget_rows(facts, year), params)
    known = _summed(rows, budgets, facts, params).with_columns(
        subject=written("function:{}/{}", "level_code", "key_code"),
        division_code=pl.col("level_code"),
        division_name=pl.col("level_code").replace(division_names(facts)),
        unit_code=pl.lit(None, pl.String),
        project_code=pl.lit(None, pl.String),
        cut_bp=rate_bp(pl.col("cut_fen"), pl.col("appropriation_fen")),
        amount_fen=pl.col("cut_fen"),
    )
    known = known.with_columns(reason=_reason(params))
    flagged = _graded(known.filter(pl.col("reason").is_null()), told_levels(facts, "documents", year), params)
    found = build_findings(
        "B10",
        flagged,
        as_of=facts.as_of,
        period=str(year),
        measure_unit="fen",
        evidence=(*SHOWN, "state_zh", "state_en"),
        rows=rows.select(*KEYS, *LINEAGE),
        keys=KEYS,
    )
    undelivered = feed_reasons(facts, "adjustments")
    coverage = pl.concat([subject_coverage("B10", known, str(year)), division_coverage("B10", undelivered, str(year))])
    return Judgement(found, coverage)


def _budget_rows(facts: Facts, year: int) -> pl.DataFrame:
    moved = movements(facts, year, facts.as_of).filter(pl.col("appropriation_fen").is_not_null())
    return moved.with_columns(level_code=level_code())


def _keyed(rows: pl.DataFrame, params: Params) -> pl.DataFrame:
    """Keep the rows of key spending, each under its key code."""
    key = pl.lit(None, pl.String)
    for code in sorted(params.key_functions, key=len):
        key = pl.when(pl.col("function_code").str.starts_with(code)).then(pl.lit(code)).otherwise(key)
    counted = pl.col("fund_type_code").is_in(list(params.fund_codes)).fill_null(value=True)
    return rows.with_columns(key_code=key).filter(pl.col("key_code").is_not_null(), counted)


def _summed(rows: pl.DataFrame, budgets: pl.DataFrame, facts: Facts, params: Params) -> pl.DataFrame:
    fen = pl.col("adjustment_fen")
    is_old = pl.col("adjusted_on") <= facts.as_of - dt.timedelta(days=params.wait_days)
    changed = rows.group_by(KEYS).agg(
        added_fen=fen.filter(fen > 0).sum(),
        taken_fen=fen.filter(fen < 0).sum(),
        cut_fen=-fen.sum(),
        old_cut_fen=-fen.filter(is_old).sum(),
    )
    acts = acts_of_levels(facts, "adjustment_approval", facts.as_of.year).group_by("level_code").len("approvals")
    given = budgets.group_by(KEYS).agg(pl.col("appropriation_fen").sum())
    both = given.join(changed, on=KEYS, how="full", coalesce=True).join(acts, on="level_code", how="left")
    sums = ("added_fen", "taken_fen", "cut_fen", "old_cut_fen")
    return both.with_columns(
        pl.col(*sums).fill_null(0), approvals=pl.col("approvals").fill_null(0).cast(pl.Int64)
    ).sort(KEYS)


def _reason(params: Params) -> pl.Expr:
    least = pl.col("appropriation_fen").cast(pl.Int128) * params.least_share_bp
    return (
        pl.when(pl.col("appropriation_fen").is_null() | (pl.col("appropriation_fen") <= 0))
        .then(pl.lit("no_budget"))
        .when((pl.col("cut_fen") > 0) & (pl.col("cut_fen").cast(pl.Int128) * 10_000 < least))
        .then(pl.lit("immaterial"))
    )


def _graded(known: pl.DataFrame, told: list[str], params: Params) -> pl.DataFrame:
    """Give cuts their level; without any dated act delivered nobody can say that an approval is missing."""
    is_told = pl.col("level_code").is_in(told)
    is_red = (pl.col("old_cut_fen") >= max(params.red_fen, 1)) & (pl.col("approvals") == 0) & is_told
    is_orange = pl.col("cut_fen") >= max(params.orange_fen, 1)
    level = pl.when(is_red & is_orange).then(pl.lit("red")).when(is_orange).then(pl.lit("orange"))
    return known.with_columns(
        level=level,
        measured=pl.col("cut_fen"),
        limit=pl.when(is_red).then(max(params.red_fen, 1)).otherwise(max(params.orange_fen, 1)).cast(pl.Int64),
        state_zh=pl.when(is_red)
        .then(pl.lit("未见批准文书，疑似未按程序报批"))
        .otherwise(pl.lit("疑似影响重点支出保障")),
        state_en=pl.when(is_red)
        .then(pl.lit("no approval is on file"))
        .otherwise(pl.lit("it may affect what was to be secured")),
    ).filter(pl.col("level").is_not_null())


RULE = Rule(TEXT, judge, Params, ("adjustments", "allotments", "documents"))
