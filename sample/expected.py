"""Where units and projects are expected to stand, by the sample's own reckoning: the rules must come to the same."""

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterable

import polars as pl

from sample.model import District, Line
from sample.people import DIVISION_NAMES
from sample.sums import codes_in_use, same_day
from sample.works import works_of

Key = tuple[Hashable, ...]
KINDS = ("人员经费", "公用经费", "项目支出")
_WAGES = ("301", "303")
_LEAST_YEARS = 2
_RELEASE_DAYS = 30


class Expected:
    """S* of earlier years by what it is drawn from, and what is expected of this year's lines by it."""

    def __init__(self, district: District, payments: pl.DataFrame, seed: int) -> None:
        self._district, self._past, self.seed = district, payments, seed
        self.until, self.year = district.until, district.year
        self._now = codes_in_use(district)
        self._home = {unit.code: unit.division for unit in district.units}
        self._first = self._first_release()
        rates: dict[Key, list[int]] = defaultdict(list)
        self.past_years = [year for year in district.lines if year < district.year]
        for year in self.past_years:
            for key, rate in self._rates_of(year).items():
                rates[key].append(rate)
        self._median = {key: median(found) for key, found in rates.items() if len(found) >= _LEAST_YEARS}

    def unit(self, lines: list[Line]) -> int:
        """Return what is expected of a unit's lines of this year, in basis points."""
        first = self._first[lines[0].unit.division]
        whole = expected = 0
        for kind in KINDS:
            own = [line for line in lines if line.kind == kind]
            budget = sum(line.budget_fen(self.until) for line in own)
            if budget > 0:
                rate, is_time = self._of_kind(own[0])
                whole += budget
                expected += rate * self._aged(budget, own, None if is_time else first)
        return min(10_000, expected // whole) if whole else 0

    def project(self, lines: list[Line], plans: dict[str, int]) -> int:
        """Return what is expected of a project's lines of this year, in basis points; ``plans`` as from ``plans``."""
        line = lines[0]
        planned = plans.get(line.project_subject)
        if planned is not None:
            return planned
        for key in ((line.unit.division, line.category), (line.unit.code, line.kind)):
            if key in self._median:
                return min(10_000, self._aged(self._median[key], lines, self._first[line.unit.division]))
        return min(10_000, self._aged(self._ruler(), lines, None))

    def plans(self, until: dt.date | None = None) -> dict[str, int]:
        """Return, per project that has a milestone plan, the share that is to be paid by now, or by another day."""
        found = {}
        for division in DIVISION_NAMES:
            for work in works_of(self._district, division, self.year, self.seed):
                shares = [one.share for one in work.milestones if one.planned_on <= (until or self.until)]
                if work.milestones:
                    found[f"project:{work.unit.code}/{work.project.code}"] = max(shares, default=0) * 100
        return found

    def _of_kind(self, line: Line) -> tuple[int, bool]:
        unit = line.unit
        for key in ((unit.code, line.kind), (unit.division, line.kind), (unit.code,)):
            if key in self._median:
                return self._median[key], False
        return self._ruler(), True

    def _ruler(self) -> int:
        days = (dt.date(self.year + 1, 1, 1) - dt.date(self.year, 1, 1)).days
        return self.until.timetuple().tm_yday * 10_000 // days

    def _first_release(self) -> dict[str, dt.date]:
        found: dict[str, dt.date] = {}
        for line in self._district.lines[self.year]:
            if not line.is_unbudgeted and line.released_on <= self.until:
                division = line.unit.division
                found[division] = min(found.get(division, line.released_on), line.released_on)
        return found

    def _aged(self, amount: int, lines: Iterable[Line], first: dt.date | None) -> int:
        """Scale an amount to the age of the lines' money; first is the division's first release, None against time."""
        new_year = dt.date(self.year, 1, 1)
        elapsed = max((self.until - new_year).days, 1)
        last = max(dt.date(self.year, 1, 31), (first or new_year) + dt.timedelta(days=_RELEASE_DAYS))
        last = dt.date(self.year, 1, 31) if first is None else last
        given: dict[dt.date, int] = defaultdict(int)
        for line in lines:
            for on, fen in movements(line):
                given[on] += fen if on <= self.until else 0
        added = {on: fen for on, fen in given.items() if fen > 0}
        days = sum(fen * ((self.until - on).days if on > last else elapsed) for on, fen in added.items())
        return amount * days // (sum(added.values()) * elapsed) if added else amount

    def read(self, year: int) -> tuple[dt.date, int, int]:
        """Return the day a past year is read at and the share of it that counts: January and February are one."""
        if self.until.month > 2:
            return same_day(self.until, year), 1, 1
        days = (dt.date(self.year, 3, 1) - dt.date(self.year, 1, 1)).days
        return dt.date(year, 3, 1) - dt.timedelta(days=1), self.until.timetuple().tm_yday, days

    def sums_of(self, year: int, until: dt.date) -> tuple[dict[Key, int], dict[Key, int]]:
        """Return B1 and payments of a past year by everything S* is drawn from, of money that was there all year."""
        budgets: dict[Key, int] = defaultdict(int)
        paid: dict[Key, int] = defaultdict(int)
        lines = self._district.lines[year]
        late = self._late(lines, year, until)
        category = {line.project.code: line.category for line in lines if line.project}
        for line in lines:
            code = line.project.code if line.project else None
            if line.released_on <= until and (self._now[line.unit.code], code) not in late:
                for key in self.keys(line.unit.code, line.kind, line.category):
                    budgets[key] += line.budget_fen(until)
        for unit, project, economic, fen in _sums(self._past, year, until):
            if (self._now[unit], project) not in late:
                kind = KINDS[2] if project else KINDS[0] if economic in _WAGES else KINDS[1]
                for key in self.keys(unit, kind, category.get(project or "")):
                    paid[key] += fen
        return budgets, paid

    def _rates_of(self, year: int) -> dict[Key, int]:
        until, passed, whole = self.read(year)
        budgets, paid = self.sums_of(year, until)
        return {key: paid[key] * 10_000 // fen * passed // whole for key, fen in budgets.items() if fen > 0}

    def keys(self, unit: str, kind: str, category: str | None) -> list[Key]:
        """Return everything the money of a unit, kind and project category counts for."""
        now = self._now[unit]
        keys: list[Key] = [(now,), (now, kind), (self._home[now], kind)]
        return [*keys, (self._home[now], category)] if category else keys

    def _late(self, lines: list[Line], year: int, until: dt.date) -> set[tuple[str, str | None]]:
        """Return the projects that were first released long after their division's budget."""
        first: dict[tuple[str, str | None], dt.date] = {}
        division: dict[str, dt.date] = {}
        for line in lines:
            code = self._now[line.unit.code]
            for on, fen in movements(line):
                if fen > 0 and on <= until:
                    purse, home = (code, line.project.code if line.project else None), self._home[code]
                    first[purse] = min(first.get(purse, on), on)
                    division[home] = min(division.get(home, on), on)
        january, wait = dt.date(year, 1, 31), dt.timedelta(days=_RELEASE_DAYS)
        return {purse for purse, on in first.items() if on > max(january, division[self._home[purse[0]]] + wait)}


def movements(line: Line) -> list[tuple[dt.date, int]]:
    """Return the days on which a line was given money or lost it."""
    changes = [(change.on, change.fen) for change in line.changes]
    return [(line.released_on, line.appropriation_fen), *changes]


def median(found: list[int]) -> int:
    """Return the median, rounded down."""
    ordered = sorted(found)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) // 2


def _sums(payments: pl.DataFrame, year: int, until: dt.date) -> Iterable[tuple[str, str | None, str, int]]:
    own = payments.filter((pl.col("year") == year) & (pl.col("voided") == 0) & (pl.col("paid_on") <= until))
    by = ("unit", "project", pl.col("economic").str.slice(0, 3))
    return own.group_by(by).agg(pl.col("fen").sum()).iter_rows()
