"""C08 部门预决算公开超期: a department or unit published its budget or final account late."""

from dataclasses import dataclass

from budget.facts import Facts
from rules.acts import Bound, Ground, acts_of
from rules.judgement import Judgement
from rules.rule import Rule
from rules.time_limits import LateDays, due_after, judged_acts, limit_text

TEXT = limit_text(
    code="C08",
    name_zh="部门预决算公开超期",
    name_en="Late departmental disclosure",
    formula_zh="超期天数＝公开日（未公开的为判断日）－（批复日＋20天），按自然日计算；涉密的除外。",
    formula_en=(
        "Days late = day of publication (as_of while it is owed) - (day of the reply + 20 calendar days); "
        "secret ones are left out."
    ),
    law_zh="《中华人民共和国预算法》第十四条；《中华人民共和国预算法实施条例》第六条。",
    law_en="Budget Law, Art. 14; Implementing Regulations of the Budget Law, Art. 6.",
    innocent_zh=("涉密单位按规定不公开", "统一平台集中公开，台账登记的是平台汇总日", "期限最后一日为法定休假日"),
    innocent_en=(
        "a unit under secrecy does not publish",
        "a shared site has the day of its own list",
        "the last day is a public holiday",
    ),
    next_step_zh="建议查看部门网站或统一平台的公开日期，并向部门核对。",
    next_step_en="Look up the day on the department's or the shared site and check it with the department.",
)
DISCLOSURES = tuple(
    Bound(
        kind,
        act_zh,
        act_en,
        (Ground(reply, "unit_code"), Ground(to_units, "department_code"), Ground(reply, "department_code")),
        Ground(reply, "department_code"),
    )
    for kind, reply, to_units, act_zh, act_en in (
        (
            "department_budget_disclosure",
            "budget_reply",
            "unit_reply",
            "部门预算公开",
            "Publication of the departmental budget",
        ),
        (
            "department_final_account_disclosure",
            "final_account_reply",
            "final_account_unit_reply",
            "部门决算公开",
            "Publication of the departmental final account",
        ),
    )
)


@dataclass(frozen=True, kw_only=True)
class Params(LateDays):
    """The limit, and the fences in days late."""

    limit_days: int = 20


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag publications later than the limit after the reply; units count from their department's reply to them."""
    acts = acts_of(facts, DISCLOSURES).with_columns(due_on=due_after(params.limit_days))
    return judged_acts("C08", facts, params, acts, is_secret_exempt=True)


RULE = Rule(TEXT, judge, Params, ("documents",))
