"""Plants years that end with much unspent (A04), this year's by their forecast, or last year's as they ended."""

import datetime as dt

import numpy as np

from budget.subjects import project_subject
from sample.desk import Desk, each_with
from sample.model import Line
from sample.outturn import Course, best_end, courses, judged_budget, judged_year
from sample.people import LATE_DIVISION
from sample.profiles import FINAL, UNSPENT
from sample.revenue import heads_of
from sample.shortfalls import INNOCENT, short_heads
from sample.shortfalls import judged_year as judged_revenue_year
from sample.sums import codes_in_use

_SHORT = (2_000, 5_000, 8_000, 2_001, 2_600, 3_300, 4_100, 4_999, 5_800, 6_900)
_JUST_INSIDE = (1_999, 1_950, 1_900)
_LARGE_FEN = 100_000_000
_SMALL_FEN = 50_000_000 - 10_000
_INSIDE = "预计年底执行率的上限在80%以上"


def plant_outturn(desk: Desk, seed: int) -> None:
    """Plant what this year will end with, where it is judged already; everything else planted stands as it is."""
    if judged_year(desk.until) != desk.year:
        return
    others, desk.rng = desk.rng, np.random.default_rng([seed, 83])
    known = {} if desk.until == dt.date(desk.year, 12, 31) else courses(desk.expected)

    def take(_: int) -> Line | None:
        return desk.take_line(lambda line: line.budget_fen(desk.until) >= _LARGE_FEN and not _planned(desk, line))

    def course(line: Line) -> Course | None:
        return known.get((line.unit.division, line.category), known.get((line.unit.code, line.kind)))

    for short, line in each_with(desk.some(_SHORT), take):
        line.paid_fen = _paid_for(10_000 - short, line.budget_fen(desk.until), course(line))
        desk.plant("A04", line.project_subject)
    for short, line in each_with(_JUST_INSIDE[: max(1, len(desk.some(_JUST_INSIDE)))], take):
        line.paid_fen = _paid_for(10_000 - short, line.budget_fen(desk.until), course(line))
        desk.innocent("A04", line.project_subject, _INSIDE)
    for _, line in each_with(range(2), lambda _: desk.take_line(_is_small)):
        line.appropriation_fen = _SMALL_FEN
        line.paid_fen = _SMALL_FEN // 4
        desk.innocent("A04", line.project_subject, "项目预算49.99万元，未达50万元标准")
    _innocents(desk)
    desk.rng = others


def _planned(desk: Desk, line: Line) -> bool:
    return line.project_subject in desk.plans


def _is_small(line: Line) -> bool:
    return _SMALL_FEN * 0.7 < line.appropriation_fen < _SMALL_FEN * 1.6


def _innocents(desk: Desk) -> None:
    """List what is unspent for a reason: money that came late, and reserves that are not meant to be spent."""
    own = [line for lines in desk.by_unit.values() for line in lines if line.project]
    late = [line for line in own if not judged_budget([line], desk.until) and line.source == "上级转移支付"]
    for line in late[:4]:
        desk.innocent("A04", line.project_subject, f"资金{line.released_on.month}月才下达，不要求年内用完")
    for line in [line for line in own if line.category in UNSPENT and not line.paid_fen][:3]:
        desk.innocent("A04", line.project_subject, "预留、质保金类项目不在判断范围")


def _paid_for(best_bp: int, budget_fen: int, course: Course | None) -> int:
    """Return the least fen whose rate has a forecast with this upper end, or just under it."""
    rates = range(10_000, 0, -1)
    rate = next(rate for rate in rates if (rate if course is None else best_end(rate, course)) <= best_bp)
    return -(-rate * budget_fen // 10_000)


def list_shortfalls(desk: Desk, seed: int) -> set[tuple[str, str, str]]:
    """List the revenue that only looks short; return (G10, subject, period) of what does fall short."""
    period = str(judged_revenue_year(desk.until))
    for level, fund, code, why in INNOCENT:
        desk.innocent("G10", f"revenue:{level}/{fund}/{code}", why, period)
    return set(short_heads(desk.district, lambda level, year: heads_of(desk.district, level, year, seed)))


def end_last_year_low(desk: Desk, seed: int) -> None:
    """Let some projects of last year end low where that is the year judged: until the end of September."""
    year = judged_year(desk.until)
    if year == desk.year:
        return
    rng, now = np.random.default_rng([seed, 89]), codes_in_use(desk.district)
    lines: dict[str, list[Line]] = {}
    for line in desk.district.lines[year]:
        if line.project and line.unit.division != LATE_DIVISION:
            lines.setdefault(line.project_subject, []).append(line)
    free = [own[0] for own in lines.values() if len(own) == 1 and _is_plain(own[0])]
    taken = {mark.subject for mark in desk.marks}  # weak for years, or nearly: their rates must stay
    mixed = [free[int(place)] for place in rng.permutation(len(free))]
    chosen = [line for line in mixed if line.project_subject not in taken]
    rates = [10_000 - short for short in (*desk.some(_SHORT), *_JUST_INSIDE)]
    for rate, line in zip(rates, chosen, strict=False):
        line.paid_fen = -(-rate * line.appropriation_fen // 10_000)
        code = line.project.code if line.project else "-"
        subject, period = project_subject(now[line.unit.code], code), str(year)
        if rate > 8_000:
            desk.innocent("A04", subject, "上年执行率在80%以上", period)
        else:
            desk.plant("A04", subject, period)


def _is_plain(line: Line) -> bool:
    return (
        line.category in FINAL
        and line.source == "本年预算"
        and not line.changes
        and line.segments is None
        and not line.extras
        and 2 * _SMALL_FEN <= line.appropriation_fen <= 5 * _LARGE_FEN
    )
