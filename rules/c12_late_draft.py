"""C12 草案报送不足期限: a draft reached the standing committee less than thirty days before its meeting."""

from dataclasses import dataclass

from budget.facts import Facts
from rules.acts import Bound, Ground, acts_of
from rules.judgement import Judgement
from rules.rule import Rule
from rules.time_limits import LateDays, due_after, judged_acts, limit_text

TEXT = limit_text(
    code="C12",
    name_zh="草案报送不足期限",
    name_en="Late draft to the standing committee",
    formula_zh="超期天数＝报送日（未报送的为判断日）－（会议日－30天），按自然日计算。",
    formula_en=(
        "Days late = day the draft was handed in (as_of while it is owed) - (day of the meeting - 30 calendar days)."
    ),
    law_zh="《中华人民共和国预算法》第四十四条、第六十九条、第七十八条。",
    law_en="Budget Law, Arts. 44, 69, 78.",
    innocent_zh=("先送电子稿征求意见，正式文件后补", "会议日期临时提前"),
    innocent_en=("a draft was sent by mail first and the formal one later", "the meeting was moved forward"),
    next_step_zh="建议向财政部门和常委会有关工作机构核对收文日期。",
    next_step_en="Check the day of receipt with the finance office and the committee.",
)
DRAFTS = tuple(
    Bound(kind, act_zh, act_en, (Ground(of, "level"),), Ground(of, "level"))
    for kind, of, act_zh, act_en in (
        ("budget_draft", "budget_approval", "预算草案初步方案报送", "First draft of the budget"),
        ("adjustment_draft", "adjustment_approval", "预算调整初步方案报送", "First draft of a budget adjustment"),
        ("final_account_draft", "final_account_approval", "决算草案报送", "Draft of the final account"),
    )
)


@dataclass(frozen=True, kw_only=True)
class Params(LateDays):
    """The limit, and the fences in days late."""

    limit_days: int = 30


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag drafts handed in later than the limit before the meeting; the law binds districts, not towns."""
    acts = acts_of(facts, DRAFTS).with_columns(due_on=due_after(-params.limit_days))
    return judged_acts("C12", facts, params, acts, binds="county")


RULE = Rule(TEXT, judge, Params, ("documents",))
