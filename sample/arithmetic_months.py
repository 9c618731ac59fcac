"""The sample's own arithmetic of months: which units paid far more in a month than usual (A09)."""

import datetime as dt
import statistics
from collections import defaultdict

import polars as pl

from sample.district import late_until
from sample.model import District
from sample.people import LATE_DIVISION
from sample.sums import codes_in_use

_WHOLE = 10_000
_LEAST_EXCESS_FEN = 50_000_000
_SPREADS = 3


def _months(district: District) -> dict[str, dict[int, int]]:
    """Return what each unit in use paid by month, counted from year 0; January and February each have half of both."""
    now = codes_in_use(district)
    own = district.payments.filter((pl.col("voided") == 0) & (pl.col("year") >= district.year - 2))
    month = pl.col("paid_on").dt.year() * 12 + pl.col("paid_on").dt.month().cast(pl.Int32) - 1
    found: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for unit, at, fen in own.group_by("unit", month.alias("at")).agg(pl.col("fen").sum()).iter_rows():
        found[now[unit]][at] += fen
    for paid in found.values():
        for january in range((district.year - 2) * 12, district.year * 12 + 1, 12):
            if january + 1 >= min(paid):
                both = (paid[january] if january >= min(paid) else 0) + paid[january + 1]
                paid[january], paid[january + 1] = both // 2, both // 2
    return found


def spikes(district: District) -> set[tuple[str, str]]:
    """Return subject and month of every spike of the current year's finished months."""
    until, year = district.until, district.year
    late = {unit.code for unit in district.units if unit.division == LATE_DIVISION}
    found = set()
    for unit, paid in _months(district).items():
        last = late_until(until) if unit in late else until
        for month in range(2, 13):
            end = dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
            at = year * 12 + month - 1
            if end <= last and at - 12 >= min(paid) and _stands_out(paid, at):
                found.add((f"unit:{unit}", f"{year}-{month:02d}"))
    return found


def _stands_out(paid: dict[int, int], at: int) -> bool:
    before = [paid.get(one, 0) for one in range(at - 12, at)]
    usual = int(statistics.median(before))
    spread = max(int(statistics.median(abs(fen - usual) for fen in before)) * 14_826 // _WHOLE, usual // 10, 1)
    fen = paid.get(at, 0)
    recurs = max((paid.get(at - 12 * back, 0) for back in (1, 2) if at - 12 * back >= min(paid)), default=0)
    is_high = fen >= 2 * usual and fen - usual >= max(_LEAST_EXCESS_FEN, _SPREADS * spread)
    return is_high and recurs * _WHOLE < fen * 7_000
