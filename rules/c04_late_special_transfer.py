"""C04 专项转移支付下达超期: a special transfer was passed on later than the time limit."""

from dataclasses import dataclass

from budget.facts import Facts
from rules.judgement import Judgement
from rules.rule import Rule
from rules.transfer_limits import TransferDays, judged_after_approval, own_text, own_transfers

LIMIT_DAYS = 60
TEXT = own_text("C04", "专项转移支付下达超期", "Late special transfer to the level below", LIMIT_DAYS)


@dataclass(frozen=True, kw_only=True)
class Params(TransferDays):
    """The limit, what is free of it, and the fences in days late."""

    limit_days: int = LIMIT_DAYS


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag special transfers to the level below released later than the limit after approval."""
    return judged_after_approval("C04", facts, params, own_transfers(facts, ["special"]))


RULE = Rule(TEXT, judge, Params, ("transfers", "documents"))
