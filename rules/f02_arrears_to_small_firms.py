"""F02 拖欠中小企业款项: delivered or accepted long ago, and not paid."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from rules.contracts import CONTRACT, contract_facts, contracts_in_force
from rules.delivered import feed_reasons
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded, subject_coverage
from rules.rule import Rule
from rules.spending import NAMES, with_names

CONTRACTED = ("contract_no", "contract_name", "supplier_name", "project_name", "delivered_on", "accepted_on")
OWED = ("total_fen", "paid_fen", "retained_fen", "unpaid_fen", "since_on", "days_since", "allowed_days")
EVIDENCE = (*NAMES, *CONTRACTED, *OWED, "since_zh", "since_en", "paid_by_zh", "paid_by_en")
LEGAL_DAYS = 30
LONGEST_DAYS = 60

TEXT = RuleText(
    code="F02",
    family="project",
    name_zh="拖欠中小企业款项",
    name_en="Arrears to small firms",
    formula_zh="中小企业合同验收（无验收日期时为交付）后的天数，仍有应付未付款项的；约定付款期限在60日以内的从其约定。",
    formula_en="Days since acceptance (else delivery) of a small firm's contract with money still owed; an agreed term "
    "of up to 60 days is respected.",
    law_zh="《保障中小企业款项支付条例》第九条、第十条。",
    law_en="Regulations on Payments to Small and Medium-sized Enterprises, Art. 9 and 10.",
    finding_zh="{unit_name}合同“{contract_name}”{since_zh}{days_since}天后尚有{unpaid_fen:wan}万元未付，疑似拖欠"
    "“{supplier_name}”款项。",
    finding_en="{days_since} days after {since_en} {unit_name} still owes {supplier_name} {unpaid_fen:yuan} yuan on "
    "{contract_name}.",
    arithmetic_zh="合同{contract_no}：合同额（含补充）{total_fen:yuan}元，累计支付{paid_fen:yuan}元（{paid_by_zh}），"
    "按质量保证金留存{retained_fen:yuan}元，未付{unpaid_fen:yuan}元；{since_on:day}{since_zh}，已{days_since}天，"
    "付款期限{allowed_days}天。",
    arithmetic_en="Contract {contract_no}: {total_fen:yuan} yuan with supplements, paid {paid_fen:yuan} "
    "({paid_by_en}), retained {retained_fen:yuan}, unpaid {unpaid_fen:yuan} yuan; {since_en} on {since_on}, "
    "{days_since} days ago, {allowed_days} days allowed.",
    innocent_zh=("发票未开具或存在质量争议", "约定的分期付款时点未到", "支付凭证未填写合同编号"),
    innocent_en=(
        "no invoice yet, or a dispute over quality",
        "an agreed instalment that is not due",
        "vouchers without the contract number",
    ),
    next_step_zh="建议核实验收、开票和付款情况，确属逾期的应尽快支付。",
    next_step_en="Check acceptance, invoice and payment; what is overdue should be paid soon.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in days since acceptance or delivery; what may be retained; what is material."""

    yellow_days: int = 31
    orange_days: int = 61
    red_days: int = 91
    retention_bp: int = 500
    least_unpaid_fen: int = 1_000_000


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag small suppliers' contracts by the days since acceptance, else delivery, with money still owed.

    Owed is the total less what was paid and less a retention of ``retention_bp``. Nothing is overdue within the agreed
    term, at most 60 days, or 30 where none is agreed. Not judged: suppliers that are not small (``exempt``) or not
    told, contracts neither delivered nor accepted (``not_due``), less owed than ``least_unpaid_fen``.
    """
    since = pl.coalesce("accepted_on", "delivered_on")
    retained = (pl.col("total_fen").cast(pl.Int128) * params.retention_bp // 10_000).cast(pl.Int64)
    term = pl.col("payment_term_days").fill_null(LEGAL_DAYS).clip(upper_bound=LONGEST_DAYS).cast(pl.Int64)
    contracts = (
        contracts_in_force(facts)
        .with_columns(since_on=since, retained_fen=retained, allowed_days=term)
        .with_columns(
            unpaid_fen=pl.col("total_fen") - pl.col("paid_fen") - pl.col("retained_fen"),
            days_since=(pl.lit(facts.as_of) - pl.col("since_on")).dt.total_days(),
            since_zh=pl.when(pl.col("accepted_on").is_not_null()).then(pl.lit("验收")).otherwise(pl.lit("交付")),
            since_en=pl.when(pl.col("accepted_on").is_not_null())
            .then(pl.lit("acceptance"))
            .otherwise(pl.lit("delivery")),
        )
        .with_columns(reason=_reason(params))
    )
    owed = contracts.filter(pl.col("reason").is_null(), pl.col("days_since") > pl.col("allowed_days"))
    year = str(facts.as_of.year)
    found = build_findings(
        "F02",
        graded(
            with_names(owed.with_columns(measured=pl.col("days_since"), amount_fen=pl.col("unpaid_fen")), facts),
            fences_of(params, "days"),
        ),
        as_of=facts.as_of,
        period=year,
        measure_unit="days",
        evidence=EVIDENCE,
        rows=contract_facts(facts),
        keys=CONTRACT,
    )
    coverage = [
        subject_coverage("F02", contracts, year),
        division_coverage("F02", feed_reasons(facts, "contracts"), year),
    ]
    return Judgement(found, pl.concat(coverage))


def _reason(params: Params) -> pl.Expr:
    return (
        pl.when(~pl.col("is_small_supplier"))
        .then(pl.lit("exempt"))
        .when(pl.col("since_on").is_null())
        .then(pl.lit("not_due"))
        .when(pl.col("is_small_supplier").is_null() | pl.col("unpaid_fen").is_null())
        .then(pl.lit("incomplete_record"))
        .when(pl.col("unpaid_fen") < max(params.least_unpaid_fen, 1))
        .then(pl.lit("immaterial"))
    )


RULE = Rule(TEXT, judge, Params, ("contracts", "payments"), late="mutes")
