"""D04 第四季度预付三公会议: receptions, cars, meetings or training were paid for in advance late in the year."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from rules.judgement import Judgement, fences_of
from rules.paid_lines import has_word, judge_parts, paid_lines, parts_of
from rules.rule import Rule
from rules.spending import NAMES

EVIDENCE = (*NAMES, "voucher", "paid_on", "payee_name", "purpose", "economic_code", "net_fen")

TEXT = RuleText(
    code="D04",
    family="three_public",
    name_zh="第四季度预付“三公”会议费",
    name_en="Three-public or meeting money prepaid at year end",
    formula_zh="第四季度“三公”、会议、培训支出中，用途含预付、预存等字样且金额超过1万元的支付（冲减退款后）。",
    formula_en="Payments of the fourth quarter for the three public items, meetings or training whose purpose speaks "
    "of "
    "prepayment or deposits, above the limit, net of refunds.",
    law_zh="《中华人民共和国预算法》第五十七条。",
    law_en="Budget Law, Art. 57.",
    finding_zh="{unit_name}{paid_on:day}向“{payee_name}”支付“{purpose}”{net_fen:wan}万元，疑似年底预付“三公”、会议或培训费用。",
    finding_en="On {paid_on} {unit_name} paid {net_fen:yuan} yuan to {payee_name} for {purpose}, which appears to "
    "prepay "
    "three-public, meeting or training costs.",
    arithmetic_zh="凭证{voucher}：经济科目{economic_code}，冲减退款后{net_fen:yuan}元，标准{limit:yuan}元。",
    arithmetic_en="Voucher {voucher}: item {economic_code}, {net_fen:yuan} yuan net of refunds, limit {limit:yuan} "
    "yuan.",
    innocent_zh=("合同约定的定金", "年底前已实际举办", "用途填写不准确"),
    innocent_en=("a deposit the contract asks for", "an event held before the year ended", "a purpose written loosely"),
    next_step_zh="建议核对合同、活动通知和结算单，了解费用是否当年发生。",
    next_step_en="Compare contract, notice and bill: did the costs arise this year?",
    confidence="hint",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """The fence in fen; the first month; items; words for prepayment, for those items, and for ordinary deposits."""

    orange_fen: int = 1_000_001
    first_month: int = 10
    economic_codes: tuple[str, ...] = ("30212", "30215", "30216", "30217", "30231")
    prepaid_words: tuple[str, ...] = ("预付", "预存", "预缴", "充值", "预充")
    item_words: tuple[str, ...] = (
        "接待",
        "用餐",
        "餐费",
        "会议费",
        "会务",
        "培训费",
        "住宿",
        "加油",
        "油卡",
        "出国",
        "出境",
    )
    ordinary_words: tuple[str, ...] = ("保险", "质保金", "保证金", "押金", "退还", "会议室", "会议系统")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag fourth-quarter vouchers of a fence or more whose purpose speaks of prepaying these items."""
    is_item = pl.col("economic_code").is_in(list(params.economic_codes)).fill_null(value=False)
    late = paid_lines(facts).filter(pl.col("paid_on").dt.month() >= params.first_month)
    picked = late.filter(
        has_word("text", params.prepaid_words),
        is_item | has_word("text", params.item_words),
        ~has_word("text", params.ordinary_words),
    )
    return judge_parts(
        "D04", parts_of(picked, facts), picked, fences=fences_of(params, "fen"), evidence=EVIDENCE, facts=facts
    )


RULE = Rule(TEXT, judge, Params, ("payments",), late="mutes", on_vouchers=True)
