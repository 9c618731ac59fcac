"""Forecast of the year's execution rate, with an interval, from how the years before went on from the same day."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

import polars as pl

from budget.cells import summed, year_cells
from budget.facts import Facts
from budget.festival import reading
from budget.progress import LEAST_YEARS, median_down, past_cells, past_years

FORECAST: Final = ("forecast_bp", "forecast_low_bp", "forecast_high_bp")
GROWTH: Final = ("growth_bp", "growth_low_bp", "growth_high_bp")
COURSE: Final = (*GROWTH, "added_low_bp", "added_high_bp", "growth_years")
_WHOLE_BP = 10_000
_MOST_BP = 10_000_000  # a thousandfold growth says no more than that next to nothing had been paid
_LEAST_MARGIN = 10  # an interval reaches at least a tenth of what is still to come beyond the years before


def growth(
    facts: Facts,
    as_of: dt.date,
    by: Sequence[str],
    *,
    least_years: int = LEAST_YEARS,
    spending_kind: str | None = None,
) -> pl.DataFrame:
    """Return, per group, how the years that S* is drawn from went on from this day: the ``by`` columns and ``COURSE``.

    As ``interval`` says, of payments over the B1 of the year's end. Groups with fewer than ``least_years`` years are
    left out. Money first released late in a year does not count, as in S*. Computed once per facts.
    """
    key = ("growth", as_of, tuple(by), spending_kind)
    every = facts.once(key, lambda: _growth(facts, as_of, by, spending_kind))
    return every.filter(pl.col("growth_years") >= least_years)


def _growth(facts: Facts, as_of: dt.date, by: Sequence[str], spending_kind: str | None) -> pl.DataFrame:
    return interval(pl.concat(_year(facts, as_of, year, by, spending_kind) for year in past_years(as_of)), by)


def _year(facts: Facts, as_of: dt.date, year: int, by: Sequence[str], spending_kind: str | None) -> pl.DataFrame:
    read = reading(as_of, year)
    by_then, in_all = (_sums(facts, year, day, by, spending_kind) for day in (read.until, dt.date(year, 12, 31)))
    both = by_then.select(*by, "payment_fen").join(in_all, on=list(by), suffix="_in_all", maintain_order="left")
    then = pl.col("payment_fen").cast(pl.Int128) * read.passed // read.whole
    return both.select(*by, so_far_fen=then.cast(pl.Int64), whole_fen="payment_fen_in_all", budget_fen="budget_fen")


def _sums(facts: Facts, year: int, until: dt.date, by: Sequence[str], spending_kind: str | None) -> pl.DataFrame:
    cells = past_cells(facts, year, until)
    return summed(cells if spending_kind is None else cells.filter(pl.col("spending_kind") == spending_kind), by)


def interval(years: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Return how earlier years went on from a day, per group: the ``by`` columns and ``COURSE``.

    ``years`` has a row a year with so_far_fen, whole_fen and budget_fen; rows where one of them is not positive are
    left out. growth_bp is the median of whole over so far; growth_low_bp and growth_high_bp are the lowest and highest
    of them, set apart on either side by their distance, and by a tenth of what was still to come at least: two or three
    years do not show all that can happen. added_low_bp and added_high_bp are the least and the most that was still
    added, over the budget. growth_years counts the years.
    """
    then, whole, budget = (pl.col(name).cast(pl.Int128) for name in ("so_far_fen", "whole_fen", "budget_fen"))
    counted = years.filter(then > 0, whole > 0, budget > 0).select(
        *by,
        growth_bp=(whole * _WHOLE_BP // then).clip(upper_bound=_MOST_BP).cast(pl.Int64),
        added_bp=((whole - then) * _WHOLE_BP // budget).clip(-_MOST_BP, _MOST_BP).cast(pl.Int64),
    )
    told = counted.group_by(by, maintain_order=True).agg(
        median_down("growth_bp"),
        low=pl.col("growth_bp").min(),
        high=pl.col("growth_bp").max(),
        added_low_bp=pl.col("added_bp").min(),
        added_high_bp=pl.col("added_bp").max(),
        growth_years=pl.len().cast(pl.Int64),
    )
    still_to_come = (pl.col("growth_bp") - _WHOLE_BP).clip(lower_bound=0)
    margin = pl.max_horizontal(pl.col("high") - pl.col("low"), still_to_come // _LEAST_MARGIN)
    apart = told.with_columns(growth_low_bp=pl.col("low") - margin, growth_high_bp=pl.col("high") + margin)
    return apart.select(*by, *COURSE)


def with_growth(
    lines: pl.DataFrame,
    facts: Facts,
    as_of: dt.date,
    ladders: Sequence[Sequence[str]],
    *,
    least_years: int = LEAST_YEARS,
    spending_kind: str | None = None,
) -> pl.DataFrame:
    """Add ``COURSE`` to lines: that of the first grouping of ``ladders`` with history, null without any."""
    wanted = lines.with_columns(pl.lit(None, pl.Int64).alias(name) for name in COURSE)
    for by in ladders:
        known = growth(facts, as_of, by, least_years=least_years, spending_kind=spending_kind)
        joined = wanted.join(known, on=list(by), how="left", suffix="_found", maintain_order="left")
        wanted = joined.with_columns(pl.coalesce(name, f"{name}_found") for name in COURSE).drop(
            f"{name}_found" for name in COURSE
        )
    return wanted


def forecasts(rate: str = "execution_rate_bp") -> dict[str, pl.Expr]:
    """Return forecast_bp, forecast_low_bp and forecast_high_bp from a rate so far and ``COURSE``, in basis points.

    The forecast is the rate times its growth. The interval holds the rate times the lowest and highest growth, and
    what it comes to where the rest of the year adds as little or as much as in earlier years: who is behind may
    catch up with the pace of others, though not with what was missed. None is under the rate as it stands, or over
    100 % where the rate is not. Null without growth, without a rate, and where nothing was paid yet: nothing times
    anything is nothing.
    """
    so_far = pl.col(rate)
    most = pl.max_horizontal(so_far, pl.lit(_WHOLE_BP, pl.Int64))
    grown = [so_far.cast(pl.Int128) * pl.col(name) // _WHOLE_BP for name in GROWTH]
    ends = {
        "forecast_bp": grown[0],
        "forecast_low_bp": pl.min_horizontal(grown[1], so_far + pl.col("added_low_bp")),
        "forecast_high_bp": pl.max_horizontal(grown[2], so_far + pl.col("added_high_bp")),
    }
    known = (so_far > 0) & pl.col("growth_bp").is_not_null()
    return {name: pl.when(known).then(end.clip(so_far, most).cast(pl.Int64)) for name, end in ends.items()}


def back_test(
    facts: Facts, as_of: dt.date, by: Sequence[str], *, spending_kind: str | None = None, least_budget_fen: int = 1
) -> pl.DataFrame:
    """Hold the forecasts that would have been made on a past day against how that year ended.

    Columns: the ``by`` columns, the three of ``FORECAST`` in basis points of the B1 of that day, outturn_bp (the
    year's payments over the same B1), error_bp (forecast - outturn) and is_inside. Only groups that had a forecast and
    at least ``least_budget_fen`` of budget. History is drawn from the years before that day's alone.
    """
    cells = year_cells(facts, as_of.year, as_of)
    then = summed(cells if spending_kind is None else cells.filter(pl.col("spending_kind") == spending_kind), by)
    after = _sums(facts, as_of.year, dt.date(as_of.year, 12, 31), by, spending_kind)
    grown = then.join(growth(facts, as_of, by, spending_kind=spending_kind), on=list(by), maintain_order="left")
    held = grown.with_columns(**forecasts()).join(after, on=list(by), suffix="_in_all", maintain_order="left")
    outturn = pl.col("payment_fen_in_all").cast(pl.Int128) * _WHOLE_BP // pl.col("budget_fen")
    judged = held.filter(pl.col("forecast_bp").is_not_null(), pl.col("budget_fen") >= least_budget_fen)
    return judged.with_columns(outturn_bp=outturn.cast(pl.Int64)).select(
        *by,
        *FORECAST,
        "outturn_bp",
        error_bp=pl.col("forecast_bp") - pl.col("outturn_bp"),
        is_inside=pl.col("outturn_bp").is_between("forecast_low_bp", "forecast_high_bp"),
    )
