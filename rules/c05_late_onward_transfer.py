"""C05 上级转移支付转下达超期: money from above was passed on later than thirty days after its receipt."""

from dataclasses import dataclass

import polars as pl

from budget.facts import Facts
from rules.judgement import Judgement
from rules.rule import Rule
from rules.time_limits import due_after, limit_text
from rules.transfer_limits import GENERAL, TransferDays, judged_transfers, passed_on

TEXT = limit_text(
    code="C05",
    name_zh="上级转移支付转下达超期",
    name_en="Late onward transfer",
    formula_zh="超期天数＝转下达或分配到单位之日（未下达完的为判断日）－（收到上级文件之日＋30天），按自然日计算；提前下达、据实结算的除外。",
    formula_en="Days late = day the money was passed on or broken down to units (as_of while any of it is owed) - (day "
    "the document from above was received + 30 calendar days); advance notices and prepaid transfers are left out.",
    law_zh="《中华人民共和国预算法》第五十二条（约束省级政府，区、镇参照）。",
    law_en="Budget Law, Art. 52 (it binds provinces; a yardstick for districts and towns).",
    innocent_zh=("据实结算或先预付后结算，台账未标注", "项目尚在评审，按上级要求分批分配", "提前下达的下年资金"),
    innocent_en=(
        "settled by actual cost and not marked so",
        "projects under review, split as the level above asks",
        "an advance notice for next year",
    ),
    next_step_zh="建议向财政部门了解资金分配进展。",
    next_step_en="Ask the finance office how far the money has been allocated.",
)


@dataclass(frozen=True, kw_only=True)
class Params(TransferDays):
    """The limit, what is free of it, and the fences in days late."""


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag money from above passed on later than the limit after its receipt.

    General money for the level itself is part of its budget and need not be broken down; advance notices wait for
    the next budget.
    """
    is_in = pl.col("direction") == "in"
    from_above = is_in | pl.col("received_on").is_not_null() | pl.col("upper_document_no").is_not_null()
    rows = facts.transfers.filter(pl.col("direction").is_in(["in", "out"]), from_above)
    is_pooled = is_in & pl.col("transfer_kind").is_in(GENERAL) & ~pl.col("is_direct_fund").fill_null(value=False)
    is_free = pl.col("is_advance").fill_null(value=False) | pl.col("is_prepaid").fill_null(value=False) | is_pooled
    bound = rows.with_columns(is_prepaid=is_free)
    acts = passed_on(bound, params).with_columns(
        base_on="received_on", act_zh=pl.lit("上级转移支付转下达"), act_en=pl.lit("Transfer from above")
    )
    counted = acts.with_columns(due_on=due_after(params.limit_days))
    return judged_transfers("C05", facts, params, counted, rows)


RULE = Rule(TEXT, judge, Params, ("transfers",))
