"""F01 合同超付: more was paid on a contract than it is worth, supplements included."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.money import rate_bp
from rules.contracts import CONTRACT, contract_facts, contracts_in_force
from rules.delivered import feed_reasons
from rules.judgement import Judgement, build_findings, division_coverage, subject_coverage
from rules.rule import Rule
from rules.spending import NAMES, with_names
from rules.words import has_word

CONTRACTED = ("contract_no", "contract_name", "supplier_name", "project_name", "signed_on")
AMOUNTS = ("contract_fen", "supplement_fen", "total_fen", "paid_fen", "excess_fen", "paid_bp")
EVIDENCE = (*NAMES, *CONTRACTED, *AMOUNTS, "paid_by_zh", "paid_by_en")

TEXT = RuleText(
    code="F01",
    family="project",
    name_zh="合同超付",
    name_en="Contract overpaid",
    formula_zh="合同累计支付－（合同额＋补充合同额），以分比较；超出比例分级。",
    formula_en="Payments on a contract less contract and supplements, in fen; the level by the share over.",
    law_zh="《中华人民共和国政府采购法实施条例》第五十一条。",
    law_en="Implementing Regulations of the Government Procurement Law, Art. 51.",
    finding_zh="{unit_name}合同“{contract_name}”累计支付超出合同额{excess_fen:wan}万元，疑似超付。",
    finding_en="{unit_name} paid {excess_fen:yuan} yuan more on {contract_name} than the contract is worth.",
    arithmetic_zh="合同{contract_no}：合同额{contract_fen:yuan}元，补充合同{supplement_fen:yuan}元，合计{total_fen:yuan}"
    "元；累计支付{paid_fen:yuan}元（{paid_by_zh}），占{paid_bp:rate}，超出{excess_fen:yuan}元。",
    arithmetic_en="Contract {contract_no}: {contract_fen:yuan} + supplements {supplement_fen:yuan} = {total_fen:yuan} "
    "yuan; paid {paid_fen:yuan} ({paid_by_en}) = {paid_bp:rate}; excess {excess_fen:yuan} yuan.",
    innocent_zh=("补充合同、变更签证尚未录入", "合同约定按实结算或调价", "支付误挂了合同编号"),
    innocent_en=(
        "a supplement not entered yet",
        "settled by quantities or a price clause",
        "a payment with a wrong contract number",
    ),
    next_step_zh="建议调阅合同、补充合同、结算书和支付凭证。",
    next_step_en="Check the contract, its supplements, the settlement and the vouchers.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Yellow from an excess in fen; orange and red from a share paid in basis points; contracts without a fixed sum."""

    yellow_fen: int = 1
    orange_bp: int = 10_300
    red_bp: int = 11_000
    open_words: tuple[str, ...] = ("框架", "协议供货", "定点", "按实结算")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag contracts paid beyond contract and supplements; ``measured`` and ``limit`` are fen of excess.

    Orange and red: paid >= the share of the total, so that the limit shown is the smallest excess of the level. Not
    judged: contracts without a fixed sum by ``open_words``, and rows without an amount.
    """
    total, paid = pl.col("total_fen"), pl.col("paid_fen")
    contracts = contracts_in_force(facts).with_columns(
        reason=pl.when(has_word("contract_name", params.open_words))
        .then(pl.lit("exempt"))
        .when(total.is_null() | (total <= 0) | paid.is_null())
        .then(pl.lit("incomplete_record")),
        excess_fen=paid - total,
        paid_bp=rate_bp(paid, total),
    )
    orange, red = (_excess_from(fence) for fence in (params.orange_bp, params.red_bp))
    excess = pl.col("excess_fen")
    yellow = max(params.yellow_fen, 1)
    over = contracts.filter(pl.col("reason").is_null(), excess >= yellow).with_columns(
        level=pl.when(excess >= red)
        .then(pl.lit("red"))
        .when(excess >= orange)
        .then(pl.lit("orange"))
        .otherwise(pl.lit("yellow")),
        limit=pl.when(excess >= red).then(red).when(excess >= orange).then(orange).otherwise(yellow),
        measured=excess,
        amount_fen=excess,
    )
    year = str(facts.as_of.year)
    found = build_findings(
        "F01",
        with_names(over, facts),
        as_of=facts.as_of,
        period=year,
        measure_unit="fen",
        evidence=EVIDENCE,
        rows=contract_facts(facts),
        keys=CONTRACT,
    )
    coverage = [
        subject_coverage("F01", contracts, year),
        division_coverage("F01", feed_reasons(facts, "contracts"), year),
    ]
    return Judgement(found, pl.concat(coverage))


def _excess_from(fence_bp: int) -> pl.Expr:
    """Return the smallest excess in fen at which the share paid reaches a fence: rounded up."""
    over = pl.col("total_fen").cast(pl.Int128) * (fence_bp - 10_000)
    return ((over + 9_999) // 10_000).cast(pl.Int64)


RULE = Rule(TEXT, judge, Params, ("contracts", "payments"), late="mutes")
