"""Plants irregularities and innocent look-alikes, and lists them."""

import datetime as dt
from collections.abc import Callable

import numpy as np
import polars as pl

from budget.subjects import payee_subject, payment_subject
from sample.arithmetic import truths
from sample.deliveries import Slips
from sample.desk import Desk
from sample.district import build_district, year_payments
from sample.expected import Expected
from sample.model import District, Mark
from sample.months import build_months
from sample.ordinary import add_mishaps
from sample.plant_budget import plant_budget, rush_last_year
from sample.plant_orphans import plant_orphans
from sample.plant_outturn import end_last_year_low, list_shortfalls, plant_outturn
from sample.plant_pace import plant_pace
from sample.plant_reports import plant_reports
from sample.plant_unspent import plant_unspent
from sample.plant_vouchers import plant_vouchers

PROVED = ("A01", "A02", "A03", "A04", "A06", "A07", "A08", "B02", "D01", "G10")


def build_planted(
    until: dt.date, seed: int, scale: float, say: Callable[[str], None]
) -> tuple[District, Slips, list[Mark]]:
    """Build the district with everything planted; return it, the slips of its 小计 rows, and the list."""
    district = build_district(until, seed, scale)
    rng = np.random.default_rng([seed, 7])
    desk = Desk(district, rng)
    rush_last_year(desk, rng)
    end_last_year_low(desk, seed)
    for year in district.lines:
        add_mishaps(district.lines[year], min(until, dt.date(year, 12, 31)), np.random.default_rng([seed, year, 3]))
    past = [year_payments(district, year, seed, say) for year in district.lines if year < district.year]
    district.payments = pl.concat(past)
    expected = desk.expected = Expected(district, district.payments, seed)
    desk.plans = expected.plans()
    plant_pace(desk)
    plant_unspent(desk)
    plant_budget(desk)
    plant_orphans(desk)
    plant_vouchers(desk)
    plant_outturn(desk, seed)
    district.payments = pl.concat([*past, year_payments(district, district.year, seed, say)])
    district.months = build_months(district)
    slips = plant_reports(desk, rng)
    return district, slips, _listed(desk, truths(district, expected) | list_shortfalls(desk, seed))


def _listed(desk: Desk, true: set[tuple[str, str, str]]) -> list[Mark]:
    """Return the list: what is true among what was planted, whatever else that made true, and the innocents."""
    found = {mark for mark in desk.marks if mark.rule not in PROVED or mark.why}
    found |= {Mark(*entry) for entry in true}
    return sorted(mark for mark in found | set(_tagged(desk)) if not mark.why or _key(mark) not in true)


def _key(mark: Mark) -> tuple[str, str, str]:
    return (mark.rule, mark.subject, mark.period)


def _tagged(desk: Desk) -> list[Mark]:
    """Name the planted vouchers now that they have numbers."""
    rows = desk.district.payments.filter(pl.col("tag").is_in(list(desk.tagged)) & (pl.col("year") == desk.year))
    marks = []
    for row in rows.iter_rows(named=True):
        rule, why = desk.tagged[row["tag"]]
        subject, period = payment_subject(row["voucher"]), f"{row['paid_on']:%Y-%m}"
        if rule == "E07":
            subject = payee_subject(row["unit"], row["payee"], row["economic"][:3])
            period = f"{row['paid_on']:%Y-%m-%d}"
        marks.append(Mark(rule, subject, period, why))
    return marks
