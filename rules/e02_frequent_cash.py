"""E02 频繁提现: a unit withdrew cash many times in a month."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from rules.cash import MONTH, cash_lines, judge_months, settlement_reasons, withdrawals
from rules.judgement import Judgement, division_coverage, fences_of
from rules.paid_lines import all_vouchers
from rules.rule import Rule
from rules.spending import NAMES

EVIDENCE = (*NAMES, "month_zh", "month", "pieces", "net_fen", "vouchers")

TEXT = RuleText(
    code="E02",
    family="payment",
    name_zh="频繁提现",
    name_en="Frequent cash withdrawals",
    formula_zh="同一单位当月以现金结算的支付笔数（已全额退回的不计）。",
    formula_en="Number of one unit's payments settled in cash in a month; those given back in full do not count.",
    law_zh="《中华人民共和国预算法实施条例》第六十条、第六十六条。",
    law_en="Implementing Regulations of the Budget Law, Art. 60 and 66.",
    finding_zh="{unit_name}{month_zh}以现金支付{pieces}笔、共{net_fen:wan}万元，疑似频繁提现。",
    finding_en="{unit_name} paid in cash {pieces} times in {month}, {net_fen:yuan} yuan in all; cash appears to be "
    "drawn "
    "often.",
    arithmetic_zh="现金支付{pieces}笔，标准{limit}笔；合计{net_fen:yuan}元；凭证：{vouchers}。",
    arithmetic_en="{pieces} payments in cash, limit {limit}; {net_fen:yuan} yuan in all; vouchers {vouchers}.",
    innocent_zh=("慰问、救助等按规定发放现金", "收款地没有银行网点", "结算方式登记有误"),
    innocent_en=("relief handed out in cash", "a village without a bank", "a wrong settlement method in the records"),
    next_step_zh="建议了解单位现金管理制度，核对现金日记账，推动改用转账或公务卡结算。",
    next_step_en="Ask how cash is managed and why transfers or official cards were not used.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in number of withdrawals of a month; words for cash, and for ordinary reasons."""

    yellow_count: int = 3
    orange_count: int = 5
    red_count: int = 10
    cash_words: tuple[str, ...] = ("现金", "提现", "备用金")
    ordinary_purposes: tuple[str, ...] = ("慰问", "抚恤", "救助", "救济", "困难", "丧葬", "抢险", "救灾")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag months in which a unit has as many cash vouchers as a fence, of which something was left after refunds."""
    lines = cash_lines(facts, params.cash_words, params.ordinary_purposes)
    months = (
        withdrawals(lines, facts)
        .group_by(MONTH)
        .agg(pl.col("net_fen").sum(), pieces=pl.len().cast(pl.Int64), vouchers=all_vouchers())
    )
    found = judge_months("E02", months, lines, fences=fences_of(params, "count"), evidence=EVIDENCE, facts=facts)
    return Judgement(found, division_coverage("E02", settlement_reasons(facts), None))


RULE = Rule(TEXT, judge, Params, ("payments",), late="mutes", on_vouchers=True)
