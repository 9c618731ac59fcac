"""Plants trouble in deliveries: missing (H01), wrong totals (H02), disagreement (H03) and wrong unit (H04)."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from budget.subjects import check_subject, feed_subject, unit_subject
from sample.deliveries import Slips
from sample.desk import Desk
from sample.district import late_until
from sample.model import ROUND_FEN
from sample.months import month_end, reported_months
from sample.people import LATE_DIVISION

_MISSING = (1, 2, 3, 1, 1, 2, 1, 3, 4, 1, 2, 5, 1, 2)
_DISAGREE_FEN = (
    *(1_060_000, 10_040_000, 100_040_000, 1_500_000, 2_300_000, 3_800_000, 5_200_000, 7_700_000, 9_900_000),
    *(12_500_000, 24_000_000, 48_000_000, 76_000_000, 99_000_000, 120_000_000, 230_000_000, 1_130_000, 4_400_000),
)
_WITHIN_FEN = (950_000, 900_000, 500_000, 960_000, 730_000)
_TOTALS_FEN = (10_000, 10_000_000, 100_000_000, 20_000, 150_000, 600_000, 1_200_000, 4_800_000, 9_500_000, 23_000_000)
_BUDGET_TOTALS_FEN = (5_000_000, 8_800_000, 13_600_000, 47_000_000, 99_000_000, 132_000_000, 210_000_000, 6_100_000)
_SLIPS = 17
_SLIP = 10_000
_LARGE_FEN = 30_000_000_000
_READABLE_FEN = 10**14  # an amount of 10^12 元 or more is held back as unreadable, and is no wrong unit any more
_INNOCENT = 5
_LATE_FROM_DAYS = 7
_DUE_DAY = 10
_BAND = (0.93, 1.07)
_MEASURES = ("b0", "b1", "paid")

Cell = tuple[int, str]


@dataclass
class Reports:
    """The months of the current year by department, and which cells are still free to plant on."""

    desk: Desk
    slips: Slips
    free: list[Cell]
    division_of: dict[str, str]

    def take(self, count: int, *, but: set[Cell] | None = None) -> list[Cell]:
        """Take cells, each department in turn."""
        ordered = [cell for cell in self.free if cell not in (but or set())]
        seen: dict[str, int] = {}
        ranked: list[tuple[int, int, Cell]] = []
        for cell in ordered:
            seen[cell[1]] = seen.get(cell[1], 0) + 1
            ranked.append((seen[cell[1]], len(ranked), cell))
        chosen = [cell for _, _, cell in sorted(ranked)[:count]]
        self.free = [cell for cell in self.free if cell not in chosen]
        return chosen


def plant_reports(desk: Desk, rng: np.random.Generator) -> Slips:
    """Plant all trouble of deliveries in the district's monthly reports; return the wrong 小计 rows."""
    slips = Slips()
    months = desk.district.months
    own = months.filter(pl.col("year") == desk.year)
    pairs = own.select("month", "department").unique(maintain_order=True)
    mixed = pairs.sample(fraction=1.0, shuffle=True, seed=int(rng.integers(1, 2**31)))
    division_of = dict(months.select("department", "division").unique().iter_rows())
    reports = Reports(desk, slips, [(int(month), str(dep)) for month, dep in mixed.iter_rows()], division_of)
    _missing(reports)
    _wrong_units(reports)
    _disagreements(reports)
    _totals(reports)
    _budget_totals(reports)
    return slips


def _missing(reports: Reports) -> None:
    """Leave out the last months of some departments; the late office is late with everything."""
    desk = reports.desk
    departments = list(dict.fromkeys(dep for _, dep in reports.free if reports.division_of[dep] != LATE_DIVISION))
    for lacking, dep in zip(desk.some(_MISSING), departments, strict=False):
        there = reported_months(desk.until, desk.year, reports.division_of[dep])
        kept = there[: max(0, len(there) - lacking)]
        gone = (pl.col("year") == desk.year) & (pl.col("department") == dep) & ~pl.col("month").is_in(kept)
        desk.district.months = desk.district.months.filter(~gone)
        reports.free = [cell for cell in reports.free if cell[1] != dep or cell[0] in kept]
    in_time = 0
    for dep in sorted(reports.division_of):
        latest = desk.district.months.filter(pl.col("department") == dep).sort("year", "month").tail(1)
        if latest.is_empty():
            continue
        if _days_late(desk.until, *latest.select("year", "month").row(0)) >= _LATE_FROM_DAYS:
            desk.plant("H01", feed_subject("execution_months", dep))
        elif in_time < _INNOCENT:
            in_time += 1
            desk.innocent("H01", feed_subject("execution_months", dep), "月报按期报送，下一期尚未到期或刚到期")
    if (desk.until - late_until(desk.until)).days >= _LATE_FROM_DAYS:
        desk.plant("H01", feed_subject("payments", LATE_DIVISION))


def _days_late(until: dt.date, year: int, month: int) -> int:
    """Return the days since the report after a month was due: the 10th of the month after the next."""
    after = month_end(year, month) + dt.timedelta(days=1)
    due = month_end(after.year, after.month) + dt.timedelta(days=_DUE_DAY)
    return (until - due).days


def _paid(desk: Desk, year: int) -> dict[Cell, int]:
    own = desk.district.months.filter(pl.col("year") == year)
    grouped = own.group_by("month", "department").agg(pl.col("paid").sum())
    return {(month, dep): fen for month, dep, fen in grouped.iter_rows()}


