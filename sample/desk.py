"""The planter's desk: what can be planted on, what is taken already, and what has been planted so far."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import numpy as np

from sample.expected import Expected
from sample.model import District, Line, Mark, Unit
from sample.people import DISTRICT_CODE, LATE_DIVISION
from sample.profiles import FINAL, to_weekdays

Value = TypeVar("Value")
_FULL_UNITS = 110
_OFFICE_FIRST = 2


class Desk:
    """Hands out lines and units to plant on, spread over divisions, each used once."""

    expected: Expected
    plans: dict[str, int]  # of expected, as the lines stood when planting began

    def __init__(self, district: District, rng: np.random.Generator) -> None:
        self.district = district
        self.until = district.until
        self.year = district.year
        self.rng = rng
        self.marks: list[Mark] = []
        # Tags of planted vouchers: rule, why (empty for planted).
        self.tagged: dict[str, tuple[str, str]] = {}
        self.touched: set[str] = set()
        # Units and projects whose data are planted to be doubtful: nothing about their pace is judged.
        self.doubted: set[str] = set()
        self.load: Counter[str] = Counter()
        self.serial = 0
        self._used: set[str] = set()
        self._units: set[str] = set()
        self._taken: set[str] = set()
        self._lent: set[str] = set()
        own = [line for line in district.lines[self.year] if not line.is_unbudgeted]
        self.by_unit: dict[str, list[Line]] = defaultdict(list)
        for line in own:
            self.by_unit[line.unit.code].append(line)
        self.share = min(1.0, len(self.by_unit) / _FULL_UNITS)

    def some(self, values: Sequence[Value]) -> list[Value]:
        """Return all values for a full district, an even choice of them for a small one."""
        wanted = max(2, round(len(values) * self.share))
        if wanted >= len(values):
            return list(values)
        return [values[place * len(values) // wanted] for place in range(wanted)]

    def budget_of(self, unit_code: str) -> int:
        """Return a unit's B1 at the horizon."""
        return sum(line.budget_fen(self.until) for line in self.by_unit[unit_code])

    def take_line(self, fits: Callable[[Line], bool], *, most_of_unit: float = 0.12) -> Line | None:
        """Take an unused single-line project whose line fits; None where there is none left."""
        for line in self._open_lines():
            budget = line.budget_fen(self.until)
            if budget <= self.budget_of(line.unit.code) * most_of_unit and fits(line):
                self._used.add(line.project_subject)
                self.load[line.unit.code] += 1
                self.load[line.unit.division] += 1
                self.touched.add(line.project_subject)
                return line
        return None

    def lend_line(self, fits: Callable[[Line], bool], rng: np.random.Generator) -> Line | None:
        """Lend a project line that may be planted on already, each once: what it pays in all must stay as it is."""
        own = [
            line
            for lines in self.by_unit.values()
            for line in lines
            if line.category in FINAL
            and line.segments is None
            and line.unit.division != LATE_DIVISION
            and line.unit.code not in self._units
            and line.line_subject not in self._lent
        ]
        fitting = [line for line in own if fits(line)]
        if not fitting:
            return None
        line = fitting[int(rng.integers(len(fitting)))]
        self._lent.add(line.line_subject)
        self.touched.add(line.project_subject)
        return line

    def add_line(self, line: Line) -> None:
        """Add a planted line to the current year; nothing else is planted on it."""
        self._used.add(line.project_subject)
        self.district.lines[self.year].append(line)
        self.by_unit[line.unit.code].append(line)

    def _open_lines(self) -> list[Line]:
        """Return the lines still open, those of the least loaded units and offices first."""
        single = [lines[0] for lines in self._project_lines().values() if len(lines) == 1]
        free = [
            line
            for line in single
            if line.project_subject not in self._used
            and line.unit.code not in self._units
            and line.unit.division != LATE_DIVISION
            and line.category in FINAL
            and not line.changes
            and line.segments is None
            and line.source == "本年预算"
        ]
        order = self.rng.permutation(len(free))
        return sorted((free[int(place)] for place in order), key=lambda line: self._rank(line.unit))

    def _project_lines(self) -> dict[str, list[Line]]:
        found: dict[str, list[Line]] = defaultdict(list)
        for lines in self.by_unit.values():
            for line in lines:
                if line.project:
                    found[line.project_subject].append(line)
        return found

    def _rank(self, unit: Unit) -> int:
        """Streets and the town count double: their offices are small and get about half as many."""
        return (self.load[unit.code] + 1) * (1 if _is_district(unit) else 2)

    def take_units(self, fits: Callable[[Unit], bool], count: int, *, whole: bool = False) -> list[Unit]:
        """Take units nobody took before; some of each street and town come first.

        ``whole`` units are closed to everything else.
        """
        units = [lines[0].unit for lines in self.by_unit.values()]
        free = [
            unit for unit in units if unit.code not in self._taken and unit.division != LATE_DIVISION and fits(unit)
        ]
        mixed = [free[int(place)] for place in self.rng.permutation(len(free))]
        chosen: list[Unit] = []
        seen: Counter[str] = Counter()
        for unit in sorted(mixed, key=_is_district):
            if _is_district(unit) or seen[unit.division] < (1 if whole else _OFFICE_FIRST):
                seen[unit.division] += 1
                chosen.append(unit)
        chosen = chosen[:count]
        self._taken |= {unit.code for unit in chosen}
        self._units |= {unit.code for unit in chosen} if whole else set()
        self.touched |= {unit.subject for unit in chosen}
        return chosen

    def close(self, unit: Unit) -> None:
        """Keep a unit from everything that is planted later."""
        self._taken.add(unit.code)
        self._units.add(unit.code)

    def is_closed_to_others(self, unit: Unit) -> bool:
        """Tell whether a unit was taken as a whole: one fen more or less would spoil its fence."""
        return unit.code in self._units

    def plant(self, rule: str, subject: str, period: str | None = None) -> None:
        """List something planted."""
        self.touched.add(subject)
        self.marks.append(Mark(rule, subject, period or str(self.year)))

    def innocent(self, rule: str, subject: str, why: str, period: str | None = None) -> None:
        """List an innocent look-alike."""
        self.marks.append(Mark(rule, subject, period or str(self.year), why))

    def weekday(self, first: dt.date, last: dt.date, place: float) -> dt.date:
        """Return a weekday at a relative place (0..1) within a span."""
        day = first.toordinal() + int((last.toordinal() - first.toordinal()) * place)
        moved = to_weekdays(np.array([day], dtype=np.int64), first, last)
        return dt.date.fromordinal(int(moved[0]))


def _is_district(unit: Unit) -> bool:
    return unit.division == DISTRICT_CODE


def each_with(values: Iterable[Value], take: Callable[[Value], Line | None]) -> list[tuple[Value, Line]]:
    """Pair each value with the line taken for it, leaving out those for which none was left."""
    pairs = ((value, take(value)) for value in values)
    return [(value, line) for value, line in pairs if line is not None]
