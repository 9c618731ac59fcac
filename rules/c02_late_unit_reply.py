"""C02 部门批复单位预算超期: a department replied to its units later than the time limit."""

from dataclasses import dataclass

from budget.facts import Facts
from rules.acts import Bound, Ground, acts_of, of_one_unit
from rules.judgement import Judgement
from rules.rule import Rule
from rules.time_limits import LateDays, due_after, judged_acts, limit_text

TEXT = limit_text(
    code="C02",
    name_zh="部门批复单位预算超期",
    name_en="Late reply to units",
    formula_zh="超期天数＝部门批复所属单位之日（未批复的为判断日）－（部门接到财政批复之日＋15天），按自然日计算；只有一个单位的部门不适用。",
    formula_en=(
        "Days late = day of the reply to the units (as_of while it is owed) - (day the department received "
        "its own reply + 15 calendar days); departments of a single unit are left out."
    ),
    law_zh="《中华人民共和国预算法》第五十二条。",
    law_en="Budget Law, Art. 52.",
    innocent_zh=("部门接到财政批复的日期晚于批复日", "台账只登记最后一个单位的批复日", "期限最后一日为法定休假日"),
    innocent_en=(
        "the department received its reply later than the day it bears",
        "the ledger has the last unit's day only",
        "the last day is a public holiday",
    ),
    next_step_zh="建议向部门核对接到批复和批复所属单位的日期。",
    next_step_en="Ask the department when it received its reply and when it replied to its units.",
)
BY_DEPARTMENT = Ground("budget_reply", "department_code")
REPLY = Bound("unit_reply", "所属单位预算批复", "Reply to the budgets of units", (BY_DEPARTMENT,), BY_DEPARTMENT)


@dataclass(frozen=True, kw_only=True)
class Params(LateDays):
    """The limit, and the fences in days late."""

    limit_days: int = 15


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag replies to units later than the limit after the department's own; one unit alone needs no reply."""
    acts = acts_of(facts, [REPLY]).with_columns(due_on=due_after(params.limit_days))
    return judged_acts("C02", facts, params, acts, is_exempt=of_one_unit(facts))


RULE = Rule(TEXT, judge, Params, ("documents",))
