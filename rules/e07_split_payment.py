"""E07 拆分支付: several payments just under a limit to one payee within a few days, which together reach it."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import written
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded
from rules.rule import Rule
from rules.spending import NAMES, divisions_of, with_names
from rules.vouchers import added_up, half_width, run_rows_of, vouchers, with_runs

TOGETHER = ("unit_code", "payee", "economic_class")
PIECES = ("first_on", "last_on", "pieces", "total_fen", "vouchers", "procurement_limit_fen", "low_fen")
EVIDENCE = (*NAMES, "payee_name", "economic_class", *PIECES)

TEXT = RuleText(
    code="E07",
    family="payment",
    name_zh="疑似拆分支付",
    name_en="Possible split payment",
    formula_zh="同一单位向同一收款人、同一经济分类类级科目，在规定天数内支付多笔，每笔在限额80%以上且低于限额，合计达到限额。",
    formula_en="Several payments of one unit to one payee under one economic class within a few days, each from 80% of "
    "the limit up to just under it, together reaching the limit.",
    law_zh="《中华人民共和国政府采购法》第二十八条；《中华人民共和国政府采购法实施条例》第二十八条。",
    law_en="Government Procurement Law, Art. 28; its Implementing Regulations, Art. 28.",
    finding_zh="{unit_name}在{first_on:day}至{last_on:day}向“{payee_name}”分{pieces}笔支付{total_fen:wan}万元，"
    "每笔均略低于限额，疑似拆分支付。",
    finding_en="{unit_name} paid {payee_name} {total_fen:yuan} yuan in {pieces} pieces from {first_on} to "
    "{last_on}, each "
    "just under the limit; the payment may have been split.",
    arithmetic_zh="限额{procurement_limit_fen:wan}万元；{pieces}笔，每笔在{low_fen:wan}万元（含）至限额之间，合计"
    "{total_fen:wan}万元；凭证：{vouchers}。",
    arithmetic_en="Limit {procurement_limit_fen:yuan} yuan; {pieces} pieces, each at least {low_fen:yuan} and "
    "below the "
    "limit, {total_fen:yuan} yuan in all; vouchers {vouchers}.",
    innocent_zh=("同一合同约定的分期、进度付款", "不同项目分别签订的合同", "框架协议下的分批采购"),
    innocent_en=(
        "instalments of one contract",
        "separate contracts of separate projects",
        "call-offs from a framework",
    ),
    next_step_zh="建议调阅采购方式审批、合同和验收资料，核实是否规避采购程序。",
    next_step_en="Check the procurement approval, the contracts and the acceptance papers.",
    confidence="hint",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in number of pieces; the limit, the band under it, the days, and words that show instalments."""

    yellow_count: int = 2
    orange_count: int = 3
    red_count: int = 4
    limit_fen: int = 50_000_000
    band_bp: int = 8_000
    within_days: int = 10
    instalment_pattern: str = (
        r"进度款|第[0-9一二三四五六七八九十]+[期笔批次]|[一二三四五六七八九十]期款|首付款|尾款|质保金"
    )


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag runs of payments each in [band × L, L) to one payee, within ``within_days`` days of the first, inclusive.

    Payments are net of the refunds that name them. The payee is the account, else the name; payments without
    either, and those whose purpose shows an instalment of a contract, are left out. Runs are disjoint, from the
    earliest payment on.
    """
    low = -(-params.limit_fen * params.band_bp // 10_000)
    is_instalment = half_width(pl.col("purpose")).str.contains(params.instalment_pattern).fill_null(value=False)
    pieces = (
        vouchers(facts)
        .with_columns(payee=pl.coalesce("payee_account", "payee_name"))
        .filter(pl.col("net_fen").is_between(low, params.limit_fen, closed="left"), ~is_instalment)
        .filter(pl.col("payee").is_not_null())
    )
    marked = with_runs(pieces, TOGETHER, params.within_days)
    runs = (
        added_up(marked, "payee", "economic_class", total_fen=pl.col("net_fen").sum())
        .filter(pl.col("total_fen") >= params.limit_fen)
        .with_columns(
            low_fen=pl.lit(low, pl.Int64),
            procurement_limit_fen=pl.lit(params.limit_fen, pl.Int64),
            subject=_subjects(),
            measured=pl.col("pieces"),
            amount_fen=pl.col("total_fen"),
        )
    )
    found = build_findings(
        "E07",
        graded(with_names(runs, facts), fences_of(params, "count")),
        as_of=facts.as_of,
        period=pl.col("first_on").dt.to_string("%Y-%m-%d"),
        measure_unit="count",
        evidence=EVIDENCE,
        rows=run_rows_of(facts, marked),
        keys=["run"],
    )
    return Judgement(found, division_coverage("E07", dict.fromkeys(divisions_of(facts)), None))


def _subjects() -> pl.Expr:
    payee = pl.coalesce("payee_name", "payee")
    return written("payee:{}/{}/{}", "unit_code", payee, pl.col("economic_class").fill_null("-"))


RULE = Rule(TEXT, judge, Params, ("payments",), late="mutes", on_vouchers=True)
