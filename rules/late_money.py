"""Money that came so late in the year that nobody is asked to have spent it by the end."""

import datetime as dt
from collections.abc import Sequence

import polars as pl

from budget.cells import given_fen, released


def late_releases(moved: pl.DataFrame, keys: Sequence[str], late_from: dt.date) -> pl.DataFrame:
    """Return late_release_fen per group: what was added on days from late_from on, additions and cuts of a day netted.

    Groups without any are left out; so are days on which more was cut than added.
    """
    rows = moved.select(*keys, given_fen=given_fen(), on=released()).filter(pl.col("on") >= late_from)
    by_day = rows.group_by(*keys, "on").agg(pl.col("given_fen").sum()).filter(pl.col("given_fen") > 0)
    return by_day.group_by(keys).agg(late_release_fen=pl.col("given_fen").sum())
