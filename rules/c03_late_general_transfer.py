"""C03 一般性转移支付下达超期: a general transfer was passed on later than the time limit."""

from dataclasses import dataclass

from budget.facts import Facts
from rules.judgement import Judgement
from rules.rule import Rule
from rules.transfer_limits import GENERAL, TransferDays, judged_after_approval, own_text, own_transfers

LIMIT_DAYS = 30
TEXT = own_text("C03", "一般性转移支付下达超期", "Late general transfer to the level below", LIMIT_DAYS)


@dataclass(frozen=True, kw_only=True)
class Params(TransferDays):
    """The limit, what is free of it, and the fences in days late."""

    limit_days: int = LIMIT_DAYS


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag general transfers (共同事权 included) to the level below released later than the limit after approval."""
    return judged_after_approval("C03", facts, params, own_transfers(facts, GENERAL))


RULE = Rule(TEXT, judge, Params, ("transfers", "documents"))
