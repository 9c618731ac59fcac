"""Reports that are due within some months of the year: heard in time, after them, or not at all."""

import datetime as dt

import polars as pl

from budget.facts import Facts
from budget.subjects import written
from rules.acts import recorders
from rules.judgement import Judgement
from rules.time_limits import LateDays, is_bound, judged_acts


def judged_window(
    code: str,
    facts: Facts,
    params: LateDays,
    heard: pl.DataFrame,
    *,
    window: tuple[dt.date, dt.date],
    year: int,
    named: tuple[str, str, str],
) -> Judgement:
    """Judge one report per district: the first day heard since the window opened, days late counted from its end.

    ``heard`` has division_code, event_on, title and lineage of every such report of fiscal ``year``; what
    was heard before the window opened is no report of it. Districts that record any acts and have none owe it.
    ``named`` is the act's kind and its words in both languages.
    """
    first, last = window
    kind, act_zh, act_en = named
    there = [one for one, reason in recorders(facts).items() if reason is None]
    since = heard.filter(pl.col("event_on") >= first).sort("event_on", "slice_id", "row_no")
    divisions = pl.DataFrame({"division_code": there}, schema={"division_code": pl.String}).filter(is_bound("county"))
    rows = divisions.join(
        since.unique("division_code", keep="first", maintain_order=True),
        on="division_code",
        how="left",
        maintain_order="left",
    ).with_columns(
        subject=written("act:{}/" + kind + "/-", "division_code"),
        act_zh=pl.lit(act_zh),
        act_en=pl.lit(act_en),
        period=pl.lit(str(year)),
        unit_code=pl.lit(None, pl.String),
        base_on=pl.lit(first),
        due_on=pl.lit(last),
    )
    return judged_acts(code, facts, params, rows, binds="county")


def months_window(year: int, first_month: int, last_month: int) -> tuple[dt.date, dt.date]:
    """Return the first day of one month and the last of another, both inclusive."""
    after = dt.date(year + last_month // 12, last_month % 12 + 1, 1)
    return dt.date(year, first_month, 1), after - dt.timedelta(days=1)
