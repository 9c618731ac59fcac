"""Plants in finished years: projects weak for years (A05), uneven quarters (A10), and what A09 and A12 look back on."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from sample.desk import Desk
from sample.model import Extra, Line, Segment, Unit
from sample.payees import company
from sample.people import LATE_DIVISION
from sample.profiles import FINAL

WHOLE = 10_000
EARLY_FEN = 50_000_000
LUMP_MONTH = 4
# Weak years (3 or 2) and the rate of each in basis points.
_WEAK = ((3, 4_999), (3, 3_100), (2, 4_999), (2, 2_500), (3, 4_200), (2, 3_800), (3, 1_500), (2, 4_600), (3, 4_700))
_QUARTERS = (3_700, 4_700, 5_700, 4_000, 5_000, 6_200)
_LEAST_FEN = 40_000_000
_LEAST_YEAR_FEN = 200_000_000


@dataclass
class Past:
    """What was prepared in finished years for rules that look back from the current one."""

    early: list[Unit] = field(default_factory=list)
    lumped: list[Unit] = field(default_factory=list)


def plant_past(desk: Desk, rng: np.random.Generator) -> Past:
    """Plant in the finished years, before their payments are built."""
    used: set[str] = set()
    _weak_projects(desk, rng, used)
    units = _mixed(_whole_units(desk), rng)
    _uneven(desk, [unit for unit in units if unit.code not in used], used)
    rest = [unit for unit in units if unit.code not in used]
    steady = [unit for unit in rest if _is_steady(desk, unit)]
    past = Past(early=steady[: max(3, round(11 * desk.share))])
    for unit in past.early[:-2]:
        _pay_early(desk, unit, desk.year - 1, EARLY_FEN)
    past.lumped = [unit for unit in rest if unit not in past.early][: max(1, round(3 * desk.share))]
    for unit in past.lumped if desk.until >= dt.date(desk.year, LUMP_MONTH + 1, 1) else []:
        for year in (desk.year - 2, desk.year - 1, desk.year):
            _pay_in_april(desk, unit, year)
        desk.close(unit)
        why = "每年同月集中支付，与以前年度一致"
        desk.innocent("A09", unit.subject, why, f"{desk.year}-{LUMP_MONTH:02d}")
    return past


def _pay_in_april(desk: Desk, unit: Unit, year: int) -> None:
    """Pay what two to three ordinary months take within April: the largest projects, to the end."""
    own = [line for line in desk.district.lines[year] if line.unit.code == unit.code and not line.is_unbudgeted]
    month, held = sum(line.appropriation_fen for line in own) // 13, 0
    for line in project_lines(desk, unit, year):
        if held < month * 5 // 2 and not line.changes:
            line.paid_fen = int(line.appropriation_fen * FINAL[line.category or ""]) // 100 * 100
            lump([line], dt.date(year, LUMP_MONTH, 1))
            held += line.paid_fen


def _mixed(units: list[Unit], rng: np.random.Generator) -> list[Unit]:
    return [units[int(place)] for place in rng.permutation(len(units))]


def _whole_units(desk: Desk) -> list[Unit]:
    """Return the units that were there in every year and pay on time."""
    return [
        unit
        for unit in desk.district.units
        if unit.opened is None and unit.closed is None and unit.division != LATE_DIVISION
        if not any(other.successor == unit.code for other in desk.district.units)
    ]


def _is_steady(desk: Desk, unit: Unit) -> bool:
    """Tell whether all of last year's projects go on: none is paid early in January for want of a budget (A07)."""
    now = {line.line_subject for line in desk.by_unit.get(unit.code, [])}
    last = [line for line in desk.district.lines[desk.year - 1] if line.unit.code == unit.code and line.project]
    return all(line.line_subject in now for line in last)


def project_lines(desk: Desk, unit: Unit, year: int) -> list[Line]:
    """Return a unit's project lines of a year that are paid as usual, the largest first."""
    own = [line for line in desk.district.lines[year] if line.unit.code == unit.code and line.category in FINAL]
    free = [line for line in own if line.segments is None and not line.extras and line.source != "上级转移支付"]
    return sorted((line for line in free if not line.is_unbudgeted), key=lambda line: -line.paid_fen)


def lump(lines: list[Line], month: dt.date) -> None:
    """Pay lines within one month."""
    last = month + dt.timedelta(days=26)
    for line in lines:
        if line.paid_fen:
            line.segments = [Segment(month + dt.timedelta(days=2), last, line.paid_fen, 4, "even")]


def _by_project(desk: Desk, year: int) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    for line in desk.district.lines[year]:
        if line.project and line.segments is None:
            found[line.project_subject].append(line)
    return found


