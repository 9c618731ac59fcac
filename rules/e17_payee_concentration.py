"""E17 受款人集中度: most of what a unit pays for one kind of project goes to one payee."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.money import rate_bp
from budget.subjects import written
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded, subject_coverage
from rules.rule import MONEY, Rule
from rules.spending import NAMES, PROJECT, divisions_of, projects, this_year, with_names
from rules.vouchers import VOUCHER, lines_of, vouchers
from rules.words import has_word

KIND = ("unit_code", "project_category")
MONEY_TOLD = (
    "total_fen",
    "payments",
    "project_count",
    "top_fen",
    "top_payments",
    "top_projects",
    "share_bp",
    "payee_count",
)
EVIDENCE = (*NAMES, "project_category", "payee_name", *MONEY_TOLD)

TEXT = RuleText(
    code="E17",
    family="payment",
    name_zh="受款人集中",
    name_en="Payee concentration",
    formula_zh="单位同一项目类别本年支付中，收款最多的一家所占比例（公用事业等除外）。",
    formula_en="Share of the largest payee in what a unit paid this year for one category of projects, utilities left "
    "out.",
    law_zh="分析性指标，不作为违规认定依据。",
    law_en="An analytical figure, no ground for finding a breach.",
    finding_zh="{unit_name}“{project_category}”类项目支付的{share_bp:rate}付给“{payee_name}”，受款人疑似过于集中。",
    finding_en="{share_bp:rate} of what {unit_name} paid for projects of category {project_category} went to "
    "{payee_name}.",
    arithmetic_zh="{project_count}个项目支付{payments}笔、{total_fen:wan}万元，收款人{payee_count}家；其中{top_projects}个项目付给该收款人"
    "{top_payments}笔、{top_fen:wan}万元，占{share_bp:rate}。",
    arithmetic_en="{project_count} projects, {payments} payments of {total_fen:yuan} yuan to {payee_count} payees; "
    "{top_payments} of them in {top_projects} projects, {top_fen:yuan} yuan, to this one = {share_bp:rate}.",
    innocent_zh=("依法公开招标确定的单一承包人、框架协议供应商", "专业领域只有一家供应商", "代发户、归集户"),
    innocent_en=(
        "a contractor or framework supplier chosen by open tender",
        "a field with a single supplier",
        "an agency account for many recipients",
    ),
    next_step_zh="建议调阅各项目采购资料，核实采购方式和供应商确定过程。",
    next_step_en="Check how each project was procured and how the supplier was chosen.",
    confidence="hint",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points; how much has to be there for a share to mean something; payees that count for nothing."""

    yellow_bp: int = 5_000
    orange_bp: int = 7_000
    red_bp: int = 9_000
    least_total_fen: int = 50_000_000
    least_payments: int = 10
    least_projects: int = 2
    monopolies: tuple[str, ...] = (
        "供电",
        "电网",
        "水务",
        "自来水",
        "供水",
        "燃气",
        "热力",
        "电信",
        "移动通信",
        "联通",
        "广播电视网络",
        "邮政",
        "石油",
        "石化",
    )
    collecting_words: tuple[str, ...] = ("代发", "专户", "归集户", "社会保险", "公积金", "国库", "税务", "财政")
    personal_classes: tuple[str, ...] = ("301", "303")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag a unit's project categories by the share of their largest payee, net of refunds, in basis points.

    Left out of both sides: utilities and other ``monopolies``, accounts that collect for many, wages and payments to
    persons by economic class, payments without payee. Not judged: less money or fewer payments than stated, and a
    payee of fewer projects: one contract has one payee.
    """
    payee = pl.col("payee_name")
    of_project = projects(this_year(facts)).group_by(PROJECT)
    categories = of_project.agg(pl.col("project_category").drop_nulls().min())
    paid = (
        vouchers(facts)
        .filter(
            pl.col("net_fen") > 0,
            payee.is_not_null(),
            ~has_word(payee, [*params.monopolies, *params.collecting_words]),
            ~pl.col("economic_class").is_in(list(params.personal_classes)).fill_null(value=False),
        )
        .join(categories.filter(pl.col("project_category").is_not_null()), on=list(PROJECT), how="inner")
    )
    by_payee = paid.group_by(*KIND, "payee_name").agg(
        top_fen=pl.col("net_fen").sum(),
        top_payments=pl.len().cast(pl.Int64),
        top_projects=pl.col("project_code").n_unique().cast(pl.Int64),
    )
    # Of equal payees the one in more projects, so that a tie hides nobody.
    order = [*KIND, "top_fen", "top_projects", "payee_name"]
    ranked = by_payee.sort(order, descending=[False, False, True, True, False])
    largest = ranked.unique(KIND, keep="first", maintain_order=True)
    kinds = (
        paid.group_by(KIND)
        .agg(
            pl.col("division_code").min(),
            total_fen=pl.col("net_fen").sum(),
            payments=pl.len().cast(pl.Int64),
            project_count=pl.col("project_code").n_unique().cast(pl.Int64),
            payee_count=pl.col("payee_name").n_unique().cast(pl.Int64),
        )
        .join(largest, on=list(KIND), how="left", maintain_order="left")
        .with_columns(
            subject=written("category:{}/{}", "unit_code", "project_category"),
            project_code=pl.lit(None, pl.String),
            share_bp=rate_bp(pl.col("top_fen"), pl.col("total_fen")),
            amount_fen=pl.col("top_fen"),
            reason=_reason(params),
        )
        .with_columns(measured=pl.col("share_bp"))
        .sort(KIND)
    )
    year = str(facts.as_of.year)
    found = build_findings(
        "E17",
        graded(with_names(kinds.filter(pl.col("reason").is_null()), facts), fences_of(params, "bp")),
        as_of=facts.as_of,
        period=year,
        measure_unit="bp",
        evidence=EVIDENCE,
        rows=lines_of(facts)
        .select(*VOUCHER, "slice_id", "row_no")
        .join(paid.select(*VOUCHER, "project_category"), on=list(VOUCHER), how="inner"),
        keys=KIND,
    )
    coverage = [
        subject_coverage("E17", kinds, year),
        division_coverage("E17", dict.fromkeys(divisions_of(facts)), year),
    ]
    return Judgement(found, pl.concat(coverage))


def _reason(params: Params) -> pl.Expr:
    is_small = (
        (pl.col("total_fen") < params.least_total_fen)
        | (pl.col("payments") < params.least_payments)
        | (pl.col("top_projects") < params.least_projects)
    )
    return pl.when(is_small).then(pl.lit("immaterial"))


RULE = Rule(TEXT, judge, Params, MONEY, late="mutes", on_vouchers=True)
