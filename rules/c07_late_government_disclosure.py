"""C07 政府预决算公开超期: budget, adjustment, final account or execution report were published late."""

from dataclasses import dataclass

from budget.facts import Facts
from rules.acts import Bound, Ground, acts_of
from rules.judgement import Judgement
from rules.rule import Rule
from rules.time_limits import LateDays, due_after, judged_acts, limit_text

TEXT = limit_text(
    code="C07",
    name_zh="政府预决算公开超期",
    name_en="Late government disclosure",
    formula_zh="超期天数＝公开日（未公开的为判断日）－（批准日或报告日＋20天），按自然日计算；涉密的除外。",
    formula_en=(
        "Days late = day of publication (as_of while it is owed) - (day of approval or of the report + 20 "
        "calendar days); secret ones are left out."
    ),
    law_zh="《中华人民共和国预算法》第十四条。",
    law_en="Budget Law, Art. 14.",
    innocent_zh=("公开日期以网站首次发布为准，台账登记的是更新日", "期限最后一日为法定休假日"),
    innocent_en=(
        "the ledger has the day of an update, not of the first publication",
        "the last day is a public holiday",
    ),
    next_step_zh="建议查看政府网站公开日期，并向财政部门核对。",
    next_step_en="Look up the day on the government's site and check it with the finance office.",
)
DISCLOSURES = tuple(
    Bound(kind, act_zh, act_en, (Ground(of, "level"),), Ground(of, "level"))
    for kind, of, act_zh, act_en in (
        ("budget_disclosure", "budget_approval", "政府预算公开", "Publication of the budget"),
        ("adjustment_disclosure", "adjustment_approval", "预算调整公开", "Publication of a budget adjustment"),
        ("final_account_disclosure", "final_account_approval", "政府决算公开", "Publication of the final account"),
        ("execution_disclosure", "execution_report", "预算执行情况公开", "Publication of the execution report"),
    )
)


@dataclass(frozen=True, kw_only=True)
class Params(LateDays):
    """The limit, and the fences in days late."""

    limit_days: int = 20


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag publications later than the limit after approval or report; secret matters are free."""
    acts = acts_of(facts, DISCLOSURES).with_columns(due_on=due_after(params.limit_days))
    return judged_acts("C07", facts, params, acts, binds="levels", is_secret_exempt=True)


RULE = Rule(TEXT, judge, Params, ("documents",))
