"""How the year's money of each kind of spending leaves the account, as cumulative curves over days.

A curve is a list of twelve monthly shares in per cent. Curves are mild by design: November and December together
hold less than 24 % of a project's money, so that a real year-end rush stands out.
"""

import datetime as dt
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]

_MONTHS: dict[str, tuple[float, ...]] = {
    "公用": (6, 7, 8, 8, 8, 9, 8, 8, 9, 8, 9, 12),
    "三公": (7, 7, 8, 8, 9, 9, 8, 8, 9, 9, 9, 9),
    "工程": (0, 2, 4, 6, 8, 11, 11, 12, 13, 11, 10, 12),
    "采购": (0, 3, 4, 4, 6, 9, 13, 14, 14, 11, 10, 12),
    "补助": (0, 2, 5, 15, 20, 12, 4, 8, 16, 8, 4, 6),
    "运维": (0, 9, 9, 9, 9, 9, 9, 9, 9, 8, 9, 11),
    "信息化": (0, 3, 5, 7, 9, 12, 11, 11, 12, 9, 9, 12),
    "民生": (0, 7, 8, 9, 11, 11, 9, 10, 11, 7, 8, 9),
    "业务": (0, 6, 8, 9, 10, 10, 9, 9, 10, 8, 9, 12),
    "季节性": (0, 3, 3, 4, 5, 11, 16, 18, 14, 7, 9, 10),
    "even": (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31),
}
# Share of the adjusted budget spent by the end of the year.
FINAL: dict[str, float] = {
    "公用": 0.94,
    "三公": 0.80,
    "工程": 0.92,
    "采购": 0.92,
    "补助": 0.95,
    "运维": 0.95,
    "信息化": 0.92,
    "民生": 0.95,
    "业务": 0.94,
    "季节性": 0.86,
}
UNSPENT = ("预留", "质保金")


@lru_cache
def _edges(year: int) -> Shares:
    starts = [dt.date(year, month, 1) for month in range(1, 13)] + [dt.date(year + 1, 1, 1)]
    return np.array([(day - starts[0]).days for day in starts], dtype=np.float64)


@lru_cache
def _levels(profile: str) -> Shares:
    shares = np.array(_MONTHS[profile], dtype=np.float64)
    return np.concatenate([[0.0], np.cumsum(shares) / shares.sum()])


def progress(profile: str, until: dt.date) -> float:
    """Return the share of the year's spending paid by the end of a day, 0 to 1."""
    passed = (until - dt.date(until.year, 1, 1)).days + 1
    return float(np.interp(passed, _edges(until.year), _levels(profile)))


def spread(profile: str, first: dt.date, last: dt.date, shares: Shares) -> Days:
    """Return the days (proleptic ordinals) on which cumulative shares 0..1 of a span's money are reached.

    Days stay within first..last (inclusive) and on weekdays where the span has any.
    """
    start = dt.date(first.year, 1, 1).toordinal()
    edges, levels = _edges(first.year), _levels(profile)
    low, high = np.interp([first.toordinal() - start, last.toordinal() - start + 1], edges, levels)
    at = np.interp(low + shares * (high - low), levels, edges).astype(np.int64) + start
    return to_weekdays(np.clip(at, first.toordinal(), last.toordinal()), first, last)


def to_weekdays(days: Days, first: dt.date, last: dt.date) -> Days:
    """Move Saturdays and Sundays to the Friday before, or the Monday after where that leaves the span."""
    weekday = (days - 1) % 7
    over = np.where(weekday > 4, weekday - 4, 0)
    back = days - over
    ahead = np.where(over > 0, days + 3 - over, days)
    moved = np.where(back >= first.toordinal(), back, ahead)
    return np.where(moved <= last.toordinal(), moved, days).astype(np.int64)
