"""What is true of three-public, meeting and training money (D02, D03), by the sample's own reckoning."""

import datetime as dt
import statistics
from collections import defaultdict
from collections.abc import Iterable

import polars as pl

from sample.model import THREE_PUBLIC, District
from sample.people import LATE_DIVISION
from sample.sums import codes_in_use, same_day

GROUPS = {
    "30212": "three_public",
    "30217": "three_public",
    "30231": "three_public",
    "30215": "meeting",
    "30216": "training",
}
LEAST_GROWN_FEN = 1_000_000
LEAST_BUDGET_FEN = 2_000_000
LEAD_BP = 1_500
_MUTE_DAYS = 60

Paid = dict[tuple[str, str], int]


def public_truths(district: District) -> set[tuple[str, str, str]]:
    """Return (rule, subject, period) of every unit that grew (D02) and every group that leads (D03)."""
    year = str(district.year)
    grown = {("D02", f"unit:{unit}", year) for unit, (base, paid) in growth(district).items() if _is_grown(base, paid)}
    ahead = {("D03", f"item:{unit}/{item}", year) for unit, item in _leads(district)}
    return grown | ahead


def growth(district: District) -> dict[str, tuple[int | None, int]]:
    """Return, per unit outside the late office, the base of D02 and what was paid this year."""
    years = [_three_public(district, district.year - back) for back in range(4)]
    found: dict[str, tuple[int | None, int]] = {}
    for unit, paid in years[0].items():
        past = [year.get(unit) for year in years[1:]]
        last = past[0]
        known = [fen for fen in past if fen is not None]
        middle = sorted(known)[1] if len(known) == len(past) else None
        found[unit] = (middle if middle and last is not None and last * 2 < middle else last, paid)
    return found


def _is_grown(base: int | None, paid: int) -> bool:
    if base is None or base < LEAST_GROWN_FEN:
        return False
    return paid - base >= LEAST_GROWN_FEN and (paid - base) * 10_000 // base >= 1


def _three_public(district: District, year: int) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for (unit, economic), fen in paid_on_same_day(district, year).items():
        if economic in THREE_PUBLIC:
            sums[unit] += fen
    return sums


def paid_on_same_day(district: District, year: int) -> Paid:
    """Return what was paid up to the same day of a year, by the unit's code of today and economic item."""
    own = district.payments.filter(
        (pl.col("year") == year)
        & (pl.col("voided") == 0)
        & (pl.col("paid_on") <= same_day(district.until, year))
        & (pl.col("division") != LATE_DIVISION)
    )
    now = codes_in_use(district)
    sums: Paid = defaultdict(int)
    for unit, economic, fen in own.group_by("unit", "economic").agg(pl.col("fen").sum()).iter_rows():
        sums[now[unit], economic] += fen
    return sums


def expected_lead(district: District, units: Iterable[str]) -> dict[tuple[str, str], int]:
    """Return S* in basis points by unit and group, where two years and more are there."""
    wanted, rates = set(units), defaultdict(list)
    for year in range(district.year - 3, district.year):
        for key, (budget, paid) in _groups(district, year).items():
            if budget > 0 and key[0] in wanted:
                rates[key].append(paid * 10_000 // budget)
    return {key: int(statistics.median(found)) for key, found in rates.items() if len(found) > 1}


def _groups(district: District, year: int) -> dict[tuple[str, str], tuple[int, int]]:
    now, until = codes_in_use(district), same_day(district.until, year)
    budgets: dict[tuple[str, str], int] = defaultdict(int)
    for line in district.lines[year]:
        if line.economic in GROUPS and not line.is_unbudgeted and line.unit.division != LATE_DIVISION:
            budgets[now[line.unit.code], GROUPS[line.economic]] += line.budget_fen(until)
    paid: dict[tuple[str, str], int] = defaultdict(int)
    for (unit, economic), fen in paid_on_same_day(district, year).items():
        if economic in GROUPS:
            paid[unit, GROUPS[economic]] += fen
    return {key: (budget, paid[key]) for key, budget in budgets.items()}


def _leads(district: District) -> set[tuple[str, str]]:
    this_year = _groups(district, district.year)
    expected = expected_lead(district, {unit for unit, _ in this_year})
    opened = _opened(district)
    return {
        key
        for key, (budget, paid) in this_year.items()
        if key in expected
        and budget >= LEAST_BUDGET_FEN
        and (district.until - opened[key]).days >= _MUTE_DAYS
        and paid * 10_000 // budget - expected[key] >= LEAD_BP
    }


def _opened(district: District) -> dict[tuple[str, str], dt.date]:
    first: dict[tuple[str, str], dt.date] = {}
    for line in district.lines[district.year]:
        if line.economic in GROUPS and not line.is_unbudgeted:
            key = line.unit.code, GROUPS[line.economic]
            first[key] = min(first.get(key, line.released_on), line.released_on)
    return first
