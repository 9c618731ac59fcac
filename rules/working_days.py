"""Working days by the calendar of the documents feed: rest days (holiday) and make-up workdays (makeup_workday)."""

import datetime as dt

import polars as pl

from budget.facts import Facts
from rules.spending import CALENDAR_KINDS

_AHEAD = dt.timedelta(days=60)


def known_years(facts: Facts) -> list[int]:
    """Return the years whose rest days are delivered."""
    days = _changed(facts)
    return sorted(days["day"].dt.year().unique())


def calendar(facts: Facts, first: dt.date) -> pl.DataFrame:
    """Return day, workdays (how many there were up to it) and is_workday from a day on, beyond as_of too.

    A day that is given both as a rest day and as a workday is a rest day.
    """
    days = pl.DataFrame({"day": pl.date_range(first, max(first, facts.as_of) + _AHEAD, eager=True)})
    is_plain = pl.col("day").dt.weekday() <= 5
    return (
        days.join(_changed(facts), on="day", how="left", maintain_order="left")
        .with_columns(is_workday=pl.coalesce("is_worked", is_plain))
        .select("day", "is_workday", workdays=pl.col("is_workday").cast(pl.Int64).cum_sum())
    )


def _changed(facts: Facts) -> pl.DataFrame:
    own = facts.documents.filter(pl.col("document_kind").is_in(CALENDAR_KINDS), pl.col("event_on").is_not_null())
    return own.group_by(day="event_on").agg(is_worked=(pl.col("document_kind") == "makeup_workday").all())
