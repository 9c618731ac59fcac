"""E01 大额提现: cash was withdrawn in a large sum, at once or over a month."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import unit_subjects, written
from rules.cash import MONTH, cash_lines, month_zh, settlement_reasons, withdrawals
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded
from rules.paid_lines import all_vouchers
from rules.rule import Rule
from rules.spending import NAMES, with_names

EVIDENCE = (*NAMES, "when_zh", "when_en", "pieces", "net_fen", "purpose", "vouchers")

TEXT = RuleText(
    code="E01",
    family="payment",
    name_zh="大额提现",
    name_en="Large cash withdrawal",
    formula_zh="以现金结算的单笔支付（冲减退款后）达到单笔标准；或同一单位当月两笔及以上现金支付合计达到月度标准。",
    formula_en="A payment settled in cash, net of refunds, reaches the limit of one payment; or two and more of one "
    "unit "
    "in a month together reach the limit of a month.",
    law_zh="《中华人民共和国预算法实施条例》第六十条、第六十六条。",
    law_en="Implementing Regulations of the Budget Law, Art. 60 and 66.",
    finding_zh="{unit_name}{when_zh}以现金支付{pieces}笔、共{net_fen:wan}万元，疑似大额提现。",
    finding_en="{unit_name} paid {net_fen:yuan} yuan in cash in {pieces} payments ({when_en}), an unusually large sum.",
    arithmetic_zh="现金支付{pieces}笔合计{net_fen:yuan}元，标准{limit:yuan}元；用途：{purpose}；凭证：{vouchers}。",
    arithmetic_en="{pieces} payments in cash, {net_fen:yuan} yuan in all, limit {limit:yuan} yuan; purpose: {purpose}; "
    "vouchers {vouchers}.",
    innocent_zh=("慰问、救助等按规定发放现金", "收款地没有银行网点", "结算方式登记有误"),
    innocent_en=("relief handed out in cash", "a village without a bank", "a wrong settlement method in the records"),
    next_step_zh="建议调阅提现审批、现金日记账和领款签收单，核实现金用途。",
    next_step_en="Check the approval, the cash book and the receipts.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in fen of one payment and of a month's sum; words for cash, and for ordinary reasons."""

    yellow_fen: int = 500_000
    orange_fen: int = 1_000_000
    red_fen: int = 5_000_000
    yellow_month_fen: int = 2_000_000
    orange_month_fen: int = 5_000_000
    red_month_fen: int = 20_000_000
    cash_words: tuple[str, ...] = ("现金", "提现", "备用金")
    ordinary_purposes: tuple[str, ...] = ("慰问", "抚恤", "救助", "救济", "困难", "丧葬", "抢险", "救灾")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag cash vouchers, and months of two and more of them, that reach a fence, net of what was given back."""
    lines = cash_lines(facts, params.cash_words, params.ordinary_purposes)
    taken = withdrawals(lines, facts)
    flagged = pl.concat(
        [graded(_single(taken), fences_of(params, "fen")), graded(_monthly(taken), fences_of(params, "month_fen"))]
    )
    single = lines.with_columns(subject=written("payment:{}", "voucher"))
    found = build_findings(
        "E01",
        with_names(flagged, facts).with_columns(amount_fen=pl.col("net_fen")),
        as_of=facts.as_of,
        period=pl.col("month"),
        measure_unit="fen",
        evidence=EVIDENCE,
        rows=pl.concat([single, lines.with_columns(subject=unit_subjects())]),
        keys=["subject", "month"],
    )
    return Judgement(found, division_coverage("E01", settlement_reasons(facts), None))


_KEPT = ("division_code", "unit_code", "month", "project_code", "net_fen", "pieces", "purpose", "vouchers")


def _single(taken: pl.DataFrame) -> pl.DataFrame:
    return taken.with_columns(pieces=pl.lit(1, pl.Int64), vouchers=pl.col("voucher")).select(
        *_KEPT,
        subject=written("payment:{}", "voucher"),
        measured=pl.col("net_fen"),
        when_zh=pl.col("paid_on").dt.to_string("%Y年%-m月%-d日"),
        when_en=pl.col("paid_on").dt.to_string("%Y-%m-%d"),
    )


def _monthly(taken: pl.DataFrame) -> pl.DataFrame:
    summed = taken.group_by(MONTH).agg(
        pl.col("net_fen").sum(),
        pl.col("purpose").drop_nulls().min(),
        project_code=pl.lit(None, pl.String),
        pieces=pl.len().cast(pl.Int64),
        vouchers=all_vouchers(),
    )
    return (
        summed.filter(pl.col("pieces") > 1)
        .sort(MONTH)
        .select(
            *_KEPT,
            subject=unit_subjects(),
            measured=pl.col("net_fen"),
            when_zh=month_zh("month"),
            when_en=pl.col("month"),
        )
    )


RULE = Rule(TEXT, judge, Params, ("payments",), late="mutes", on_vouchers=True)
