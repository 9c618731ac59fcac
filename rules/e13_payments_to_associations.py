"""E13 支付协会学会占比高: much of a project's budget went to associations."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.money import rate_bp
from budget.subjects import project_subjects
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded, subject_coverage
from rules.payee_names import ends_with_any, plain_payee, unit_names
from rules.rule import MONEY, Rule
from rules.spending import EXECUTION, NAMES, PROJECT, divisions_of, execute, projects, this_year, with_names
from rules.vouchers import VOUCHER, lines_of, vouchers
from rules.words import has_word

EVIDENCE = (*NAMES, "project_name", *EXECUTION, "association_fen", "share_bp", "payees", "payments")

TEXT = RuleText(
    code="E13",
    family="payment",
    name_zh="支付协会学会占比高",
    name_en="Large share paid to associations",
    formula_zh="项目本年支付给协会、学会等社会团体的净额÷项目调整后预算。",
    formula_en="Net payments of a project to associations and societies this year over its adjusted budget.",
    law_zh="分析性指标，不作为违规认定依据。",
    law_en="An analytical figure, no ground for finding a breach.",
    finding_zh="{unit_name}“{project_name}”支付给{payees}的金额占项目预算{share_bp:rate}，疑似占比偏高。",
    finding_en="{unit_name} paid {share_bp:rate} of the budget of {project_name} to {payees}.",
    arithmetic_zh="支付协会、学会{payments}笔，净额{association_fen:wan}万元÷调整后预算{adjusted_appropriation_fen:wan}"
    "万元＝{share_bp:rate}。",
    arithmetic_en="{payments} payments to associations, {association_fen:yuan} yuan net / adjusted budget "
    "{adjusted_appropriation_fen:yuan} yuan = {share_bp:rate}.",
    innocent_zh=("项目本身就是支持社会组织或委托行业组织办理", "按程序公开采购的服务", "群团组织代发的补助"),
    innocent_en=(
        "the project is about associations",
        "a service bought in an open procedure",
        "grants handed out through a mass organisation",
    ),
    next_step_zh="建议调阅委托协议和采购资料，核实服务内容、价格和成果。",
    next_step_en="Check the agreement and the procurement: what was to be done, for what price, and whether it was.",
    confidence="hint",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of the budget; what is material; names of associations, and those that are none."""

    yellow_bp: int = 5_000
    orange_bp: int = 6_000
    red_bp: int = 7_000
    least_paid_fen: int = 10_000_000
    association_endings: tuple[str, ...] = ("协会", "学会", "研究会", "促进会", "商会")
    public_words: tuple[str, ...] = ("科学技术协会", "计划生育协会", "法学会", "消费者协会", "残疾人")
    excluded_projects: tuple[str, ...] = ("协会", "学会", "商会", "社会组织", "社会团体", "行业组织")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag projects by the share of B1 paid to associations, net of the refunds that name a voucher.

    An association is a payee whose name, without a remark in brackets, ends with one of ``association_endings``; units
    of the unit tables and bodies of ``public_words`` are none. Not judged: below ``least_paid_fen``, projects about
    associations by their name, projects without a positive budget.
    """
    is_association = (
        ends_with_any("payee", params.association_endings)
        & ~ends_with_any("payee", unit_names(facts))
        & ~has_word("payee", params.public_words)
    )
    paid = (
        vouchers(facts)
        .filter(pl.col("project_code").is_not_null(), pl.col("net_fen") > 0)
        .filter(has_word("payee_name", params.association_endings))
        .with_columns(payee=plain_payee())
        .filter(is_association)
    )
    moved = projects(this_year(facts)).join(paid.select(PROJECT).unique(), on=list(PROJECT), how="semi")
    budgets = execute(moved, PROJECT, ["project_name"]).drop("division_code")
    known = (
        paid.group_by(PROJECT)
        .agg(
            pl.col("division_code").min(),
            association_fen=pl.col("net_fen").sum(),
            payments=pl.len().cast(pl.Int64),
            payees=pl.col("payee").unique().sort().head(3).str.join("、"),
        )
        .join(budgets, on=list(PROJECT), how="left", maintain_order="left")
        .with_columns(
            subject=project_subjects(),
            project_name=pl.coalesce("project_name", "project_code"),
            share_bp=rate_bp(pl.col("association_fen"), pl.col("adjusted_appropriation_fen")),
        )
        .with_columns(measured=pl.col("share_bp"), amount_fen=pl.col("association_fen"), reason=_reason(params))
        .sort(PROJECT)
    )
    year = str(facts.as_of.year)
    found = build_findings(
        "E13",
        graded(with_names(known.filter(pl.col("reason").is_null()), facts), fences_of(params, "bp")),
        as_of=facts.as_of,
        period=year,
        measure_unit="bp",
        evidence=EVIDENCE,
        rows=pl.concat(
            [
                lines_of(facts)
                .join(paid.select(VOUCHER), on=list(VOUCHER), how="semi")
                .select(*PROJECT, "slice_id", "row_no"),
                moved.filter(pl.col("feed") != "payments").select(*PROJECT, "slice_id", "row_no"),
            ]
        ),
        keys=PROJECT,
    )
    coverage = [
        subject_coverage("E13", known, year),
        division_coverage("E13", dict.fromkeys(divisions_of(facts)), year),
    ]
    return Judgement(found, pl.concat(coverage))


def _reason(params: Params) -> pl.Expr:
    budget = pl.col("adjusted_appropriation_fen")
    return (
        pl.when(pl.col("association_fen") < params.least_paid_fen)
        .then(pl.lit("immaterial"))
        .when(has_word("project_name", params.excluded_projects))
        .then(pl.lit("exempt"))
        .when(budget.is_null())
        .then(pl.lit("no_budget"))
        .when(budget <= 0)
        .then(pl.lit("recalled"))
    )


RULE = Rule(TEXT, judge, Params, MONEY, late="mutes", on_vouchers=True, leans_on_budget=True)
