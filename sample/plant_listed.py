"""Plants projects that papers lack: no target or self-review (F05), a high score (F06), not in the list (F07)."""

import datetime as dt
from collections.abc import Callable

import numpy as np
import polars as pl

from sample.desk import Desk
from sample.model import Line
from sample.people import LATE_DIVISION
from sample.profiles import FINAL, UNSPENT

_HALF_MILLION_FEN = 50_000_000
_REVIEWED_FROM = (7, 1)

Taken = Callable[[Line], bool]


def weaken_last_year(desk: Desk, seed: int) -> None:
    """Spend little of some projects of last year that will score themselves highly (F06)."""
    if desk.until < dt.date(desk.year, 4, 1):
        return
    rng = np.random.default_rng([seed, 76])
    papers, year = desk.district.papers, desk.year - 1
    free = [line for line in _single(desk, year) if not line.changes and line.segments is None and not line.extras]
    fits = [line for line in free if line.category in FINAL and 60_000_000 <= line.appropriation_fen <= 200_000_000]
    mixed = [fits[int(place)] for place in rng.permutation(len(fits))]
    shares = desk.some((6_000, 4_000, 2_000, 5_500, 3_000, 4_500))
    for share, line in zip(shares, mixed, strict=False):
        _spend(line, share)
        papers.scores[_code(line)] = 900 + share // 100 % 8 * 10
        desk.plant("F06", line.project_subject, str(year))
    others = mixed[len(shares) :]
    cases = ((6_050, 950, "执行率高于60%"), (5_000, 880, "自评得分低于90分"), (3_000, 850, "自评得分低于90分"))
    for (share, score, why), line in zip(cases, others, strict=False):
        _spend(line, share)
        papers.scores[_code(line)] = score
        desk.innocent("F06", line.project_subject, why, str(year))


def _spend(line: Line, share: int) -> None:
    line.paid_fen = line.appropriation_fen * share // 10_000
    line.count = max(line.count, 4)


def _code(line: Line) -> str:
    return line.project.code if line.project else ""


def _single(desk: Desk, year: int) -> list[Line]:
    """Return the lines that are a project of its own code and name, of units that stay, outside the late office."""
    found: dict[str, list[Line]] = {}
    codes: dict[tuple[str, str], set[str]] = {}
    for line in desk.district.lines[year]:
        if line.project:
            codes.setdefault((line.unit.code, line.project.name), set()).add(line.project.code)
        if line.project and not line.is_unbudgeted:
            found.setdefault(line.project.code, []).append(line)
    named = {code for own in codes.values() if len(own) == 1 for code in own}
    return [
        lines[0]
        for code, lines in found.items()
        if len(lines) == 1
        and code in named
        and lines[0].unit.division != LATE_DIVISION
        and lines[0].unit.successor is None
    ]


def plant_listed(desk: Desk, seed: int) -> None:
    """Leave projects out of the performance tables and of the project list; the year's vouchers are known."""
    rng = np.random.default_rng([seed, 77])
    told = {work.project.code for works in desk.district.papers.works.values() for work in works if work.milestones}
    used = set(told)

    def take(year: int, fits: Taken) -> Line | None:
        lines = _single(desk, year)
        for place in rng.permutation(len(lines)):
            line = lines[int(place)]
            if _code(line) not in used and line.category not in UNSPENT and fits(line):
                used.add(_code(line))
                return line
        return None

    _targets(desk, take)
    _reviews(desk, take)
    _unlisted(desk, take)


def _targets(desk: Desk, take: Callable[[int, Taken], Line | None]) -> None:
    papers, year, until = desk.district.papers, desk.year, desk.until
    last = until - dt.timedelta(days=60)
    large: Taken = lambda line: line.budget_fen(until) >= _HALF_MILLION_FEN and line.released_on <= last  # noqa: E731
    for _ in desk.some(range(6)):
        line = take(year, large)
        if line:
            papers.untargeted.add(_code(line))
            desk.plant("F05", line.project_subject)
    line = take(year, large)
    if line:
        papers.recoded[_code(line)] = f"{_code(line)[:-4]}9{_code(line)[-3:]}"
        desk.innocent("F05", line.project_subject, "绩效表中项目编码不同，名称相同")
        desk.innocent("F07", line.project_subject, "项目库中项目编码不同，名称相同")
    cases: tuple[tuple[Taken, str], ...] = (
        (lambda line: line.budget_fen(until) < _HALF_MILLION_FEN, "项目预算不足50万元"),
        (lambda line: line.released_on > last, "下达不足60天"),
    )
    for fits, why in cases:
        line = take(year, fits)
        if line:
            papers.untargeted.add(_code(line))
            desk.innocent("F05", line.project_subject, why)


def _reviews(desk: Desk, take: Callable[[int, Taken], Line | None]) -> None:
    papers, year = desk.district.papers, desk.year - 1
    if desk.until < dt.date(desk.year, *_REVIEWED_FROM):
        return
    end = dt.date(year, 12, 31)
    for _ in desk.some(range(3)):
        line = take(year, lambda line: line.budget_fen(end) >= _HALF_MILLION_FEN and _code(line) not in papers.scores)
        if line:
            papers.unreviewed.add(_code(line))
            desk.plant("F05", line.project_subject, str(year))
    for line in [line for line in _single(desk, year) if line.category in UNSPENT][:2]:
        if line.budget_fen(end) >= _HALF_MILLION_FEN:
            desk.innocent("F05", line.project_subject, "预留、质保金项目不编绩效目标", str(year))


def _unlisted(desk: Desk, take: Callable[[int, Taken], Line | None]) -> None:
    papers, year = desk.district.papers, desk.year
    own = desk.district.payments.filter((pl.col("year") == year) & (pl.col("voided") == 0))
    paid = dict(own.group_by("project").agg(pl.col("fen").sum()).iter_rows())
    for _ in desk.some(range(6)):
        line = take(year, lambda line: paid.get(_code(line), 0) > 0)
        if line:
            papers.unlisted.add(_code(line))
            desk.plant("F07", line.project_subject)
    for _ in range(2):
        line = take(year, lambda line: paid.get(_code(line), 0) == 0)
        if line:
            papers.unlisted.add(_code(line))
            desk.innocent("F07", line.project_subject, "未入库但本年没有支出")
