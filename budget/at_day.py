"""A feed as it stood on a day: what had not begun is left out, what was not done yet is blank."""

import datetime as dt

import polars as pl

from budget import frames
from budget.payments import is_money


def at_day(feed: str, rows: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    """Return a feed's facts without what lies after as_of (inclusive).

    A row is left out while all of its ``frames.BEGINS`` days lie ahead; one without any such day is kept. A
    ``frames.DONE_BY`` day that lies ahead is null, and with it what was known by then only. Voided and failed
    payments are left out: they never were money.
    """
    day = pl.lit(as_of)
    if begins := frames.BEGINS.get(feed):
        rows = rows.filter((pl.min_horizontal(begins) <= day).fill_null(value=True))
    for done, with_it in frames.DONE_BY.get(feed, {}).items():
        is_ahead = (pl.col(done) > day).fill_null(value=False)
        rows = rows.with_columns(pl.when(~is_ahead).then(pl.col(name)).alias(name) for name in (*with_it, done))
    return rows.filter(is_money()) if feed == "payments" else rows
