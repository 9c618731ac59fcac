"""G20 非税收入应缴未缴: non-tax revenue that was due a month ago has not been remitted."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from rules.income import NON_TAX, added, behind, latest_of_quarters, parts_of
from rules.judgement import Judgement, fences_of
from rules.rule import Rule
from rules.tables import judgement

TEXT = RuleText(
    code="G20",
    family="district",
    name_zh="非税收入应缴未缴",
    name_en="Non-tax revenue not remitted",
    formula_zh="应缴未缴＝一个月前的累计应缴－目前累计已缴（给结算留一个月），按非税款级科目、每季度最近一次月报计算。",
    formula_en="Owed = receivable a month ago - remitted by now (a month is left for settlement), by "
    "item, at the last report of each quarter.",
    law_zh="《中华人民共和国预算法》第五十六条、第六十三条、第九十三条。",
    law_en="Budget Law, Art. 56, 63 and 93.",
    finding_zh="{division_name}{head_name}截至{month_name:month}有{owed_fen:wan}万元疑似应缴未缴国库。",
    finding_en="{owed_fen:yuan} yuan of {head_en} of {division_name} appear to be owed to the treasury "
    "by {month_name}.",
    arithmetic_zh="一个月前累计应缴{due_fen:yuan}元－截至{month_name:month}累计已缴{remitted_fen:yuan}元＝{owed_fen:yuan}元（{extent_zh}口径）。",
    arithmetic_en="Receivable a month before {due_fen:yuan} yuan - remitted by {month_name} {remitted_fen:yuan} "
    "yuan = {owed_fen:yuan} yuan ({extent_en}).",
    innocent_zh=(
        "代收银行结算、对账跨月",
        "减免、缓缴已经批准，应缴数尚未冲减",
    ),
    innocent_en=(
        "settlement with the collecting bank crosses the month",
        "relief was granted and not yet booked",
    ),
    next_step_zh="建议请执收单位说明未缴原因，核实是否直接用于支出。",
    next_step_en="Ask the collecting unit why it was not remitted and whether any was spent directly.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in fen of what is owed; the months a settlement may take; what rounding explains."""

    orange_fen: int = 1
    red_fen: int = 100_000_000
    lag_months: int = 1
    tolerance_fen: int = 10_000


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag non-tax items (款) of which less was remitted by now than was receivable ``lag_months`` before.

    Judged at the last report of each quarter; amounts up to ``tolerance_fen`` are rounding of a 万元 table. Not
    judged: the first ``lag_months`` months (not due), missing figures.
    """
    parts = parts_of(facts, 5).filter(pl.col("head").str.starts_with(NON_TAX))
    heads, rows = latest_of_quarters(facts, parts)
    months = added(parts)
    due = months.select("subject", "fiscal_year", month=pl.col("month") + params.lag_months, due_fen="receivable_fen")
    both = heads.join(due, on=["subject", "fiscal_year", "month"], how="left", maintain_order="left")
    owed = pl.col("due_fen") - pl.col("remitted_fen")
    known = both.with_columns(
        owed_fen=owed,
        measured=pl.when(owed > params.tolerance_fen).then(owed),
        amount_fen=owed,
        reason=pl.when(pl.col("month") <= params.lag_months)
        .then(pl.lit("not_due"))
        .when(owed.is_null())
        .then(pl.lit("incomplete_record")),
    )
    earlier = heads.with_columns(month=pl.col("month") - params.lag_months)
    return judgement(
        "G20",
        facts,
        "revenue",
        known,
        fences_of(params, "fen"),
        measure_unit="fen",
        evidence=EVIDENCE,
        rows=pl.concat([rows, behind(parts, earlier)]).unique(maintain_order=True),
    )


EVIDENCE = (
    "head_name",
    "head_en",
    "month_name",
    "extent_zh",
    "extent_en",
    "due_fen",
    "receivable_fen",
    "remitted_fen",
    "owed_fen",
)
RULE = Rule(TEXT, judge, Params, ("revenue",))
