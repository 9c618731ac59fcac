"""The treasury's balances of the two levels, and the district's debt, month by month."""

import datetime as dt
from typing import NamedTuple

import numpy as np
import polars as pl

from sample.levels import LevelMonth, budget_fen, own_lines, paid, rounded
from sample.model import District, Line
from sample.people import DISTRICT_CODE
from sample.revenue import take_in

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
    """Return a level's accounts at a month's end: own revenue and grants come in evenly, payments go out."""
    taken = take_in(district, when.level, when.year, seed)
    budgets = budget_fen(own_lines(district, when.level, when.year), when.on)
    spent = dict(paid(district, when.level, when.year, when.on).group_by("fund").agg(pl.col("fen").sum()).iter_rows())
    found = []
    for fund in sorted({one.subject.fund for one in taken}):
        own = sum(one.until(when.month) for one in taken if one.subject.fund == fund)
        size = budgets.get(fund, (0, 0))[0] or sum(one.budget for one in taken if one.subject.fund == fund)
        payouts = rounded(spent.get(fund, 0) if fund in budgets else own * 0.9)
        rng = np.random.default_rng([seed, 43, when.year, int(when.level), int(fund)])
        opening = rounded(size * rng.uniform(0.025, 0.035))
        # Grants from above fill what own revenue leaves, so that the account is never empty.
        grants = max(0, payouts - own) + rounded(size * 0.01)
        advances = rounded(size * rng.uniform(0.008, 0.02)) if fund == "11" else None
        found.append(Cash(fund, opening, own + grants, payouts, advances))
    return found


class Bond(NamedTuple):
    """A bond passed on to the district: what it was raised for, and what is left of it on a day."""

    kind: str
    fund: str
    code: str
    name: str
    line: Line
    rate_bp: int
    issued_on: dt.date
    due_on: dt.date
    principal: int
    paid_share: float

    def paid_fen(self, on: dt.date) -> int:
        """Return how much of it was spent by a day: all of it within a year."""
        gone = min(1.0, max(0, (on - self.issued_on).days) / 365)
        return rounded(self.principal * self.paid_share * gone)


def bonds(district: District, seed: int) -> list[Bond]:
    """Return the district's bonds: general and special ones of each year, for projects of 工程."""
    found: list[Bond] = []
    for year in district.lines:
        works: dict[tuple[bool, str], Line] = {}
        for line in own_lines(district, DISTRICT_CODE, year):
            if line.project and line.category == "工程":
                works.setdefault((line.fund == "12", line.project.code), line)
        rng = np.random.default_rng([seed, 47, year])
        for is_special in (False, True):
            lines = [line for (special, _), line in sorted(works.items()) if special == is_special][:2]
            found += [_bond(line, place, is_special=is_special, rng=rng) for place, line in enumerate(lines, 1)]
    return [bond for bond in found if bond.issued_on <= district.until]


def _bond(line: Line, place: int, *, is_special: bool, rng: np.random.Generator) -> Bond:
    issued = dt.date(line.year, int(rng.integers(3, 9)), int(rng.integers(5, 26)))
    years = 15 if is_special else 7
    kind, short = ("专项债务", "专项债券") if is_special else ("一般债务", "一般债券")
    return Bond(
        kind,
        "12" if is_special else "11",
        f"{line.year % 100:02d}{'5' if is_special else '1'}{int(rng.integers(100, 999))}{place}",
        f"{line.year}年青禾区政府{short}（{'一二三'[place - 1]}期）",
        line,
        int(rng.integers(231, 341)),
        issued,
        issued.replace(year=issued.year + years),
        rounded(line.appropriation_fen * rng.uniform(5, 8)),
        float(rng.uniform(0.9, 1.0)),
    )
