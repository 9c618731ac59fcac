"""E09 退款更正异常: a unit takes much of its money back, or a refund cannot be followed to what it undoes."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.money import rate_bp
from budget.subjects import unit_subjects, written
from rules.judgement import (
    Judgement,
    build_findings,
    division_coverage,
    fences_of,
    graded,
    subject_coverage,
)
from rules.refunds import open_corrections, refunds_of
from rules.rule import Rule
from rules.spending import NAMES, divisions_of, with_names
from rules.vouchers import VOUCHER, lines_of

REFUND = ("refund_fen", "refunds", "vouchers", "original", "days_between", "unit_refund_fen", "gross_fen", "share_bp")
EVIDENCE = (*NAMES, *REFUND, "state_zh", "state_en", "basis_zh", "basis_en")

TEXT = RuleText(
    code="E09",
    family="payment",
    name_zh="退款更正异常",
    name_en="Unusual refunds and corrections",
    formula_zh="单位本年退款÷支付（银行退回除外）；单笔退款未列明原凭证、原凭证查不到或相隔过久的，以及更正合计不归零的，按金额提示。",
    formula_en="A unit's refunds this year over its payments, returns by the bank left out; single refunds whose "
    "original is not named, not found or long past, and corrections that do not balance, by their amount.",
    law_zh="分析性指标，不作为违规认定依据。",
    law_en="An analytical figure, no ground for finding a breach.",
    finding_zh="{unit_name}退款、更正{refund_fen:wan}万元，{state_zh}，疑似异常。",
    finding_en="{unit_name} had {refund_fen:yuan} yuan refunded or corrected: {state_en}.",
    arithmetic_zh="{basis_zh}，合计{refund_fen:yuan}元；凭证：{vouchers}。本单位本年退款{unit_refund_fen:yuan}元÷支付"
    "{gross_fen:yuan}元＝{share_bp:rate}（不含银行退回）。",
    arithmetic_en="{basis_en}, {refund_fen:yuan} yuan in all; vouchers {vouchers}. Refunds of the unit this year "
    "{unit_refund_fen:yuan} / payments {gross_fen:yuan} yuan = {share_bp:rate}, returns by the bank left out.",
    innocent_zh=("银行因户名、账号不符退回", "跨年度退款，原凭证属以前年度", "项目取消，预付款按合同收回"),
    innocent_en=(
        "returned by the bank for a wrong account",
        "the original belongs to an earlier year",
        "an advance recovered under the contract",
    ),
    next_step_zh="建议调阅退款凭证和原支付凭证，核实退款事由及退回资金去向。",
    next_step_en="Check the refund and its original: why the money came back and where it went.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences of the share in basis points and of single refunds in fen; what is material; words of the bank."""

    yellow_bp: int = 300
    orange_bp: int = 500
    red_bp: int = 1_000
    yellow_fen: int = 1_000_000
    orange_fen: int = 10_000_000
    red_fen: int = 50_000_000
    least_refund_fen: int = 5_000_000
    later_than_days: int = 90
    settled_within_days: int = 30
    bank_words: tuple[str, ...] = ("支付失败", "账户有误", "账号有误", "户名不符", "退汇", "退票", "账户不符", "销户")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag units by the share of refunds, and refunds or corrections that cannot be followed by their amount.

    Returns by the bank (by words of purpose or failure reason) count nowhere. Share: refunds / payments, corrections
    in neither; not judged below ``least_refund_fen``. Single refunds: no original named, none found, or paid more than
    ``later_than_days`` before. Corrections of one voucher that neither balance nor take it back whole are told
    ``settled_within_days`` after the last of them.
    """
    refunds = refunds_of(facts, params.bank_words)
    units = _units(facts, refunds).with_columns(reason=_reason(params))
    beside = units.select("unit_code", "unit_refund_fen", "gross_fen", "share_bp")
    events = pl.concat([_untraced(refunds, params), _unbalanced(facts, params)], how="diagonal").join(
        beside, on="unit_code", how="left", maintain_order="left"
    )
    rows = lines_of(facts)
    year = str(facts.as_of.year)
    shares = build_findings(
        "E09",
        graded(with_names(units.filter(pl.col("reason").is_null()), facts), fences_of(params, "bp")),
        as_of=facts.as_of,
        period=year,
        measure_unit="bp",
        evidence=EVIDENCE,
        rows=rows.join(refunds.select(VOUCHER), on=list(VOUCHER), how="semi"),
        keys=["unit_code"],
    )
    single = build_findings(
        "E09",
        graded(with_names(events, facts), fences_of(params, "fen")),
        as_of=facts.as_of,
        period=pl.col("paid_on").dt.to_string("%Y-%m"),
        measure_unit="fen",
        evidence=EVIDENCE,
        rows=rows,
        keys=VOUCHER,
    )
    coverage = [
        subject_coverage("E09", units, year),
        division_coverage("E09", dict.fromkeys(divisions_of(facts)), None),
    ]
    return Judgement(pl.concat([shares, single]), pl.concat(coverage))


def _units(facts: Facts, refunds: pl.DataFrame) -> pl.DataFrame:
    """Return the units that had refunds, with their share of what the unit paid."""
    is_paid = (pl.col("payment_fen") > 0) & ~pl.col("payment_kind").is_in(["refund", "correction"]).fill_null(
        value=False
    )
    gross = lines_of(facts).filter(is_paid).group_by("unit_code").agg(gross_fen=pl.col("payment_fen").sum())
    summed = refunds.group_by("unit_code", maintain_order=True).agg(
        pl.col("division_code").min(),
        unit_refund_fen=pl.col("refund_fen").sum(),
        refunds=pl.len().cast(pl.Int64),
        vouchers=pl.col("voucher").sort().str.join("、"),
    )
    known = summed.join(gross, on="unit_code", how="left", maintain_order="left").with_columns(
        share_bp=rate_bp(pl.col("unit_refund_fen"), pl.col("gross_fen"))
    )
    return known.with_columns(
        subject=unit_subjects(),
        project_code=pl.lit(None, pl.String),
        original=pl.lit(None, pl.String),
        days_between=pl.lit(None, pl.Int64),
        refund_fen=pl.col("unit_refund_fen"),
        measured=pl.col("share_bp"),
        amount_fen=pl.col("unit_refund_fen"),
        state_zh=pl.lit("占本年支付的比例较高"),
        state_en=pl.lit("a large share of what it paid this year"),
        basis_zh=written("退款{}笔", pl.col("refunds").cast(pl.String)),
        basis_en=written("{} refunds", pl.col("refunds").cast(pl.String)),
    ).sort("unit_code")


def _reason(params: Params) -> pl.Expr:
    return (
        pl.when(pl.col("unit_refund_fen") < params.least_refund_fen)
        .then(pl.lit("immaterial"))
        .when(pl.col("share_bp").is_null())
        .then(pl.lit("no_payments"))
    )


def _untraced(refunds: pl.DataFrame, params: Params) -> pl.DataFrame:
    days = pl.col("days_between").cast(pl.String)
    unnamed, unknown = pl.col("original").is_null(), pl.col("days_between").is_null()
    told = refunds.filter(unknown | (pl.col("days_between") > params.later_than_days))
    return _event(told, refunds=pl.lit(1, pl.Int64), vouchers=pl.col("voucher")).with_columns(
        state_zh=pl.when(unnamed)
        .then(pl.lit("未列明原支付凭证"))
        .when(unknown)
        .then(pl.lit("原支付凭证不在已报送的数据中"))
        .otherwise(pl.lit("距原支付时间较长")),
        state_en=pl.when(unnamed)
        .then(pl.lit("the original payment is not named"))
        .when(unknown)
        .then(pl.lit("the original payment is not among the data"))
        .otherwise(pl.lit("long after the original payment")),
        basis_zh=pl.when(unnamed)
        .then(pl.lit("未列明原凭证"))
        .when(unknown)
        .then(written("原凭证{}查不到", "original"))
        .otherwise(written("原凭证{}，相隔{}天", "original", days)),
        basis_en=pl.when(unnamed)
        .then(pl.lit("no original named"))
        .when(unknown)
        .then(written("original {} not found", "original"))
        .otherwise(written("original {}, {} days before", "original", days)),
    )


def _unbalanced(facts: Facts, params: Params) -> pl.DataFrame:
    told = open_corrections(facts, params.settled_within_days)
    return _event(told, refunds=pl.col("refunds"), vouchers=pl.col("vouchers")).with_columns(
        state_zh=pl.lit("更正分录合计不归零"),
        state_en=pl.lit("its corrections do not balance"),
        basis_zh=written("凭证{}的更正分录轧差", "original"),
        basis_en=written("net of the corrections of {}", "original"),
    )


def _event(told: pl.DataFrame, *, refunds: pl.Expr, vouchers: pl.Expr) -> pl.DataFrame:
    return told.select(
        *VOUCHER,
        "project_code",
        "paid_on",
        "original",
        "days_between",
        "refund_fen",
        refunds=refunds,
        vouchers=vouchers,
        subject=written("payment:{}", "voucher"),
        measured=pl.col("refund_fen"),
        amount_fen=pl.col("refund_fen"),
    )


RULE = Rule(TEXT, judge, Params, ("payments",), late="mutes", on_vouchers=True)
