"""C10 执行情况报告未按时: the execution report was not heard from June to September."""

from dataclasses import dataclass

import polars as pl

from budget.facts import Facts
from rules.acts import ledger
from rules.judgement import LINEAGE, Judgement
from rules.reporting_window import judged_window, months_window
from rules.rule import Rule
from rules.time_limits import LateDays, limit_text

TEXT = limit_text(
    code="C10",
    name_zh="执行情况报告未按时",
    name_en="Execution report out of window",
    formula_zh="超期天数＝向常委会报告本年预算执行情况之日（未报告的为判断日）－9月30日；6月1日以前的报告不计。",
    formula_en="Days late = day the year's execution report was heard (as_of while it is owed) - 30 September; a "
    "report before 1 June does not count.",
    law_zh="《中华人民共和国预算法》第八十六条；《中华人民共和国各级人民代表大会常务委员会监督法》第二十条。",
    law_en="Budget Law, Art. 86; Supervision Law, Art. 20.",
    innocent_zh=("会议已召开，台账未登记", "报告并入其他议题"),
    innocent_en=("the meeting was held and is not recorded", "the report was part of another item"),
    next_step_zh="建议核对常委会会议议程和报告日期。",
    next_step_en="Check the standing committee's agenda and the day of the report.",
)
NAMED = ("execution_report", "预算执行情况报告（六月至九月）", "Execution report (June to September)")


@dataclass(frozen=True, kw_only=True)
class Params(LateDays):
    """The months of the window, and the fences in days late."""

    first_month: int = 6
    last_month: int = 9


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag districts that heard no execution report of the year within the window; towns are not bound."""
    year = facts.as_of.year
    heard = ledger(facts).filter(pl.col("document_kind") == NAMED[0], pl.col("fiscal_year") == year)
    return judged_window(
        "C10",
        facts,
        params,
        heard.select("division_code", "event_on", "title", *LINEAGE),
        window=months_window(year, params.first_month, params.last_month),
        year=year,
        named=NAMED,
    )


RULE = Rule(TEXT, judge, Params, ("documents",))
