"""C13 批复未抄送人大: the replies of the year were not copied to the congress."""

from dataclasses import dataclass

from budget.facts import Facts
from rules.acts import Bound, Ground, acts_of
from rules.judgement import Judgement
from rules.rule import Rule
from rules.time_limits import LateDays, due_after, judged_acts, limit_text

TEXT = limit_text(
    code="C13",
    name_zh="批复未抄送人大",
    name_en="No copy to congress",
    formula_zh="超期天数＝抄送日（未见抄送的为判断日）－（人代会批准预算日＋30天）；批复期限20天，另留10天送达。",
    formula_en=(
        "Days late = day of the copy (as_of while there is none) - (day the congress approved the budget + 30"
        " calendar days): 20 days for the replies and 10 for the copy to arrive."
    ),
    law_zh="《中华人民共和国预算法》第五十二条。",
    law_en="Budget Law, Art. 52.",
    innocent_zh=("抄送件已收到，台账未登记", "以系统推送数据代替纸质抄送"),
    innocent_en=("the copy came and was not recorded", "data sent by the system stand in for the paper"),
    next_step_zh="建议向财政部门索取部门预算批复抄送件；缺少批复，年初预算无从核对。",
    next_step_en="Ask the finance office for the copy: without it the budget of the year cannot be checked.",
)
APPROVED = Ground("budget_approval", "level")
COPY = Bound("congress_copy", "部门预算批复抄送", "Copy of the budget replies", (APPROVED,), APPROVED, "owed")


@dataclass(frozen=True, kw_only=True)
class Params(LateDays):
    """The limit, and the fences in days late."""

    limit_days: int = 30


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag levels without a copy of the year's replies on file, and copies that came late."""
    acts = acts_of(facts, [COPY]).with_columns(due_on=due_after(params.limit_days))
    return judged_acts("C13", facts, params, acts, binds="county")


RULE = Rule(TEXT, judge, Params, ("documents",))
