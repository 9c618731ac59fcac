"""G03 收入累计同比增幅大: a budget's revenue of the year so far is far above last year's."""

from dataclasses import dataclass

from budget.catalogue import RuleText
from budget.facts import Facts
from rules.growth import YTD_ARITHMETIC_EN, YTD_ARITHMETIC_ZH, year_to_date
from rules.income import totals_of
from rules.judgement import Judgement, fences_of
from rules.rule import Rule

TEXT = RuleText(
    code="G03",
    family="district",
    name_zh="收入累计同比增幅大",
    name_en="Revenue well above last year",
    formula_zh="增幅＝（本年累计收入－上年同期累计收入）÷上年同期累计收入；按每季度最近一次月报计算，"
    "不含转移性收入和债务收入。",
    formula_en="Growth = (revenue of the year so far - the same months of last year) / the same months "
    "of last year, at the last report of each quarter; no transfers, no debt.",
    law_zh="《中华人民共和国预算法》第五十五条。",
    law_en="Budget Law, Art. 55.",
    finding_zh="{division_name}{head_name}截至{month_name:month}累计增长{growth_bp:rate}，疑似增幅过大。",
    finding_en="{head_en} of {division_name} rose by {growth_bp:rate} over the same months of last year, "
    "up to {month_name}.",
    arithmetic_zh=YTD_ARITHMETIC_ZH,
    arithmetic_en=YTD_ARITHMETIC_EN,
    innocent_zh=(
        "上年同期因减税退税、疫情等基数偏低",
        "税收政策、征管范围或预算级次调整",
        "大额一次性收入入库",
    ),
    innocent_en=(
        "last year was low after refunds or relief",
        "a change of policy or of who collects",
        "one large receipt",
    ),
    next_step_zh="建议向财政、税务部门了解增收的来源，核实是否有提前征收或不实入库。",
    next_step_en="Ask the finance and tax offices where the increase comes from and whether any of it "
    "was collected early.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of growth; the budgets judged; the smallest base."""

    yellow_bp: int = 2_000
    orange_bp: int = 4_000
    least_base_fen: int = 1_000_000_000
    funds: tuple[str, ...] = ("11", "14")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag budgets whose own revenue (taxes, contributions, non-tax) rose by a fence or more over last year.

    Judged at the last report of each quarter. Not judged: a missing figure, no positive base, one under
    ``least_base_fen``.
    """
    parts = totals_of(facts, params.funds)
    return year_to_date("G03", facts, parts, fences_of(params, "bp"), least_base_fen=params.least_base_fen)


RULE = Rule(TEXT, judge, Params, ("revenue",))
