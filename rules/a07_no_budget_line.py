"""A07 无预算支出: payments on a control line for which no budget was ever given."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, budgets
from budget.subjects import line_subjects
from rules.a06_line_over_budget import LINE, NAMED, line_words
from rules.judgement import Judgement, build_findings, division_coverage
from rules.rule import MONEY, Rule
from rules.spending import EXECUTION, budget_reasons, rows_of, spent, with_names

TEXT = RuleText(
    code="A07",
    family="execution",
    name_zh="无预算支出",
    name_en="Payment without a budget line",
    formula_zh="支付对应的单位、项目、功能科目在本年没有任何预算指标。",
    formula_en="Payments whose unit, project and functional item have no budget at all this year.",
    law_zh="《中华人民共和国预算法》第十三条、第五十四条；《中华人民共和国预算法实施条例》第五十七条。",
    law_en="Budget Law, Art. 13 and 54; Implementing Regulations of the Budget Law, Art. 57.",
    finding_zh="{unit_name}{line_zh}支出{unbudgeted_fen:wan}万元，疑似没有对应的预算指标。",
    finding_en="{unit_name} paid {unbudgeted_fen:yuan} yuan on {line_en}, for which no budget was found.",
    arithmetic_zh="该单位、项目、功能科目的年初预算和调整：{adjusted_appropriation_fen:yuan}；支出{unbudgeted_fen:yuan}元。",
    arithmetic_en="Budget and adjustments of this unit, project and item: none delivered; paid "
    "{unbudgeted_fen:yuan} yuan.",
    innocent_zh=(
        "预算批准前按《预算法》第五十四条安排的支出",
        "上年结转项目重新编码",
        "支付使用的功能科目与指标不一致",
    ),
    innocent_en=(
        "spending allowed before approval",
        "a carried-over project under a new code",
        "another functional item",
    ),
    next_step_zh="建议请单位提供对应的预算批复或指标文件。",
    next_step_en="Ask the unit for the budget approval behind these payments.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """The smallest net payment without a budget that is reported (always red)."""

    red_fen: int = 1


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag lines with payments and no budget; payments that Art. 54 allows before the budget are left out.

    Left out: divisions without any budget, and what was paid before the unit's first release of the year on lines
    that last year's budget had.
    """
    lines = (
        spent(facts, LINE)
        .filter(pl.col("payment_fen").is_not_null())
        .join(_budgeted(facts, facts.as_of.year), on=list(LINE), how="anti", nulls_equal=True)
        .select(LINE)
    )
    paid = (
        rows_of(facts)(lines)
        .filter(pl.col("payment_fen").is_not_null())
        .join(lines, on=list(LINE), how="semi", nulls_equal=True)
    )
    reasons = budget_reasons(facts)
    judged = [one for one, reason in reasons.items() if reason is None]
    counted = _without_early(paid, facts).filter(pl.col("division_code").is_in(judged))
    sums = counted.group_by(LINE, maintain_order=True).agg(
        unbudgeted_fen=pl.col("payment_fen").sum(),
        project_name=pl.col("project_name").drop_nulls().min(),
        division_code=pl.col("division_code").min(),
    )
    empty = [pl.lit(None, pl.Int64).alias(name) for name in EXECUTION if name not in {"payment_fen", "released_on"}]
    flagged = (
        with_names(sums, facts)
        .filter(pl.col("unbudgeted_fen") >= max(params.red_fen, 1))
        .with_columns(
            *empty,
            subject=line_subjects(),
            payment_fen=pl.col("unbudgeted_fen"),
            level=pl.lit("red"),
            measured=pl.col("unbudgeted_fen"),
            limit=pl.lit(max(params.red_fen, 1), pl.Int64),
            amount_fen=pl.col("unbudgeted_fen"),
            line_zh=line_words(zh=True),
            line_en=line_words(zh=False),
        )
    )
    year = str(facts.as_of.year)
    found = build_findings(
        "A07",
        flagged,
        as_of=facts.as_of,
        period=year,
        measure_unit="fen",
        evidence=(*NAMED, "adjusted_appropriation_fen", "payment_fen", "unbudgeted_fen", "line_zh", "line_en"),
        rows=counted,
        keys=LINE,
    )
    return Judgement(found, division_coverage("A07", reasons, year))


def _budgeted(facts: Facts, year: int) -> pl.DataFrame:
    moved = budgets(facts, year, min(facts.as_of, dt.date(year, 12, 31)))
    told = pl.col("appropriation_fen").is_not_null() | pl.col("adjustment_fen").is_not_null()
    return moved.filter(told).select(LINE).unique()


def _without_early(paid: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    first = spent(facts, ["unit_code"]).select("unit_code", "released_on")
    last_year = _budgeted(facts, facts.as_of.year - 1).with_columns(was_budgeted=pl.lit(True))
    known = paid.join(first, on="unit_code", how="left").join(last_year, on=list(LINE), how="left", nulls_equal=True)
    never = dt.date(facts.as_of.year, 12, 31)
    is_early = pl.col("occurs_on") < pl.col("released_on").fill_null(never)
    return known.filter(~(is_early & pl.col("was_budgeted").fill_null(value=False)))


RULE = Rule(TEXT, judge, Params, MONEY, late="mutes")
