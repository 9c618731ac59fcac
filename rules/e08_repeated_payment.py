"""E08 重复支付: the same amount went to the same account for a similar purpose within a few days."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import written
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded
from rules.rule import Rule
from rules.spending import NAMES, divisions_of, with_names
from rules.vouchers import added_up, refund_lines_of, run_rows_of, same_purpose, vouchers, with_runs

SAME = ("unit_code", "payee_account", "payment_fen", "purpose_text", "purpose_periods")
PIECES = ("first_on", "last_on", "pieces", "payment_fen", "total_fen", "repeated_fen", "purpose", "voucher", "vouchers")
EVIDENCE = (*NAMES, "payee_name", *PIECES)
REPEATED = pl.col("payment_fen") * (pl.col("pieces") - 1)

TEXT = RuleText(
    code="E08",
    family="payment",
    name_zh="疑似重复支付",
    name_en="Possible repeated payment",
    formula_zh="同一单位向同一账户，在规定天数内支付金额相同、用途相近的款项，且未退款、未更正。",
    formula_en="One unit paid the same amount to the same account for a similar purpose within a few days, and "
    "nothing of "
    "it was refunded or corrected.",
    law_zh="《中华人民共和国预算法》第五十七条。",
    law_en="Budget Law, Art. 57.",
    finding_zh="{unit_name}在{first_on:day}至{last_on:day}向“{payee_name}”支付{pieces}笔相同金额"
    "（每笔{payment_fen:wan}万元），用途相近，疑似重复支付。",
    finding_en="{unit_name} paid {payee_name} the same {payment_fen:yuan} yuan {pieces} times from {first_on} to "
    "{last_on} for a similar purpose; a payment may have been repeated.",
    arithmetic_zh="每笔{payment_fen:yuan}元×{pieces}笔＝{total_fen:yuan}元；用途：{purpose}；凭证：{vouchers}。",
    arithmetic_en="{payment_fen:yuan} yuan x {pieces} = {total_fen:yuan} yuan; purpose: {purpose}; vouchers "
    "{vouchers}.",
    innocent_zh=("按月支付的房租、物业费、工资", "同一标准的分批补助", "同价分批采购"),
    innocent_en=("monthly rent, property fees or wages", "grants at one rate in batches", "deliveries at one price"),
    next_step_zh="建议核对各笔支付的合同、发票和收货记录，确属重复的应追回。",
    next_step_en="Compare contracts, invoices and receipts of the payments; a repeated one should be recovered.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in number of equal payments; the amount each must exceed; the days; reversed ones are left out."""

    yellow_count: int = 2
    orange_count: int = 3
    red_count: int = 4
    above_fen: int = 1_000_000
    within_days: int = 7


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag runs of equal payments, each above ``above_fen``, within ``within_days`` days of the first, inclusive.

    Purposes are similar when their text without digits, spaces and punctuation is equal and the periods they name
    (3月, 第2期) are too. Left out: payments with a refund or correction that names them, an equal negative row that
    names nothing (it cancels the latest), and payments without account or purpose.
    """
    text, periods = same_purpose("purpose")
    candidates = (
        vouchers(facts)
        .filter(pl.col("payment_fen") > params.above_fen, ~pl.col("is_reversed"))
        .filter(pl.col("payee_account").is_not_null(), pl.col("purpose").is_not_null())
        # Most payments have no equal at all: told by hash first, as comparing purposes is dear.
        .filter(pl.struct("unit_code", "payee_account", "payment_fen").hash().is_duplicated())
        .with_columns(purpose_text=text, purpose_periods=periods)
        .filter(pl.len().over(SAME) > 1)
    )
    marked = _without_cancelled(with_runs(candidates, SAME, params.within_days), facts)
    runs = added_up(marked, "voucher", "payment_fen", "purpose", total_fen=pl.col("payment_fen").sum()).with_columns(
        subject=written("payment:{}", "voucher"),
        measured=pl.col("pieces"),
        repeated_fen=REPEATED,
        amount_fen=REPEATED,
    )
    found = build_findings(
        "E08",
        graded(with_names(runs, facts), fences_of(params, "count")),
        as_of=facts.as_of,
        period=pl.col("first_on").dt.to_string("%Y-%m"),
        measure_unit="count",
        evidence=EVIDENCE,
        rows=run_rows_of(facts, marked),
        keys=["run"],
    )
    return Judgement(found, division_coverage("E08", dict.fromkeys(divisions_of(facts)), None))


def _without_cancelled(marked: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Take the latest payment out of a run for each equal refund to the same account that names no original."""
    same = ["unit_code", "payee_account", "payment_fen"]
    back = (
        refund_lines_of(facts)
        .filter(pl.col("original_voucher_no").is_null(), pl.col("payee_account").is_not_null())
        .with_columns(payment_fen=-pl.col("payment_fen"))
        .group_by(same)
        .agg(cancelled=pl.len().cast(pl.Int64))
    )
    known = marked.join(back, on=same, how="left", maintain_order="left").with_columns(
        from_last=pl.int_range(pl.len()).reverse().over(same, order_by=["paid_on", "voucher"])
    )
    return known.filter(pl.col("from_last") >= pl.col("cancelled").fill_null(0)).drop("cancelled", "from_last")


RULE = Rule(TEXT, judge, Params, ("payments",), late="mutes", on_vouchers=True)
