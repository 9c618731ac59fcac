"""C15 代表建议办理超期: a deputy's proposal was answered late."""

from dataclasses import dataclass

import polars as pl

from budget.facts import Facts
from budget.subjects import written
from rules.acts import Bound, acts_of
from rules.judgement import Judgement
from rules.rule import Rule
from rules.time_limits import LateDays, judged_acts, limit_text

TEXT = limit_text(
    code="C15",
    name_zh="代表建议办理超期",
    name_en="Overdue deputy proposal",
    formula_zh="超期天数＝答复日（未答复的为判断日）－（交办日＋3个月；复杂件6个月）。",
    formula_en=(
        "Days late = day of the answer (as_of while it is owed) - (day the proposal was passed on + 3 months,"
        " 6 for complex ones)."
    ),
    law_zh="《中华人民共和国全国人民代表大会和地方各级人民代表大会代表法》第五十一条。",
    law_en="Law on Deputies, Art. 51.",
    innocent_zh=("复杂建议未在台账中标注", "已当面答复，书面答复日期登记较晚"),
    innocent_en=("a complex proposal is not marked as such", "the answer was given in person and written down later"),
    next_step_zh="建议向承办单位和代表工作机构核对答复情况。",
    next_step_en="Check with the unit in charge and the deputies' office.",
)
PROPOSAL = Bound(
    "deputy_proposal", "代表建议办理", "Answer to a deputy's proposal", named_by=("base_document_no", "title")
)


@dataclass(frozen=True, kw_only=True)
class Params(LateDays):
    """The limit, and the fences in days late."""

    limit_months: int = 3
    complex_months: int = 6


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag proposals answered later than the limit after they were passed on; complex ones have longer."""
    base, is_complex = pl.col("base_on"), pl.col("is_complex").fill_null(value=False)
    due = (
        pl.when(is_complex)
        .then(base.dt.offset_by(f"{params.complex_months}mo"))
        .otherwise(base.dt.offset_by(f"{params.limit_months}mo"))
    )
    acts = acts_of(facts, [PROPOSAL]).with_columns(due_on=due, act_zh=written("代表建议（{}）办理", "tail"))
    return judged_acts("C15", facts, params, acts)


RULE = Rule(TEXT, judge, Params, ("documents",))
