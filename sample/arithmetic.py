"""The sample's own arithmetic: what is true of the data as built, so that the list of what is planted is right.

Written apart from the rules on purpose: where both agree, each proves the other.
"""

import datetime as dt
import re
from collections import defaultdict

import polars as pl

from budget.subjects import line_subject
from sample.acts import acts_of
from sample.expected import Expected
from sample.levels import LEVELS
from sample.model import SET_ASIDE, THREE_PUBLIC, District, Line
from sample.outturn import low_outturns
from sample.people import LATE_DIVISION
from sample.profiles import UNSPENT
from sample.sums import Sums, codes_in_use

HALF_MILLION_FEN = 50_000_000
FIFTY_THOUSAND_FEN = 5_000_000
MUTE_DAYS = 30
RUSH_MONTH = 11
LATE_MONTH = 9


def truths(district: District, expected: Expected) -> set[tuple[str, str, str]]:
    """Return (rule, subject, period) of every A, B and D irregularity that is true of the built data."""
    year, until = district.year, district.until
    lines = district.lines[year]
    units, projects, controls = _grouped(lines, until, district.payments, year)
    muted = _muted_units(district, expected.seed)
    found = _units_behind(units, expected) | _projects_behind(projects, expected)
    found = {(rule, subject) for rule, subject in found if re.split("[:/]", subject)[1] not in muted}
    unspent = _unspent(projects, units, until)
    behind = {(rule, subject) for rule, subject in found if ("A03", subject) not in unspent}
    _take_off_early(district, controls, units)
    rest = unspent | _lines_over(controls, units) | _three_public(lines, district.payments, until)
    own = {(rule, subject, str(year)) for rule, subject in behind | rest}
    own |= {("B02", subject, str(year)) for subject, sums in projects.items() if len(sums.approvals) > 1}
    return own | _rushes(district) | low_outturns(district, expected)


def _grouped(
    lines: list[Line], until: dt.date, payments: pl.DataFrame, year: int
) -> tuple[dict[str, Sums], dict[str, Sums], dict[str, Sums]]:
    units: dict[str, Sums] = {}
    projects: dict[str, Sums] = {}
    controls: dict[str, Sums] = {}
    for line in lines:
        if line.is_unbudgeted or line.function in SET_ASIDE:
            continue
        places = [(units, line.unit.subject), (controls, line.line_subject)]
        places += [(projects, line.project_subject)] if line.project else []
        for groups, subject in places:
            _add(groups.setdefault(subject, Sums(line.unit.division, unit=line.unit.subject)), line, until)
    own = payments.filter((pl.col("year") == year) & (pl.col("voided") == 0))
    for unit, project, function, fen in (
        own.group_by("unit", "project", "function").agg(pl.col("fen").sum()).iter_rows()
    ):
        control = controls.setdefault(line_subject(unit, project, function), Sums(""))
        control.paid += fen
        units[f"unit:{unit}"].paid += fen
        if project and f"project:{unit}/{project}" in projects:
            projects[f"project:{unit}/{project}"].paid += fen
    return units, projects, controls


def _add(sums: Sums, line: Line, until: dt.date) -> None:
    sums.lines.append(line)
    sums.budget += line.budget_fen(until)
    sums.category = line.category
    sums.release(line.released_on)
    for change in line.changes:
        if change.fen > 0:
            sums.release(change.on)
        if change.kind == "追加" and change.fen > 0:
            sums.approvals.add(change.document)
        if change.fen > 0 and change.on.month >= LATE_MONTH:
            sums.topped_late += change.fen


def _age(sums: Sums, until: dt.date) -> int:
    return (until - sums.released).days if sums.released else 0


def _units_behind(units: dict[str, Sums], expected: Expected) -> set[tuple[str, str]]:
    return {
        ("A01", subject)
        for subject, sums in units.items()
        if sums.division != LATE_DIVISION
        and sums.budget >= FIFTY_THOUSAND_FEN
        and _age(sums, expected.until) >= MUTE_DAYS
        and expected.unit(sums.lines) - sums.rate() >= 1_000
    }


def _projects_behind(projects: dict[str, Sums], expected: Expected) -> set[tuple[str, str]]:
    plans = expected.plans()
    return {
        ("A02", subject)
        for subject, sums in projects.items()
        if sums.division != LATE_DIVISION
        and sums.budget >= HALF_MILLION_FEN
        and sums.category not in UNSPENT
        and _age(sums, expected.until) >= MUTE_DAYS
        and expected.project(sums.lines, plans) - sums.rate() >= 1_500
    }


