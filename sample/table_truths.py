"""What is true of debt, treasury, transfers, accounts and wages as built (G11 to G19), reckoned apart from rules."""

import datetime as dt
from collections import defaultdict

import polars as pl

from sample.bonds import CURRENT, KINDS, REFINANCE, Bond, balance_and_limit, bonds, capacity
from sample.budgets import WAGES
from sample.cash import FINALS_ON, TREASURY_FUNDS, average_month, balances, last_spending
from sample.levels import LEVELS, LevelMonth
from sample.model import District
from sample.months import month_end
from sample.people import DISTRICT_CODE, LATE_DIVISION
from sample.revenue_truths import Entry, last_months, revenue_truths
from sample.sums import codes_in_use
from sample.transfers import Transfer, transfers
from sample.write_accounts import accounts

_WAN = 1_000_000
CURRENT_CLASSES = ("301", "302", "303")
NOT_CURRENT = "发行费|手续费|登记费|评级|兑付费|监理|设计|勘察|勘测|咨询|检测|监测|评估|造价|招标代理"


def table_truths(district: District, seed: int) -> set[Entry]:
    """Return (rule, subject, period) of every G irregularity that is true of the built data."""
    return (
        revenue_truths(district, seed)
        | _debt(district, seed)
        | _bonds(district, seed)
        | _treasury(district, seed)
        | _transfers(district)
        | _accounts(district)
        | _wages(district)
    )


def _debt(district: District, seed: int) -> set[Entry]:
    found: set[Entry] = set()
    known = bonds(district, seed)
    for period, month in last_months(district).items():
        when = LevelMonth(DISTRICT_CODE, district.year, month)
        whole = 0
        for kind in KINDS:
            balance, limit = balance_and_limit(known, when, kind, is_current=True)
            whole += balance
            if balance * 10 >= limit * 9:
                found.add(("G11", f"debt:{DISTRICT_CODE}/{'general' if kind == '一般债务' else 'special'}", period))
        if whole * 10 >= capacity(district, when.on) * 12:
            found.add(("G12", f"debt:{DISTRICT_CODE}/all", period))
    return found


def _last_statement(district: District) -> dt.date | None:
    """Return the day of the last statement of the year before or of this one."""
    months = last_months(district).values()
    if months:
        return month_end(district.year, max(months))
    return month_end(district.year - 1, 12) if district.until >= dt.date(district.year, 1, 8) else None


def _bonds(district: District, seed: int) -> set[Entry]:
    on = _last_statement(district)
    if on is None:
        return set()
    found: set[Entry] = set()
    paid = _current_payments(district)
    for bond in bonds(district, seed):
        if bond.issued_on > on:
            continue
        subject, period = f"bond:{DISTRICT_CODE}/{bond.code}", str(on.year)
        if bond.use == CURRENT or _is_used_so(bond, paid, on):
            found.add(("G13", subject, period))
        unspent = bond.principal - bond.paid_fen(on)
        is_idle = bond.received_on <= on - dt.timedelta(days=180) and unspent * 2 >= bond.principal
        if bond.use != REFINANCE and is_idle and unspent >= 100 * _WAN:
            found.add(("G14", subject, period))
    return found


def _current_payments(district: District) -> pl.DataFrame:
    """Return the current year's payments of projects for wages, goods and services, and persons."""
    own = district.payments.filter(
        (pl.col("year") == district.year) & (pl.col("voided") == 0) & pl.col("project").is_not_null()
    )
    of_class = own.filter(pl.col("economic").str.slice(0, 3).is_in(CURRENT_CLASSES))
    return of_class.filter(~pl.col("purpose").str.contains(NOT_CURRENT))


def _is_used_so(bond: Bond, paid: pl.DataFrame, on: dt.date) -> bool:
    if bond.line is None or bond.line.project is None or bond.received_on > on:
        return False
    own = (pl.col("unit") == bond.line.unit.code) & (pl.col("project") == bond.line.project.code)
    is_after = (pl.col("paid_on") >= bond.received_on) & (pl.col("fund") == bond.fund)
    return int(paid.filter(own & is_after)["fen"].sum()) >= 1


def _treasury(district: District, seed: int) -> set[Entry]:
    found: set[Entry] = set()
    for level in LEVELS:
        spent = last_spending(district, level, seed)
        for period, month in last_months(district).items():
            when = LevelMonth(level, district.year, month)
            now = balances(district, when, seed)
            closing = sum(one.closing for one in now if one.fund in TREASURY_FUNDS)
            average = average_month(district, when, seed, now)
            if (average - closing) * 10_000 // average >= 7_000 or closing * 10 >= average * 8:
                found.add(("G15", f"treasury:{level}", period))
            if sum(one.advances or 0 for one in now) * 10_000 // spent >= 300:
                found.add(("G16", f"treasury:{level}", period))
    return found


def _transfers(district: District) -> set[Entry]:
    found: set[Entry] = set()
    for level in LEVELS:
        told = transfers(district, level, district.year)
        for way, direction in (("上级下达", "in"), ("对下", "out")):
            own = [one for one in told if one.direction == way]
            for place in range((district.until.month + 2) // 3):
                end = month_end(district.year, place * 3 + 3)
                known = [one for one in own if (day := _known_on(one)) is not None and day <= end]
                special = sum(one.fen for one in known if one.kind == "专项")
                whole = sum(one.fen for one in known)
                if whole >= 1_000 * _WAN and special * 10_000 // whole >= 4_000:
                    found.add(("G18", f"transfers:{level}/{direction}", f"{district.year}Q{place + 1}"))
    return found


def _known_on(one: Transfer) -> dt.date | None:
    return one.received_on or one.released_on


def _accounts(district: District) -> set[Entry]:
    year = district.year - 1
    if district.until < dt.date(district.year, *FINALS_ON):
        return set()
    found: set[Entry] = set()
    for level in LEVELS:
        sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        for one in accounts(district, level, year):
            own = sums[one.fund, one.function[:3]]
            own[0] += one.told
            own[1] += one.outturn
        for (fund, code), (budget, outturn) in sums.items():
            if budget >= 500 * _WAN and abs(outturn - budget) * 10_000 // budget >= 1_000:
                found.add(("G19", f"account:{level}/{fund}/{code}", str(year)))
    return found


def _wages(district: District) -> set[Entry]:
    until, now = district.until, codes_in_use(district)
    is_last = (until + dt.timedelta(days=1)).day == 1
    due = (until.month - (0 if is_last else 1)) * 10_000 // 13
    budgets: dict[str, int] = defaultdict(int)
    released: dict[str, dt.date] = {}
    for line in district.lines[district.year]:
        if line.economic in WAGES and line.unit.division != LATE_DIVISION and line.released_on <= until:
            code = now[line.unit.code]
            budgets[code] += line.budget_fen(until)
            released[code] = min(released.get(code, until), line.released_on)
    own = district.payments.filter(
        (pl.col("year") == district.year) & (pl.col("voided") == 0) & pl.col("economic").is_in(WAGES)
    )
    paid: dict[str, int] = defaultdict(int)
    for unit, fen in own.group_by("unit").agg(pl.col("fen").sum()).iter_rows():
        paid[now[unit]] += fen
    return {
        ("G17", f"unit:{code}", str(district.year))
        for code, budget in budgets.items()
        if budget >= 5 * _WAN and (until - released[code]).days >= 30 and due - paid[code] * 10_000 // budget >= 769
    }
