"""Plants irregularities and innocent look-alikes, and lists them."""

import datetime as dt
from collections.abc import Callable

import polars as pl

from sample.deliveries import Slips
from sample.district import build_district, year_payments
from sample.model import District, Mark
from sample.months import build_months


def build_planted(
    until: dt.date, seed: int, scale: float, say: Callable[[str], None]
) -> tuple[District, Slips, list[Mark]]:
    """Build the district with everything planted; return it, the slips of its 小计 rows, and the list."""
    district = build_district(until, seed, scale)
    parts = [year_payments(district, year, seed, say) for year in district.lines]
    district.payments = pl.concat(parts)
    district.months = build_months(district)
    return district, Slips(), []
