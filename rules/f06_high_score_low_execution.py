"""F06 高分低执行: a project scored itself highly and spent little of its budget."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, sum_or_null
from budget.money import rate_bp
from budget.subjects import project_subjects
from rules.delivered import feed_reasons
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded, subject_coverage
from rules.performance import reviews, year_projects
from rules.rule import Rule
from rules.spending import NAMES, PROJECT, with_known_zeros, with_names

REVIEW = ("score_text", "grade", "evaluated_on", "stated_budget_fen", "stated_payment_fen", "stated_rate_bp")
SPENT = ("adjusted_appropriation_fen", "payment_fen", "rate_bp", "unspent_bp", "released_on")
EVIDENCE = (*NAMES, "project_name", "year", *REVIEW, *SPENT, "source_zh", "source_en")

TEXT = RuleText(
    code="F06",
    family="project",
    name_zh="高分低执行",
    name_en="High score, low execution",
    formula_zh="上年自评得分达到高分标准的项目，其未执行比例＝1－支出÷调整后预算。",
    formula_en="Unspent share = 1 - payments / adjusted budget, of projects whose self-review of last year scored "
    "highly.",
    law_zh="《中华人民共和国预算法》第三十二条、第五十七条；《中华人民共和国预算法实施条例》第二十条、第五十三条。",
    law_en="Budget Law, Art. 32 and 57; Implementing Regulations of the Budget Law, Art. 20 and 53.",
    finding_zh="{unit_name}“{project_name}”{year}年自评{score_text}分，执行率仅{rate_bp:rate}，自评结果疑似偏高。",
    finding_en="{project_name} of {unit_name} scored itself {score_text} for {year} with {rate_bp:rate} of its budget "
    "spent; the score seems high.",
    arithmetic_zh="{source_zh}：支出{payment_fen:wan}万元÷调整后预算{adjusted_appropriation_fen:wan}万元＝{rate_bp:rate}"
    "，未执行{unspent_bp:rate}；自评{score_text}分，自评表填报执行率{stated_rate_bp:rate}。",
    arithmetic_en="{source_en}: payments {payment_fen:yuan} / adjusted budget {adjusted_appropriation_fen:yuan} yuan = "
    "{rate_bp:rate}, unspent {unspent_bp:rate}; score {score_text}, rate stated in the review {stated_rate_bp:rate}.",
    innocent_zh=("任务完成而节约资金", "年底前已办理压减收回", "款项按合同在次年支付"),
    innocent_en=(
        "the work was done for less",
        "a recall not delivered yet",
        "paid in the next year under the contract",
    ),
    next_step_zh="建议调阅自评报告和佐证材料，核实产出是否完成、得分依据是否充分。",
    next_step_en="Check the review and its proofs: whether the output was delivered and the score is founded.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points unspent; what score is high; what is material; money that came too late to be spent."""

    yellow_bp: int = 4_000
    orange_bp: int = 6_000
    red_bp: int = 8_000
    high_score_hundredths: int = 9_000
    least_budget_fen: int = 10_000_000
    late_from_month: int = 10


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag last year's projects of a high self-score by their unspent share, in basis points.

    Execution is that of the budget and payment data; where last year's are not there, what the self-review states.
    Not judged: lower scores (``exempt``), small budgets, money first released in ``late_from_month`` or later.
    """
    year = facts.as_of.year - 1
    known = _reviewed(facts, year).with_columns(reason=_reason(params))
    flagged = graded(
        with_names(
            known.filter(pl.col("reason").is_null()).with_columns(
                measured=pl.col("unspent_bp"),
                amount_fen=pl.col("adjusted_appropriation_fen") - pl.col("payment_fen"),
            ),
            facts,
        ),
        fences_of(params, "bp"),
    )
    found = build_findings(
        "F06",
        flagged,
        as_of=facts.as_of,
        period=str(year),
        measure_unit="bp",
        evidence=EVIDENCE,
        rows=reviews(facts, year),
        keys=PROJECT,
    )
    coverage = [
        subject_coverage("F06", known, str(year)),
        division_coverage("F06", feed_reasons(facts, "performance", year=year), str(year)),
    ]
    return Judgement(found, pl.concat(coverage))


def _reviewed(facts: Facts, year: int) -> pl.DataFrame:
    """Return the projects with a self-score, and their execution by our data, else by the review's own."""
    rows = reviews(facts, year).filter(
        pl.col("project_code").is_not_null(),
        pl.col("self_score_hundredths").is_not_null(),
        pl.col("evaluator").fill_null("self") == "self",
    )
    scored = rows.group_by(PROJECT, maintain_order=True).agg(
        pl.col("division_code").min(),
        review_name=pl.col("project_name").drop_nulls().min(),
        score=pl.col("self_score_hundredths").min().cast(pl.Int64),
        grade=pl.col("grade").drop_nulls().min(),
        evaluated_on=pl.col("evaluated_on").max(),
        stated_budget_fen=sum_or_null("adjusted_appropriation_fen"),
        stated_payment_fen=sum_or_null("payment_fen"),
    )
    ours = with_known_zeros(year_projects(facts, year), facts, year=year).select(
        *PROJECT, "project_name", "adjusted_appropriation_fen", "payment_fen", "released_on"
    )
    both = scored.join(ours, on=list(PROJECT), how="left", maintain_order="left")
    is_ours = pl.col("adjusted_appropriation_fen").is_not_null() & pl.col("payment_fen").is_not_null()
    return (
        both.with_columns(is_ours=is_ours)
        .with_columns(
            adjusted_appropriation_fen=pl.when("is_ours")
            .then("adjusted_appropriation_fen")
            .otherwise("stated_budget_fen"),
            payment_fen=pl.when("is_ours").then("payment_fen").otherwise("stated_payment_fen"),
            source_zh=pl.when("is_ours").then(pl.lit("按指标和支付数据")).otherwise(pl.lit("按自评表填报")),
            source_en=pl.when("is_ours").then(pl.lit("By budget and payment data")).otherwise(pl.lit("As stated")),
            stated_rate_bp=rate_bp(pl.col("stated_payment_fen"), pl.col("stated_budget_fen")),
            score_text=_points(pl.col("score")),
            year=pl.lit(year, pl.Int64),
            subject=project_subjects(),
            project_name=pl.coalesce("project_name", "review_name", "project_code"),
        )
        .with_columns(rate_bp=rate_bp(pl.col("payment_fen"), pl.col("adjusted_appropriation_fen")))
        .with_columns(unspent_bp=10_000 - pl.col("rate_bp"))
        .sort(PROJECT)
    )


def _points(hundredths: pl.Expr) -> pl.Expr:
    """Write a score of hundredths: 9250 as 92.5, 9000 as 90."""
    whole, rest = (hundredths // 100).cast(pl.String), (hundredths % 100).cast(pl.String).str.zfill(2)
    return pl.concat_str(whole, pl.lit("."), rest).str.replace(r"\.?0+$", "")


def _reason(params: Params) -> pl.Expr:
    budget = pl.col("adjusted_appropriation_fen")
    return (
        pl.when(pl.col("score") < params.high_score_hundredths)
        .then(pl.lit("exempt"))
        .when(budget.is_null() | pl.col("payment_fen").is_null())
        .then(pl.lit("incomplete_record"))
        .when(budget <= 0)
        .then(pl.lit("recalled"))
        .when(budget < params.least_budget_fen)
        .then(pl.lit("immaterial"))
        .when(pl.col("released_on").dt.month() >= params.late_from_month)
        .then(pl.lit("released_late"))
    )


RULE = Rule(TEXT, judge, Params, ("performance", "allotments", "adjustments", "payments"))
