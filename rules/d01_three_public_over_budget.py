"""D01 三公超预算: travel abroad, receptions and official cars cost a unit as much as its budget, or more."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import unit_subjects
from rules.judgement import Judgement, build_findings, subject_coverage
from rules.rule import MONEY, Rule
from rules.spending import EXECUTION, NAMES, budget_reasons, execute, rows_of, sums_of, with_known_zeros, with_names

TEXT = RuleText(
    code="D01",
    family="three_public",
    name_zh="“三公”经费超预算",
    name_en="Three-public spending over budget",
    formula_zh="因公出国（境）、公务接待、公务用车购置和运行维护四项支出÷同口径调整后预算；超过预算以分比较。",
    formula_en="Payments for travel abroad, receptions and official cars (purchase and running) over the "
    "adjusted budget "
    "of the same items; whether they exceed it is compared in fen.",
    law_zh="《机关事务管理条例》第十二条、第三十二条；《中华人民共和国预算法》第九十五条。",
    law_en="Regulations on the Administration of Government Offices, Art. 12 and 32; Budget Law, Art. 95.",
    finding_zh="{unit_name}“三公”经费支出{payment_fen:wan}万元，预算{adjusted_appropriation_fen:wan}万元，{state_zh}。",
    finding_en="{unit_name} spent {payment_fen:yuan} yuan on the three public items against a budget of "
    "{adjusted_appropriation_fen:yuan} yuan; {state_en}.",
    arithmetic_zh="四项合计：年初预算{appropriation_fen:yuan}元，调整{adjustment_fen:yuan}元，调整后预算"
    "{adjusted_appropriation_fen:yuan}元；支出{payment_fen:yuan}元；占{execution_rate_bp:rate}；超出{excess_fen:yuan}元。",
    arithmetic_en="Budget {appropriation_fen:yuan} + adjustments {adjustment_fen:yuan} = "
    "{adjusted_appropriation_fen:yuan} yuan; paid {payment_fen:yuan} yuan = {execution_rate_bp:rate}; excess "
    "{excess_fen:yuan} yuan.",
    innocent_zh=("预算调整已批准，指标数据尚未报送", "一次性购置公务用车", "记账科目有误，正在更正"),
    innocent_en=(
        "an approved adjustment not delivered yet",
        "a car bought once",
        "a wrong item that is being corrected",
    ),
    next_step_zh="建议请单位提供“三公”经费明细和预算批复，核实是否超预算、超标准。",
    next_step_en="Ask for the details of these items and for the budget approval.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """The items; the fence for an early warning and the last month it holds; using the budget up, in basis points."""

    yellow_bp: int = 9_000
    orange_bp: int = 10_000
    red_fen: int = 1
    early_until_month: int = 9
    economic_codes: tuple[str, ...] = ("30212", "30217", "30231", "31013")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag units whose three-public spending nears, equals or exceeds its budget.

    Red: PAY - B1 >= red_fen, also where B1 is null or zero. Orange: R >= orange_bp. Yellow: R >= yellow_bp, up to
    the end of ``early_until_month``. Not judged: units whose budget carries no economic codes, and in later
    months those that only reach the yellow fence.
    """
    moved = sums_of(facts)
    is_item = pl.col("dept_economic_code").str.slice(0, 5).is_in(list(params.economic_codes))
    own = moved.filter(is_item)
    units = execute(own, ["unit_code"]).join(_coded(moved), on="unit_code", how="left", maintain_order="left")
    excess = pl.col("payment_fen") - pl.col("adjusted_appropriation_fen").fill_null(0)
    known = with_names(with_known_zeros(units, facts), facts).with_columns(
        subject=unit_subjects(),
        project_code=pl.lit(None, pl.String),
        excess_fen=excess,
        reason=pl.coalesce(_reason(facts), _season_over(facts.as_of, params)),
    )
    flagged = _graded(known.filter(pl.col("reason").is_null(), pl.col("payment_fen") > 0), facts.as_of, params)
    year = str(facts.as_of.year)
    found = build_findings(
        "D01",
        flagged,
        as_of=facts.as_of,
        period=year,
        measure_unit="bp",
        evidence=(*NAMES, *EXECUTION, "excess_fen", "state_zh", "state_en"),
        rows=rows_of(facts, where=is_item),
        keys=["unit_code"],
    )
    return Judgement(found, subject_coverage("D01", known, year))


def _graded(units: pl.DataFrame, as_of: dt.date, params: Params) -> pl.DataFrame:
    is_red = pl.col("excess_fen") >= max(params.red_fen, 1)
    rate = pl.col("execution_rate_bp").fill_null(-1)
    is_orange = rate >= params.orange_bp
    is_yellow = (rate >= params.yellow_bp) & (as_of.month <= params.early_until_month)
    by_level = pl.when(is_red).then(pl.lit("red")).when(is_orange).then(pl.lit("orange"))
    over = pl.col("excess_fen") > 0
    even = pl.col("excess_fen") == 0
    return units.with_columns(
        level=by_level.when(is_yellow).then(pl.lit("yellow")),
        limit=pl.when(is_red)
        .then(max(params.red_fen, 1))
        .when(is_orange)
        .then(params.orange_bp)
        .otherwise(params.yellow_bp)
        .cast(pl.Int64),
        measured=pl.when(is_red).then("excess_fen").otherwise("execution_rate_bp"),
        measure_unit=pl.when(is_red).then(pl.lit("fen")).otherwise(pl.lit("bp")),
        amount_fen=pl.when(is_red).then("excess_fen").otherwise("payment_fen"),
        state_zh=pl.when(over)
        .then(pl.lit("疑似超预算"))
        .when(even)
        .then(pl.lit("预算已用完"))
        .otherwise(pl.lit("接近预算")),
        state_en=pl.when(over)
        .then(pl.lit("it appears to be exceeded"))
        .when(even)
        .then(pl.lit("it is used up"))
        .otherwise(pl.lit("it is nearly used up")),
    ).filter(pl.col("level").is_not_null())


def _coded(moved: pl.DataFrame) -> pl.DataFrame:
    """Return, per unit with a budget, whether any of it carries an economic code."""
    budget = moved.filter(pl.col("appropriation_fen").is_not_null() | pl.col("adjustment_fen").is_not_null())
    return budget.group_by("unit_code").agg(is_coded=pl.col("dept_economic_code").is_not_null().any())


def _season_over(as_of: dt.date, params: Params) -> pl.Expr:
    """Return ``season_over`` for what was yellow while the year was young: nearly used up is no recovery."""
    rate = pl.col("execution_rate_bp")
    is_nearly = (rate >= params.yellow_bp) & (rate < params.orange_bp)
    return pl.when(is_nearly & (as_of.month > params.early_until_month)).then(pl.lit("season_over"))


def _reason(facts: Facts) -> pl.Expr:
    unbudgeted = [division for division, reason in budget_reasons(facts).items() if reason]
    return (
        pl.when(pl.col("division_code").is_in(unbudgeted))
        .then(pl.lit("no_budget"))
        .when(~pl.col("is_coded").fill_null(value=True))
        .then(pl.lit("no_economic_codes"))
    )


RULE = Rule(TEXT, judge, Params, MONEY, late="mutes", leans_on_budget=True)
