"""How the year ends for units and projects (A04), by the sample's own reckoning."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from sample.expected import Expected, Key, median, movements
from sample.model import District, Line
from sample.people import LATE_DIVISION
from sample.profiles import UNSPENT
from sample.sums import codes_in_use

FIRST_MONTH = 10
LATE_MONTH = 9
SHORTFALL = 2_000
_LEAST = {"unit": 5_000_000, "project": 50_000_000}
Subject = tuple[str, str | None]


class Course(NamedTuple):
    """How earlier years went on from a day: growth as median, lowest and highest, and the most that was added."""

    growth: int
    low: int
    high: int
    added: int


@dataclass
class Year:
    """What one unit or project has in a year."""

    division: str
    lines: list[Line] = field(default_factory=list)
    paid: int = 0


def courses(expected: Expected) -> dict[Key, Course]:
    """Return how the years before went on from the day, by everything a forecast is drawn from."""
    seen: dict[Key, list[tuple[int, int]]] = defaultdict(list)
    for year in expected.past_years:
        until, passed, whole = expected.read(year)
        _, then = expected.sums_of(year, until)
        budgets, in_all = expected.sums_of(year, dt.date(year, 12, 31))
        for key, fen in then.items():
            so_far = fen * passed // whole
            if so_far > 0 and in_all[key] > 0 and budgets[key] > 0:
                added = (in_all[key] - so_far) * 10_000 // budgets[key]
                seen[key].append((in_all[key] * 10_000 // so_far, added))
    return {key: _course(found) for key, found in seen.items() if len(found) > 1}


def _course(found: list[tuple[int, int]]) -> Course:
    growths = [growth for growth, _ in found]
    middle, low, high = median(growths), min(growths), max(growths)
    margin = max(high - low, max(0, middle - 10_000) // 10)
    return Course(middle, low - margin, high + margin, max(added for _, added in found))


def best_end(rate: int, course: Course) -> int:
    """Return the upper end of the forecast for a rate so far, in basis points."""
    return min(max(rate, rate * course.high // 10_000, rate + course.added), max(rate, 10_000))


def judged_year(until: dt.date) -> int:
    """Return the year that A04 judges on a day."""
    return until.year if until.month >= FIRST_MONTH else until.year - 1


def low_outturns(district: District, expected: Expected) -> set[tuple[str, str, str]]:
    """Return (A04, subject, period) of every unit and project that ends its year with a fifth or more unspent."""
    year = judged_year(district.until)
    until = min(district.until, dt.date(year, 12, 31))
    ended = until == dt.date(year, 12, 31)
    known = {} if ended else courses(expected)
    plans = expected.plans(dt.date(year, 12, 31)) if year == district.year else {}
    found = set()
    years = _years(district, until)
    spared = _spared(years, until, plans)
    for (unit, project), one in years.items():
        kind = "project" if project else "unit"
        subject = f"project:{unit}/{project}" if project else f"unit:{unit}"
        whole = judged_budget(one.lines, until)
        budget = whole - spared[unit, project]
        if (
            one.division == LATE_DIVISION
            or whole < _LEAST[kind]
            or budget < 1
            or (project and one.lines[0].category in UNSPENT)
        ):
            continue
        rate = one.paid * 10_000 // budget
        course = known.get(key_of(one, unit, project, known))
        if not ended and (rate <= 0 or course is None):
            continue
        best = rate if ended or course is None else best_end(rate, course)
        if 10_000 - best >= SHORTFALL:
            found.add(("A04", subject, str(year)))
    return found


def key_of(one: Year, unit: str, project: str | None, known: dict[Key, Course]) -> Key:
    """Return what the forecast of a unit or project is drawn from."""
    if project is None:
        return (unit,)
    line = one.lines[0]
    by_category: Key = (one.division, line.category)
    return by_category if by_category in known else (unit, line.kind)


def _spared(years: dict[Subject, Year], until: dt.date, plans: dict[str, int]) -> dict[Subject, int]:
    """Return what need not be spent this year: reserves, and what plans pay later; of a unit that of its projects."""
    found: dict[Subject, int] = defaultdict(int)
    for (unit, project), one in years.items():
        if project:
            whole = max(0, _without_late(one.lines, until))
            share = 0 if one.lines[0].category in UNSPENT else plans.get(f"project:{unit}/{project}", 10_000)
            found[unit, project] = whole - whole * share // 10_000
            found[unit, None] += found[unit, project]
    return found


def judged_budget(lines: list[Line], until: dt.date) -> int:
    """Return B1 without what came from September on; nothing where all came late."""
    late = dt.date(until.year, LATE_MONTH, 1)
    first = min((on for line in lines for on, fen in movements(line) if fen > 0), default=late)
    return _without_late(lines, until) if first < late else 0


def _without_late(lines: list[Line], until: dt.date) -> int:
    given: dict[dt.date, int] = defaultdict(int)
    for line in lines:
        for on, fen in movements(line):
            given[on] += fen if on <= until else 0
    late = dt.date(until.year, LATE_MONTH, 1)
    return sum(given.values()) - sum(fen for on, fen in given.items() if on >= late and fen > 0)


def _years(district: District, until: dt.date) -> dict[Subject, Year]:
    now = codes_in_use(district)
    home = {unit.code: unit.division for unit in district.units}
    found: dict[Subject, Year] = {}
    for line in district.lines[until.year]:
        if line.is_unbudgeted or line.released_on > until:
            continue
        unit = now[line.unit.code]
        for subject in {(unit, None), (unit, line.project.code if line.project else None)}:
            found.setdefault(subject, Year(home[unit])).lines.append(line)
    own = (pl.col("year") == until.year) & (pl.col("voided") == 0) & (pl.col("paid_on") <= until)
    for code, project, fen in (
        district.payments.filter(own).group_by("unit", "project").agg(pl.col("fen").sum()).iter_rows()
    ):
        for subject in {(now[code], None), (now[code], project)} & set(found):
            found[subject].paid += fen
    return found
