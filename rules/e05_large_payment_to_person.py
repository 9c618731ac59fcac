"""E05 向个人大额转账: a large sum went to what appears to be a natural person's account."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import written
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded
from rules.persons import ORGANISATION_WORDS, looks_like_person
from rules.rule import Rule
from rules.spending import NAMES, divisions_of, with_names
from rules.vouchers import VOUCHER, voucher_rows_of, vouchers

EVIDENCE = (*NAMES, "voucher", "paid_on", "payee_name", "purpose", "economic_class", "payment_fen", "net_fen")

TEXT = RuleText(
    code="E05",
    family="payment",
    name_zh="向个人大额转账",
    name_en="Large payment to a person",
    formula_zh="收款人名称疑似自然人，且单笔支付（冲减退款后）达到标准。",
    formula_en="The payee's name looks like a natural person's and the payment, net of refunds, reaches the limit.",
    law_zh="《中华人民共和国预算法》第五十七条。",
    law_en="Budget Law, Art. 57.",
    finding_zh="{unit_name}{paid_on:day}向“{payee_name}”支付{net_fen:wan}万元，收款人疑似个人。",
    finding_en="On {paid_on} {unit_name} paid {net_fen:yuan} yuan to {payee_name}, who appears to be a natural person.",
    arithmetic_zh="凭证{voucher}：支付{payment_fen:yuan}元，冲减退款、更正后{net_fen:yuan}元，标准{limit:yuan}元；用途：{purpose}。",
    arithmetic_en="Voucher {voucher}: {payment_fen:yuan} yuan, {net_fen:yuan} net of refunds, limit {limit:yuan} yuan; "
    "purpose: {purpose}.",
    innocent_zh=("征地拆迁补偿、抚恤救助、奖励补助", "劳务报酬、工资性支出", "个体工商户以经营者姓名开户"),
    innocent_en=(
        "compensation, relief, grants and prizes",
        "wages and fees",
        "a sole trader's account in his own name",
    ),
    next_step_zh="建议调阅支付凭证、合同或发放清单，核实收款人身份和支付事由。",
    next_step_en="Check the voucher, the contract or the list of recipients.",
    confidence="hint",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in fen; words that show an organisation or an ordinary reason; economic 类 that pay people."""

    yellow_fen: int = 1_000_000
    orange_fen: int = 5_000_000
    red_fen: int = 20_000_000
    organisation_words: tuple[str, ...] = ORGANISATION_WORDS
    ordinary_purposes: tuple[str, ...] = (
        "征地",
        "拆迁",
        "补偿",
        "抚恤",
        "救助",
        "补助",
        "补贴",
        "助学",
        "奖励",
        "奖金",
        "劳务",
        "工资",
        "薪酬",
        "退休",
        "慰问",
        "困难",
        "救济",
        "丧葬",
        "医疗费",
    )
    personal_classes: tuple[str, ...] = ("301", "303")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag vouchers to natural persons of a fence or more, net of refunds and corrections that name them."""
    purpose = pl.col("purpose").fill_null("")
    to_person = looks_like_person(pl.col("payee_name"), params.organisation_words)
    is_ordinary = purpose.str.contains_any(list(params.ordinary_purposes)) | pl.col("economic_class").fill_null(
        ""
    ).is_in(list(params.personal_classes))
    rows = (
        vouchers(facts)
        .filter(to_person & ~is_ordinary)
        .with_columns(
            subject=written("payment:{}", "voucher"), measured=pl.col("net_fen"), amount_fen=pl.col("net_fen")
        )
    )
    flagged = graded(with_names(rows, facts), fences_of(params, "fen"))
    found = build_findings(
        "E05",
        flagged,
        as_of=facts.as_of,
        period=pl.col("paid_on").dt.to_string("%Y-%m"),
        measure_unit="fen",
        evidence=EVIDENCE,
        rows=voucher_rows_of(facts),
        keys=VOUCHER,
    )
    return Judgement(found, division_coverage("E05", dict.fromkeys(divisions_of(facts)), None))


RULE = Rule(TEXT, judge, Params, ("payments",), late="mutes", on_vouchers=True)
