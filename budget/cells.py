"""A year's budget and payments in cells small enough to be added up by anything S* and forecasts are drawn from."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

import polars as pl

from budget.facts import Facts, movements, sum_or_null
from budget.money import rate_bp
from budget.set_aside import is_set_aside

CELL: Final = ("division_code", "department_code", "unit_code", "project_code", "spending_kind", "project_category")
PURSE: Final = ("unit_code", "project_code")  # what is released together: a project, or a unit's basic money
WHOLE_UNTIL_DAY: Final = 31  # money released by this day of the year counts as there all year long
RELEASE_DAYS: Final = 30  # so long after a division's first release its budget is still being released
_MONEY: Final = ("budget_fen", "payment_fen")


def year_cells(facts: Facts, year: int, until: dt.date) -> pl.DataFrame:
    """Return the year's money up to a day, one row a ``CELL``: budget_fen (B1), payment_fen, released_on.

    budget_fen and payment_fen are null where no row tells of them; released_on is the first release or top-up of
    the cell's unit and project, null where the feed carries none. What is set aside is left out: nobody is expected to
    spend it. Computed once per facts.
    """
    return facts.once(("cells", year, until), lambda: _cells(movements(facts, year, until).filter(~is_set_aside())))


def given_fen() -> pl.Expr:
    """Return what a movement gives (cuts negative); null where it is no budget row."""
    told = pl.col("appropriation_fen").is_not_null() | pl.col("adjustment_fen").is_not_null()
    return pl.when(told).then(pl.col("appropriation_fen").fill_null(0) + pl.col("adjustment_fen").fill_null(0))


def released() -> pl.Expr:
    """Return the day a movement released money; the day of a monthly report is none."""
    return pl.when(pl.col("feed") != "execution_months").then("occurs_on")


def _cells(moved: pl.DataFrame) -> pl.DataFrame:
    told = moved.with_columns(budget_fen=given_fen(), released_on=released())
    released_first = pl.col("released_on").filter(pl.col("budget_fen") > 0).min()
    summed = told.group_by(CELL, maintain_order=True).agg(
        *(sum_or_null(name) for name in _MONEY), released_first.alias("released_on")
    )
    return summed.with_columns(pl.col("released_on").min().over(PURSE))


def all_year_until(year: int, whole_until_day: int, first_release: str | pl.Expr) -> pl.Expr:
    """Return the last day on which a release still counts as money for the whole year.

    It is day ``whole_until_day`` of the year or, where the division's budget came later, 30 days after its first
    release (a column or expression; null tells nothing).
    """
    first = pl.col(first_release) if isinstance(first_release, str) else first_release
    last = pl.lit(dt.date(year, 1, 1) + dt.timedelta(days=whole_until_day - 1))
    return pl.max_horizontal(last, first + pl.duration(days=RELEASE_DAYS))


def all_year(cells: pl.DataFrame, year: int, whole_until_day: int = WHOLE_UNTIL_DAY) -> pl.DataFrame:
    """Leave out what was first released late in the year: it says nothing of money that is there all year.

    What has no release date is kept.
    """
    until = all_year_until(year, whole_until_day, pl.col("released_on").min().over("division_code"))
    return cells.filter((pl.col("released_on") <= until).fill_null(value=True))


def of_known_kind(cells: pl.DataFrame) -> pl.DataFrame:
    """Leave out units some of whose money is of no kind (人员, 公用, 项目): their shares by kind would be too low."""
    has_money = pl.any_horizontal(pl.col(name).fill_null(0) != 0 for name in _MONEY)
    unknown = (pl.col("spending_kind").is_null() & has_money).any().over("unit_code")
    return cells.filter(~unknown)


def summed(cells: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Add cells up: the ``by`` columns, budget_fen, payment_fen (0 where a budget stands unpaid), execution_rate_bp.

    Groups whose ``by`` columns are null are left out: nothing says they are of one kind.
    """
    named = cells.filter(pl.all_horizontal(pl.col(name).is_not_null() for name in by))
    sums = named.group_by(by, maintain_order=True).agg(sum_or_null(name) for name in _MONEY)
    return sums.with_columns(pl.col("payment_fen").fill_null(0)).with_columns(
        execution_rate_bp=rate_bp(pl.col("payment_fen"), pl.col("budget_fen"))
    )
