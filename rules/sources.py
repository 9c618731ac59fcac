"""Whose money a movement is (预算来源): payments and adjustments take it from the 指标 they name."""

import datetime as dt

import polars as pl

from budget.divisions import level_code
from budget.facts import Facts, budgets, departments, movements, with_departments

CODE = ["unit_code", "allotment_code"]
UPPER, CARRIED = "transfer", "carryover"


def codes_of(facts: Facts, year: int) -> pl.DataFrame:
    """Return, per unit in use and 指标编号 of a year, its budget_source, origin_year and is_direct_fund."""
    return facts.once(("allotment_codes", year), lambda: _codes(facts, year))


def _codes(facts: Facts, year: int) -> pl.DataFrame:
    named = facts.allotments.filter(pl.col("fiscal_year") == year, pl.col("allotment_code").is_not_null())
    return (
        with_departments(named, facts.units, facts.as_of)
        .group_by(CODE)
        .agg(
            code_source=pl.col("budget_source").drop_nulls().min(),
            origin_year=pl.col("origin_year").min(),
            is_direct_fund=pl.col("is_direct_fund").fill_null(value=False).any(),
        )
    )


def sourced(facts: Facts, year: int, until: dt.date) -> pl.DataFrame:
    """Return ``movements`` with budget_source filled from the 指标, and with its origin_year and is_direct_fund."""
    return facts.once(("sourced", year, until), lambda: _with_codes(movements(facts, year, until), facts, year))


def sourced_budgets(facts: Facts, year: int, until: dt.date) -> pl.DataFrame:
    """Return ``sourced`` without any payment."""
    return facts.once(("sourced_budgets", year, until), lambda: _with_codes(budgets(facts, year, until), facts, year))


def _with_codes(rows: pl.DataFrame, facts: Facts, year: int) -> pl.DataFrame:
    both = rows.join(codes_of(facts, year), on=CODE, how="left", maintain_order="left")
    return both.with_columns(budget_source=pl.coalesce("budget_source", "code_source")).drop("code_source")


def adjustments_of(facts: Facts, year: int, until: dt.date) -> pl.DataFrame:
    """Return a year's adjustments up to a day, units by the codes in use, sourced, each with its ``level_code``."""
    return facts.once(("adjustments_of", year, until), lambda: _adjustments(facts, year, until))


def _adjustments(facts: Facts, year: int, until: dt.date) -> pl.DataFrame:
    own = facts.adjustments.filter(pl.col("fiscal_year") == year, pl.col("adjusted_on") <= until)
    return _with_codes(with_departments(own, facts.units, facts.as_of), facts, year).with_columns(
        level_code=level_code()
    )


def is_upper_money(words: tuple[str, ...]) -> pl.Expr:
    """Tell whether money came from above: by its source, 直达资金, or a word in the adjustment's reason."""
    told = pl.col("reason").fill_null("").str.contains_any(list(words)) if words else pl.lit(value=False)
    by_source = (pl.col("budget_source") == UPPER).fill_null(value=False)
    return by_source | pl.col("is_direct_fund").fill_null(value=False) | told


def acts_of_levels(facts: Facts, kind: str, year: int) -> pl.DataFrame:
    """Return the done acts of a kind that budget levels took for a year: level_code, event_on, amount_fen, lineage.

    Acts for a single unit (批复) are left out; an act counts for the level whose division it names.
    """
    own = facts.documents.filter(
        pl.col("fiscal_year") == year,
        pl.col("document_kind") == kind,
        pl.col("unit_code").is_null(),
        pl.col("event_on") <= facts.as_of,
    )
    return own.with_columns(level_code=level_code())


def told_levels(facts: Facts, feed: str, year: int) -> list[str]:
    """Return the budget levels that a division of theirs delivered a feed for, for a year; null years count for all."""
    told = [facts.deliveries.filter(pl.col("feed") == feed), getattr(facts, feed)]
    of_year = pl.col("fiscal_year").is_null() | (pl.col("fiscal_year") == year)
    levels = pl.concat([frame.filter(of_year).select(level_code()) for frame in told])
    return sorted(set(levels["division_code"].drop_nulls()))


def division_names(facts: Facts) -> dict[str, str]:
    """Return division_code -> name, of the divisions whose units tell it."""
    told = departments(facts.units).select("division_code", "division_name").drop_nulls().unique()
    return dict(told.sort("division_code", "division_name").iter_rows())
