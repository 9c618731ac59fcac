"""The sample's own arithmetic of tempo: which projects are too fast (A11), which units are off their plan (A13)."""

import datetime as dt
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator

import polars as pl

from budget.subjects import project_subject
from sample.levels import rounded
from sample.model import District, Line
from sample.people import LATE_DIVISION
from sample.profiles import UNSPENT
from sample.sums import codes_in_use, same_day
from sample.write_accounts import planned_by

_WHOLE = 10_000
_HALF_MILLION_FEN = 50_000_000
Usual = Callable[[str, str, str], int | None]
Paid = dict[tuple[str, str], int]


def _paid(district: District, year: int, until: dt.date) -> Paid:
    """Return what was paid by unit code in use and project up to a day."""
    now = codes_in_use(district)
    own = district.payments.filter((pl.col("year") == year) & (pl.col("voided") == 0) & (pl.col("paid_on") <= until))
    found: Paid = defaultdict(int)
    for unit, project, fen in own.group_by("unit", "project").agg(pl.col("fen").sum()).iter_rows():
        found[now[unit], project or ""] += fen
    return found


def usual_progress(district: District) -> Usual:
    """Return S* by subject, division and category: the higher of the project's own and its kind's; None without any."""
    now = codes_in_use(district)
    rates: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for year in [year for year in district.lines if year < district.year]:
        until = same_day(district.until, year)
        budget: dict[tuple[str, ...], int] = defaultdict(int)
        kind_of: dict[tuple[str, str], tuple[str, ...]] = {}
        for line in district.lines[year]:
            if line.project:
                own = (now[line.unit.code], line.project.code)
                kind_of[own] = ("", line.unit.division, line.project.category)
                for key in (own, kind_of[own]):
                    budget[key] += line.budget_fen(until)
        paid: dict[tuple[str, ...], int] = defaultdict(int)
        for own, fen in _paid(district, year, until).items():
            if own in kind_of:
                paid[own] += fen
                paid[kind_of[own]] += fen
        for key, fen in budget.items():
            if fen > 0:
                rates[key].append(paid[key] * _WHOLE // fen)

    def usual(subject: str, division: str, category: str) -> int | None:
        unit, _, project = subject.removeprefix("project:").partition("/")
        known = [rates[key] for key in ((unit, project), ("", division, category)) if len(rates[key]) > 1]
        return max((int(statistics.median(one)) for one in known), default=None)

    return usual


def _budgeted(district: District) -> Iterator[Line]:
    return (line for line in district.lines[district.year] if not line.is_unbudgeted)


def fast_projects(district: District) -> set[str]:
    """Return the subjects of the projects that are 15 points or more ahead of what is usual for them."""
    usual, paid = usual_progress(district), _paid(district, district.year, district.until)
    projects: dict[str, list[Line]] = defaultdict(list)
    for line in _budgeted(district):
        if line.project and line.unit.division != LATE_DIVISION and line.category not in UNSPENT:
            projects[line.project_subject].append(line)
    found = set()
    for subject, lines in projects.items():
        budget = sum(line.budget_fen(district.until) for line in lines)
        expected = usual(subject, lines[0].unit.division, lines[0].category or "")
        first = min(line.released_on for line in lines)
        if budget < _HALF_MILLION_FEN or (district.until - first).days < 30 or expected is None:
            continue
        own = (lines[0].unit.code, lines[0].project.code if lines[0].project else "")
        if subject == project_subject(*own) and paid[own] * _WHOLE // budget - expected >= 1_500:
            found.add(subject)
    return found


def plan_deviations(district: District) -> dict[str, int]:
    """Return, by unit subject, how far payments lie under the plan by the last finished month, in basis points."""
    until, year = district.until, district.year
    month = until.month if (until + dt.timedelta(days=1)).day == 1 else until.month - 1
    if month < 2:
        return {}
    end = dt.date(year, month + 1, 1) - dt.timedelta(days=1) if month < 12 else dt.date(year, 12, 31)
    plan: dict[str, int] = defaultdict(int)
    budget: dict[str, int] = defaultdict(int)
    for line in _budgeted(district):
        if line.unit.division == LATE_DIVISION:
            continue
        if line.released_on <= dt.date(year, 1, 31):
            plan[line.unit.code] += rounded(line.appropriation_fen * planned_by(line, month))
        if line.source != "上级转移支付":
            budget[line.unit.code] += line.budget_fen(end)
    upper = [line.code for line in _budgeted(district) if line.source == "上级转移支付"]
    own = district.payments.filter(
        (pl.col("year") == year)
        & (pl.col("voided") == 0)
        & (pl.col("paid_on") <= end)
        & ~pl.col("allotment").is_in(upper).fill_null(value=False)
    )
    paid = dict(own.group_by("unit").agg(pl.col("fen").sum()).iter_rows())
    judged = {unit: min(fen, budget[unit]) for unit, fen in plan.items()}
    return {
        f"unit:{unit}": (fen - paid.get(unit, 0)) * _WHOLE // fen
        for unit, fen in judged.items()
        if fen >= _HALF_MILLION_FEN
    }
