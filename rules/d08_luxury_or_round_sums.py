"""D08 高档消费和整数购卡: purposes speak of luxury, or a supermarket was paid a round sum, as for shopping cards."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from rules.judgement import Judgement, fences_of
from rules.paid_lines import has_word, judge_parts, paid_lines, parts_of
from rules.rule import Rule
from rules.spending import NAMES

EVIDENCE = (*NAMES, "voucher", "paid_on", "payee_name", "purpose", "economic_code", "net_fen", "why_zh", "why_en")

TEXT = RuleText(
    code="D08",
    family="three_public",
    name_zh="高档消费和整数购卡",
    name_en="Luxury or round-sum shopping",
    formula_zh="用途含烟酒、礼品、购物卡等字样，或向旅行社付款（不列出国、差旅），或向超市、商场支付整百元金额，冲减退款后。",
    formula_en="A purpose speaks of tobacco, liquor, gifts or shopping cards, or a travel agency was paid other than "
    "for "
    "journeys, or a supermarket a multiple of 100 yuan, net of refunds.",
    law_zh="《中华人民共和国预算法》第九十五条。",
    law_en="Budget Law, Art. 95.",
    finding_zh="{unit_name}{paid_on:day}向“{payee_name}”支付“{purpose}”{net_fen:wan}万元，{why_zh}，疑似高档消费或购卡。",
    finding_en="On {paid_on} {unit_name} paid {net_fen:yuan} yuan to {payee_name} for {purpose}: {why_en}.",
    arithmetic_zh="凭证{voucher}：经济科目{economic_code}，冲减退款后{net_fen:yuan}元；{why_zh}。",
    arithmetic_en="Voucher {voucher}: item {economic_code}, {net_fen:yuan} yuan net of refunds; {why_en}.",
    innocent_zh=("经批准的慰问品、工会福利", "食堂、活动用品统一采购", "整数金额的正常结算"),
    innocent_en=(
        "approved gifts of condolence and union benefits",
        "supplies for a canteen or event",
        "a plain round bill",
    ),
    next_step_zh="建议调阅发票和购物清单，核实物品和领用情况。",
    next_step_en="Look at the invoice and the list of goods: who received them?",
    confidence="hint",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """The fence in fen (any); the smallest round sum; words for luxury, shops and agencies, and for ordinary buying."""

    orange_fen: int = 1
    least_round_fen: int = 100_000
    round_to_fen: int = 10_000
    luxury_words: tuple[str, ...] = (
        *("香烟", "卷烟", "烟酒", "白酒", "红酒", "名酒", "酒水", "茅台", "礼品", "礼金", "购物卡", "提货券", "高尔夫"),
        *("会所", "洗浴", "足浴", "名贵", "奢侈品"),
    )
    shop_words: tuple[str, ...] = ("超市", "百货", "购物中心", "商场", "购物广场")
    agency_words: tuple[str, ...] = ("旅行社", "旅游公司")
    journey_codes: tuple[str, ...] = ("30211", "30212", "30215", "30216")
    union_codes: tuple[str, ...] = ("30228", "30229")
    ordinary_words: tuple[str, ...] = (
        *(
            "慰问",
            "工会",
            "福利",
            "食堂",
            "救灾",
            "防汛",
            "抗疫",
            "防疫",
            "困难",
            "打假",
            "打击",
            "查处",
            "检测",
            "专卖",
        ),
        *("执法", "控烟", "禁烟", "抽检"),
    )


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag vouchers of which something is left after refunds and that show one of the three signs."""
    is_luxury = has_word("text", params.luxury_words)
    is_journey = pl.col("economic_code").is_in(list(params.journey_codes)).fill_null(value=False)
    is_agency = has_word("payee_name", params.agency_words) & ~is_journey
    is_shop = has_word("payee_name", params.shop_words)
    is_union = pl.col("economic_code").is_in(list(params.union_codes)).fill_null(value=False)
    lines = paid_lines(facts).filter(is_luxury | is_agency | is_shop)
    picked = lines.filter(~has_word("text", params.ordinary_words), ~is_union)
    is_round = (pl.col("net_fen") >= params.least_round_fen) & (pl.col("net_fen") % max(params.round_to_fen, 1) == 0)
    signs = {
        ("用途涉及烟酒、礼品等", "the purpose speaks of luxury or gifts"): has_word("purpose", params.luxury_words),
        ("收款人为旅行社", "the payee is a travel agency"): is_agency,
        ("向商超支付整数金额", "a round sum went to a shop"): is_shop & is_round,
    }
    why_zh, why_en = (
        pl.coalesce(pl.when(sign).then(pl.lit(words[n])) for words, sign in signs.items()) for n in (0, 1)
    )
    rows = parts_of(picked, facts).with_columns(why_zh=why_zh, why_en=why_en).filter(pl.col("why_zh").is_not_null())
    return judge_parts("D08", rows, picked, fences=fences_of(params, "fen"), evidence=EVIDENCE, facts=facts)


RULE = Rule(TEXT, judge, Params, ("payments",), late="mutes", on_vouchers=True)
