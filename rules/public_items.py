"""Three-public, meeting and training money of units, this year and on the same day of the years before."""

import datetime as dt
from collections.abc import Mapping, Sequence

import polars as pl

from budget.calendar import same_day
from budget.facts import Facts, movements
from budget.progress import HISTORY_YEARS, median_down
from rules.delivered import feed_reasons
from rules.spending import execute


def items_of(moved: pl.DataFrame, groups: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """Keep the movements under some economic items, with ``item``: the name of the group the item belongs to."""
    of_code = {code: name for name, codes in groups.items() for code in codes}
    code = pl.col("dept_economic_code").str.slice(0, 5)
    named = moved.with_columns(item=code.replace_strict(of_code, default=None, return_dtype=pl.String))
    return named.filter(pl.col("item").is_not_null())


def items_on_same_day(facts: Facts, groups: Mapping[str, Sequence[str]], years_back: int) -> pl.DataFrame:
    """Return the movements under some items of an earlier year, up to the same day."""
    return items_of(past(facts, years_back), groups)


def past(facts: Facts, years_back: int) -> pl.DataFrame:
    """Return the movements of an earlier year, up to the same day (29 February becomes 28)."""
    year = facts.as_of.year - years_back
    return movements(facts, year, same_day(facts.as_of, year))


def expected_items(
    facts: Facts, groups: Mapping[str, Sequence[str]], by: Sequence[str], least_years: int
) -> pl.DataFrame:
    """Return S* of items: the median of R on the same day of the years before, by some columns and ``item``.

    Columns: the ``by`` columns, item, expected_progress_bp. Groups with fewer than ``least_years`` years are left out.
    """
    keys = [*by, "item"]
    rates = pl.concat(
        execute(items_on_same_day(facts, groups, back), keys).select(*keys, "execution_rate_bp")
        for back in range(1, HISTORY_YEARS + 1)
    ).filter(pl.col("execution_rate_bp").is_not_null())
    years = rates.group_by(keys).agg(expected_progress_bp=median_down("execution_rate_bp"), years=pl.len())
    return years.filter(pl.col("years") >= least_years).drop("years")


def unpaid_divisions(facts: Facts) -> dict[str, str | None]:
    """Return the divisions that delivered no payments this year: their units cannot even be named."""
    return {one: reason for one, reason in feed_reasons(facts, "payments").items() if reason is not None}


def day_words(day: dt.date) -> str:
    """Write a day of the year as 11月20日."""
    return f"{day.month}月{day.day}日"
