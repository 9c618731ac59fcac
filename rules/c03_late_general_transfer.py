"""C03 一般性转移支付下达超期: a general transfer was passed on later than the time limit."""

from dataclasses import dataclass

from budget.facts import Facts
from rules.judgement import Judgement
from rules.rule import Rule
from rules.time_limits import LateDays, limit_text
from rules.transfer_limits import GENERAL, judged_after_approval, own_transfers

TEXT = limit_text(
    code="C03",
    name_zh="一般性转移支付下达超期",
    name_en="Late general transfer to the level below",
    formula_zh="超期天数＝下达日（未下达完的为判断日）－（本级人代会批准预算日＋30天），按自然日计算；据实结算、突发事件的除外。",
    formula_en="Days late = day of release (as_of while any of it is owed) - (day the congress approved the budget "
    "+ 30 calendar days); prepaid and emergency transfers are left out.",
    law_zh="《中华人民共和国预算法》第五十二条。",
    law_en="Budget Law, Art. 52.",
    innocent_zh=(
        "据实结算或先预付后结算，台账未标注",
        "资金来自上级年中追加，收文日期未登记",
        "预算调整新增的转移支付",
    ),
    innocent_en=(
        "settled by actual cost and not marked so",
        "money of the level above that came in the year, its receipt not recorded",
        "added by a budget adjustment",
    ),
    next_step_zh="建议向财政部门核对资金来源、下达文号和下达日期。",
    next_step_en="Ask the finance office for the source, the number and the day of the release.",
)


@dataclass(frozen=True, kw_only=True)
class Params(LateDays):
    """The limit, what is free of it, and the fences in days late."""

    limit_days: int = 30
    least_open_fen: int = 1_000_000
    exempt_words: tuple[str, ...] = ("救灾", "抢险", "防汛", "抗旱", "应急", "突发")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag general transfers (共同事权 included) to the level below released later than the limit after approval."""
    return judged_after_approval(
        "C03",
        facts,
        params,
        own_transfers(facts, GENERAL),
        limit_days=params.limit_days,
        least_open_fen=params.least_open_fen,
        exempt_words=params.exempt_words,
    )


RULE = Rule(TEXT, judge, Params, ("transfers", "documents"))
