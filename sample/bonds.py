"""The district's debt: bonds with what is spent of them, balances and limits, month by month."""

import datetime as dt
from typing import NamedTuple

import numpy as np

from sample.levels import LevelMonth, budget_fen, own_lines, rounded
from sample.model import ROUND_FEN, District, Line
from sample.months import month_end
from sample.people import DISTRICT_CODE
from sample.table_events import (
    CURRENT_USE_PLACE,
    DEBT_RATIO_IN_MARCH,
    LIMIT_USED,
    RAISED_IN_QUARTER,
    SPENT_SHARE,
    quarter_of,
)

CAPITAL, REFINANCE, CURRENT = "公益性资本支出", "再融资", "经常性支出"
KINDS = {"一般债务": "11", "专项债务": "12"}
ARRIVES_AFTER = dt.timedelta(days=6)
_SPENT_WITHIN_DAYS = 300
_EVERY = 8
_OLD_SHARES = {"一般债务": 0.6, "专项债务": 0.4}
_ORDINARY_USE = 0.87


class Bond(NamedTuple):
    """A bond passed on to the district: what it was raised for, and what is left of it on a day.

    line is None for the debt of former years, which is told as one bond a kind.
    """

    kind: str
    fund: str
    code: str
    name: str
    line: Line | None
    use: str
    rate_bp: int
    issued_on: dt.date
    due_on: dt.date
    principal: int
    paid_share: float

    @property
    def received_on(self) -> dt.date:
        """Return the day its money came."""
        return self.issued_on + ARRIVES_AFTER

    def paid_fen(self, on: dt.date) -> int:
        """Return how much of it was spent by a day: what ever will be within ten months."""
        gone = min(1.0, max(0, (on - self.issued_on).days) / _SPENT_WITHIN_DAYS)
        return rounded(self.principal * self.paid_share * gone)


def bonds(district: District, seed: int) -> list[Bond]:
    """Return the district's bonds: old debt, then general and special ones of each year, for projects of 工程."""
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
    issued = [bond for bond in found if bond.issued_on <= district.until]
    told = [_troubled(bond, place) for place, bond in enumerate(issued)]
    return [*_old_debt(district, told), *told]


def _bond(line: Line, place: int, *, is_special: bool, rng: np.random.Generator) -> Bond:
    issued = dt.date(line.year, int(rng.integers(3, 9)), int(rng.integers(5, 26)))
    years = 15 if is_special else 7
    kind, short = ("专项债务", "专项债券") if is_special else ("一般债务", "一般债券")
    return Bond(
        kind,
        KINDS[kind],
        f"{line.year % 100:02d}{'5' if is_special else '1'}{int(rng.integers(100, 999))}{place}",
        f"{line.year}年青禾区政府{short}（{'一二三'[place - 1]}期）",
        line,
        CAPITAL,
        int(rng.integers(231, 341)),
        issued,
        issued.replace(year=issued.year + years),
        rounded(line.appropriation_fen * rng.uniform(5, 8)),
        float(rng.uniform(0.9, 1.0)),
    )


def _troubled(bond: Bond, place: int) -> Bond:
    """Let some bonds lie idle, or be for current spending."""
    turn = place % _EVERY
    told = bond._replace(paid_share=SPENT_SHARE.get(turn, bond.paid_share))
    return told._replace(use=CURRENT) if turn == CURRENT_USE_PLACE else told


def _old_debt(district: District, issued: list[Bond]) -> list[Bond]:
    """Return what is left of former years' debt, as much as brings the ratio of March just under its fence.

    Before April it is that of last December.
    """
    march = month_end(district.year, 3)
    day = march if district.until > march else month_end(district.year - 1, 12)
    known = sum(bond.principal for bond in issued if bond.issued_on <= day)
    rest = max(0.0, capacity(district, day) * DEBT_RATIO_IN_MARCH - known)
    return [
        Bond(
            kind,
            fund,
            f"19{fund}0001",
            f"2019年青禾区政府再融资{kind[:2]}债券",
            None,
            REFINANCE,
            328,
            dt.date(2019, 6, 18),
            dt.date(2034, 6, 18),
            rounded(rest * _OLD_SHARES[kind]),
            0.0,
        )
        for kind, fund in KINDS.items()
    ]


def capacity(district: District, on: dt.date) -> int:
    """Return the district's fiscal capacity (综合财力) as told on a day."""
    lines = own_lines(district, DISTRICT_CODE, on.year)
    return rounded(sum(b0 for b0, _ in budget_fen(lines, on).values()) * 1.4)


def balance_and_limit(found: list[Bond], when: LevelMonth, kind: str, *, is_current: bool) -> tuple[int, int]:
    """Return a kind's balance at a month's end and the limit told beside it."""
    balance = sum(bond.principal for bond in found if bond.kind == kind and bond.issued_on <= when.on)
    used = LIMIT_USED[kind][quarter_of(when.month)] if is_current else _ORDINARY_USE
    if is_current and (kind, when.month) == RAISED_IN_QUARTER:
        used = 0.0
    return balance, rounded(balance / used) if used else balance - ROUND_FEN
