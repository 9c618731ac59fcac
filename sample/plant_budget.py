"""Plants budget troubles: over budget (A06), no budget (A07), year-end rush (A08), top-ups (B02), 三公 (D01)."""

import datetime as dt

import numpy as np

from sample.arithmetic import judged_rush_year
from sample.budgets import NO_THREE_PUBLIC, to_round
from sample.desk import Desk, each_with
from sample.model import THREE_PUBLIC, Change, Extra, Line, Segment, Unit
from sample.payees import company
from sample.people import LATE_DIVISION
from sample.profiles import FINAL
from sample.settle import usual_share

_EXCESSES_FEN = (
    *(1, 100, 9_900, 150_000, 900_000, 999_999, 1_000_000, 1_000_100, 1_250_000, 1_800_000),
    *(2_600_000, 4_000_000, 6_500_000, 9_000_000, 14_000_000, 21_000_000, 30_000_000, 2_200_000),
)
_RUSH_BP = (3000, 4000, 5000, 3001, 3100, 3250, 3500, 3750, 3999, 4001, 4200, 4500, 4800, 4999, 5001, 5300, 5800, 3050)
_NOT_YET_BP = (2999, 2990, 2950, 2999, 2900)
_TOP_UPS = (2, 3, 5, 2, 2, 2, 2, 3, 3, 4, 2, 2, 3, 4, 5, 6, 2, 3)
_THREE_PUBLIC_EARLY = (9_000, 9_001, 9_200, 9_500, 9_750, 9_999)
_THREE_PUBLIC_OVER_FEN = (
    0,
    1,
    0,
    100,
    5_000,
    20_000,
    0,
    80_000,
    150_000,
    260_000,
    0,
    400_000,
    650_000,
    990_000,
    1_200_000,
)
_HALF_MILLION_FEN = 50_000_000
_BASIC_SHARE = 10_000
_THOUSAND_YUAN_FEN = 100_000
RUSH_START = (11, 1)


def plant_budget(desk: Desk) -> None:
    """Plant all budget troubles of the current year and their innocent neighbours."""
    _three_public(desk)
    if judged_rush_year(desk.until) == desk.year:
        _rush_this_year(desk)
    _over_budget(desk)
    _top_ups(desk)


def _over_budget(desk: Desk) -> None:
    def take(fen: int) -> Line | None:
        return desk.take_line(lambda line: fen * 4 < line.budget_fen(desk.until) < 300_000_000)

    for fen, line in each_with(desk.some(_EXCESSES_FEN), take):
        line.paid_fen = line.budget_fen(desk.until) + fen
        desk.plant("A06", line.line_subject)
    for fen, line in each_with(desk.some((0, 1, 0)), take):
        line.paid_fen = line.budget_fen(desk.until) - fen
        desk.innocent("A06", line.line_subject, "支出与预算相等，未超出" if fen == 0 else "距超预算只差一分钱")
    for place, line in each_with(range(2), take):
        budget, back = line.budget_fen(desk.until), 600_000 + place * 250_000
        line.paid_fen = budget - 40_000
        first = desk.weekday(dt.date(desk.year, 2, 20), desk.until, 0.7)
        last = desk.weekday(first, desk.until, 0.6)
        tag = f"A06-back-{place}"
        line.extras += [
            Extra(first, back, "多付款项", tag=tag),
            Extra(last, -back, "多付款项退回", kind="退款", original=tag),
        ]
        desk.innocent("A06", line.line_subject, "曾超出预算，多付款项已退回")


def rush_last_year(desk: Desk, rng: np.random.Generator) -> None:
    """Plant year-end rushes in the year before, which A08 judges until the end of October."""
    year = judged_rush_year(desk.until)
    if year == desk.year:
        return
    single: dict[str, list[Line]] = {}
    for line in desk.district.lines[year]:
        if line.project and line.category in FINAL and line.unit.division != LATE_DIVISION:
            single.setdefault(line.project_subject, []).append(line)
    free = [lines[0] for lines in single.values() if len(lines) == 1 and not lines[0].changes]
    fits = [line for line in free if 2 * _HALF_MILLION_FEN <= line.appropriation_fen <= 500_000_000]
    chosen = [fits[int(place)] for place in rng.permutation(len(fits))]
    spread = sorted(chosen, key=lambda line: _seen_before(chosen, line))
    rates = desk.some((*_RUSH_BP, *_NOT_YET_BP))
    for rate, line in zip(rates, spread, strict=False):
        _rush(desk, line, rate, dt.date(year, 12, 30), 0.93)


