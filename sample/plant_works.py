"""Plants investment projects over their estimate (F03) and livelihood projects behind their milestones (F08)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from sample.desk import Desk
from sample.model import ROUND_FEN, Milestone, Work
from sample.months import month_end
from sample.shelf import Shelf

_DAY = dt.timedelta(days=1)


def plant_works(shelf: Shelf) -> None:
    """Plant on estimates and milestones of works that are left; the year's vouchers are known."""
    _estimates(shelf)
    _milestones(shelf)


def _estimates(shelf: Shelf) -> None:
    desk = shelf.desk
    paid = _paid(desk)
    for bp, at, work in shelf.each("work", desk.some([9_000, 9_400, 10_001, 10_500, 11_000, 12_000]), _is_building):
        *steps, last = work.milestones
        _spend(shelf, at, replace(work, milestones=(*steps, last._replace(done_on=None))), bp, paid)
        desk.plant("F03", work.subject)
    for bp, at, work in shelf.each("work", [8_900, 8_500], _is_building):
        _spend(shelf, at, work, bp, paid)
        desk.innocent("F03", work.subject, "累计支付未达概算的90%")
    for bp, at, work in shelf.each("work", [9_500], _is_building):
        done = tuple(one._replace(done_on=min(one.planned_on, desk.until - 5 * _DAY)) for one in work.milestones)
        _spend(shelf, at, replace(work, milestones=done), bp, paid)
        desk.innocent("F03", work.subject, "项目已完工，未超概算")


def _is_building(work: Work) -> bool:
    return work.kind == "工程" and work.total > 0


def _paid(desk: Desk) -> dict[str, int]:
    own = desk.district.payments.filter((pl.col("year") == desk.year) & (pl.col("voided") == 0))
    return dict(own.group_by("project").agg(pl.col("fen").sum()).iter_rows())


def _spend(shelf: Shelf, at: tuple[str, int], work: Work, bp: int, paid: Mapping[str, int]) -> None:
    """State what was paid in earlier years so that all payments come to a share of the estimate."""
    bound = sum(one.fen + one.supplement for one in work.contracts)
    estimate = max(work.estimate, -(-bound * 10_000 // (8_500 * ROUND_FEN)) * ROUND_FEN)
    now = paid.get(work.project.code, 0)
    before = -((now - -(-estimate * bp // 10_000)) // ROUND_FEN) * ROUND_FEN
    first = shelf.desk.year - 1
    shelf.put(at, estimate=estimate, paid_before=before, first_year=first, milestones=work.milestones)


def _milestones(shelf: Shelf) -> None:
    desk = shelf.desk
    back = [months for months in desk.some([1, 2, 3, 1, 4]) if desk.until.month - months > 1]
    for months, at, work in shelf.each("work", [one for one in back if _days_late(desk, one) >= 15], _has_steps):
        shelf.put(at, is_livelihood=True, milestones=_late(work, desk, months, ""))
        desk.plant("F08", work.subject)
    months = next((one for one in (1, 2) if 15 <= _days_late(desk, one) < 45), 0)
    cases = ((True, "连续降雨停工", "天气原因，在宽限期内"), (False, "", "不是民生实事项目"))
    for place, at, work in shelf.each("work", [0, 1] if months and desk.until.month > 3 else [], _has_steps):
        is_livelihood, reason, why = cases[place]
        shelf.put(at, is_livelihood=is_livelihood, milestones=_late(work, desk, months, reason))
        desk.innocent("F08", work.subject, why)
    for _, at, work in shelf.each(
        "work", [0], lambda work: _has_steps(work) and work.milestones[0].done_on is not None
    ):
        first = work.milestones[0]
        slow = first._replace(done_on=min(first.planned_on + 40 * _DAY, desk.until))
        shelf.put(at, is_livelihood=True, milestones=(slow, *work.milestones[1:]))
        desk.innocent("F08", work.subject, "节点虽逾期但已完成")


def _has_steps(work: Work) -> bool:
    return len(work.milestones) > 2


def _days_late(desk: Desk, months: int) -> int:
    month = desk.until.month - months
    return (desk.until - month_end(desk.year, month)).days if month > 0 else 0


def _late(work: Work, desk: Desk, months: int, reason: str) -> tuple[Milestone, ...]:
    """Return a work's milestones with the second one planned months ago and still open, and so all after it."""
    planned = month_end(desk.year, desk.until.month - months)
    first, second, *others = work.milestones
    early = min(first.planned_on, planned)
    return (
        first._replace(planned_on=early, done_on=min(first.done_on or early, early)),
        second._replace(planned_on=planned, done_on=None, reason=reason),
        *(one._replace(planned_on=max(one.planned_on, month_end(desk.year, 12)), done_on=None) for one in others),
    )
