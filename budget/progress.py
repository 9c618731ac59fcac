"""Expected progress S*: where the same kind of spending stood on the same day in the three years before."""

import datetime as dt
from collections.abc import Sequence

import polars as pl

from budget.calendar import TimeProgressBy, same_day, time_progress_bp
from budget.facts import Facts, execution, movements

HISTORY_YEARS = 3


def progress_history(
    facts: Facts, as_of: dt.date, by: Sequence[str], *, spending_kind: str | None = None
) -> pl.DataFrame:
    """Return, per prior year and group, R on the same day with the B1 known on that day.

    Columns: the ``by`` columns, fiscal_year, execution_rate_bp, adjusted_appropriation_fen. Like for like: an
    adjustment made after that day is not in its B1. Groups without a positive B1 that day are left out, and so are
    rows whose ``by`` columns are null: nothing says they are of one kind. ``spending_kind`` keeps one kind only.
    """
    named = pl.all_horizontal(pl.col(name).is_not_null() for name in by)
    kept = named if spending_kind is None else named & (pl.col("spending_kind") == spending_kind)
    parts = [
        execution(movements(facts, year, same_day(as_of, year)).filter(kept), [*by, "fiscal_year"]).select(
            *by, "fiscal_year", "execution_rate_bp", "adjusted_appropriation_fen"
        )
        for year in range(as_of.year - HISTORY_YEARS, as_of.year)
    ]
    return pl.concat(parts).filter(pl.col("execution_rate_bp").is_not_null())


def median_down(name: str) -> pl.Expr:
    """Return the median of an integer column, rounded down, in integers only: a float median may round up."""
    ordered = pl.col(name).sort()
    upper = ordered.get(pl.len() // 2).cast(pl.Int128)
    return ((ordered.get((pl.len() - 1) // 2).cast(pl.Int128) + upper) // 2).cast(pl.Int64)


def expected_progress(
    facts: Facts, as_of: dt.date, by: Sequence[str], *, least_years: int = 2, spending_kind: str | None = None
) -> pl.DataFrame:
    """Return S* per group: the median of the prior years' R, in basis points, rounded down.

    Columns: the ``by`` columns, expected_progress_bp, history_years. Groups with fewer than ``least_years`` years
    are left out: the caller falls back to a wider group or to S, and must say which it used. Computed once per facts.
    """
    every = facts.once(
        ("expected_progress", as_of, tuple(by), spending_kind),
        lambda: _expected(progress_history(facts, as_of, by, spending_kind=spending_kind), by),
    )
    return every.filter(pl.col("history_years") >= least_years)


def _expected(history: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    return history.group_by(by, maintain_order=True).agg(
        expected_progress_bp=median_down("execution_rate_bp"),
        history_years=pl.col("fiscal_year").n_unique().cast(pl.Int64),
    )


def with_expected_progress(
    lines: pl.DataFrame,
    facts: Facts,
    as_of: dt.date,
    ladders: Sequence[Sequence[str]],
    *,
    time_progress_by: TimeProgressBy = "day",
    least_years: int = 2,
    spending_kind: str | None = None,
) -> pl.DataFrame:
    """Add expected_progress_bp, expected_basis and time_progress_bp to lines.

    ``ladders`` names groupings from the narrowest to the widest; each line takes the first that has history.
    expected_basis is the grouping's columns joined with ``+``, or ``time`` where S itself stands in.
    """
    ruler = time_progress_bp(as_of, time_progress_by)
    wanted = lines.with_columns(expected_progress_bp=pl.lit(None, pl.Int64), expected_basis=pl.lit(None, pl.String))
    for by in ladders:
        known = expected_progress(facts, as_of, by, least_years=least_years, spending_kind=spending_kind).select(
            *by, "expected_progress_bp"
        )
        wanted = wanted.join(known, on=list(by), how="left", suffix="_found", maintain_order="left").with_columns(
            expected_basis=pl.when(
                pl.col("expected_progress_bp").is_null() & pl.col("expected_progress_bp_found").is_not_null()
            )
            .then(pl.lit("+".join(by)))
            .otherwise("expected_basis"),
            expected_progress_bp=pl.coalesce("expected_progress_bp", "expected_progress_bp_found"),
        )
        wanted = wanted.drop("expected_progress_bp_found")
    return wanted.with_columns(
        pl.col("expected_progress_bp").fill_null(ruler),
        pl.col("expected_basis").fill_null("time"),
        time_progress_bp=pl.lit(ruler, pl.Int64),
    )
