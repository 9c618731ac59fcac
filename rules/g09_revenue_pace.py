"""G09 收入进度偏差: revenue so far is far ahead of, or behind, the share of the year it usually has reached."""

import calendar
import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.calendar import TimeProgressBy, time_progress_bp
from budget.catalogue import RuleText
from budget.facts import Facts
from budget.money import rate_bp
from rules.income import classes_of, latest_of_quarters
from rules.income_pace import expected_share
from rules.judgement import Judgement, fences_of
from rules.rule import Rule
from rules.spending import shortfall_fen
from rules.tables import judgement

TEXT = RuleText(
    code="G09",
    family="district",
    name_zh="收入进度偏差",
    name_en="Revenue off its usual pace",
    formula_zh="偏差＝收入累计÷预算（有调整预算的用调整预算）－S*；S*为前三年同月累计占全年收入比重的中位数，"
    "无历史时以序时进度代替；快慢两个方向都比较。",
    formula_en="Deviation = revenue so far / budget (adjusted where there is one) - S*, where S* is "
    "the median share of the whole year's revenue that the three years before had by the "
    "same month (time elapsed where there is no history); judged both ways.",
    law_zh="分析性指标，不作为违规认定依据。",
    law_en="An analytical figure, no ground for finding a breach.",
    finding_zh="{division_name}{head_name}截至{month_name:month}完成预算{income_rate_bp:rate}，{state_zh}历年同期进度{size_bp:gap}，"
    "进度疑似异常。",
    finding_en="{head_en} of {division_name} reached {income_rate_bp:rate} of its budget by {month_name}, "
    "{state_en} the usual pace by {size_bp:rate} of the budget.",
    arithmetic_zh="累计{ytd_fen:wan}万元÷预算{budget_fen:wan}万元＝{income_rate_bp:rate}；S*{expected_bp:rate}（{basis_zh}）；"
    "偏差{gap_bp:points}（{extent_zh}口径）。",
    arithmetic_en="{ytd_fen:yuan} yuan / budget {budget_fen:yuan} yuan = {income_rate_bp:rate}; S* {expected_bp:rate} "
    "({basis_en}); deviation {gap_bp:points} ({extent_en}).",
    innocent_zh=(
        "减税降费、退税政策集中兑现",
        "一次性收入提前或推后入库",
        "预算编制时对收入估计偏高或偏低",
    ),
    innocent_en=(
        "tax relief falls into these months",
        "a one-off receipt came earlier or later",
        "the budget was set too high or too low",
    ),
    next_step_zh="建议了解收入进度偏差的原因和全年预计完成情况。",
    next_step_en="Ask for the reasons and for the forecast of the whole year.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of deviation, either way; the smallest budget; how much history S* needs."""

    yellow_bp: int = 1_000
    orange_bp: int = 1_500
    red_bp: int = 2_000
    least_budget_fen: int = 1_000_000_000
    least_history_years: int = 1


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag revenue, taxes and non-tax revenue whose share of the budget is a fence or more off S*.

    S* is the median share of the whole year's revenue that earlier years had by the same month, else S. Judged at the
    last report of each quarter. Not judged: a missing figure or budget, a budget under ``least_budget_fen``.
    """
    heads, rows = latest_of_quarters(facts, classes_of(facts))
    shares = expected_share(facts, params.least_history_years)
    known = _paced(heads.join(shares, on=["subject", "fiscal_year", "month"], how="left", maintain_order="left"), facts)
    budget = pl.col("budget_fen")
    judged = known.with_columns(
        measured=pl.col("gap_bp").abs(),
        size_bp=pl.col("gap_bp").abs(),
        amount_fen=shortfall_fen("budget_fen", "gap_bp").abs(),
        state_zh=pl.when(pl.col("gap_bp") > 0).then(pl.lit("快于")).otherwise(pl.lit("慢于")),
        state_en=pl.when(pl.col("gap_bp") > 0).then(pl.lit("ahead of")).otherwise(pl.lit("behind")),
        reason=pl.when(pl.col("ytd_fen").is_null() | budget.is_null())
        .then(pl.lit("incomplete_record"))
        .when(budget < max(params.least_budget_fen, 1))
        .then(pl.lit("immaterial")),
    )
    return judgement(
        "G09",
        facts,
        "revenue",
        judged,
        fences_of(params, "bp"),
        measure_unit="bp",
        evidence=EVIDENCE,
        rows=rows,
    )


def _paced(heads: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Add income_rate_bp, expected_bp with its basis, and gap_bp (signed)."""
    has_history = pl.col("expected_bp").is_not_null()
    rulers = {name: _ruler(name, facts.time_progress_by) for name in heads["month_name"].unique()}
    ruler = pl.col("month_name").replace_strict(rulers, return_dtype=pl.Int64)
    return heads.with_columns(
        income_rate_bp=rate_bp(pl.col("ytd_fen"), pl.col("budget_fen")),
        basis_zh=pl.when(has_history).then(pl.lit("历年同期占全年比重")).otherwise(pl.lit("序时进度（无可比历史）")),
        basis_en=pl.when(has_history).then(pl.lit("earlier years")).otherwise(pl.lit("time elapsed, no history")),
        expected_bp=pl.coalesce("expected_bp", ruler),
    ).with_columns(gap_bp=pl.col("income_rate_bp") - pl.col("expected_bp"))


def _ruler(month_name: str, by: TimeProgressBy) -> int:
    year, month = (int(part) for part in month_name.split("-"))
    return time_progress_bp(dt.date(year, month, calendar.monthrange(year, month)[1]), by)


EVIDENCE = (
    "head_name",
    "head_en",
    "month_name",
    "extent_zh",
    "extent_en",
    "ytd_fen",
    "budget_fen",
    "income_rate_bp",
    "expected_bp",
    "basis_zh",
    "basis_en",
    "history_years",
    "gap_bp",
    "size_bp",
    "state_zh",
    "state_en",
)
RULE = Rule(TEXT, judge, Params, ("revenue",))