def _weak_projects(desk: Desk, rng: np.random.Generator, used: set[str]) -> None:
    years = [desk.year - back for back in (1, 2, 3)]
    tables = [_by_project(desk, year) for year in years]
    whole = {unit.code for unit in _whole_units(desk)}
    chains = [
        [table[subject][0] for table in tables]
        for subject in sorted(set(tables[0]) & set(tables[1]) & set(tables[2]))
        if all(len(table[subject]) == 1 for table in tables)
    ]
    free = [chain for chain in chains if chain[0].unit.code in whole and all(_is_ordinary(line) for line in chain)]
    mixed = iter([free[int(place)] for place in rng.permutation(len(free))])

    def take() -> list[Line]:
        for chain in mixed:
            if chain[0].unit.code not in used:
                used.add(chain[0].unit.code)
                return chain
        return []

    period = str(desk.year - 1)
    for count, rate in desk.some(_WEAK):
        for line in (chain := take())[:count]:
            _weaken(line, rate)
        if chain:
            desk.plant("A05", chain[0].project_subject, period)
    for which, rate, why in (
        (slice(0, 1), 3_000, "只有上一年执行率低，此前各年正常"),
        (slice(0, 3), 5_000, "各年执行率恰为50%，未低于50%"),
        (slice(1, 3), 3_000, "前两年执行率低，上一年已恢复正常"),
    ):
        for line in (chain := take())[which]:
            _weaken(line, rate)
        if chain:
            desk.innocent("A05", chain[0].project_subject, why, period)


def _is_ordinary(line: Line) -> bool:
    return line.category in FINAL and line.appropriation_fen >= _LEAST_FEN and not line.extras


def _weaken(line: Line, rate: int) -> None:
    """Pay the least fen at which the year's rate is exactly ``rate`` basis points."""
    line.paid_fen = -(-line.budget_fen(dt.date(line.year, 12, 31)) * rate // WHOLE)


def _uneven(desk: Desk, units: list[Unit], used: set[str]) -> None:
    fits = iter([unit for unit in units if _judged_fen(desk, unit, desk.year - 1) >= _LEAST_YEAR_FEN])
    period = str(desk.year - 1)

    def take(shape: Callable[[Unit], None]) -> Unit | None:
        unit = next(fits, None)
        if unit is not None:
            shape(unit)
            used.add(unit.code)
        return unit

    for rate in desk.some(_QUARTERS):
        if unit := take(lambda unit, rate=rate: _into_fourth(desk, unit, desk.year - 1, rate)):  # type: ignore[misc]
            desk.plant("A10", unit.subject, period)
    for rate, years, why in (
        (3_450, 1, "第四季度支出占比接近但未达35%"),
        (3_800, 3, "每年都在第四季度支出较多，属季节性支出"),
        (3_400, 1, "第四季度支出占比接近但未达35%"),
    ):
        for back in range(1, years + 1):
            shaped = desk.year - back
            if back == 1:
                unit = take(lambda unit, rate=rate, year=shaped: _into_fourth(desk, unit, year, rate))  # type: ignore[misc]
            elif unit is not None:
                _into_fourth(desk, unit, shaped, rate)
        if unit is not None:
            desk.innocent("A10", unit.subject, why, period)


def _judged_lines(desk: Desk, unit: Unit, year: int) -> list[Line]:
    return [
        line
        for line in desk.district.lines[year]
        if line.unit.code == unit.code and line.kind != "人员经费" and line.released_on < dt.date(year, 7, 1)
    ]


def _judged_fen(desk: Desk, unit: Unit, year: int) -> int:
    return sum(line.paid_fen for line in _judged_lines(desk, unit, year) if line.segments is None)


def _into_fourth(desk: Desk, unit: Unit, year: int, rate: int) -> None:
    """Pay ``rate`` of every line in October and November, before the last weeks that A08 looks at where it can."""
    for line in _judged_lines(desk, unit, year):
        if not line.paid_fen:
            continue
        late = -(-line.paid_fen * rate // WHOLE)
        first = line.released_on + dt.timedelta(days=6)
        line.segments = [
            Segment(first, dt.date(year, 9, 28), line.paid_fen - late, max(3, line.count * 2 // 3), line.profile),
            Segment(dt.date(year, 10, 9), dt.date(year, 10, 30), late, 3, "even"),
        ]


def early_line(desk: Desk, unit: Unit, year: int, least: int) -> Line | None:
    """Return a project that pays more than ``least``, for nothing that the law lets be paid before the approval."""
    free = [line for line in project_lines(desk, unit, year) if line.economic[:3] != "303"]
    usual = [line for line in free if line.released_on <= dt.date(year, 1, 31) and line.function[:3] != "224"]
    return next((line for line in usual if line.paid_fen > least), None)


def _pay_early(desk: Desk, unit: Unit, year: int, fen: int) -> bool:
    """Pay part of a project before the budget was approved; False where no project is large enough."""
    line = early_line(desk, unit, year, fen * 11 // 10)
    if line is None or line.project is None:
        return False
    on = desk.weekday(dt.date(year, 1, 4), dt.date(year, 1, 8), 0.6)
    # 提前下达: nothing is paid before its 指标 is there.
    line.released_on = dt.date(year, 1, 4)
    line.extras.append(Extra(on, fen, f"{line.project.name}进度款", company("service", unit.number)))
    return True


def pay_early(desk: Desk, unit: Unit, fen: int) -> bool:
    """Do the same in the current year."""
    return _pay_early(desk, unit, desk.year, fen)
