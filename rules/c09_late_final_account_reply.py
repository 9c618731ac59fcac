"""C09 决算批复超期: the reply to a final account came late."""

from dataclasses import dataclass

import polars as pl

from budget.facts import Facts
from rules.acts import Bound, Ground, acts_of, of_one_unit
from rules.judgement import Judgement
from rules.rule import Rule
from rules.time_limits import LateDays, due_after, judged_acts, limit_text

TEXT = limit_text(
    code="C09",
    name_zh="决算批复超期",
    name_en="Late final-account reply",
    formula_zh="财政批复部门：超期天数＝批复日－（决算批准日＋20天）；部门批复单位：超期天数＝批复日－（部门接到批复之日＋15天）；未批复的以判断日计，按自然日计算。",
    formula_en=(
        "To departments: day of the reply - (day of approval + 20 days). To units: day of the reply - (day "
        "the department received its own + 15 days). As_of while it is owed; calendar days."
    ),
    law_zh="《中华人民共和国预算法》第八十条。",
    law_en="Budget Law, Art. 80.",
    innocent_zh=("台账登记的是送达日而非批复日", "决算批准日登记有误", "期限最后一日为法定休假日"),
    innocent_en=(
        "the ledger has the day of receipt",
        "the day of approval is recorded wrongly",
        "the last day is a public holiday",
    ),
    next_step_zh="建议向财政部门、主管部门核对批复日期。",
    next_step_en="Check the days of the replies with the finance office and the department.",
)
APPROVED = Ground("final_account_approval", "level")
REPLIED = Ground("final_account_reply", "department_code")
TO_DEPARTMENTS = Bound("final_account_reply", "部门决算批复", "Reply to the final account", (APPROVED,), APPROVED)
TO_UNITS = Bound(
    "final_account_unit_reply", "所属单位决算批复", "Reply to the final accounts of units", (REPLIED,), REPLIED
)


@dataclass(frozen=True, kw_only=True)
class Params(LateDays):
    """The limit, and the fences in days late."""

    reply_days: int = 20
    unit_reply_days: int = 15


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag replies to departments and to units later than their limits; one unit alone needs no reply."""
    is_to_units = pl.col("document_kind") == TO_UNITS.kind
    days = pl.when(is_to_units).then(due_after(params.unit_reply_days)).otherwise(due_after(params.reply_days))
    acts = acts_of(facts, [TO_DEPARTMENTS, TO_UNITS]).with_columns(due_on=days)
    return judged_acts("C09", facts, params, acts, is_exempt=is_to_units & of_one_unit(facts))


RULE = Rule(TEXT, judge, Params, ("documents",))