def _wrong_units(reports: Reports) -> None:
    """Report some departments' months in 元 where 万元 is due, a few the other way round."""
    desk = reports.desk
    this, last = _paid(desk, desk.year), _paid(desk, desk.year - 1)
    unlike = {cell for cell in reports.free if not _BAND[0] * last[cell] <= this[cell] <= _BAND[1] * last[cell]}
    outside = unlike | {cell for cell in reports.free if reports.division_of[cell[1]] == LATE_DIVISION}
    too_much = _unreadable_in_yuan(desk)
    small = {cell for cell in too_much if this[cell] <= _LARGE_FEN}
    for place, cell in enumerate(reports.take(len(desk.some(range(_SLIPS))), but=outside | small)):
        is_down = this[cell] > _LARGE_FEN and (place % 4 == 3 or cell in too_much)
        _scale(desk, cell, up=not is_down)
        desk.plant("H04", unit_subject(cell[1]), _period(desk, cell))
    grown = [cell for cell in sorted(unlike - outside) if cell in reports.free]
    for cell in [*grown, *reports.free][:_INNOCENT]:
        desk.innocent("H04", unit_subject(cell[1]), "与上年同期相比变化正常", _period(desk, cell))


def _unreadable_in_yuan(desk: Desk) -> set[Cell]:
    """Return the cells with a line that, reported in 元, would be too large an amount to be read at all."""
    own = desk.district.months.filter(pl.col("year") == desk.year)
    largest = own.group_by("month", "department").agg(pl.max_horizontal(_MEASURES).max().alias("largest"))
    return {(month, dep) for month, dep, fen in largest.iter_rows() if fen * _SLIP >= _READABLE_FEN}


def _period(desk: Desk, cell: Cell) -> str:
    return f"{desk.year}-{cell[0]:02d}"


def _is_cell(desk: Desk, cell: Cell) -> pl.Expr:
    return (pl.col("year") == desk.year) & (pl.col("month") == cell[0]) & (pl.col("department") == cell[1])


def _scale(desk: Desk, cell: Cell, *, up: bool) -> None:
    scaled = [
        pl.when(_is_cell(desk, cell))
        .then(pl.col(name) * _SLIP if up else (pl.col(name) / _SLIP / ROUND_FEN).round().cast(pl.Int64) * ROUND_FEN)
        .otherwise(pl.col(name))
        .alias(name)
        for name in _MEASURES
    ]
    desk.district.months = desk.district.months.with_columns(scaled)


def _disagreements(reports: Reports) -> None:
    """Let some departments report more or less than their units' vouchers say."""
    desk = reports.desk
    wanted = desk.some(_DISAGREE_FEN)
    late = {cell for cell in reports.free if reports.division_of[cell[1]] == LATE_DIVISION}
    paid = _paid(desk, desk.year)
    cells = reports.take(len(wanted) + _INNOCENT, but=late)
    for place, (fen, cell) in enumerate(zip([*wanted, *_WITHIN_FEN], cells, strict=False)):
        signed = -fen if place % 3 == 1 and paid[cell] > 2 * fen else fen
        _shift(desk, cell, signed)
        if place < len(wanted):
            desk.plant("H03", unit_subject(cell[1]), _period(desk, cell))
        else:
            desk.innocent("H03", unit_subject(cell[1]), "相差不足1万元，在允许误差内", _period(desk, cell))


def _shift(desk: Desk, cell: Cell, fen: int) -> None:
    """Add fen to the largest line of a department's month."""
    is_largest = _is_cell(desk, cell) & (pl.col("paid") == pl.col("paid").max().over("year", "month", "department"))
    first = is_largest & (is_largest.cum_sum() == 1)
    months = desk.district.months.with_columns(paid=pl.when(first).then(pl.col("paid") + fen).otherwise(pl.col("paid")))
    desk.district.months = months


def _totals(reports: Reports) -> None:
    """Put wrong 小计 rows into monthly reports; what rounding alone may explain is innocent."""
    desk, slips = reports.desk, reports.slips
    lines = desk.district.months.group_by("year", "month", "department").agg(pl.len())
    count = {(month, dep): n for year, month, dep, n in lines.iter_rows() if year == desk.year}
    wanted = desk.some(_TOTALS_FEN)
    for place, cell in enumerate(reports.take(len(wanted) + _INNOCENT)):
        rounding = count[cell] * ROUND_FEN
        subject = check_subject("execution_months", f"{reports.division_of[cell[1]]}/{desk.year}{cell[0]:02d}", cell[1])
        if place < len(wanted):
            slips.months[cell] = rounding + wanted[place]
            desk.plant("H02", subject)
        else:
            slips.months[cell] = rounding if place % 2 else ROUND_FEN
            desk.innocent("H02", subject, "尾差在四舍五入范围内")


def _budget_totals(reports: Reports) -> None:
    desk = reports.desk
    own = [line for line in desk.district.lines[desk.year] if not line.is_unbudgeted]
    departments = sorted({line.unit.department.code for line in own})
    wanted = desk.some(_BUDGET_TOTALS_FEN) if departments else []
    for place, fen in enumerate(wanted):
        dep = departments[(place * 5 + 2) % len(departments)]
        lines = sum(line.unit.department.code == dep for line in own)
        division = next(line.unit.division for line in own if line.unit.department.code == dep)
        reports.slips.allotments[dep] = lines * ROUND_FEN + fen
        desk.plant("H02", check_subject("allotments", f"{division}/{desk.year}", dep))
