"""B06 “其他”科目占比高: much of a project's budget stands under economic items called 其他."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, sum_or_null
from budget.money import rate_bp
from budget.subjects import project_subjects
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded, subject_coverage
from rules.rule import Rule
from rules.sources import UPPER, sourced_budgets
from rules.spending import NAMES, PROJECT, budget_reasons, projects, with_names

SHOWN = ("project_name", "project_category", "budget_fen", "coded_fen", "other_fen", "other_bp", "codes")

TEXT = RuleText(
    code="B06",
    family="adjustment",
    name_zh="“其他”科目占比高",
    name_en="Lumped in “other” items",
    formula_zh="比例＝部门经济分类款级末两位为99的调整后预算÷该项目列有经济分类款的调整后预算；上级资金不计。",
    formula_en="Share = adjusted budget under economic items ending in 99 / the project's adjusted budget "
    "that names an economic item; money from above is left out.",
    law_zh="《中华人民共和国预算法》第四十六条。",
    law_en="Budget Law, Art. 46.",
    finding_zh="{unit_name}“{project_name}”预算的{other_bp:rate}列在“其他”科目，疑似编制不够细化。",
    finding_en="{other_bp:rate} of the budget of {project_name} of {unit_name} stands under “other” items.",
    arithmetic_zh="“其他”科目（{codes}）{other_fen:wan}万元÷列有经济分类的预算{coded_fen:wan}万元＝{other_bp:rate}。",
    arithmetic_en="Under {codes}: {other_fen:yuan} / {coded_fen:yuan} yuan = {other_bp:rate}.",
    innocent_zh=("项目内容确无对应科目", "彩票公益金等按规定列其他支出"),
    innocent_en=("no item fits what the project does", "funds that are booked under other spending by rule"),
    next_step_zh="建议请单位说明“其他”科目的具体内容。",
    next_step_en="Ask the unit what stands under these items.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of the project's budget; what is too small to judge and what may stand under 其他."""

    yellow_bp: int = 1_000
    orange_bp: int = 1_500
    red_bp: int = 2_000
    least_other_fen: int = 10_000_000
    allowed_codes: tuple[str, ...] = ()
    allowed_functions: tuple[str, ...] = ("229",)
    excluded_categories: tuple[str, ...] = ("预留",)


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag projects that have a fence or more of their budget under economic items ending in 99.

    Both sides are B1 by line, so that money moved to another item counts where it is. Rows without an item of five
    digits say nothing and are on neither side, and money from above, which comes under items its sender chose.
    """
    year = str(facts.as_of.year)
    is_upper = (pl.col("budget_source") == UPPER).fill_null(value=False)
    moved = (
        projects(sourced_budgets(facts, facts.as_of.year, facts.as_of))
        .filter(~is_upper)
        .with_columns(
            given=pl.coalesce("appropriation_fen", "adjustment_fen"), item=pl.col("dept_economic_code").str.slice(0, 5)
        )
    )
    budgets = moved.filter(pl.col("given").is_not_null())
    is_coded = (pl.col("item").str.len_chars() == 5).fill_null(value=False)
    function = pl.col("function_code").fill_null("").str.slice(0, 3)
    is_other = (
        is_coded
        & pl.col("item").str.ends_with("99")
        & ~pl.col("item").is_in(list(params.allowed_codes))
        & ~function.is_in(list(params.allowed_functions))
    )
    rows = budgets.with_columns(is_coded=is_coded, is_other=is_other.fill_null(value=False))
    known = (
        rows.group_by(PROJECT)
        .agg(
            *(pl.col(name).drop_nulls().min() for name in ("division_code", "project_name", "project_category")),
            sum_or_null("given").alias("budget_fen"),
            coded_fen=pl.col("given").filter("is_coded").sum(),
            other_fen=pl.col("given").filter("is_other").sum(),
            codes=pl.col("item").filter("is_other").unique().sort().str.join("、"),
            is_coded=pl.col("is_coded").any(),
        )
        .sort(PROJECT)
    )
    judged = with_names(known, facts).with_columns(
        subject=project_subjects(),
        project_name=pl.coalesce("project_name", "project_code"),
        other_bp=rate_bp(pl.col("other_fen"), pl.col("coded_fen")),
    )
    judged = judged.with_columns(reason=_reason(params))
    flagged = graded(
        judged.filter(pl.col("reason").is_null()).with_columns(
            measured=pl.col("other_bp"), amount_fen=pl.col("other_fen")
        ),
        fences_of(params, "bp"),
    )
    found = build_findings(
        "B06",
        flagged,
        as_of=facts.as_of,
        period=year,
        measure_unit="bp",
        evidence=(*NAMES, *SHOWN),
        rows=rows.filter("is_other"),
        keys=PROJECT,
    )
    silent = {one: reason for one, reason in budget_reasons(facts).items() if reason}
    coverage = pl.concat([subject_coverage("B06", judged, year), division_coverage("B06", silent, year)])
    return Judgement(found, coverage)


def _reason(params: Params) -> pl.Expr:
    return (
        pl.when(~pl.col("is_coded"))
        .then(pl.lit("no_economic_codes"))
        .when(pl.col("budget_fen") <= 0)
        .then(pl.lit("recalled"))
        .when(pl.col("project_category").fill_null("").str.contains_any(list(params.excluded_categories)))
        .then(pl.lit("excluded_category"))
        .when((pl.col("other_bp") >= params.yellow_bp) & (pl.col("other_fen") < params.least_other_fen))
        .then(pl.lit("immaterial"))
    )


RULE = Rule(TEXT, judge, Params, ("allotments", "adjustments"), leans_on_budget=True)
