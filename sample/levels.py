"""The two budget levels of the district, and what they budget and pay: streets belong to the district's own level."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import polars as pl

from sample.model import ROUND_FEN, SET_ASIDE, District, Line
from sample.months import month_end
from sample.people import DISTRICT_CODE

TOWN_CODE = "990101100"
LEVELS: dict[str, tuple[str, ...]] = {
    DISTRICT_CODE: (DISTRICT_CODE, "990101010", "990101011", "990101012"),
    TOWN_CODE: (TOWN_CODE,),
}
LEVEL_NAMES = {DISTRICT_CODE: "青禾区本级", TOWN_CODE: "白鹭镇本级"}


class LevelMonth(NamedTuple):
    """A month of one budget level."""

    level: str
    year: int
    month: int

    @property
    def on(self) -> dt.date:
        """Return its last day."""
        return month_end(self.year, self.month)

    @property
    def title(self) -> str:
        """Return what a table of it is headed with."""
        return f"{LEVEL_NAMES[self.level]}{self.year}年{self.month}月"


def rounded(fen: float) -> int:
    """Round to 0.01 万元."""
    return round(fen / ROUND_FEN) * ROUND_FEN


def own_lines(district: District, level: str, year: int) -> Iterator[Line]:
    """Yield a level's budget lines of a year, without what it sets aside."""
    return (
        line
        for line in district.lines[year]
        if line.unit.division in LEVELS[level] and not line.is_unbudgeted and line.function not in SET_ASIDE
    )


def budget_fen(lines: Iterable[Line], on: dt.date) -> dict[str, tuple[int, int]]:
    """Return B0 and B1 on a day by fund."""
    found: dict[str, tuple[int, int]] = {}
    for line in lines:
        first, now = found.get(line.fund, (0, 0))
        base = line.appropriation_fen if line.released_on <= on else 0
        found[line.fund] = (first + base, now + line.budget_fen(on))
    return found


def paid(district: District, level: str, year: int, until: dt.date) -> pl.DataFrame:
    """Return the vouchers of a level that count, from 1 January to a day (inclusive)."""
    own = (pl.col("year") == year) & (pl.col("voided") == 0) & pl.col("division").is_in(LEVELS[level])
    return district.payments.filter(own & (pl.col("paid_on") <= until))
