"""A feed as it stood on a day: what had not begun is left out, what was not done yet is blank."""

import datetime as dt
from typing import TypeVar

import polars as pl

from budget import frames
from budget.payments import is_money

Rows = TypeVar("Rows", pl.DataFrame, pl.LazyFrame)


def at_day(feed: str, rows: Rows, as_of: dt.date) -> Rows:
    """Return a feed's facts without what lies after as_of (inclusive).

    A row is left out while all of its ``frames.BEGINS`` days lie ahead; one without any such day is kept. A
    ``frames.DONE_BY`` day that lies ahead is null, and with it what was known by then only. Voided and failed
    payments are left out: they never were money.
    """
    day = pl.lit(as_of)
    if begins := frames.BEGINS.get(feed):
        rows = rows.filter((pl.min_horizontal(begins) <= day).fill_null(value=True))
    done = _done_by(feed, day)
    rows = rows.with_columns(done) if done else rows
    return rows.filter(is_money()) if feed == "payments" else rows


def _done_by(feed: str, day: pl.Expr) -> list[pl.Expr]:
    """Return the columns that are null while the day by which they were done lies ahead."""
    is_ahead = {done: (pl.col(done) > day).fill_null(value=False) for done in frames.DONE_BY.get(feed, {})}
    return [
        pl.when(~is_ahead[done]).then(pl.col(name)).alias(name)
        for done, with_it in frames.DONE_BY.get(feed, {}).items()
        for name in (*with_it, done)
    ]
