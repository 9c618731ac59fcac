"""Which files are delivered when: yearly ones of finished years, monthly and growing ones of the current year."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from sample.district import late_until
from sample.model import District, Line
from sample.months import delivered_on, month_end
from sample.people import LATE_DIVISION, OFFICES
from sample.write_budgets import WRONG_TOTAL_FEN, write_adjustments, write_allotments, write_units
from sample.write_months import write_month
from sample.write_payments import write_payments

DIVISIONS = tuple(office.division_code for office in OFFICES)
CORRECTED_DIVISION = "990101012"
HELD_DIVISION = "990101100"


@dataclass
class Slips:
    """Wrong 小计 rows, in fen: of the current year's allotments by department, of reports by month and department."""

    allotments: dict[str, int] = field(default_factory=dict)
    months: dict[tuple[int, str], int] = field(default_factory=dict)


def deliver_budgets(folder: Path, district: District, slips: Slips) -> list[Path]:
    """Write unit tables, allotments and adjustments of every year."""
    files: list[Path] = []
    for year, lines in district.lines.items():
        files.append(folder / f"units-{year}-{min(dt.date(year, 1, 5), district.until):%Y%m%d}.xlsx")
        unlisted = district.unlisted if year == district.year else frozenset()
        write_units(files[-1], (unit for unit in district.units if unit.code not in unlisted), year)
        for division in DIVISIONS:
            own = [line for line in lines if line.unit.division == division and not line.is_unbudgeted]
            if not own:
                continue
            for day in _allotment_days(year, district.until):
                files += _allotments(folder, own, day, district=district, slips=slips)
            for day in _adjustment_days(year, district.until):
                path = folder / f"adjustments-{division}-{year}-{day:%Y%m%d}.xlsx"
                files += [path] if write_adjustments(path, own, division, year, day) else []
    return files


def _allotment_days(year: int, until: dt.date) -> list[dt.date]:
    if year < until.year:
        return [dt.date(year + 1, 1, 10)]
    early = [dt.date(year, 2, 5), dt.date(year, 6, 30)]
    return [*(day for day in early if day < until), until]


def _adjustment_days(year: int, until: dt.date) -> list[dt.date]:
    if year < until.year:
        return [dt.date(year + 1, 1, 10)]
    return [*(day for day in [dt.date(year, 6, 30)] if day < until), until]


def _allotments(folder: Path, lines: list[Line], day: dt.date, *, district: District, slips: Slips) -> list[Path]:
    """Write one state of a division's allotments; the town's first one comes with a wrong 合计, then right."""
    division, year = lines[0].unit.division, lines[0].year
    released = [line for line in lines if line.released_on <= day]
    path = folder / f"allotments-{division}-{year}-{day:%Y%m%d}.xlsx"
    current = slips.allotments if day == district.until else {}
    if division == HELD_DIVISION and day == dt.date(district.year, 2, 5):
        right = folder / f"allotments-{division}-{year}-{day + dt.timedelta(days=7):%Y%m%d}.xlsx"
        write_allotments(path, released, division, year, slips={}, total_slip_fen=WRONG_TOTAL_FEN)
        write_allotments(right, released, division, year, slips={})
        return [path, right]
    write_allotments(path, released, division, year, slips=current)
    return [path]


def deliver_payments(folder: Path, district: District) -> list[Path]:
    """Write vouchers: a file a finished year, a file a month of the current year; one month comes twice."""
    files: list[Path] = []
    for year in district.lines:
        for division in DIVISIONS:
            mine = (pl.col("year") == year) & (pl.col("division") == division)
            own = district.payments.filter(mine).sort("paid_on", "voucher")
            if year < district.year:
                files.append(folder / f"payments-{division}-{year}-{year + 1}0108.csv")
                write_payments(files[-1], own, division)
                continue
            for month in sorted(own["paid_on"].dt.month().unique()):
                part = own.filter(pl.col("paid_on").dt.month() == month)
                files += _month_payments(folder, part, division, dt.date(year, month, 1), district.until)
    return files


def _month_payments(folder: Path, part: pl.DataFrame, division: str, first: dt.date, until: dt.date) -> list[Path]:
    day = min(delivered_on(first.year, first.month), until)
    late = late_until(until)
    if division == LATE_DIVISION and (late.year, late.month) == (first.year, first.month):
        # The last file of the late office came the day after its last payment, and nothing since.
        day = min(day, late + dt.timedelta(days=1))
    path = folder / f"payments-{division}-{first:%Y%m}-{day:%Y%m%d}.csv"
    again = day + dt.timedelta(days=9)
    if division == CORRECTED_DIVISION and first.month == _corrected_month(until) and again <= until:
        write_payments(path, _with_errors(part), division)
        right = folder / f"payments-{division}-{first:%Y%m}-{again:%Y%m%d}.csv"
        write_payments(right, part, division)
        return [path, right]
    write_payments(path, part, division)
    return [path]


def _corrected_month(until: dt.date) -> int:
    """Return the month whose vouchers were delivered wrong first: May, or the last one finished before that."""
    finished = [month for month in range(1, 13) if month_end(until.year, month) + dt.timedelta(days=18) < until]
    return min(5, max(finished, default=1))


def _with_errors(part: pl.DataFrame) -> pl.DataFrame:
    """Return vouchers as first delivered: two missing, three amounts ten times too high."""
    place = pl.int_range(pl.len())
    wrong = pl.when(place.is_in([4, 9, 14])).then(pl.col("fen") * 10).otherwise(pl.col("fen"))
    return part.with_columns(fen=wrong).filter(~place.is_in([2, 7]))


def deliver_months(folder: Path, district: District, slips: Slips) -> list[Path]:
    """Write monthly reports of the current and the previous year."""
    files: list[Path] = []
    for (year, month, division), group in district.months.group_by("year", "month", "division", maintain_order=True):
        name, when = str(division), (int(str(year)), int(str(month)))
        day = delivered_on(*when)
        files.append(folder / f"execution-{name}-{when[0]}{when[1]:02d}-{day:%Y%m%d}.xlsx")
        wrong = {dep: fen for (at, dep), fen in slips.months.items() if at == when[1] and when[0] == district.year}
        write_month(files[-1], group, name, *when, slips=wrong)
    return files
