"""Plants what is slow: units behind schedule (A01) and projects behind schedule (A02)."""

from sample.desk import Desk, each_with
from sample.model import Line, Unit
from sample.people import LATE_DIVISION
from sample.structure import MERGED, SEASONAL_UNITS

_UNIT_GAPS = (
    1000,
    2000,
    3000,
    1001,
    1100,
    1250,
    1400,
    1600,
    1800,
    1999,
    2001,
    2200,
    2500,
    2750,
    1050,
    1300,
    1700,
    3100,
)
_PROJECT_GAPS = (
    1500,
    3000,
    4000,
    1501,
    1560,
    1700,
    1900,
    2200,
    2600,
    2999,
    3001,
    3300,
    3999,
    4100,
    4600,
    5200,
    5800,
    1620,
)
_LEAST_FACTOR = 0.1
_HELD = 0.65
_HALF_MILLION_FEN = 50_000_000
_BASIC_SHARE = 10_000


def plant_pace(desk: Desk) -> None:
    """Plant everything slow and its innocent neighbours."""
    _slow_units(desk)
    _slow_projects(desk)
    _innocent_units(desk)


def paid_at(expected_bp: int, gap_bp: int, budget_fen: int) -> int:
    """Return the least fen at which R, rounded down, is exactly gap_bp under expected_bp."""
    return max(0, -(-(expected_bp - gap_bp) * budget_fen // _BASIC_SHARE))


def _lag_capacity(desk: Desk, unit: Unit) -> float:
    """Return the widest gap in basis points that slowing office and project money can open."""
    lines = desk.by_unit[unit.code]
    movable = sum(line.paid_fen for line in lines if line.kind != "人员经费")
    spare = _natural_gap(desk, unit)
    return movable * (1 - _LEAST_FACTOR) * _BASIC_SHARE / desk.budget_of(unit.code) + spare


def _natural_gap(desk: Desk, unit: Unit) -> int:
    lines = desk.by_unit[unit.code]
    paid = sum(line.paid_fen for line in lines)
    return desk.expected.unit(lines) - paid * _BASIC_SHARE // desk.budget_of(unit.code)


def _is_ordinary(unit: Unit) -> bool:
    return unit.opened is None and unit.name not in (*SEASONAL_UNITS, *MERGED.values())


def _slow_units(desk: Desk) -> None:
    gaps = sorted(desk.some(_UNIT_GAPS), reverse=True)
    units = desk.take_units(
        lambda unit: _is_ordinary(unit) and _lag_capacity(desk, unit) > 1_250, len(gaps) + 2, whole=True
    )
    units.sort(key=lambda unit: -_lag_capacity(desk, unit))
    for place, unit in enumerate(units):
        if place < len(gaps):
            gap = min(gaps[place], int(_lag_capacity(desk, unit)) - 20)
            if gap >= _UNIT_GAPS[0]:
                slow_down(desk, unit, gap)
                desk.plant("A01", unit.subject)
        else:
            slow_down(desk, unit, 999 if place == len(gaps) else 940)
            desk.innocent("A01", unit.subject, "进度慢于历史同期，但差距未达10个百分点")


def slow_down(desk: Desk, unit: Unit, gap_bp: int) -> None:
    """Hold back what a unit pays on its largest lines so that its gap is exactly gap_bp.

    Wages are paid as ever; as few lines as can carry the gap are slow, so that the reason can be found.
    """
    lines = desk.by_unit[unit.code]
    wanted = paid_at(desk.expected.unit(lines), gap_bp, desk.budget_of(unit.code))
    excess = sum(line.paid_fen for line in lines) - wanted
    movable = sorted((line for line in lines if line.kind != "人员经费"), key=lambda line: -line.paid_fen)
    slow: list[Line] = []
    # Two thirds of the money of the slow lines is held back where that is enough, else nearly all of it.
    held = _HELD if excess < sum(line.paid_fen for line in movable) * _HELD else 1 - _LEAST_FACTOR
    while movable and sum(line.paid_fen for line in slow) * held < excess:
        slow.append(movable.pop(0))
    whole = sum(line.paid_fen for line in slow)
    for line in slow:
        line.paid_fen = line.paid_fen * (whole - excess) // whole
    slow[0].paid_fen += wanted - sum(line.paid_fen for line in lines)
    desk.touched |= {line.project_subject for line in slow if line.project}


def _slow_projects(desk: Desk) -> None:
    large = 2 * _HALF_MILLION_FEN

    def take(gap: int) -> Line | None:
        return desk.take_line(lambda line: line.budget_fen(desk.until) >= large and _expected(desk, line) > gap + 200)

    for gap, line in each_with(desk.some(_PROJECT_GAPS), take):
        line.paid_fen = paid_at(_expected(desk, line), gap, line.budget_fen(desk.until))
        desk.plant("A02", line.project_subject)
    for gap, line in each_with(desk.some((1499, 1490, 1450, 1400)), take):
        line.paid_fen = paid_at(_expected(desk, line), gap, line.budget_fen(desk.until))
        desk.innocent("A02", line.project_subject, "落后同类项目历史进度，但差距未达15个百分点")
    for _, line in each_with(range(2), lambda _: desk.take_line(_is_works)):
        line.paid_fen = paid_at(_expected(desk, line), 500, line.budget_fen(desk.until))
        desk.innocent("A02", line.project_subject, "工程按进度节点付款，低于序时进度但与同类工程历年节奏相符")
    for _, line in each_with(range(2), lambda _: desk.take_line(_is_small)):
        line.appropriation_fen = _HALF_MILLION_FEN - 10_000
        line.paid_fen = line.appropriation_fen // 5
        desk.innocent("A02", line.project_subject, "项目预算49.99万元，未达50万元标准")
    _late_transfers(desk)


def _is_works(line: Line) -> bool:
    return line.category == "工程"


def _is_small(line: Line) -> bool:
    return _HALF_MILLION_FEN * 0.7 < line.appropriation_fen < _HALF_MILLION_FEN * 1.6


def _late_transfers(desk: Desk) -> None:
    late = [
        lines[-1]
        for code in desk.by_unit
        if (lines := [line for line in desk.by_unit[code] if line.source == "上级转移支付"])
        and lines[-1].unit.division != LATE_DIVISION
    ]
    for line in [line for line in late if line.budget_fen(desk.until) >= _HALF_MILLION_FEN][:4]:
        why = f"上级资金{line.released_on.month}月{line.released_on.day}日才下达，应按下达后天数衡量"
        desk.innocent("A02", line.project_subject, why)


def _expected(desk: Desk, line: Line) -> int:
    return desk.expected.project([line], desk.plans)


def _innocent_units(desk: Desk) -> None:
    reasons = dict.fromkeys(SEASONAL_UNITS, "季节性支出单位，落后序时进度但与历史同期相符")
    reasons |= dict.fromkeys(MERGED.values(), "年初撤并后承接其他单位职能，执行进度正常")
    for lines in desk.by_unit.values():
        unit = lines[0].unit
        if unit.name in reasons:
            desk.innocent("A01", unit.subject, reasons[unit.name])
    late = [lines[0].unit for lines in desk.by_unit.values() if lines[0].unit.division == LATE_DIVISION]
    for unit in late[:3]:
        desk.innocent("A01", unit.subject, "支付数据迟报，暂不能判断进度")
