"""B05 年初到位率低: part of a unit's budget was not released in detail when the year began."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.divisions import level_code
from budget.facts import Facts, with_departments
from budget.money import rate_bp
from budget.subjects import unit_subjects
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded, subject_coverage
from rules.rule import Rule
from rules.sources import CARRIED, UPPER, acts_of_levels
from rules.spending import NAMES, budget_reasons, this_year, with_names

SHOWN = ("due_on", "appropriation_fen", "detailed_fen", "late_fen", "lumped_fen", "detailed_bp", "missing_bp")

TEXT = RuleText(
    code="B05",
    family="adjustment",
    name_zh="年初到位率低",
    name_en="Not broken down when the year began",
    formula_zh="年初到位率＝批复日（不早于1月31日）前下达且细化到项目或经济分类款的预算÷年初预算；按未到位比例（1－到位率）分级。",
    formula_en="Detailed share = budget released by the day of the budget reply (31 January at the earliest) "
    "and naming a project or an economic item / budget; levels go by what is missing to the whole.",
    law_zh="《中华人民共和国预算法》第四十六条。",
    law_en="Budget Law, Art. 46.",
    finding_zh="{unit_name}截至{due_on:day}年初预算到位率{detailed_bp:rate}，疑似预算编制不够细化。",
    finding_en="By {due_on} {detailed_bp:rate} of {unit_name}'s budget had been released in detail.",
    arithmetic_zh="年初预算{appropriation_fen:wan}万元；{due_on:day}前下达并细化{detailed_fen:wan}万元，"
    "此后下达{late_fen:wan}万元，未细化{lumped_fen:wan}万元；到位率{detailed_bp:rate}，未到位{missing_bp:rate}。",
    arithmetic_en="Budget {appropriation_fen:yuan} yuan; released in detail by {due_on} {detailed_fen:yuan}, later "
    "{late_fen:yuan}, not in detail {lumped_fen:yuan}; detailed {detailed_bp:rate}, missing {missing_bp:rate}.",
    innocent_zh=("法定用途的待分配资金", "需按实际人数核定的补助", "年中新设的单位"),
    innocent_en=("money set aside by law", "grants that depend on numbers", "a unit founded during the year"),
    next_step_zh="建议在预算初审时关注代编、待分配资金的规模和细化时间。",
    next_step_en="When the budget is reviewed, ask what is set aside and when it will be broken down.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points missing; the earliest due day of the year, and what need not be broken down."""

    yellow_bp: int = 1_000
    orange_bp: int = 2_000
    red_bp: int = 3_000
    earliest_due_day: int = 31
    least_budget_fen: int = 50_000_000
    excluded_functions: tuple[str, ...] = ("227",)
    excluded_categories: tuple[str, ...] = ("预留",)


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag units of whose B0 a fence or more was not released in detail by the day it was due.

    Due is the budget reply to the unit or its department, else the level's approval, never before day
    ``earliest_due_day`` of the year. Detail is a project, or an economic item of five digits. Left out: transfers,
    carry-over, the reserve and categories set aside; adjustments never count. Not judged: units founded after the day.
    """
    year = facts.as_of.year
    rows = _budget_rows(facts, params)
    due = _due(facts, rows, params)
    code = pl.max_horizontal(pl.col("dept_economic_code", "gov_economic_code").str.len_chars().fill_null(0))
    is_detailed = pl.col("project_code").is_not_null() | (code >= 5)
    is_timely = (pl.col("occurs_on") <= pl.col("due_on")).fill_null(value=True)
    fen = pl.col("appropriation_fen")
    units = (
        rows.join(due, on="unit_code", how="left", maintain_order="left")
        .group_by("unit_code", "due_on")
        .agg(
            pl.col("division_code").min(),
            fen.sum(),
            detailed_fen=fen.filter(is_timely & is_detailed).sum(),
            late_fen=fen.filter(~is_timely).sum(),
            lumped_fen=fen.filter(is_timely & ~is_detailed).sum(),
        )
        .sort("unit_code")
    )
    known = with_names(units, facts).with_columns(
        subject=unit_subjects(),
        project_code=pl.lit(None, pl.String),
        detailed_bp=rate_bp(pl.col("detailed_fen"), fen),
        reason=_reason(facts, params),
    )
    known = known.with_columns(missing_bp=10_000 - pl.col("detailed_bp"))
    flagged = graded(
        known.filter(pl.col("reason").is_null()).with_columns(
            measured=pl.col("missing_bp"), amount_fen=fen - pl.col("detailed_fen")
        ),
        fences_of(params, "bp"),
    )
    found = build_findings(
        "B05",
        flagged,
        as_of=facts.as_of,
        period=str(year),
        measure_unit="bp",
        evidence=(*NAMES, *SHOWN),
        rows=rows,
        keys=["unit_code"],
    )
    silent = {one: reason for one, reason in budget_reasons(facts).items() if reason}
    coverage = pl.concat([subject_coverage("B05", known, str(year)), division_coverage("B05", silent, str(year))])
    return Judgement(found, coverage)


def _budget_rows(facts: Facts, params: Params) -> pl.DataFrame:
    function, category = pl.col("function_code").fill_null(""), pl.col("project_category").fill_null("")
    is_left_out = (
        pl.col("budget_source").is_in([UPPER, CARRIED]).fill_null(value=False)
        | function.str.slice(0, 3).is_in(list(params.excluded_functions))
        | category.str.contains_any(list(params.excluded_categories))
    )
    own = pl.col("feed") == "allotments"
    return this_year(facts).filter(own, pl.col("appropriation_fen").is_not_null(), ~is_left_out)


def _due(facts: Facts, rows: pl.DataFrame, params: Params) -> pl.DataFrame:
    """Return, per unit, the day by which its budget was to be released in detail."""
    year = facts.as_of.year
    earliest = dt.date(year, 1, 1) + dt.timedelta(days=max(params.earliest_due_day, 1) - 1)
    replies = with_departments(
        facts.documents.filter(
            pl.col("fiscal_year") == year,
            pl.col("document_kind").is_in(["budget_reply", "unit_reply"]),
            pl.col("unit_code").is_not_null(),
            pl.col("event_on").is_not_null(),
        ),
        facts.units,
        facts.as_of,
    )
    by_department = replies.group_by("department_code").agg(replied_on=pl.col("event_on").max())
    approved = dict(
        acts_of_levels(facts, "budget_approval", year).group_by("level_code").agg(pl.col("event_on").min()).iter_rows()
    )
    units = rows.group_by("unit_code").agg(pl.col("division_code").min(), pl.col("department_code").min())
    known = units.join(by_department, on="department_code", how="left")
    level = level_code().replace_strict(approved, default=None, return_dtype=pl.Date)
    due = pl.max_horizontal(pl.coalesce("replied_on", level), pl.lit(earliest))
    return known.select("unit_code", due_on=due)


def _reason(facts: Facts, params: Params) -> pl.Expr:
    founded = facts.units.filter(pl.col("valid_from").dt.year() == facts.as_of.year).select("unit_code", "valid_from")
    opened = dict(founded.sort("valid_from", descending=True).iter_rows())
    since = pl.col("unit_code").replace_strict(opened, default=None, return_dtype=pl.Date)
    return (
        pl.when(pl.col("due_on") > facts.as_of)
        .then(pl.lit("not_due"))
        .when(since > pl.col("due_on"))
        .then(pl.lit("exempt"))
        .when(pl.col("appropriation_fen") < max(params.least_budget_fen, 1))
        .then(pl.lit("immaterial"))
    )


RULE = Rule(TEXT, judge, Params, ("allotments", "documents"), leans_on_budget=True)
