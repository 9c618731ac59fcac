"""G05 非税分项累计同比增幅大: one kind of non-tax revenue of the year so far is far above last year's."""

from dataclasses import dataclass

from budget.catalogue import RuleText
from budget.facts import Facts
from rules.growth import YTD_ARITHMETIC_EN, YTD_ARITHMETIC_ZH, items_year_to_date
from rules.income import NON_TAX
from rules.judgement import Judgement
from rules.rule import Rule

TEXT = RuleText(
    code="G05",
    family="district",
    name_zh="非税分项累计同比增幅大",
    name_en="Non-tax item well above last year",
    formula_zh="增幅＝（非税收入款级科目本年累计－上年同期累计）÷上年同期累计；按每季度最近一次月报计算。",
    formula_en="Growth = (a kind of non-tax revenue of the year so far - the same months of "
    "last year) / the same months of last year, at the last report of each quarter.",
    law_zh="《中华人民共和国预算法》第五十五条。",
    law_en="Budget Law, Art. 55.",
    finding_zh="{division_name}{head_name}截至{month_name:month}累计增长{growth_bp:rate}，疑似异常增长。",
    finding_en="{head_en} of {division_name} rose by {growth_bp:rate} over the same months of last year, "
    "up to {month_name}.",
    arithmetic_zh=YTD_ARITHMETIC_ZH,
    arithmetic_en=YTD_ARITHMETIC_EN,
    innocent_zh=(
        "国有资产一次性处置入库",
        "上年收入本年补缴入库",
        "收费项目划转",
    ),
    innocent_en=(
        "assets sold once",
        "revenue of last year paid in this year",
        "a charge moved from another office",
    ),
    next_step_zh="建议请财政部门说明一次性收入的来源和依据，核实资产处置、收费是否真实、可持续。",
    next_step_en="Ask the finance office what the one-off revenue is and whether it will last.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of growth; the smallest base, in fen and as a share of last year's revenue."""

    yellow_bp: int = 5000
    orange_bp: int = 10000
    least_base_fen: int = 100_000_000
    least_share_bp: int = 100


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag non-tax items (款) that rose by a fence or more over the same months of last year.

    Judged at the last report of each quarter. Not judged: a missing figure, no positive base, a base under
    ``least_base_fen`` or under ``least_share_bp`` of last year's revenue of the budget.
    """
    return items_year_to_date("G05", facts, NON_TAX, params)


RULE = Rule(TEXT, judge, Params, ("revenue",))
