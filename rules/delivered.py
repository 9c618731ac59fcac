"""Whether a division delivers a feed, and a column of it: what nobody sent cannot be judged, nor called compliant."""

from collections.abc import Mapping

import polars as pl

from budget.facts import Facts
from rules.spending import delivering, divisions_of


def feed_reasons(facts: Facts, feed: str, *, year: int | None = None) -> dict[str, str | None]:
    """Return, per division, ``no_<feed>`` where it never delivered the feed for a year, else None.

    The year is as_of's unless said. A delivery without rows counts as delivered; rows and deliveries that name no
    year count for every year.
    """
    own = year or facts.as_of.year
    of_year = pl.col("fiscal_year").is_null() | (pl.col("fiscal_year") == own)
    there = set(delivering(facts, feed).filter(of_year)["division_code"].unique())
    return {one: None if one in there else f"no_{feed}" for one in divisions_of(facts)}


def reasons_by_division(reasons: Mapping[str, str | None]) -> pl.Expr:
    """Return the reason of each row's division_code; null where its division has none."""
    given = {division: reason for division, reason in reasons.items() if reason is not None}
    return pl.col("division_code").replace_strict(given, default=None, return_dtype=pl.String)


def column_reasons(facts: Facts, rows: pl.DataFrame, is_told: pl.Expr, reason: str) -> dict[str, str | None]:
    """Return, per division, ``reason`` where it has rows and none of them tells what a rule reads, else None."""
    told = rows.group_by("division_code").agg(is_told=is_told.fill_null(value=False).any())
    silent = set(told.filter(~pl.col("is_told"))["division_code"])
    return {one: reason if one in silent else None for one in divisions_of(facts)}
