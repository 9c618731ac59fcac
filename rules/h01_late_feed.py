"""H01 数据迟到: a division's payments or a department's monthly report stopped arriving."""

import calendar
import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import written
from rules.judgement import Judgement, build_findings, fences_of, graded, subject_coverage
from rules.monthly import DEPARTMENT, months_of
from rules.rule import Rule
from rules.spending import NAMES, with_names

EVIDENCE = (*NAMES, "feed", "feed_zh", "feed_en", "last_on", "due_on", "days_late")
LATE: dict[str, pl.DataType] = {
    "feed": pl.String(),
    "division_code": pl.String(),
    "unit_code": pl.String(),
    "code": pl.String(),
    "last_on": pl.Date(),
    "due_on": pl.Date(),
}

TEXT = RuleText(
    code="H01",
    family="data_quality",
    name_zh="数据迟到",
    name_en="Late feed",
    formula_zh="支付数据：判断日距最近业务日期的天数；执行月报：判断日距首个缺报月份应报日（次月10日）的天数。",
    formula_en="Payments: days since the last business date delivered; monthly reports: days since the first "
    "missing month "
    "was due (the 10th of the following month).",
    law_zh="实务做法：数据质量检查，不作为违规认定依据。",
    law_en="Practice: a check of data quality, no ground for finding a breach.",
    finding_zh="{name}{feed_zh}疑似迟到：数据截至{last_on:day}，已迟{days_late}天。",
    finding_en="{feed_en} of {name} appear to be late: the data end on {last_on}, {days_late} days late.",
    arithmetic_zh="判断日{as_of:day}－{due_on:day}＝{days_late}天。",
    arithmetic_en="{as_of} - {due_on} = {days_late} days.",
    innocent_zh=("节假日或月末国库对账期间没有支付", "报送通道故障", "单位撤并，改由承接单位报送"),
    innocent_en=("no payments over holidays", "the transfer failed", "the unit was merged into another"),
    next_step_zh="建议联系报送单位补报数据；补报前，依赖该数据的预警暂不判断。",
    next_step_en="Ask the sender for the missing data; warnings that depend on them are not judged until then.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in days late; the day of the following month on which a monthly report is due."""

    yellow_days: int = 7
    orange_days: int = 15
    red_days: int = 30
    monthly_due_day: int = 10


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag feeds that are a fence of days late or more.

    Divisions are those that ever delivered payments; departments those that sent a monthly report this year or
    last and are still in use.
    """
    late = pl.concat([_payments(facts), _months(facts, params)])
    known = with_names(late, facts).with_columns(
        subject=written("feed:{}/{}", "feed", "code"),
        days_late=(pl.lit(facts.as_of) - pl.col("due_on")).dt.total_days().clip(lower_bound=0),
        name=pl.coalesce(
            pl.when(pl.col("feed") == "payments").then(_division_name(facts)).otherwise("unit_name"), "code"
        ),
        feed_zh=pl.col("feed").replace_strict({"payments": "支付数据", "execution_months": "执行月报"}),
        feed_en=pl.col("feed").replace_strict({"payments": "Payments", "execution_months": "Monthly reports"}),
        project_code=pl.lit(None, pl.String),
        amount_fen=pl.lit(None, pl.Int64),
        reason=pl.lit(None, pl.String),
    )
    year = str(facts.as_of.year)
    found = build_findings(
        "H01",
        graded(known.with_columns(measured=pl.col("days_late")), fences_of(params, "days")),
        as_of=facts.as_of,
        period=year,
        measure_unit="days",
        evidence=("name", *EVIDENCE),
        rows=pl.DataFrame(schema={"subject": pl.String, "slice_id": pl.Int64, "row_no": pl.Int64}),
        keys=["subject"],
    )
    return Judgement(found, subject_coverage("H01", known, year))


def _division_name(facts: Facts) -> pl.Expr:
    named = facts.units.filter(pl.col("division_name").is_not_null()).sort("fiscal_year", "division_name")
    names = dict(named.select("division_code", "division_name").iter_rows())
    return pl.col("division_code").replace_strict(names, default=pl.col("division_code"), return_dtype=pl.String)


def last_paid(facts: Facts) -> pl.DataFrame:
    """Return, per division that ever delivered payments, the last business date known (division_code, last_on).

    Where nothing of this year was delivered yet it is the last day of the year before.
    """
    told = [
        facts.deliveries.filter(pl.col("feed") == "payments").select("division_code", "fiscal_year", on="last_on"),
        facts.once(("last_payments",), lambda: _last_payments(facts)),
    ]
    this_year = pl.col("on").filter(pl.col("fiscal_year") == facts.as_of.year).max()
    return (
        pl.concat(told)
        .filter(pl.col("division_code").is_not_null())
        .group_by("division_code")
        .agg(last_on=this_year.fill_null(dt.date(facts.as_of.year - 1, 12, 31)))
        .sort("division_code")
    )


def _last_payments(facts: Facts) -> pl.DataFrame:
    by = ["division_code", "fiscal_year"]
    return facts.lazy("payments").group_by(by).agg(on=pl.col("paid_on").max()).collect()


def _payments(facts: Facts) -> pl.DataFrame:
    return last_paid(facts).select(
        feed=pl.lit("payments"),
        division_code="division_code",
        unit_code=pl.lit(None, pl.String),
        code="division_code",
        last_on="last_on",
        due_on="last_on",
    )


def _months(facts: Facts, params: Params) -> pl.DataFrame:
    recent = months_of(facts).filter(pl.col("fiscal_year") >= facts.as_of.year - 1)
    latest = recent.group_by(DEPARTMENT).agg(pl.col("as_of_on").max()).sort(DEPARTMENT)
    gone = set(facts.units.filter(pl.col("valid_to") < facts.as_of)["unit_code"]) - set(
        facts.units.filter(pl.col("valid_to").is_null() & (pl.col("fiscal_year") == facts.as_of.year))["unit_code"]
    )
    rows = [
        ("execution_months", division, code, code, last, month_due(last, params.monthly_due_day))
        for division, code, last in latest.iter_rows()
        if code not in gone
    ]
    return pl.DataFrame(rows, schema=LATE, orient="row")


def month_due(last: dt.date, due_day: int) -> dt.date:
    """Return when the report after the one that ends on ``last`` is due: in the month after the month it covers."""
    month = last.month + (1 if is_month_end(last) else 0)
    year, index = last.year + month // 12, month % 12
    return dt.date(year, index + 1, min(due_day, calendar.monthrange(year, index + 1)[1]))


def is_month_end(day: dt.date) -> bool:
    """Tell whether a day is the last of its month."""
    return (day + dt.timedelta(days=1)).day == 1


RULE = Rule(TEXT, judge, Params, ("payments", "execution_months"))
