"""The reserve (预备费) of each level: how large it is, and what the government decided to use it for."""

import datetime as dt
from typing import NamedTuple

from sample.act import Act
from sample.levels import TOWN_CODE, own_lines, rounded
from sample.model import District
from sample.people import DISTRICT_CODE

_WAN = 1_000_000
# The reserve stands in the budget from this day on.
RELEASED = (2, 4)


class Decided(NamedTuple):
    """A decision to use some hundredths of the reserve."""

    month: int
    day: int
    hundredths: int
    what: str


FUND_BP = {DISTRICT_CODE: 60, TOWN_CODE: 130}
_SHARE_BP = {DISTRICT_CODE: 82, "": 200}
_DECIDED = {
    DISTRICT_CODE: (Decided(5, 18, 32, "防汛抢险"), Decided(6, 12, 24, "道路抢修"), Decided(9, 2, 5, "疫情防控")),
    "": (Decided(7, 6, 30, "防汛抢险"),),
}


def share_bp(level: str) -> int:
    """Return what the reserve is of the level's own general budget, itself counted in."""
    return _SHARE_BP.get(level, _SHARE_BP[""])


def reserve_fen(district: District, level: str) -> int:
    """Return the level's reserve of the current year."""
    rest = _own_fen(district, level)
    return rounded(rest * share_bp(level) / (10_000 - share_bp(level)))


def fund_fen(district: District, level: str) -> int:
    """Return what the level adds to its working fund (预算周转金) in the current year."""
    return rounded(_own_fen(district, level) * FUND_BP[level] / 10_000)


def _own_fen(district: District, level: str) -> int:
    lines = own_lines(district, level, district.year)
    return sum(line.appropriation_fen for line in lines if line.fund == "11" and line.source == "本年预算")


def decisions(district: District, level: str) -> list[Act]:
    """Return the decisions of the current year, in whole 万元 rounded up."""
    whole, year = reserve_fen(district, level), district.year
    return [
        Act(
            year,
            level,
            "预备费动支决定",
            f"关于动支预备费用于{one.what}的决定",
            dt.date(year, one.month, one.day),
            number=f"府办〔{year}〕{30 + place}号",
            fen=-(-whole * one.hundredths // (100 * _WAN)) * _WAN,
        )
        for place, one in enumerate(_DECIDED.get(level, _DECIDED[""]), 1)
    ]
