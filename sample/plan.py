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
from sample.gathered import gathered
from sample.model import District, Mark
from sample.months import build_months
from sample.ordinary import add_mishaps
from sample.plant_acts import plant_acts
from sample.plant_budget import plant_budget, rush_last_year
from sample.plant_budget_rules import add_true_tempo, plant_budget_rules
from sample.plant_cash import plant_cash
from sample.plant_concentrated import plant_concentrated
from sample.plant_contracts import plant_contracts, plant_paid_contracts
from sample.plant_direct import plant_direct
from sample.plant_listed import plant_listed, weaken_last_year
from sample.plant_orphans import plant_orphans
from sample.plant_outturn import end_last_year_low, list_shortfalls, plant_outturn
from sample.plant_pace import plant_pace
from sample.plant_past import Past, plant_past
from sample.plant_payees import plant_payees
from sample.plant_public import plant_public
from sample.plant_refunds import plant_refunds
from sample.plant_reports import plant_reports
from sample.plant_reserve import plant_reserve
from sample.plant_slips import double_vouchers, fallen, plant_falls, plant_slips
from sample.plant_tables import list_tables, plant_tables
from sample.plant_transfers import plant_transfers
from sample.plant_unspent import plant_unspent
from sample.plant_vouchers import plant_vouchers
from sample.plant_words import plant_words
from sample.plant_works import plant_works
from sample.public_truths import public_truths
from sample.shelf import Shelf, lay_out

PROVED = ("A01", "A02", "A03", "A04", "A06", "A07", "A08", "B02", "D01", "D02", "D03", "E17", "G10", "H10")
# What is held against time or the past, and needs data without doubt.
PACED = ("A01", "A02", "A03", "A04", "A11", "A13", "D02", "D03", "E12", "G17")


def build_planted(
    until: dt.date, seed: int, scale: float, say: Callable[[str], None]
) -> tuple[District, Slips, list[Mark]]:
    """Build the district with everything planted; return it, the slips of its 小计 rows, and the list."""
    district = build_district(until, seed, scale)
    rng = np.random.default_rng([seed, 7])
    desk = Desk(district, rng)
    rush_last_year(desk, rng)
    weaken_last_year(desk, seed)
    past = plant_past(desk, np.random.default_rng([seed, 71]))
    end_last_year_low(desk, seed)
    for year in district.lines:
        add_mishaps(district.lines[year], min(until, dt.date(year, 12, 31)), np.random.default_rng([seed, year, 3]))
    finished = [year_payments(district, year, seed, say) for year in district.lines if year < district.year]
    district.payments = pl.concat(finished)
    desk.expected = Expected(district, district.payments, seed)
    desk.plans = desk.expected.plans()
    alike, shelf = _plant(desk, past, seed)
    district.payments = pl.concat([*finished, year_payments(district, district.year, seed, say)])
    double_vouchers(desk)
    plant_contracts(shelf)
    plant_works(shelf)
    plant_listed(desk, seed)
    district.months = build_months(district)
    slips = plant_reports(desk, rng)
    plant_falls(desk)
    plant_acts(desk, seed)
    plant_transfers(desk)
    plant_reserve(desk)
    list_tables(desk, seed, alike)
    add_true_tempo(desk)
    return district, slips, _listed(desk, _true(desk, seed))


def _plant(desk: Desk, past: Past, seed: int) -> tuple[list[Mark], Shelf]:
    """Plant everything that shows in the payments of the current year."""
    plant_pace(desk)
    plant_unspent(desk)
    plant_budget(desk)
    plant_orphans(desk)
    plant_vouchers(desk)
    plant_outturn(desk, seed)
    alike = plant_tables(desk, seed)
    plant_direct(desk, seed)
    plant_refunds(desk, seed)
    plant_payees(desk, seed)
    plant_concentrated(desk, seed)
    plant_slips(desk)
    plant_public(desk)
    plant_words(desk)
    plant_cash(desk)
    plant_budget_rules(desk, past, seed)
    shelf = lay_out(desk, seed)
    plant_paid_contracts(shelf)
    return alike, shelf


def _true(desk: Desk, seed: int) -> set[tuple[str, str, str]]:
    """Return what is true of the whole district, whether it was planted or came about."""
    district = desk.district
    true = truths(district, desk.expected) | gathered(district) | public_truths(district) | fallen(desk)
    return {entry for entry in true | list_shortfalls(desk, seed) if not is_doubted(desk, entry)}


def _listed(desk: Desk, true: set[tuple[str, str, str]]) -> list[Mark]:
    """Return the list: what is true among what was planted, whatever else that made true, and the innocents."""
    found = {mark for mark in desk.marks if mark.why or (mark.rule not in PROVED and not is_doubted(desk, _key(mark)))}
    found |= {Mark(*entry) for entry in true}
    return sorted(mark for mark in found | set(_tagged(desk)) if not mark.why or _key(mark) not in true)


def is_doubted(desk: Desk, entry: tuple[str, str, str]) -> bool:
    """Tell whether something true cannot be judged, as the days or codes of its project or unit are planted wrong."""
    rule, subject, _ = entry
    name = subject.partition(":")[2]
    return rule in PACED and bool({name, name.partition("/")[0]} & desk.doubted)


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
