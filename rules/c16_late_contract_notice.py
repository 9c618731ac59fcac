"""C16 采购合同公告超期: a procurement contract was announced later than two working days after it was signed."""

from dataclasses import dataclass

import polars as pl

from budget.facts import Facts, with_departments
from budget.subjects import written
from rules.acts import ledger
from rules.delivered import feed_reasons
from rules.judgement import Judgement
from rules.rule import Rule
from rules.time_limits import LateDays, judged_days, limit_text, silent_divisions
from rules.working_days import calendar, known_years

TEXT = limit_text(
    code="C16",
    name_zh="采购合同公告超期",
    name_en="Late contract notice",
    formula_zh="超期天数＝公告日（未公告的为判断日）－（合同签订日＋2个工作日），按工作日计算；涉密合同除外。",
    formula_en="Days late = day of the notice (as_of while it is owed) - (day of signing + 2 working days), in working "
    "days; secret contracts are left out.",
    law_zh="《中华人民共和国政府采购法实施条例》第五十条。",
    law_en="Implementing Regulations of the Government Procurement Law, Art. 50.",
    innocent_zh=("合同涉及国家秘密、商业秘密，台账未标注", "台账登记的是平台审核日期", "节假日安排未送达"),
    innocent_en=(
        "the contract is secret and not marked so",
        "the ledger has the day on which the site passed it",
        "the calendar of rest days was not delivered",
    ),
    next_step_zh="建议查看省级以上财政部门指定媒体上的公告日期。",
    next_step_en="Look the notice up where the finance ministry has contracts published.",
    days_zh="个工作日",
    days_en="working days",
)


@dataclass(frozen=True, kw_only=True)
class Params(LateDays):
    """The limit in working days, and the fences in working days late."""

    limit_workdays: int = 2
    unknown_calendar_workdays: int = 7


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag contracts announced later than the limit in working days after they were signed.

    Where the rest days of a year are not delivered, the longest holiday is taken off. A division whose contracts
    name no notice at all does not deliver notices, and is not judged.
    """
    rows = _contracts(facts)
    judged = judged_days("C16", facts, params, _counted(rows, facts, params), unit=("个工作日", "working days"))
    return silent_divisions(
        "C16", facts, judged, binds="any", reasons=feed_reasons(facts, "contracts"), otherwise="not_due"
    )


def _contracts(facts: Facts) -> pl.DataFrame:
    """Return this year's and last year's contracts with the day of their notice, once each."""
    own = facts.contracts.filter(pl.col("fiscal_year") >= facts.as_of.year - 1)
    notices = (
        ledger(facts)
        .filter(pl.col("document_kind") == "contract_notice", pl.col("base_document_no").is_not_null())
        .group_by("division_code", contract_no="base_document_no")
        .agg(notice_on=pl.col("event_on").min())
    )
    rows = with_departments(own, facts.units, facts.as_of).join(
        notices, on=["division_code", "contract_no"], how="left", maintain_order="left"
    )
    told = rows.with_columns(event_on=pl.min_horizontal("announced_on", "notice_on")).sort(
        "event_on", "slice_id", "row_no", nulls_last=True
    )
    once = told.unique(["fiscal_year", "unit_code", "contract_no"], keep="first", maintain_order=True)
    return once.with_columns(
        subject=written("contract:{}/{}", "unit_code", "contract_no"),
        period=pl.col("fiscal_year").cast(pl.String),
        tells_notices=pl.col("event_on").is_not_null().any().over("division_code"),
    )


def _counted(rows: pl.DataFrame, facts: Facts, params: Params) -> pl.DataFrame:
    first = min(rows["signed_on"].drop_nulls().to_list(), default=facts.as_of)
    days = calendar(facts, first)
    done = pl.col("event_on").fill_null(facts.as_of)
    is_known = pl.all_horizontal(one.dt.year().is_in(known_years(facts)) for one in (pl.col("signed_on"), done))
    spare = pl.when(is_known).then(0).otherwise(params.unknown_calendar_workdays)
    signed = days.select(signed_on="day", from_workdays="workdays")
    ended = days.select(done_on="day", to_workdays="workdays")
    due = days.filter("is_workday").select(due_on="day", due_workdays="workdays")
    return (
        rows.with_columns(done_on=done)
        .join(signed, on="signed_on", how="left", maintain_order="left")
        .join(ended, on="done_on", how="left", maintain_order="left")
        .with_columns(due_workdays=pl.col("from_workdays") + params.limit_workdays + spare)
        .join(due, on="due_workdays", how="left", maintain_order="left")
        .with_columns(
            base_on=pl.when("tells_notices").then("signed_on"),
            days_late=pl.col("to_workdays") - pl.col("due_workdays"),
            is_free=pl.col("is_secret").fill_null(value=False),
            act_zh=written("“{}”合同公告", pl.coalesce("contract_name", "contract_no")),
            act_en=written("Notice of contract {}", "contract_no"),
            title="contract_name",
            amount_fen="contract_fen",
        )
        .with_columns(due_on=pl.when("tells_notices").then("due_on"))
    )


RULE = Rule(TEXT, judge, Params, ("contracts", "documents"))
