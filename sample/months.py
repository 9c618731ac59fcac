"""Monthly execution reports by department and 类, cumulative, as the departments would report them."""

import calendar
import datetime as dt

import polars as pl

from sample.district import late_until
from sample.model import ROUND_FEN, District, Line
from sample.people import LATE_DIVISION

REPORT_DAY = 8
MEASURES = ("b0", "b1", "paid")


def month_end(year: int, month: int) -> dt.date:
    """Return the last day of a month."""
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def delivered_on(year: int, month: int) -> dt.date:
    """Return the day a month's report is delivered: the 8th of the next month."""
    return month_end(year, month) + dt.timedelta(days=REPORT_DAY)


def reported_months(until: dt.date, year: int, division: str) -> list[int]:
    """Return the months of a year whose reports of a division are there by a day."""
    months = [month for month in range(1, 13) if delivered_on(year, month) <= until]
    if division == LATE_DIVISION and year == until.year:
        late = late_until(until)
        return [month for month in months if month_end(year, month) <= late][:-1]
    return months


def build_months(district: District) -> pl.DataFrame:
    """Return year, month, division, department, class, b0, b1, paid (fen, rounded to 0.01 万元) of two years."""
    frames = []
    for year in (district.year - 1, district.year):
        budget = _budget_moves(district.lines[year])
        paid = district.payments.filter((pl.col("year") == year) & (pl.col("voided") == 0)).select(
            "division",
            department=pl.col("unit").str.slice(0, 3),
            **{"class": pl.col("function").str.slice(0, 3)},
            month=pl.col("paid_on").dt.month().cast(pl.Int64),
            paid="fen",
        )
        moves = pl.concat([budget, paid], how="diagonal").fill_null(0)
        frames += [_month(moves, year, month) for month in range(1, 13)]
    both = pl.concat(frames)
    wanted = [
        (year, month, division)
        for year in (district.year - 1, district.year)
        for division in both["division"].unique(maintain_order=True)
        for month in reported_months(district.until, year, division)
    ]
    schema = {"year": pl.Int64(), "month": pl.Int64(), "division": pl.String()}
    return both.join(pl.DataFrame(wanted, schema=schema, orient="row"), on=list(schema), how="inner")


def _month(moves: pl.DataFrame, year: int, month: int) -> pl.DataFrame:
    """Add up everything until the end of a month."""
    keys = ("division", "department", "class")
    rounded = [((pl.col(name).sum() / ROUND_FEN).round().cast(pl.Int64) * ROUND_FEN).alias(name) for name in MEASURES]
    told = moves.filter(pl.col("month") <= month).group_by(keys).agg(rounded).sort(keys)
    return told.select(pl.lit(year, pl.Int64).alias("year"), pl.lit(month, pl.Int64).alias("month"), *keys, *MEASURES)


def _budget_moves(lines: list[Line]) -> pl.DataFrame:
    rows = []
    for line in lines:
        if line.is_unbudgeted:
            continue
        place = (line.unit.division, line.unit.department.code, line.function[:3])
        fen = line.appropriation_fen
        rows.append((*place, line.released_on.month, fen, fen))
        rows += [(*place, change.on.month, 0, change.fen) for change in line.changes]
    text, whole = pl.String(), pl.Int64()
    schema = {"division": text, "department": text, "class": text, "month": whole, "b0": whole, "b1": whole}
    return pl.DataFrame(rows, schema=schema, orient="row")
