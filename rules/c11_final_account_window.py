"""C11 决算草案提请未按时: last year's final account was not put to the standing committee from June to September."""

from dataclasses import dataclass

import polars as pl

from budget.facts import Facts
from rules.acts import ledger
from rules.judgement import LINEAGE, Judgement
from rules.reporting_window import judged_window, months_window
from rules.rule import Rule
from rules.time_limits import LateDays, limit_text

TEXT = limit_text(
    code="C11",
    name_zh="决算草案提请未按时",
    name_en="Final account out of window",
    formula_zh="超期天数＝上年决算草案提请常委会审查批准之日（未提请的为判断日）－9月30日；6月1日以前的不计。",
    formula_en="Days late = day last year's final account was put to the standing committee (as_of while it is owed) - "
    "30 September; before 1 June does not count.",
    law_zh="《中华人民共和国各级人民代表大会常务委员会监督法》第十九条。",
    law_en="Supervision Law, Art. 19.",
    innocent_zh=("会议已召开，台账未登记", "会议日期登记在草案报送一行以外的台账"),
    innocent_en=("the meeting was held and is not recorded", "the day of the meeting stands in another list"),
    next_step_zh="建议核对常委会会议议程和决算草案的提请日期。",
    next_step_en="Check the standing committee's agenda and the day the final account was put to it.",
)
NAMED = (
    "final_account_approval",
    "上年决算草案提请审批（六月至九月）",
    "Last year's final account (June to September)",
)


@dataclass(frozen=True, kw_only=True)
class Params(LateDays):
    """The months of the window, and the fences in days late."""

    first_month: int = 6
    last_month: int = 9


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag districts whose final account of last year met no meeting within the window; towns are not bound.

    The day is that of the approval, else that of the meeting the draft was handed in for.
    """
    year = facts.as_of.year
    own = ledger(facts).filter(pl.col("fiscal_year") == year - 1)
    approved = own.filter(pl.col("document_kind") == "final_account_approval")
    met = own.filter(pl.col("document_kind") == "final_account_draft").with_columns(event_on="base_on")
    heard = pl.concat([approved, met.filter(pl.col("event_on") <= facts.as_of)])
    return judged_window(
        "C11",
        facts,
        params,
        heard.select("division_code", "event_on", "title", *LINEAGE),
        window=months_window(year, params.first_month, params.last_month),
        year=year - 1,
        named=NAMED,
    )


RULE = Rule(TEXT, judge, Params, ("documents",))
