"""C14 审计整改报告超期: the report on what was put right after the audit came late."""

from dataclasses import dataclass

import polars as pl

from budget.facts import Facts
from rules.acts import Bound, Ground, acts_of
from rules.judgement import Judgement
from rules.rule import Rule
from rules.time_limits import LateDays, judged_acts, limit_text

TEXT = limit_text(
    code="C14",
    name_zh="审计整改报告超期",
    name_en="Late audit-rectification report",
    formula_zh="超期天数＝听取审计整改情况报告之日（未报告的为判断日）－（听取审计工作报告之日＋6个月）。",
    formula_en=(
        "Days late = day the report on rectification was heard (as_of while it is owed) - (day the audit "
        "report was heard + 6 months)."
    ),
    law_zh="《中华人民共和国各级人民代表大会常务委员会监督法》第二十七条。",
    law_en="Supervision Law, Art. 27.",
    innocent_zh=("书面报告已提交，会议另行安排", "台账登记的是印发日"),
    innocent_en=("the report was handed in and the meeting is set", "the ledger has the day of printing"),
    next_step_zh="建议向常委会办公室和审计机关核对报告安排。",
    next_step_en="Check with the standing committee's office and the auditors when the report is due to be heard.",
)
HEARD = Ground("audit_report", "level")
REPORT = Bound("audit_rectification", "审计整改情况报告", "Report on audit rectification", (HEARD,), HEARD, "owed")


@dataclass(frozen=True, kw_only=True)
class Params(LateDays):
    """The limit, and the fences in days late."""

    limit_months: int = 6


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag reports on rectification heard later than the limit after the audit report; binds districts, not towns."""
    acts = acts_of(facts, [REPORT]).with_columns(due_on=pl.col("base_on").dt.offset_by(f"{params.limit_months}mo"))
    return judged_acts("C14", facts, params, acts, binds="county")


RULE = Rule(TEXT, judge, Params, ("documents",))
