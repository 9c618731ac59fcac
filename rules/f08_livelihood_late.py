"""F08 民生实事进度滞后: a livelihood project has not reached a milestone that lies behind."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, with_departments
from budget.subjects import project_subjects
from rules.delivered import feed_reasons, reasons_by_division
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded, subject_coverage
from rules.project_list import LISTED, listed_projects
from rules.rule import Rule
from rules.spending import NAMES, PROJECT, with_names
from rules.words import has_word

STEP = ("milestone_name", "planned_on", "stated_on", "days_late", "counted_days", "delay_reason", "open_count")
EVIDENCE = (*NAMES, "project_name", *STEP, "done_share_bp")

TEXT = RuleText(
    code="F08",
    family="project",
    name_zh="民生实事进度滞后",
    name_en="Livelihood project behind its milestones",
    formula_zh="民生实事项目中最早到期而未完成的节点，至进度数据日的逾期天数（因天气等原因的扣除宽限天数）。",
    formula_en="Days by which the earliest milestone still open of a livelihood project is late on the day its state "
    "stands for, less a grace for weather and the like.",
    law_zh="实务做法：民生实事项目票决制要求按节点向人大报告进度。",
    law_en="Practice: projects chosen by vote are reported to the congress by milestones.",
    finding_zh="{unit_name}民生实事“{project_name}”节点“{milestone_name}”已逾期{days_late}天，进度疑似滞后。",
    finding_en="Milestone {milestone_name} of livelihood project {project_name} of {unit_name} is {days_late} days "
    "late.",
    arithmetic_zh="计划{planned_on:day}完成，截至{stated_on:day}未完成，逾期{days_late}天（计{counted_days}天）；"
    "未完成的到期节点{open_count}个；说明原因：{delay_reason}。",
    arithmetic_en="Planned for {planned_on}, open on {stated_on}: {days_late} days late ({counted_days} counted); "
    "{open_count} milestones due and open; reason given: {delay_reason}.",
    innocent_zh=("连续降雨、台风等天气影响施工", "节点已完成但未更新数据", "计划经批准后调整"),
    innocent_en=("weather stopped the work", "done but not updated", "the plan was changed with approval"),
    next_step_zh="建议实地查看或请责任单位说明进度和赶工安排。",
    next_step_en="Visit the site, or ask the unit how it stands and when it will catch up.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in days late; reasons that excuse a delay, and for how many days."""

    yellow_days: int = 15
    orange_days: int = 30
    red_days: int = 60
    excused_days: int = 30
    excuse_words: tuple[str, ...] = ("天气", "降雨", "暴雨", "台风", "防汛", "高温", "冰冻", "不可抗力", "疫情")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag livelihood projects by the days their earliest open milestone is late.

    Late is counted up to the day the state stands for (``as_of_on``), never beyond as_of; a ``delay_reason`` with one
    of ``excuse_words`` takes ``excused_days`` off. A milestone that is done is not late any more. Not judged: projects
    that were stopped, and those without any planned day.
    """
    known = _steps(facts, params).with_columns(
        reason=pl.coalesce(
            pl.when((pl.col("status") == "stopped").fill_null(value=False)).then(pl.lit("exempt")),
            reasons_by_division(feed_reasons(facts, "milestones")),
            pl.when(~pl.col("is_planned").fill_null(value=False)).then(pl.lit("incomplete_record")),
        )
    )
    rows = known.filter(pl.col("reason").is_null()).with_columns(measured=pl.col("counted_days"))
    year = str(facts.as_of.year)
    found = build_findings(
        "F08",
        graded(with_names(rows, facts), fences_of(params, "days")),
        as_of=facts.as_of,
        period=year,
        measure_unit="days",
        evidence=EVIDENCE,
        rows=_milestones(facts),
        keys=LISTED,
    )
    missing = feed_reasons(facts, "projects")
    reasons = {one: missing[one] or reason for one, reason in feed_reasons(facts, "milestones").items()}
    coverage = [subject_coverage("F08", known, year), division_coverage("F08", reasons, year)]
    return Judgement(found, pl.concat(coverage))


def _milestones(facts: Facts) -> pl.DataFrame:
    own = facts.milestones.filter(pl.col("fiscal_year") == facts.as_of.year)
    return with_departments(own, facts.units, facts.as_of)


def _steps(facts: Facts, params: Params) -> pl.DataFrame:
    """Return the livelihood projects with the milestone that is late by most counted days."""
    stated = pl.min_horizontal(pl.col("as_of_on"), pl.lit(facts.as_of))
    late = (stated - pl.col("planned_on")).dt.total_days()
    is_excused = has_word("delay_reason", params.excuse_words)
    steps = _milestones(facts).with_columns(
        stated_on=stated,
        days_late=late,
        counted_days=pl.when(is_excused).then(late - params.excused_days).otherwise(late),
    )
    due = steps.filter(pl.col("done_on").is_null(), pl.col("days_late") > 0).with_columns(
        open_count=pl.len().over(LISTED).cast(pl.Int64)
    )
    worst = due.sort(
        *LISTED, "counted_days", "milestone_no", descending=[False, False, True, False], nulls_last=True
    ).unique(LISTED, keep="first", maintain_order=True)
    planned = steps.group_by(LISTED).agg(is_planned=pl.col("planned_on").is_not_null().any())
    kept = ("milestone_name", "planned_on", "stated_on", "days_late", "counted_days", "delay_reason", "open_count")
    return (
        listed_projects(facts)
        .filter(pl.col("is_livelihood"))
        .join(planned, on=list(LISTED), how="left", maintain_order="left")
        .join(worst.select(*LISTED, *kept, "done_share_bp"), on=list(LISTED), how="left", maintain_order="left")
        .with_columns(
            subject=project_subjects(),
            project_name=pl.coalesce("project_name", "project_code"),
            amount_fen=pl.col("total_fen"),
        )
        .sort(PROJECT)
    )


RULE = Rule(TEXT, judge, Params, ("projects", "milestones"))
