"""The treasury's balances of the two levels, month by month."""

import datetime as dt
from typing import NamedTuple

import numpy as np
import polars as pl

from sample.levels import LevelMonth, budget_fen, own_lines, paid, rounded
from sample.model import District
from sample.revenue import take_in
from sample.table_events import (
    ADVANCES,
    COVER,
    quarter_of,
)
from sample.write_accounts import accounts

# What the treasury pays from; insurance funds lie apart.
TREASURY_FUNDS = ("11", "12", "13")
FINALS_ON = (7, 20)
_SHARES = {"12": 0.10, "13": 0.05}
ACCOUNTS = {"11": "国库单一账户", "12": "国库单一账户", "13": "国库单一账户", "14": "社会保障基金财政专户"}


class Cash(NamedTuple):
    """An account on a day: balance on 1 January, flows since, temporary advances (None where there are none)."""

    fund: str
    opening: int
    receipts: int
    payouts: int
    advances: int | None

    @property
    def closing(self) -> int:
        """Return the balance."""
        return self.opening + self.receipts - self.payouts


def balances(district: District, when: LevelMonth, seed: int) -> list[Cash]:
    """Return a level's accounts at a month's end; in the current year as good or bad as the quarter's cover says."""
    found = _flows(district, when, seed)
    if when.year != district.year:
        return found
    quarter = quarter_of(when.month)
    wanted = rounded(average_month(district, when, seed, found) * COVER[when.level][quarter])
    advances = rounded(last_spending(district, when.level, seed) * ADVANCES[when.level][quarter])
    return [_covered(one, wanted, advances, sum(_SHARES.get(o.fund, 0) for o in found)) for one in found]


def _flows(district: District, when: LevelMonth, seed: int) -> list[Cash]:
    """Return own revenue and grants as they come in, payments as they go out."""
    taken = take_in(district, when.level, when.year, seed)
    budgets = budget_fen(own_lines(district, when.level, when.year), when.on)
    spent = dict(paid(district, when.level, when.year, when.on).group_by("fund").agg(pl.col("fen").sum()).iter_rows())
    found = []
    for fund in sorted({one.subject.fund for one in taken}):
        own = sum(one.until(when.month) for one in taken if one.subject.fund == fund)
        size = budgets.get(fund, (0, 0))[0] or sum(one.budget for one in taken if one.subject.fund == fund)
        # What land brings beyond the fund's own spending goes to the general budget and to the city.
        payouts = rounded(max(spent.get(fund, 0), own * 0.97 if fund == "12" else 0) if fund in budgets else own * 0.9)
        rng = np.random.default_rng([seed, 43, when.year, int(when.level), int(fund)])
        opening = rounded(size * rng.uniform(0.025, 0.035))
        # Grants from above fill what own revenue leaves, so that the account is never empty.
        grants = max(0, payouts - own) + rounded(size * 0.01)
        advances = rounded(size * rng.uniform(0.008, 0.02)) if fund == "11" else None
        found.append(Cash(fund, opening, own + grants, payouts, advances))
    return found


def _covered(one: Cash, wanted: int, advances: int, others: float) -> Cash:
    """Return an account with its part of the balance wanted of all; what is not spent was passed up or invested."""
    if one.fund not in TREASURY_FUNDS:
        return one
    closing = rounded(wanted * _SHARES.get(one.fund, 1 - others))
    told = one._replace(receipts=closing + one.payouts - one.opening)
    return told if one.advances is None else told._replace(advances=advances)


def average_month(district: District, when: LevelMonth, seed: int, now: list[Cash]) -> int:
    """Return an average month's payments: of the year so far, in the first quarter of last year."""
    if when.month > 3:
        return sum(one.payouts for one in now if one.fund in TREASURY_FUNDS) // when.month
    last = _flows(district, LevelMonth(when.level, when.year - 1, 12), seed)
    return sum(one.payouts for one in last if one.fund in TREASURY_FUNDS) // 12


def last_spending(district: District, level: str, seed: int) -> int:
    """Return last year's general and fund spending: the final account's once it is there, else what was paid out."""
    year = district.year - 1
    if dt.date(district.year, *FINALS_ON) <= district.until:
        return sum(one.outturn for one in accounts(district, level, year) if one.fund in ("11", "12"))
    last = _flows(district, LevelMonth(level, year, 12), seed)
    return sum(one.payouts for one in last if one.fund in ("11", "12"))
