"""Plants budgets that say too little: not broken down when the year began (B05), lumped in 其他 items (B06)."""

import datetime as dt
from dataclasses import replace

import numpy as np

from sample.desk import Desk, each_with
from sample.model import ROUND_FEN, Line, Unit
from sample.people import LATE_DIVISION
from sample.settle import pieces, usual_share

WHOLE = 10_000
_MISSING_BP = (1_000, 1_250, 1_600, 2_000, 2_600, 3_000)
_OTHER_BP = (10_000, 1_000, 1_200, 1_500, 1_900, 2_000, 4_000)
_RELEASED = (3, 10)


def plant_detail(desk: Desk, rng: np.random.Generator) -> None:
    """Plant both and their innocent neighbours."""
    _lumped(desk)
    if desk.until >= dt.date(desk.year, 5, 1):
        _late_detail(desk, rng)


def _late_detail(desk: Desk, rng: np.random.Generator) -> None:
    units = [lines[0].unit for lines in desk.by_unit.values() if _is_plain(desk, lines[0].unit)]
    mixed = [units[int(place)] for place in rng.permutation(len(units))]
    taken: set[str] = set()

    def take(share: int) -> tuple[Unit, list[Line]] | None:
        for unit in mixed:
            lines = _about(desk, unit, share)
            if unit.code not in taken and lines:
                taken.add(unit.code)
                return unit, lines
        return None

    for share in desk.some(_MISSING_BP):
        if found := take(share):
            _release_late(desk, found[1])
            desk.plant("B05", found[0].subject)
    for share in (800, 900):
        if found := take(share):
            lines = found[1]
            while lines and _part(desk, found[0], lines) > 980:
                lines = lines[:-1]
            _release_late(desk, lines)
            desk.innocent("B05", found[0].subject, "1月以后下达的不足一成")
    late = [lines[0].unit for lines in desk.by_unit.values() if any(one.source == "上级转移支付" for one in lines)]
    for unit in [unit for unit in late if unit.code not in taken and unit.division != LATE_DIVISION][:2]:
        desk.innocent("B05", unit.subject, "年中下达的是上级转移支付，不属年初预算")


def _is_plain(desk: Desk, unit: Unit) -> bool:
    return unit.opened is None and unit.division != LATE_DIVISION and not desk.is_closed_to_others(unit)


def _own_fen(desk: Desk, unit: Unit) -> int:
    """Return B0 that has to be broken down."""
    return sum(
        line.appropriation_fen
        for line in desk.by_unit[unit.code]
        if line.source == "本年预算" and line.category != "预留"
    )


def _part(desk: Desk, unit: Unit, lines: list[Line]) -> int:
    return sum(line.appropriation_fen for line in lines) * WHOLE // _own_fen(desk, unit)


def _about(desk: Desk, unit: Unit, share: int) -> list[Line]:
    """Return open project lines that together are the wanted share of the unit's B0 and at most seven points more."""
    found: list[Line] = []
    open_lines = [line for line in desk.by_unit[unit.code] if _is_open(desk, line)]
    for line in sorted(open_lines, key=lambda line: line.appropriation_fen):
        if _part(desk, unit, found) < share:
            found.append(line)
    return found if share <= _part(desk, unit, found) <= share + 700 else []


def _is_open(desk: Desk, line: Line) -> bool:
    is_ordinary = line.source == "本年预算" and line.kind == "项目支出" and line.paid_fen > 0
    is_untouched = line.segments is None and not line.changes and not line.extras
    return is_ordinary and is_untouched and line.project_subject not in desk.touched


def _release_late(desk: Desk, lines: list[Line]) -> None:
    """Release lines in March instead of January; what they pay by the horizon stays."""
    for line in lines:
        line.released_on = dt.date(desk.year, *_RELEASED)
        desk.touched.add(line.project_subject)


def _lumped(desk: Desk) -> None:
    def take(least: int) -> Line | None:
        return desk.take_line(lambda line: line.appropriation_fen >= least and not line.economic.endswith("99"))

    for share, line in each_with(desk.some(_OTHER_BP), lambda share: take(10_000_000 * WHOLE // share * 11 // 10)):
        _into_other(desk, line, -(-line.appropriation_fen * share // WHOLE // ROUND_FEN) * ROUND_FEN)
        desk.plant("B06", line.project_subject)
    for share, line in each_with((980, 900), lambda _: take(120_000_000)):
        _into_other(desk, line, line.appropriation_fen * share // WHOLE // ROUND_FEN * ROUND_FEN)
        desk.innocent("B06", line.project_subject, "“其他”科目占比未达10%")
    for _, line in each_with(range(2), lambda _: desk.take_line(_is_small)):
        _into_other(desk, line, 9_990_000)
        desk.innocent("B06", line.project_subject, "“其他”科目金额不足10万元")
    upper = [line for lines in desk.by_unit.values() for line in lines if line.economic == "30299" and line.project]
    for line in [line for line in upper if line.source == "上级转移支付" and line.unit.division != LATE_DIVISION][:2]:
        desk.innocent("B06", line.project_subject, "上级下达的专项资金，科目由上级确定")


def _is_small(line: Line) -> bool:
    return 12_000_000 < line.appropriation_fen < 60_000_000


def _into_other(desk: Desk, line: Line, fen: int) -> None:
    """Move part of a project's budget and of its payments to a line under 30299."""
    if fen >= line.appropriation_fen:
        line.economic = "30299"
        return
    paid = int(fen * usual_share(line, desk.until)) // 100 * 100
    other = replace(line, economic="30299", appropriation_fen=fen, changes=[], extras=[], paid_fen=paid)
    other.code = f"QT{line.code[2:]}"
    other.count = pieces(other, desk.until, 0.3) if paid else 0
    line.appropriation_fen -= fen
    line.paid_fen -= paid
    desk.add_line(other)