def _seen_before(lines: list[Line], line: Line) -> int:
    """Return how often a line's division stands before it, so that divisions take turns."""
    return sum(other.unit.division == line.unit.division for other in lines[: lines.index(line)])


def _rush_this_year(desk: Desk) -> None:
    if desk.until < dt.date(desk.year, RUSH_START[0], RUSH_START[1] + 5):
        return

    def take(_: int) -> Line | None:
        return desk.take_line(lambda line: line.budget_fen(desk.until) >= 2 * _HALF_MILLION_FEN)

    for rate, line in each_with(desk.some((*_RUSH_BP, *_NOT_YET_BP)), take):
        usual = usual_share(line, desk.until)
        _rush(desk, line, rate, desk.until, min(0.97, max(usual, rate / _BASIC_SHARE + 0.1)))
    small = _HALF_MILLION_FEN - 20_000
    for _, line in each_with(range(2), lambda _: desk.take_line(_is_small)):
        line.appropriation_fen = small
        _rush(desk, line, 5500, desk.until, 0.8, why="项目预算不足50万元")
    late = [line for lines in desk.by_unit.values() for line in lines if line.source == "上级转移支付"]
    for line in [line for line in late if line.paid_fen and line.released_on.month >= 9][:3]:
        desk.innocent("A08", line.project_subject, "9月以后下达的上级资金，年底支付属正常")


