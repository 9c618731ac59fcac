"""D09 超范围发放奖金补贴: bonuses or allowances were paid to staff outside the items for staff."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from rules.judgement import Judgement, fences_of
from rules.paid_lines import has_word, judge_parts, paid_lines, parts_of
from rules.persons import ORGANISATION_WORDS, looks_like_person
from rules.rule import Rule
from rules.spending import NAMES, with_names

EVIDENCE = (*NAMES, "voucher", "paid_on", "payee_name", "purpose", "economic_code", "net_fen")

TEXT = RuleText(
    code="D09",
    family="three_public",
    name_zh="超范围发放奖金补贴",
    name_en="Bonuses outside the staff items",
    formula_zh="在301、303类以外的科目，向个人、代发户或本单位支付用途含奖金、津贴、补贴等字样的款项（冲减退款后）。",
    formula_en="Payments outside classes 301 and 303 to persons, paying agents or the unit itself whose purpose "
    "speaks of "
    "bonuses or allowances, net of refunds.",
    law_zh="《中华人民共和国预算法》第九十五条。",
    law_en="Budget Law, Art. 95.",
    finding_zh="{unit_name}{paid_on:day}在经济科目{economic_code}列支“{purpose}”{net_fen:wan}万元，疑似超范围发放奖金补贴。",
    finding_en="On {paid_on} {unit_name} paid {net_fen:yuan} yuan for {purpose} under item {economic_code}, which "
    "appears to "
    "be a bonus or allowance outside the staff items.",
    arithmetic_zh="凭证{voucher}：收款人{payee_name}，经济科目{economic_code}，冲减退款后{net_fen:yuan}元。",
    arithmetic_en="Voucher {voucher}: payee {payee_name}, item {economic_code}, {net_fen:yuan} yuan net of refunds.",
    innocent_zh=("惠农、就业等政策性补贴", "奖教奖学、见义勇为奖励", "公务交通补贴、差旅补助"),
    innocent_en=(
        "farm and employment subsidies",
        "prizes for teachers, pupils and courage",
        "transport and travel allowances",
    ),
    next_step_zh="建议请单位提供发放依据和名册，核实是否为职工奖金津贴。",
    next_step_en="Ask for the ground of the payment and the list of recipients.",
    confidence="hint",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """The fence in fen (any); words for bonuses and ordinary grants; staff classes, other items; words of payees."""

    orange_fen: int = 1
    bonus_words: tuple[str, ...] = (
        *("奖金", "奖励", "津贴", "补贴", "补助", "加班费", "过节费", "节日费", "年终奖", "绩效奖"),
    )
    staff_classes: tuple[str, ...] = ("301", "303")
    other_codes: tuple[str, ...] = ("30211", "30226", "30228", "30229", "30239", "31204", "31205", "31299")
    staff_payee_words: tuple[str, ...] = ("代发", "工资", "职工", "津贴", "奖金")
    organisation_words: tuple[str, ...] = ORGANISATION_WORDS
    ordinary_words: tuple[str, ...] = (
        *(
            "惠农",
            "农业",
            "耕地",
            "种粮",
            "农机",
            "养殖",
            "生猪",
            "企业",
            "创业",
            "就业",
            "住房",
            "租赁",
            "征地",
            "拆迁",
        ),
        *(
            "高龄",
            "残疾",
            "困难",
            "救助",
            "低保",
            "优抚",
            "义务兵",
            "奖教",
            "奖学",
            "助学",
            "见义勇为",
            "计划生育",
            "举报",
        ),
        *("差旅", "交通补", "志愿", "村干部", "征兵"),
    )


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag vouchers outside the staff classes that speak of bonuses and go to persons, agents or the unit itself.

    Payments without economic item or payee are left out, as are those to other organisations: grants are no pay.
    """
    spoken = paid_lines(facts).filter(
        has_word("text", params.bonus_words),
        ~has_word("text", params.ordinary_words),
        ~pl.col("economic_class").is_in(list(params.staff_classes)),
        ~pl.col("economic_code").is_in(list(params.other_codes)),
    )
    lines = with_names(spoken, facts)
    is_person = looks_like_person(pl.col("payee_name"), params.organisation_words).fill_null(value=False)
    is_unit = (pl.col("payee_name") == pl.col("unit_name")).fill_null(value=False)
    picked = lines.filter(is_person | is_unit | has_word("payee_name", params.staff_payee_words))
    return judge_parts(
        "D09", parts_of(picked, facts), picked, fences=fences_of(params, "fen"), evidence=EVIDENCE, facts=facts
    )


RULE = Rule(TEXT, judge, Params, ("payments",), late="mutes", on_vouchers=True)
