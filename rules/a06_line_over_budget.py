"""A06 超预算支出: more was paid on a control line than its adjusted budget allows."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import line_subjects, written
from rules.judgement import Judgement, build_findings, division_coverage
from rules.rule import MONEY, Rule
from rules.spending import EXECUTION, NAMES, budget_reasons, rows_of, spent, with_known_zeros, with_names

LINE = ("unit_code", "project_code", "function_code")
NAMED = (*NAMES, "project_name", "function_code")

TEXT = RuleText(
    code="A06",
    family="execution",
    name_zh="超预算支出",
    name_en="Line over budget",
    formula_zh="同一单位、项目、功能科目的支出大于调整后预算（以分比较，退款冲减）。",
    formula_en="Payments on one unit, project and functional item exceed its adjusted budget (compared in fen, net of "
    "refunds).",
    law_zh="《中华人民共和国预算法》第十三条；《中华人民共和国预算法实施条例》第五十七条。",
    law_en="Budget Law, Art. 13; Implementing Regulations of the Budget Law, Art. 57.",
    finding_zh="{unit_name}{line_zh}支出疑似超出调整后预算{excess_fen:wan}万元。",
    finding_en="Payments of {unit_name}, {line_en}, appear to exceed the adjusted budget by {excess_fen:yuan} yuan.",
    arithmetic_zh="年初预算{appropriation_fen:yuan}元，调整{adjustment_fen:yuan}元，调整后预算"
    "{adjusted_appropriation_fen:yuan}元；支出{payment_fen:yuan}元；超出{excess_fen:yuan}元。",
    arithmetic_en="Budget {appropriation_fen:yuan} + adjustments {adjustment_fen:yuan} = "
    "{adjusted_appropriation_fen:yuan} yuan; paid {payment_fen:yuan} yuan; excess {excess_fen:yuan} yuan.",
    innocent_zh=("预算调整已批准，指标数据尚未报送", "支付使用的功能科目与指标不一致", "退款、更正尚在办理"),
    innocent_en=(
        "an approved adjustment has not been delivered yet",
        "paid under another functional item",
        "refund pending",
    ),
    next_step_zh="建议请单位核对指标与支付科目，提供预算调整批准文件。",
    next_step_en="Ask the unit to reconcile budget and payment items and to show the approved adjustment.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Any excess from ``yellow_fen`` on; red above both a share of B1 and an amount, each exceeded strictly."""

    yellow_fen: int = 1
    red_over_bp: int = 200
    red_over_fen: int = 1_000_000


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag lines paid beyond B1, in fen; lines without any budget are A07's.

    Red needs PAY > B1 × (1 + red_over_bp) and PAY - B1 > red_over_fen. The limit shown is the smallest excess
    that has the level reached.
    """
    budget, share = pl.col("adjusted_appropriation_fen"), pl.col("adjusted_appropriation_fen").cast(pl.Int128)
    lines = spent(facts, LINE, ["project_name"]).filter(budget.is_not_null(), pl.col("payment_fen").is_not_null())
    fence = pl.max_horizontal(
        (share.clip(lower_bound=pl.lit(0, pl.Int128)) * params.red_over_bp // 10_000).cast(pl.Int64) + 1,
        pl.lit(params.red_over_fen + 1, pl.Int64),
    )
    over = with_names(with_known_zeros(lines, facts), facts).with_columns(
        excess_fen=pl.col("payment_fen") - budget, red_from=fence
    )
    is_red = pl.col("excess_fen") >= pl.col("red_from")
    flagged = over.filter(pl.col("excess_fen") >= max(params.yellow_fen, 1), pl.col("payment_fen") > 0).with_columns(
        subject=line_subjects(),
        level=pl.when(is_red).then(pl.lit("red")).otherwise(pl.lit("yellow")),
        limit=pl.when(is_red).then("red_from").otherwise(pl.lit(max(params.yellow_fen, 1), pl.Int64)),
        measured=pl.col("excess_fen"),
        amount_fen=pl.col("excess_fen"),
        line_zh=line_words(zh=True),
        line_en=line_words(zh=False),
    )
    year = str(facts.as_of.year)
    found = build_findings(
        "A06",
        flagged,
        as_of=facts.as_of,
        period=year,
        measure_unit="fen",
        evidence=(*NAMED, *EXECUTION, "excess_fen", "line_zh", "line_en"),
        rows=rows_of(facts),
        keys=LINE,
    )
    return Judgement(found, division_coverage("A06", budget_reasons(facts), year))


def line_words(*, zh: bool) -> pl.Expr:
    """Name a line for a sentence: its project or basic spending, and its functional item."""
    name = pl.coalesce("project_name", "project_code")
    item = pl.col("function_code").fill_null("未列" if zh else "none")
    if zh:
        return written("{}（功能科目{}）", written("“{}”", name).fill_null("基本支出"), item)
    return written("{} (functional item {})", name.fill_null("basic spending"), item)


RULE = Rule(TEXT, judge, Params, MONEY, late="mutes", leans_on_budget=True)
