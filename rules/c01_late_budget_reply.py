"""C01 财政批复部门预算超期: the finance office replied to a department's budget after the time limit."""

from dataclasses import dataclass

from budget.facts import Facts
from rules.acts import Bound, Ground, acts_of
from rules.judgement import Judgement
from rules.rule import Rule
from rules.time_limits import LateDays, due_after, judged_acts, limit_text

TEXT = limit_text(
    code="C01",
    name_zh="财政批复部门预算超期",
    name_en="Late budget reply to departments",
    formula_zh="超期天数＝批复日（未批复的为判断日）－（人代会批准预算日＋20天），按自然日计算。",
    formula_en="Days late = day of the reply (as_of while it is owed) - (day the congress approved the budget + 20 "
    "calendar days).",
    law_zh="《中华人民共和国预算法》第五十二条。",
    law_en="Budget Law, Art. 52.",
    innocent_zh=("文书台账登记的是送达日而非批复日", "预算批准日登记有误", "期限最后一日为法定休假日"),
    innocent_en=(
        "the ledger has the day of receipt, not of the reply",
        "the day of approval is recorded wrongly",
        "the last day is a public holiday",
    ),
    next_step_zh="建议向财政部门核对批复文号和批复日期。",
    next_step_en="Ask the finance office for the number and the day of the reply.",
)
APPROVED = Ground("budget_approval", "level")
REPLY = Bound(
    "budget_reply",
    "部门预算批复",
    "Reply to the departmental budget",
    (APPROVED,),
    APPROVED,
)


@dataclass(frozen=True, kw_only=True)
class Params(LateDays):
    """The limit, and the fences in days late."""

    limit_days: int = 20


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag replies to departments later than the limit after approval; a street's departments answer to its district.

    A level whose ledger records such replies and has none for an approval owes them.
    """
    acts = acts_of(facts, [REPLY]).with_columns(due_on=due_after(params.limit_days))
    return judged_acts("C01", facts, params, acts)


RULE = Rule(TEXT, judge, Params, ("documents",))