def _rush(desk: Desk, line: Line, rate: int, last: dt.date, whole: float, *, why: str = "") -> None:
    """Pay rate (basis points of B1) from November on and the rest of ``whole`` before."""
    budget = line.budget_fen(last)
    rush = -(-rate * budget // _BASIC_SHARE) - (1 if rate == 2999 else 0)
    if rate == 2999:
        rush = -(-3000 * budget // _BASIC_SHARE) - 1
    before = max(int(budget * whole) - rush, budget // 20)
    start = dt.date(line.year, *RUSH_START)
    days = (last - start).days
    line.paid_fen = before + rush
    line.segments = [
        Segment(line.released_on + dt.timedelta(days=8), dt.date(line.year, 10, 30), before, 14, line.profile),
        Segment(start, last, rush, 4 if days > 20 else 2, "even"),
    ]
    if rate < 3000 and not why:
        why = "距30%标准只差一分钱" if rate == 2999 else "11月以来支出接近但未达30%"
    if why:
        desk.innocent("A08", line.project_subject, why, str(line.year))
    else:
        desk.plant("A08", line.project_subject, str(line.year))


def _is_small(line: Line) -> bool:
    return line.appropriation_fen < 80_000_000


def _top_ups(desk: Desk) -> None:
    start, days = dt.date(desk.year, 2, 20), (desk.until - dt.date(desk.year, 2, 20)).days - 3
    if days < 14:
        return

    def take(_: int) -> Line | None:
        return desk.take_line(lambda line: line.appropriation_fen >= 20_000_000)

    for count, line in each_with(desk.some(_TOP_UPS), take):
        for place in range(count):
            _add(desk, line, start + dt.timedelta(days=days * (place + 1) // (count + 1)), place)
        _pay_as_usual(desk, line)
        desk.plant("B02", line.project_subject)
    for _, line in each_with(range(3), take):
        on = start + dt.timedelta(days=days // 2)
        for piece in range(3):
            _add(desk, line, on, piece)
            line.changes[-1].document = line.changes[0].document
        _pay_as_usual(desk, line)
        desk.innocent("B02", line.project_subject, "一次批准分列三行下达，只算一次追加")
    for _, line in each_with(range(2), take):
        _add(desk, line, start + dt.timedelta(days=days // 3), 0)
        _add(desk, line, start + dt.timedelta(days=days * 2 // 3), 1, kind="调剂")
        _pay_as_usual(desk, line)
        desk.innocent("B02", line.project_subject, "一次追加、一次项目间调剂，不属多次追加")


def _add(desk: Desk, line: Line, on: dt.date, place: int, *, kind: str = "追加") -> None:
    fen = to_round(line.appropriation_fen * (0.03 + 0.01 * (place % 3)))
    desk.serial += place == 0
    document = f"青财预〔{desk.year}〕{400 + desk.serial * 7 + place}号"
    line.changes.append(Change(on, kind, fen, document, "项目建设需要追加"))


def _pay_as_usual(desk: Desk, line: Line) -> None:
    line.paid_fen = int(line.budget_fen(desk.until) * usual_share(line, desk.until))


def _three_public(desk: Desk) -> None:
    early = list(_THREE_PUBLIC_EARLY) if desk.until.month < 10 else []
    units = desk.take_units(lambda unit: _three_public_budget(desk, unit) > 2_000_000, 16 + len(early))
    over = desk.some(_THREE_PUBLIC_OVER_FEN)
    for place, unit in enumerate(units):
        budget = _three_public_budget(desk, unit)
        if place < len(over):
            _pay_three_public(desk, unit, budget + over[place])
            desk.plant("D01", unit.subject)
        elif place < len(over) + len(early):
            _pay_three_public(desk, unit, -(-budget * early[place - len(over)] // _BASIC_SHARE))
            desk.plant("D01", unit.subject)
    for unit in units[len(over) + len(early) :]:
        _pay_three_public(desk, unit, _three_public_budget(desk, unit) * 85 // 100)
    _innocent_three_public(desk)
    for unit in (lines[0].unit for lines in desk.by_unit.values()):
        if unit.name in NO_THREE_PUBLIC[:4] and unit.division != LATE_DIVISION:
            _without_budget(desk, unit)


def _innocent_three_public(desk: Desk) -> None:
    early = desk.until.month < 10
    whys = ("三公经费接近预算但未达标准", "距标准只差一分钱")
    units = desk.take_units(lambda unit: _three_public_budget(desk, unit) > 2_000_000, 5)
    for place, unit in enumerate(units):
        budget = _three_public_budget(desk, unit)
        fence = -(-budget * 9_000 // _BASIC_SHARE) if early else budget
        _pay_three_public(desk, unit, fence - 1 if place % 2 else fence - max(1, fence // 200))
        desk.innocent("D01", unit.subject, whys[place % 2])


def _lines_of_three_public(desk: Desk, unit: Unit) -> list[Line]:
    return [line for line in desk.by_unit[unit.code] if line.economic in THREE_PUBLIC]


def _three_public_budget(desk: Desk, unit: Unit) -> int:
    return sum(line.budget_fen(desk.until) for line in _lines_of_three_public(desk, unit))


def _pay_three_public(desk: Desk, unit: Unit, fen: int) -> None:
    lines = _lines_of_three_public(desk, unit)
    whole = sum(line.appropriation_fen for line in lines)
    for line in lines:
        line.paid_fen = fen * line.appropriation_fen // whole
        line.count = max(line.count, 5)
    lines[-1].paid_fen += fen - sum(line.paid_fen for line in lines)


def _without_budget(desk: Desk, unit: Unit) -> None:
    office = next(line for line in desk.by_unit[unit.code] if line.economic == "30201")
    if office.paid_fen < 10 * _THOUSAND_YUAN_FEN or desk.until < dt.date(desk.year, 3, 1):
        return
    payee = company("catering", unit.number)
    for place in (0.3, 0.7):
        on = desk.weekday(dt.date(desk.year, 2, 10), desk.until, place)
        fen = _THOUSAND_YUAN_FEN * 2 + int(place * 1000) * 100
        office.extras.append(Extra(on, fen, f"{on.month}月份公务接待费", payee, economic="30217"))
    desk.plant("D01", unit.subject)
