"""A04 当年预算执行率低: a unit or project will end the year, or ended it, with much of its budget unspent."""

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, movements
from budget.forecast import COURSE, FORECAST, forecasts, with_growth
from budget.milestones import with_planned_share
from budget.money import rate_bp
from budget.pace import CATEGORY, UNIT_KIND
from budget.subjects import project_subjects, unit_subjects, written
from rules.judgement import Judgement, build_findings, fences_of, graded, subject_coverage
from rules.late_money import late_releases
from rules.outturn import WORDS, outturn_words
from rules.rule import MONEY, Rule
from rules.spending import EXECUTION, NAMES, PROJECT, execute, projects, shortfall_fen, with_known_zeros, with_names

UNIT = ("unit_code",)
OWN = ("name", "project_name", "project_category", "judged_year", "until", "late_from", "late_release_fen")
OUTTURN = ("spared_fen", "judged_budget_fen", "judged_rate_bp", "planned_share_bp", "shortfall_bp", *FORECAST, *COURSE)

TEXT = RuleText(
    code="A04",
    family="execution",
    name_zh="当年预算执行率低",
    name_en="Low execution for the year",
    formula_zh="未执行比例＝1－全年执行率；年度未结束时以预计年底执行率区间的上限代替；9月1日以后下达的资金、预留资金和按节点"
    "计划年后才支付的资金不计入预算。",
    formula_en="Unspent share = 1 - the year's execution rate; before the year has ended the upper end of the forecast "
    "stands in; money released from 1 September on, reserves, and what a milestone plan pays only later are left out "
    "of the budget.",
    law_zh="《中华人民共和国预算法》第五十七条。",
    law_en="Budget Law, Art. 57.",
    finding_zh="{name}{judged_year}年{outcome_zh}，疑似当年预算执行率偏低。",
    finding_en="{name}: {outcome_en} ({judged_year}), which appears low.",
    arithmetic_zh="调整后预算{adjusted_appropriation_fen:wan}万元，其中{late_from:day}以后下达{late_release_fen:wan}万元、"
    "预留或按计划年后支付{spared_fen:wan}万元不计，按{judged_budget_fen:wan}万元计；截至{until:day}支出{payment_fen:wan}万元，执行率{judged_rate_bp:rate}；"
    "{course_zh}{outcome_zh}。",
    arithmetic_en="Adjusted budget {adjusted_appropriation_fen:yuan} yuan, of which {late_release_fen:yuan} "
    "released from {late_from} on and {spared_fen:yuan} in reserve or planned for later years are left out: "
    "{judged_budget_fen:yuan} yuan; paid {payment_fen:yuan} yuan by {until} = "
    "{judged_rate_bp:rate}; {course_en}{outcome_en}.",
    innocent_zh=("厉行节约形成的结余", "工程、采购按合同在年底集中结算", "上级资金到位较晚，按规定结转下年使用"),
    innocent_en=(
        "money saved",
        "works and purchases are settled at year end by contract",
        "late transfers that are carried over",
    ),
    next_step_zh="建议向单位了解全年支出安排；确实用不完的，请其说明是节约、结转还是应当收回。",
    next_step_en="Ask for the spending plan of the year; where money will be left, whether it is saved, carried over "
    "or to be recalled.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of the unspent share; what is large enough; when the year at hand is judged."""

    yellow_bp: int = 2_000
    orange_bp: int = 5_000
    red_bp: int = 8_000
    least_unit_budget_fen: int = 5_000_000
    least_project_budget_fen: int = 50_000_000
    first_month: int = 10
    late_from_month: int = 9
    least_history_years: int = 2
    excluded_categories: tuple[str, ...] = ("预留", "质保金")


class _Asked(NamedTuple):
    """What is asked of every unit and project: by the facts until a day, with the parameters."""

    facts: Facts
    params: Params
    until: dt.date

    @property
    def late_from(self) -> dt.date:
        """Return the first day whose releases are left out."""
        return dt.date(self.until.year, self.params.late_from_month, 1)

    @property
    def year_end(self) -> dt.date:
        """Return the last day of the year judged."""
        return dt.date(self.until.year, 12, 31)


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag units and projects whose year ends with a fence or more unspent.

    From ``first_month`` on the year of as_of is judged by its forecast, on 31 December by what was paid; before, the
    year before. Of a forecast the upper end of its interval is held against the fences.
    """
    year = facts.as_of.year if facts.as_of.month >= params.first_month else facts.as_of.year - 1
    asked = _Asked(facts, params, min(facts.as_of, dt.date(year, 12, 31)))
    moved = movements(facts, year, asked.until)
    of_projects = projects(moved)
    works = _known(asked, of_projects, PROJECT)
    spared = works.group_by("unit_code").agg(pl.col("spared_fen").sum())
    units = (
        _known(asked, moved, UNIT).drop("spared_fen").join(spared, on="unit_code", how="left", maintain_order="left")
    )
    parts = [_judged(asked, units, moved, UNIT), _judged(asked, works, of_projects, PROJECT)]
    return Judgement(pl.concat(part.findings for part in parts), pl.concat(part.coverage for part in parts))


def _judged(asked: _Asked, known: pl.DataFrame, moved: pl.DataFrame, keys: tuple[str, ...]) -> Judgement:
    year = str(asked.until.year)
    rows = _told(known, asked, keys)
    found = build_findings(
        "A04",
        graded(rows.filter(pl.col("reason").is_null()), fences_of(asked.params, "bp")),
        as_of=asked.facts.as_of,
        period=year,
        measure_unit="bp",
        evidence=(*NAMES, *EXECUTION, *OWN, *OUTTURN, *WORDS),
        rows=moved,
        keys=keys,
    )
    return Judgement(found, subject_coverage("A04", rows, year))


def _known(asked: _Asked, moved: pl.DataFrame, keys: tuple[str, ...]) -> pl.DataFrame:
    """Return units or projects with their execution, late and spared money, and how earlier years went on."""
    facts, year = asked.facts, asked.until.year
    ladders: tuple[tuple[str, ...], ...] = (CATEGORY, UNIT_KIND) if keys == PROJECT else (UNIT,)
    kind = "project" if keys == PROJECT else None
    lines = execute(moved, keys, ["project_name", "project_category"] if keys == PROJECT else [])
    if keys != PROJECT:
        none = dict.fromkeys(("project_code", "project_name", "project_category"), pl.lit(None, pl.String))
        lines = lines.with_columns(**none)
    named = with_names(with_known_zeros(lines, facts, year=year), facts)
    late = named.join(late_releases(moved, keys, asked.late_from), on=list(keys), how="left", maintain_order="left")
    planned = with_planned_share(late, facts, asked.year_end).with_columns(
        pl.col("late_release_fen").fill_null(0), spending_kind=pl.lit("project")
    )
    least = asked.params.least_history_years
    grown = with_growth(planned, facts, asked.until, ladders, least_years=least, spending_kind=kind)
    return grown.with_columns(spared_fen=_spared(asked.params))


def _told(known: pl.DataFrame, asked: _Asked, keys: tuple[str, ...]) -> pl.DataFrame:
    """Add the rate judged, how the year ends, why it is not judged, and the words for it."""
    params, ended = asked.params, asked.until == asked.year_end
    is_project = keys == PROJECT
    least = params.least_project_budget_fen if is_project else params.least_unit_budget_fen
    based = known.with_columns(
        pl.col("spared_fen").fill_null(0),
        judged_year=pl.lit(asked.until.year),
        until=pl.lit(asked.until),
        late_from=pl.lit(asked.late_from),
        subject=project_subjects() if is_project else unit_subjects(),
        name=_name(),
    ).with_columns(judged_budget_fen=_without_late() - pl.col("spared_fen"))
    rated = based.with_columns(judged_rate_bp=rate_bp(pl.col("payment_fen").fill_null(0), pl.col("judged_budget_fen")))
    ends = {name: pl.col("judged_rate_bp") for name in FORECAST} if ended else forecasts("judged_rate_bp")
    return (
        rated.with_columns(**ends)
        .with_columns(shortfall_bp=10_000 - pl.col("forecast_high_bp"), reason=_reason(params, least, asked.late_from))
        .with_columns(
            measured=pl.col("shortfall_bp"),
            amount_fen=shortfall_fen("judged_budget_fen", "shortfall_bp"),
            **outturn_words(ended=ended, rate_zh="执行率", verb_en="spent"),
        )
    )


def _name() -> pl.Expr:
    project = written("{}“{}”", pl.col("unit_name"), pl.coalesce("project_name", "project_code"))
    return pl.when(pl.col("project_code").is_null()).then("unit_name").otherwise(project)


def _without_late() -> pl.Expr:
    return pl.col("adjusted_appropriation_fen") - pl.col("late_release_fen")


def _spared(params: Params) -> pl.Expr:
    """Return what need not be spent this year: a reserve's money, and what a plan pays later; none of it below zero."""
    whole = _without_late().clip(lower_bound=0).cast(pl.Int128)
    is_reserve = pl.col("project_category").fill_null("").str.contains_any(list(params.excluded_categories))
    share = pl.when(is_reserve).then(0).otherwise(pl.col("planned_share_bp").fill_null(10_000).clip(0, 10_000))
    return (whole - whole * share // 10_000).fill_null(0).cast(pl.Int64)


def _reason(params: Params, least_fen: int, late_from: dt.date) -> pl.Expr:
    category = pl.col("project_category").fill_null("")
    return (
        pl.when(pl.col("adjusted_appropriation_fen").is_null())
        .then(pl.lit("no_budget"))
        .when(category.str.contains_any(list(params.excluded_categories)))
        .then(pl.lit("excluded_category"))
        .when(pl.col("released_on") >= late_from)
        .then(pl.lit("released_late"))
        .when(pl.col("planned_share_bp") <= 0)
        .then(pl.lit("not_due"))
        .when((_without_late() < least_fen) | (pl.col("judged_budget_fen") < 1))
        .then(pl.lit("immaterial"))
        # The year is not over, and nothing can be drawn from nothing: until then A03 speaks.
        .when(pl.col("forecast_bp").is_null() & (pl.col("judged_rate_bp") <= 0))
        .then(pl.lit("not_due"))
        .when(pl.col("forecast_bp").is_null())
        .then(pl.lit("no_history"))
    )


RULE = Rule(TEXT, judge, Params, MONEY, late="mutes", paced=True, leans_on_budget=True, yields_to="A03")
