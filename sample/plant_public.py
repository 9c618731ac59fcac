"""Plants three-public money that grew (D02), and three-public or training money that is spent too fast (D03)."""

import datetime as dt

import numpy as np

from sample.desk import Desk
from sample.model import ROUND_FEN, THREE_PUBLIC, Line, Unit
from sample.people import LATE_DIVISION
from sample.public_truths import expected_lead, paid_on_same_day

_NUMBER = 43
_GROWN_BP = (1_000, 3_000, 700, 1_500, 4_200, 2_100, 3_600)
_JUST_BELOW_FEN = (990_000, 960_000)
_FAST_BP = (1_500, 2_500, 1_720, 3_100, 1_950, 2_300)
_NOT_FAST_BP = (1_400, 1_200, 1_300)
_LEAST_FEN = 3_000_000


def plant_public(desk: Desk) -> None:
    """Plant what D02 and D03 must find; what is true in the end is reckoned from the payments built."""
    if desk.until < dt.date(desk.year, 4, 10):
        return
    rng = np.random.default_rng([desk.district.units[0].base_fen, desk.until.toordinal(), _NUMBER])
    free = _free(desk, rng)
    grown = desk.some(_GROWN_BP)
    for bp, unit in zip(grown, free, strict=False):
        _grow(desk, unit, _last_year(desk, unit) * (10_000 + bp) // 10_000 + 1)
    for fen, unit in zip(_JUST_BELOW_FEN, free[len(grown) :], strict=False):
        _grow(desk, unit, _last_year(desk, unit) + fen)
        desk.innocent("D02", unit.subject, "增加额不足1万元")
    rest = free[len(grown) + len(_JUST_BELOW_FEN) :]
    for unit in rest[:3]:
        desk.innocent("D02", unit.subject, "“三公”支出比上年同期减少")
    _fast(desk, rest)


def _free(desk: Desk, rng: np.random.Generator) -> list[Unit]:
    """Return the units with three-public money in both years that nobody took as a whole or made overspend it."""
    units = [lines[0].unit for lines in desk.by_unit.values()]
    taken = {mark.subject for mark in desk.marks}
    fits = [
        unit
        for unit in units
        if unit.division != LATE_DIVISION
        and not desk.is_closed_to_others(unit)
        and unit.opened is None
        and unit.subject not in taken
        and _last_year(desk, unit) >= _LEAST_FEN
        and _lines(desk, unit, THREE_PUBLIC)
    ]
    return [fits[int(place)] for place in rng.permutation(len(fits))]


def _lines(desk: Desk, unit: Unit, items: tuple[str, ...]) -> list[Line]:
    return [line for line in desk.by_unit[unit.code] if line.economic in items and line.project is None]


def _last_year(desk: Desk, unit: Unit) -> int:
    paid = paid_on_same_day(desk.district, desk.year - 1)
    return sum(paid.get((unit.code, item), 0) for item in THREE_PUBLIC)


def _grow(desk: Desk, unit: Unit, target: int) -> None:
    """Let a unit's three-public payments reach a sum, its budget along with them."""
    own = _lines(desk, unit, THREE_PUBLIC)
    largest = max(own, key=lambda line: line.paid_fen)
    more = target - sum(line.paid_fen for line in own)
    largest.paid_fen += more
    largest.appropriation_fen += max(0, -(-more * 5 // 4 // ROUND_FEN)) * ROUND_FEN
    desk.plant("D02", unit.subject)


def _fast(desk: Desk, units: list[Unit]) -> None:
    """Let training money run ahead of the year, as the rest of the office money does, by so much."""
    fits = [
        (unit, line)
        for unit in units
        for line in _lines(desk, unit, ("30216",))
        if line.appropriation_fen >= _LEAST_FEN
    ]
    wanted = desk.some(_FAST_BP)
    for bp, (unit, line) in zip([*wanted, *_NOT_FAST_BP], fits, strict=False):
        expected = _expected(desk, unit)
        if expected is None:
            continue
        line.paid_fen = -(-line.budget_fen(desk.until) * (expected + bp) // 10_000)
        subject = f"item:{unit.code}/training"
        if bp in _NOT_FAST_BP:
            desk.innocent("D03", subject, "领先同期进度不足15个百分点")
        else:
            desk.plant("D03", subject)


def _expected(desk: Desk, unit: Unit) -> int | None:
    return expected_lead(desk.district, {unit.code}).get((unit.code, "training"))
