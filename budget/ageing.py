"""Money is expected from the day it was released: how much of a budget is there all year, how much is younger."""

import datetime as dt
from collections.abc import Sequence

import polars as pl

from budget.cells import WHOLE_UNTIL_DAY, all_year_until, given_fen, released
from budget.facts import Facts, movements
from budget.set_aside import is_set_aside

TIME = "time"  # the basis where S itself stands in for a history


def days_elapsed(as_of: dt.date) -> int:
    """Return the days from 1 January to as_of, at least one."""
    return max((as_of - dt.date(as_of.year, 1, 1)).days, 1)


def ages(
    facts: Facts, by: Sequence[str], *, spending_kind: str | None = None, whole_until_day: int = WHOLE_UNTIL_DAY
) -> pl.DataFrame:
    """Return, per group, what was released this year times the days since.

    Columns: the ``by`` columns, given_fen (all that was added), aged_fen_days (released with the division's budget:
    every day of the year; later: the days since) and own_fen_days (the same, but only money released by day
    ``whole_until_day`` counts for every day), in Int128. Additions and cuts of one day and group are netted first: a
    move within the group releases nothing. Cuts are taken from old and young money alike. What is set aside is left
    out. Computed once per facts.
    """
    key = ("ages", facts.as_of, tuple(by), spending_kind, whole_until_day)
    return facts.once(key, lambda: _ages(_given(facts, by, spending_kind), facts.as_of, by, whole_until_day))


def _given(facts: Facts, by: Sequence[str], spending_kind: str | None) -> pl.DataFrame:
    """Return what was added per group and day, with the day the division's first money of the year came."""
    moved = movements(facts, facts.as_of.year, facts.as_of).filter(~is_set_aside())
    told = moved.select(
        *dict.fromkeys(("division_code", "spending_kind", *by)),
        given_fen=given_fen(),
        on=released(),
    )
    rows = told.filter(pl.col("given_fen").is_not_null()).with_columns(
        first_on=pl.col("on").filter(pl.col("given_fen") > 0).min().over("division_code")
    )
    if spending_kind is not None:
        rows = rows.filter(pl.col("spending_kind") == spending_kind)
    netted = rows.group_by(*by, "on").agg(pl.col("given_fen").sum(), pl.col("first_on").min())
    return netted.filter(pl.col("given_fen") > 0)


def _ages(given: pl.DataFrame, as_of: dt.date, by: Sequence[str], whole_until_day: int) -> pl.DataFrame:
    amount, elapsed = pl.col("given_fen").cast(pl.Int128), days_elapsed(as_of)
    own = (pl.lit(as_of) - pl.col("on")).dt.total_days()

    def fen_days(first: pl.Expr) -> pl.Expr:
        late = pl.col("on") > all_year_until(as_of.year, whole_until_day, first)
        return (amount * pl.when(late).then(own).otherwise(elapsed)).sum()

    return given.group_by(by).agg(
        given_fen=amount.sum(),
        aged_fen_days=fen_days(pl.col("first_on")),
        own_fen_days=fen_days(pl.lit(None, pl.Date)),
    )


def aged(amount: pl.Expr, as_of: dt.date) -> pl.Expr:
    """Return an amount or rate scaled to the age of its money, rounded down; as it is where nothing was released.

    Reads given_fen, aged_fen_days, own_fen_days and expected_basis: against S (``time``) each release has its own
    days, against a history what came with the division's budget has the whole year, as it had in earlier years.
    """
    days = pl.when(pl.col("expected_basis") == TIME).then("own_fen_days").otherwise("aged_fen_days")
    scaled = amount.cast(pl.Int128) * days // (pl.col("given_fen") * days_elapsed(as_of))
    return pl.coalesce(scaled, amount.cast(pl.Int128)).cast(pl.Int64)


def is_aged(as_of: dt.date) -> pl.Expr:
    """Tell whether ``aged`` lowers an amount."""
    days = pl.when(pl.col("expected_basis") == TIME).then("own_fen_days").otherwise("aged_fen_days")
    return (days < pl.col("given_fen") * days_elapsed(as_of)).fill_null(value=False)
