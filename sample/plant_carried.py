"""Plants money carried over: for longer than two years (A14), and much of it (A15)."""

import datetime as dt
from collections import Counter
from dataclasses import replace

import numpy as np
import polars as pl

from sample.desk import Desk, each_with
from sample.model import Line, Unit
from sample.people import LATE_DIVISION
from sample.settle import pieces, usual_share

WHOLE = 10_000
CARRIED = "上年结转"
# What is left of money first appropriated two or three years ago.
_UNSPENT = (10_000, 500_000, 49_990_000, 50_000_000, 80_000_000, 3_000_000, 199_990_000, 200_000_000)
_SHARES_BP = (500, 620, 700, 790, 900, 1_150)
_WORKS = "工程"


def plant_carried(desk: Desk, rng: np.random.Generator) -> None:
    """Plant carry-over of the current year and its innocent neighbours."""
    if desk.until < dt.date(desk.year, 2, 10):
        return
    _old_money(desk, rng)
    _much(desk, rng)


def carry(desk: Desk, line: Line, fen: int, *, paid: int | None = None, origin: int | None = None) -> Line:
    """Add carried-over money to a project: a line of its own, paid as usual unless said."""
    usual = int(fen * usual_share(line, desk.until)) // 100 * 100
    serial = sum(one.source == CARRIED for one in desk.district.lines[desk.year])
    added = replace(
        line,
        source=CARRIED,
        appropriation_fen=fen,
        changes=[],
        extras=[],
        segments=None,
        paid_fen=usual if paid is None else paid,
        code=f"JZ{desk.year}{line.unit.division[6:]}{serial:06d}",
        document=f"青财预〔{desk.year}〕6号",
        origin_year=origin,
    )
    added.count = pieces(added, desk.until, 0.3) if added.paid_fen else 0
    desk.add_line(added)
    return added


def _old_money(desk: Desk, rng: np.random.Generator) -> None:
    # First on projects of several lines, which nothing else is planted on.
    own = [line for lines in desk.by_unit.values() for line in lines if _is_open(desk, line)]
    many = Counter(line.project_subject for line in own)
    free = [line for line in own if many[line.project_subject] > 1 and _is_plain(desk, line.unit)]
    mixed = [free[int(place)] for place in rng.permutation(len(free))]

    def take(left: int) -> Line | None:
        for line in mixed:
            if line.project_subject not in desk.touched and line.budget_fen(desk.until) > left * 6:
                desk.touched.add(line.project_subject)
                return line
        return desk.take_line(lambda line: line.fund == "11" and line.budget_fen(desk.until) > left * 6)

    for place, (left, line) in enumerate(each_with(desk.some(_UNSPENT), take)):
        paid = 60_000 * (place % 3)
        carry(desk, line, left + paid, paid=paid, origin=desk.year - 2 - place % 2)
        desk.plant("A14", line.project_subject)
    fen = 3_000_000
    for _, line in each_with(range(2), lambda _: take(fen)):
        carry(desk, line, fen, paid=fen, origin=desk.year - 2)
        desk.innocent("A14", line.project_subject, "两年前安排的结转资金已全部支出")
    for _, line in each_with(range(2), lambda _: take(fen)):
        carry(desk, line, fen, paid=fen // 3, origin=desk.year - 1)
        desk.innocent("A14", line.project_subject, "上一年安排的资金，结转未满两年")
    for _, line in each_with(range(2), lambda _: desk.take_line(_is_fund)):
        carry(desk, line, fen, paid=0, origin=desk.year - 3)
        desk.innocent("A14", line.project_subject, "政府性基金项目，按规定可继续使用")


def _is_fund(line: Line) -> bool:
    return line.fund == "12"


def spent_last_year(desk: Desk) -> dict[str, int]:
    """Return what each unit paid from the general budget last year."""
    own = desk.district.payments.filter(
        (pl.col("year") == desk.year - 1) & (pl.col("voided") == 0) & (pl.col("fund") == "11")
    )
    return dict(own.group_by("unit").agg(pl.col("fen").sum()).iter_rows())


def carried_into(desk: Desk, unit: str) -> int:
    """Return what a unit carried into the current year, works left out."""
    return sum(
        line.appropriation_fen
        for line in desk.by_unit[unit]
        if line.source == CARRIED and line.fund == "11" and line.category != _WORKS
    )


def _much(desk: Desk, rng: np.random.Generator) -> None:
    spent = spent_last_year(desk)
    units = [lines[0].unit for lines in desk.by_unit.values()]
    free = [unit for unit in units if _is_plain(desk, unit) and carried_into(desk, unit.code) * 50 < spent[unit.code]]
    mixed = iter([free[int(place)] for place in rng.permutation(len(free))])

    def add(share: int, fits: str, why: str) -> None:
        for unit in mixed:
            lines = [
                one for one in desk.by_unit[unit.code] if _is_open(desk, one) and (one.category == _WORKS) == bool(fits)
            ]
            if lines:
                line = max(lines, key=lambda one: one.appropriation_fen)
                have = 0 if fits else carried_into(desk, unit.code)
                wanted = -(-spent[unit.code] * share // WHOLE) - have
                # Whole 0.01 万元, as the table is written; up for what is planted, down for what stays under.
                carry(desk, line, (wanted // 10_000 if why else -(-wanted // 10_000)) * 10_000)
                if why:
                    desk.innocent("A15", unit.subject, why, str(desk.year - 1))
                else:
                    desk.plant("A15", unit.subject, str(desk.year - 1))
                return

    for share in desk.some(_SHARES_BP):
        add(share, "", "")
    add(499, "", "结转比例接近但未达5%")
    add(1_000, _WORKS, "结转资金为跨年度工程款，按规定继续使用")
    add(460, "", "结转比例接近但未达5%")


def _is_plain(desk: Desk, unit: Unit) -> bool:
    is_new = unit.opened is not None or any(other.successor == unit.code for other in desk.district.units)
    return not is_new and unit.division != LATE_DIVISION and not desk.is_closed_to_others(unit)


def _is_open(desk: Desk, line: Line) -> bool:
    is_current = line.source == "本年预算" and line.fund == "11" and line.segments is None and not line.changes
    return line.kind == "项目支出" and is_current and line.paid_fen > 0 and line.project_subject not in desk.touched
