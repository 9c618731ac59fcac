"""A08 年底突击花钱: a large share of a project's budget was paid in November and December."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, ledger
from budget.money import rate_bp
from budget.subjects import project_subjects
from rules.judgement import Judgement, fences_of, judge_subjects
from rules.rule import MONEY, Rule
from rules.spending import (
    EXECUTION,
    NAMES,
    PROJECT,
    execute,
    project_rows_of,
    projects,
    sums_of,
    with_known_zeros,
    with_names,
)

NAMED = (*NAMES, "project_name", "project_category")
RUSH = ("late_release_fen", "judged_budget_fen", "rush_total_fen", "late_paid_fen", "rush_fen", "rush_bp")

TEXT = RuleText(
    code="A08",
    family="execution",
    name_zh="年底集中支出",
    name_en="Year-end rush",
    formula_zh="11月至12月支出÷调整后预算；9月1日以后下达的资金在分子、分母中同时剔除。",
    formula_en="Payments in November and December over the adjusted budget; money released from 1 September on is left "
    "out of both.",
    law_zh="《中华人民共和国预算法》第五十七条。",
    law_en="Budget Law, Art. 57.",
    finding_zh="{unit_name}“{project_name}”{judged_year}年11月至12月支出占预算{rush_bp:rate}，疑似年底集中支出。",
    finding_en="{unit_name} paid {rush_bp:rate} of the budget of {project_name} in November and December "
    "{judged_year}, "
    "which may be a year-end rush.",
    arithmetic_zh="调整后预算{adjusted_appropriation_fen:wan}万元，其中9月1日以后下达{late_release_fen:wan}万元不计；"
    "11月至12月支出{rush_total_fen:wan}万元，剔除{late_paid_fen:wan}万元；{rush_fen:wan}÷{judged_budget_fen:wan}＝{rush_bp:rate}。",
    arithmetic_en="Adjusted budget {adjusted_appropriation_fen:yuan} yuan, {late_release_fen:yuan} of it "
    "released from 1 "
    "September on and left out; paid in November and December {rush_total_fen:yuan} yuan, {late_paid_fen:yuan} "
    "left out; "
    "{rush_fen:yuan} / {judged_budget_fen:yuan} = {rush_bp:rate}.",
    innocent_zh=("合同约定年底验收、结算", "上级资金年底到位", "年底统一发放补助"),
    innocent_en=("acceptance and settlement fall in December by contract", "late transfers", "grants paid at year end"),
    next_step_zh="建议抽查年底大额支付的合同、验收和发票，核实是否真实列支。",
    next_step_en="Check contracts, acceptance papers and invoices of the large payments at year end.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of B1; the months of the rush and the month from which money counts as late."""

    yellow_bp: int = 3_000
    orange_bp: int = 4_000
    red_bp: int = 5_000
    least_budget_fen: int = 50_000_000
    first_rush_month: int = 11
    late_from_month: int = 9


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag projects that paid a fence or more of their budget in the last months of the year.

    Judges the year of as_of from the first rush month on, else the year before. Payments drawn on a 指标 that was
    first released late are left out with it; of a late top-up on an older 指标, as much as it could have paid.
    """
    year = facts.as_of.year if facts.as_of.month >= params.first_rush_month else facts.as_of.year - 1
    summed = execute(projects(sums_of(facts, year)), PROJECT, ["project_name", "project_category"])
    rush = _rush(facts, year, params)
    known = with_names(
        with_known_zeros(summed, facts, year=year).join(rush, on=list(PROJECT), how="left", maintain_order="left"),
        facts,
    )
    judged = known.with_columns(
        subject=project_subjects(),
        judged_year=pl.lit(year),
        judged_budget_fen=pl.col("adjusted_appropriation_fen") - pl.col("late_release_fen"),
    ).with_columns(
        rush_bp=rate_bp(pl.col("rush_fen"), pl.col("judged_budget_fen")),
        reason=_reason(dt.date(year, params.late_from_month, 1), params),
    )
    return judge_subjects(
        "A08",
        judged,
        fences_of(params, "bp"),
        measured=pl.col("rush_bp"),
        amount_fen=pl.col("rush_fen"),
        as_of=facts.as_of,
        period=str(year),
        evidence=(*NAMED, *EXECUTION, *RUSH, "judged_year"),
        rows=project_rows_of(facts, year),
        keys=PROJECT,
    )


def _reason(late_from: dt.date, params: Params) -> pl.Expr:
    return (
        pl.when(pl.col("adjusted_appropriation_fen").is_null())
        .then(pl.lit("no_budget"))
        .when(pl.col("released_on") >= late_from)
        .then(pl.lit("released_late"))
        .when(pl.col("judged_budget_fen") < max(params.least_budget_fen, 1))
        .then(pl.lit("immaterial"))
    )


def _rush(facts: Facts, year: int, params: Params) -> pl.DataFrame:
    """Return, per project, what was released late and what was paid in the rush months, late money apart."""
    rush_from = dt.date(year, params.first_rush_month, 1)
    moved = projects(ledger(facts, year, min(facts.as_of, dt.date(year, 12, 31)), since=rush_from))
    late_from = dt.date(year, params.late_from_month, 1)
    given = (pl.coalesce("appropriation_fen", "adjustment_fen") > 0) & (pl.col("feed") != "execution_months")
    code = [*PROJECT, "allotment_code"]
    codes = (
        moved.filter(given, pl.col("allotment_code").is_not_null())
        .group_by(code)
        .agg(is_late_code=pl.col("occurs_on").min() >= late_from)
    )
    known = moved.join(codes, on=code, how="left").with_columns(pl.col("is_late_code").fill_null(value=False))
    # A monthly report is cumulative: nothing in it says when the money was paid.
    is_late, paid = pl.col("is_late_code"), pl.col("payment_fen").filter(pl.col("feed") == "payments")
    late_money = pl.coalesce("appropriation_fen", "adjustment_fen").filter(given & (pl.col("occurs_on") >= late_from))
    topped_up = pl.col("adjustment_fen").filter(given & ~is_late & (pl.col("occurs_on") >= late_from))
    sums = known.group_by(PROJECT, maintain_order=True).agg(
        late_release_fen=late_money.sum(),
        topped_up_fen=topped_up.sum(),
        rush_total_fen=paid.sum(),
        by_code_fen=pl.col("payment_fen").filter(is_late & (pl.col("feed") == "payments")).sum(),
    )
    rest = pl.col("rush_total_fen") - pl.col("by_code_fen")
    return sums.with_columns(
        rush_fen=pl.max_horizontal(rest - pl.col("topped_up_fen"), pl.min_horizontal(rest, pl.lit(0, pl.Int64)))
    ).with_columns(late_paid_fen=pl.col("rush_total_fen") - pl.col("rush_fen"))


RULE = Rule(TEXT, judge, Params, MONEY, late="mutes", on_vouchers=True, leans_on_budget=True)
