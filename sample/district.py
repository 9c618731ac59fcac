"""Builds the whole district: history first, then the current year with what is planted in it."""

import datetime as dt
from collections.abc import Callable

import numpy as np
import polars as pl

from sample.budgets import adjust_lines, build_lines
from sample.model import District, Line
from sample.payments import build_payments, without_chance_splits
from sample.people import LATE_DIVISION
from sample.settle import settle
from sample.structure import build_units, plan_slots

WHOLE_YEARS = 3
LATE_DAYS = 53


def late_until(until: dt.date) -> dt.date:
    """Return the last day the late office's payments reach, never before 1 January."""
    return max(until - dt.timedelta(days=LATE_DAYS), dt.date(until.year, 1, 1))


def build_district(until: dt.date, seed: int, scale: float) -> District:
    """Build units, every year's lines as in ordinary years, and no payments yet."""
    rng = np.random.default_rng(seed)
    years = list(range(until.year - WHOLE_YEARS, until.year + 1))
    units = build_units(until.year, scale, rng)
    plans = plan_slots(units, years, rng)
    lines: dict[int, list[Line]] = {}
    for year in years:
        horizon = min(until, dt.date(year, 12, 31))
        lines[year] = build_lines(units, plans, year, years, rng)
        adjust_lines(lines[year], year, rng)
        for line in lines[year]:
            line.changes = [change for change in line.changes if change.on <= horizon]
        settle(lines[year], horizon, scale, rng)
        lines[year] = [line for line in lines[year] if line.released_on <= horizon]
    return District(until, units, lines)


def year_payments(
    district: District, year: int, seed: int, progress: Callable[[str], None] | None = None
) -> pl.DataFrame:
    """Build one year's vouchers; the late office's current year stops early."""
    rng = np.random.default_rng([seed, year])
    horizon = min(district.until, dt.date(year, 12, 31))
    frame = without_chance_splits(build_payments(district.lines[year], horizon, rng))
    if year == district.year:
        late = (pl.col("division") == LATE_DIVISION) & (pl.col("paid_on") > late_until(district.until))
        frame = frame.filter(~late)
    if progress:
        progress(f"{year}: {frame.height} payments")
    return frame