def _muted_units(district: District, seed: int) -> set[str]:
    """Return the units whose budget was replied to them, or to their department, less than 30 days ago."""
    replied: dict[str, dt.date] = {}
    for kind in ("批复部门预算", "批复单位预算"):
        for level in LEVELS:
            acts = acts_of(district, level, district.year, seed)
            replied |= {one.unit[0]: one.on for one in acts if one.kind == kind and one.on}
    last = district.until - dt.timedelta(days=MUTE_DAYS)
    return {unit.code for unit in district.units if replied.get(unit.department.code, dt.date.min) > last}


def _unspent(projects: dict[str, Sums], units: dict[str, Sums], until: dt.date) -> set[tuple[str, str]]:
    return {
        ("A03", subject)
        for subject, sums in projects.items()
        if sums.division != LATE_DIVISION
        and sums.paid == 0
        and sums.category not in UNSPENT
        and sums.budget >= FIFTY_THOUSAND_FEN
        and sums.budget * 100 >= units[sums.unit].budget
        and _age(sums, until) >= 90
    }


def _lines_over(controls: dict[str, Sums], units: dict[str, Sums]) -> set[tuple[str, str]]:
    found = set()
    for subject, sums in controls.items():
        unit = "unit:" + subject.removeprefix("line:").partition("/")[0]
        if units[unit].division == LATE_DIVISION:
            continue
        if sums.released is None:
            found |= {("A07", subject)} if sums.paid > 0 else set()
        elif sums.paid > sums.budget:
            found.add(("A06", subject))
    return found


def _take_off_early(district: District, controls: dict[str, Sums], units: dict[str, Sums]) -> None:
    """Take off what was paid before a unit's first release on lines that last year's budget had (预算法 第五十四条)."""
    now, year = codes_in_use(district), district.year
    had = {
        line_subject(now[line.unit.code], line.project.code if line.project else None, line.function)
        for line in district.lines[year - 1]
    }
    own = district.payments.filter(
        (pl.col("year") == year) & (pl.col("voided") == 0) & (pl.col("paid_on") < dt.date(year, 2, 1))
    )
    for unit, project, function, on, fen in own.select("unit", "project", "function", "paid_on", "fen").iter_rows():
        subject, first = line_subject(unit, project, function), units[f"unit:{unit}"].released
        if controls[subject].released is None and subject in had and first and on < first:
            controls[subject].paid -= fen


def _three_public(lines: list[Line], payments: pl.DataFrame, until: dt.date) -> set[tuple[str, str]]:
    budgets: dict[str, int] = defaultdict(int)
    for line in lines:
        if line.economic in THREE_PUBLIC and not line.is_unbudgeted:
            budgets[line.unit.code] += line.budget_fen(until)
    own = payments.filter(
        (pl.col("year") == until.year)
        & (pl.col("voided") == 0)
        & pl.col("economic").is_in(THREE_PUBLIC)
        & (pl.col("division") != LATE_DIVISION)
    )
    found = set()
    for unit, fen in own.group_by("unit").agg(pl.col("fen").sum()).iter_rows():
        fence = 9_000 if until.month < 10 else 10_000
        if fen > 0 and fen * 10_000 >= budgets[unit] * fence:
            found.add(("D01", f"unit:{unit}"))
    return found


def judged_rush_year(until: dt.date) -> int:
    """Return the year A08 judges: the current one from November on, else the one before."""
    return until.year if until.month >= RUSH_MONTH else until.year - 1


def _rushes(district: District) -> set[tuple[str, str, str]]:
    year = judged_rush_year(district.until)
    last = min(district.until, dt.date(year, 12, 31))
    late = dt.date(year, LATE_MONTH, 1)
    now = codes_in_use(district)
    projects: dict[str, Sums] = {}
    for line in district.lines[year]:
        if line.project and not line.is_unbudgeted:
            subject = f"project:{now[line.unit.code]}/{line.project.code}"
            _add(projects.setdefault(subject, Sums(line.unit.division)), line, last)
    own = district.payments.filter(
        (pl.col("year") == year)
        & (pl.col("voided") == 0)
        & (pl.col("paid_on") >= dt.date(year, RUSH_MONTH, 1))
        & (pl.col("division") != LATE_DIVISION)
        & pl.col("project").is_not_null()
    )
    found = set()
    for unit, project, fen in own.group_by("unit", "project").agg(pl.col("fen").sum()).iter_rows():
        subject = f"project:{now[unit]}/{project}"
        sums = projects.get(subject)
        if sums is None or sums.released is None or sums.released >= late:
            continue
        judged = sums.budget - sums.topped_late
        if judged >= HALF_MILLION_FEN and max(fen - sums.topped_late, 0) * 10_000 >= judged * 3_000:
            found.add(("A08", subject, str(year)))
    return found
