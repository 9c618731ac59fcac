"""G04 税收分项累计同比增幅大: one tax of the year so far is far above that of the same months of last year."""

from dataclasses import dataclass

from budget.catalogue import RuleText
from budget.facts import Facts
from rules.growth import YTD_ARITHMETIC_EN, YTD_ARITHMETIC_ZH, items_year_to_date
from rules.income import TAX
from rules.judgement import Judgement
from rules.rule import Rule

TEXT = RuleText(
    code="G04",
    family="district",
    name_zh="税收分项累计同比增幅大",
    name_en="Tax item well above last year",
    formula_zh="增幅＝（税收款级科目本年累计－上年同期累计）÷上年同期累计；按每季度最近一次月报计算。",
    formula_en="Growth = (a tax of the year so far - the same months of last year) / the same "
    "months of last year, at the last report of each quarter.",
    law_zh="《中华人民共和国预算法》第五十五条。",
    law_en="Budget Law, Art. 55.",
    finding_zh="{division_name}{head_name}截至{month_name:month}累计增长{growth_bp:rate}，疑似异常增长。",
    finding_en="{head_en} of {division_name} rose by {growth_bp:rate} over the same months of last year, "
    "up to {month_name}.",
    arithmetic_zh=YTD_ARITHMETIC_ZH,
    arithmetic_en=YTD_ARITHMETIC_EN,
    innocent_zh=(
        "个别大户一次性入库",
        "上年同期退税、缓税使基数偏低",
        "税收级次或征管范围调整",
    ),
    innocent_en=(
        "one large taxpayer",
        "refunds or deferrals last year",
        "a change of level or of who collects",
    ),
    next_step_zh="建议请税务部门说明主要增收企业和入库时间，核实是否提前征收。",
    next_step_en="Ask the tax office for the largest payers and the days of payment, and whether any of "
    "it was collected early.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of growth; the smallest base, in fen and as a share of last year's revenue."""

    yellow_bp: int = 5000
    orange_bp: int = 10000
    least_base_fen: int = 100_000_000
    least_share_bp: int = 100


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag taxes (款) that rose by a fence or more over the same months of last year.

    Judged at the last report of each quarter. Not judged: a missing figure, no positive base, a base under
    ``least_base_fen`` or under ``least_share_bp`` of last year's revenue of the budget.
    """
    return items_year_to_date("G04", facts, TAX, params)


RULE = Rule(TEXT, judge, Params, ("revenue",))
