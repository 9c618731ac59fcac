"""Plants the tempo of this year: monthly spikes (A09), projects too fast (A11), spending before approval (A12)."""

import datetime as dt

import numpy as np

from sample.arithmetic_tempo import usual_progress
from sample.desk import Desk, each_with
from sample.model import Extra, Line, Unit
from sample.payees import company
from sample.people import LATE_DIVISION
from sample.plant_past import EARLY_FEN, LUMP_MONTH, WHOLE, Past, early_line, lump, pay_early, project_lines
from sample.structure import SEASONAL_UNITS

_GROWTH_BP = (1_000, 1_500, 2_000, 2_400, 3_000, 4_000)
_FAST_BP = (1_500, 1_501, 1_560, 1_620, 2_500, 3_500)
_LEAST_FEN = 60_000_000
_PURPOSES = ("防汛抢险物资采购", "应急抢险队伍值守补助")


def plant_tempo(desk: Desk, past: Past, rng: np.random.Generator) -> None:
    """Plant the tempo of the current year and its innocent neighbours."""
    if desk.until < dt.date(desk.year, 3, 1):
        return
    _early_spending(desk, past)
    if desk.until >= dt.date(desk.year, LUMP_MONTH + 1, 1):
        _spikes(desk, past, rng)
    _too_fast(desk)


def _early_spending(desk: Desk, past: Past) -> None:
    with_base, without = past.early[:-2], past.early[-2:]
    rates = desk.some(_GROWTH_BP)[: max(1, len(with_base) - 3)]
    for unit, rate in zip(with_base, rates, strict=False):
        if pay_early(desk, unit, EARLY_FEN + -(-EARLY_FEN * rate // WHOLE)):
            desk.plant("A12", unit.subject)
    for unit in with_base[len(rates) :]:
        if pay_early(desk, unit, EARLY_FEN + EARLY_FEN * 999 // WHOLE):
            desk.innocent("A12", unit.subject, "批准前支出增幅未达10%")
    if pay_early(desk, without[0], EARLY_FEN * 3 // 5):
        desk.plant("A12", without[0].subject)
    line = early_line(desk, without[1], desk.year, EARLY_FEN)
    if line is not None:
        on = desk.weekday(dt.date(desk.year, 1, 4), dt.date(desk.year, 1, 8), 0.6)
        line.released_on = dt.date(desk.year, 1, 4)
        for place, purpose in enumerate(_PURPOSES):
            fen = EARLY_FEN // 4 + place * 1_230_000
            line.extras.append(Extra(on, fen, purpose, company("equipment", without[1].number + place)))
        desk.innocent("A12", without[1].subject, "突发事件处置支出，批准前可以安排")


def _spikes(desk: Desk, past: Past, rng: np.random.Generator) -> None:
    month = dt.date(desk.year, LUMP_MONTH, 1)
    period = f"{month:%Y-%m}"
    spared = {unit.code for unit in (*past.lumped, *past.early)}
    units = [lines[0].unit for lines in desk.by_unit.values()]
    free = [unit for unit in units if unit.code not in spared and _can_spike(desk, unit)]
    chosen = [free[int(place)] for place in rng.permutation(len(free))]
    wanted = max(1, round(7 * desk.share))
    for unit in chosen[:wanted]:
        lump(_enough(desk, unit, 2.4), month)
        desk.plant("A09", unit.subject, period)
    small = [(unit, line) for unit in chosen[wanted:] if (line := _half_a_month(desk, unit))]
    for unit, line in small[:3]:
        lump([line], month)
        desk.innocent("A09", unit.subject, "当月支出较多，但未达平常月份的2倍", period)


def _open_projects(desk: Desk, unit: Unit) -> list[Line]:
    return [line for line in project_lines(desk, unit, desk.year) if line.project_subject not in desk.touched]


def _month_fen(desk: Desk, unit: Unit) -> int:
    return sum(line.paid_fen for line in desk.by_unit[unit.code]) // max(1, desk.until.month)


def _can_spike(desk: Desk, unit: Unit) -> bool:
    is_plain = unit.opened is None and unit.division != LATE_DIVISION and unit.name not in SEASONAL_UNITS
    is_plain = is_plain and not any(other.successor == unit.code for other in desk.district.units)
    enough = sum(line.paid_fen for line in _enough(desk, unit, 2.4))
    return is_plain and enough >= 2.4 * _month_fen(desk, unit) > 2 * EARLY_FEN


def _enough(desk: Desk, unit: Unit, months: float) -> list[Line]:
    """Return open project lines that together hold so many ordinary months of the unit, the largest first."""
    found: list[Line] = []
    for line in _open_projects(desk, unit):
        if sum(one.paid_fen for one in found) < months * _month_fen(desk, unit):
            found.append(line)
    return found


def _half_a_month(desk: Desk, unit: Unit) -> Line | None:
    """Return an open project line that holds a quarter to half of what the unit pays in a month."""
    month = _month_fen(desk, unit)
    return next((line for line in _open_projects(desk, unit) if month < line.paid_fen * 4 < month * 2), None)


def _too_fast(desk: Desk) -> None:
    usual = usual_progress(desk.district)

    def expected(line: Line) -> int | None:
        return usual(line.project_subject, line.unit.division, line.category or "")

    def take(gap: int) -> Line | None:
        return desk.take_line(lambda line: _is_judged(desk, line) and (expected(line) or WHOLE) + gap <= WHOLE)

    for wanted in desk.some(_FAST_BP):
        # Late in the year the wider gaps find no room any more: what is left of the budget then.
        for gap in (wanted, 1_500, 1_500):
            if line := take(gap):
                line.paid_fen = -(-((expected(line) or 0) + gap) * line.budget_fen(desk.until) // WHOLE)
                desk.plant("A11", line.project_subject)
                break
    for gap, line in each_with((1_499, 1_480, 1_400), take):
        line.paid_fen = ((expected(line) or 0) + gap) * line.budget_fen(desk.until) // WHOLE
        desk.innocent("A11", line.project_subject, "快于历史同期，但未达15个百分点")


def _is_judged(desk: Desk, line: Line) -> bool:
    is_old = (desk.until - line.released_on).days >= 30
    return is_old and line.budget_fen(desk.until) >= _LEAST_FEN and line.unit.name not in SEASONAL_UNITS
