"""Expected progress S*: where the same kind of spending stood on the same day in the three years before."""

import datetime as dt
from collections.abc import Sequence

import polars as pl

from budget.calendar import TimeProgressBy, time_progress_bp
from budget.cells import WHOLE_UNTIL_DAY, all_year, of_known_kind, summed, year_cells
from budget.facts import Facts
from budget.festival import reading

HISTORY_YEARS = 3
LEAST_YEARS = 2


def past_years(as_of: dt.date) -> range:
    """Return the years before as_of's that history is drawn from."""
    return range(as_of.year - HISTORY_YEARS, as_of.year)


def past_cells(facts: Facts, year: int, until: dt.date, whole_until_day: int = WHOLE_UNTIL_DAY) -> pl.DataFrame:
    """Return the cells of an earlier year that are like for like: money that was there all year.

    A division whose payments of that year were never delivered says nothing of that year.
    """
    has_paid = pl.col("payment_fen").is_not_null().any().over("division_code")
    return facts.once(
        ("past_cells", year, until, whole_until_day),
        lambda: all_year(year_cells(facts, year, until).filter(has_paid), year, whole_until_day),
    )


def progress_history(
    facts: Facts,
    as_of: dt.date,
    by: Sequence[str],
    *,
    spending_kind: str | None = None,
    whole_until_day: int = WHOLE_UNTIL_DAY,
) -> pl.DataFrame:
    """Return, per prior year and group, R on the same day with the B1 known on that day.

    Columns: the ``by`` columns, fiscal_year, execution_rate_bp, budget_fen. In January and February it is R at the
    end of February times the share of the two months' days gone by (``budget.festival``). Left out are groups without
    a positive B1 that day, rows whose ``by`` columns are null, projects first released after day ``whole_until_day``
    of their year, and, where ``by`` names the kind, units that do not tell the kind of all their money.
    ``spending_kind`` keeps one kind only.
    """
    parts = []
    for year in past_years(as_of):
        read = reading(as_of, year)
        cells = past_cells(facts, year, read.until, whole_until_day)
        if "spending_kind" in by:
            cells = of_known_kind(cells)
        if spending_kind is not None:
            cells = cells.filter(pl.col("spending_kind") == spending_kind)
        rate = pl.col("execution_rate_bp")
        parts.append(
            summed(cells, by).select(
                *by,
                "budget_fen",
                fiscal_year=pl.lit(year, pl.Int32),
                execution_rate_bp=rate if read.whole == 1 else rate * read.passed // read.whole,
            )
        )
    return pl.concat(parts).filter(pl.col("execution_rate_bp").is_not_null())


def median_down(name: str) -> pl.Expr:
    """Return the median of an integer column, rounded down, in integers only: a float median may round up."""
    ordered = pl.col(name).sort()
    upper = ordered.get(pl.len() // 2).cast(pl.Int128)
    return ((ordered.get((pl.len() - 1) // 2).cast(pl.Int128) + upper) // 2).cast(pl.Int64)


def expected_progress(
    facts: Facts,
    as_of: dt.date,
    by: Sequence[str],
    *,
    least_years: int = LEAST_YEARS,
    spending_kind: str | None = None,
    whole_until_day: int = WHOLE_UNTIL_DAY,
) -> pl.DataFrame:
    """Return S* per group: the median of the prior years' R, in basis points, rounded down.

    Columns: the ``by`` columns, expected_progress_bp, history_years. Groups with fewer than ``least_years`` years
    are left out: the caller falls back to a wider group or to S, and must say which it used. Computed once per facts.
    """
    every = facts.once(
        ("expected_progress", as_of, tuple(by), spending_kind, whole_until_day),
        lambda: _expected(
            progress_history(facts, as_of, by, spending_kind=spending_kind, whole_until_day=whole_until_day), by
        ),
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
    least_years: int = LEAST_YEARS,
    spending_kind: str | None = None,
    whole_until_day: int = WHOLE_UNTIL_DAY,
) -> pl.DataFrame:
    """Add expected_progress_bp, expected_basis, history_years and time_progress_bp to lines.

    ``ladders`` names groupings from the narrowest to the widest; each line takes the first that has history.
    expected_basis is the grouping's columns joined with ``+``, or ``time`` where S itself stands in (history_years
    is null then). ``spending_kind`` keeps one kind, except for groupings that name the kind themselves.
    """
    ruler = time_progress_bp(as_of, time_progress_by)
    empty: dict[str, pl.Expr] = {
        "expected_progress_bp": pl.lit(None, pl.Int64),
        "history_years": pl.lit(None, pl.Int64),
        "expected_basis": pl.lit(None, pl.String),
    }
    wanted = lines.with_columns(**empty)
    for by in ladders:
        known = expected_progress(
            facts,
            as_of,
            by,
            least_years=least_years,
            spending_kind=None if "spending_kind" in by else spending_kind,
            whole_until_day=whole_until_day,
        ).with_columns(expected_basis=pl.lit("+".join(by)))
        joined = wanted.join(known, on=list(by), how="left", suffix="_found", maintain_order="left")
        wanted = joined.with_columns(pl.coalesce(name, f"{name}_found") for name in empty).drop(
            f"{name}_found" for name in empty
        )
    return wanted.with_columns(
        pl.col("expected_progress_bp").fill_null(ruler),
        pl.col("expected_basis").fill_null("time"),
        time_progress_bp=pl.lit(ruler, pl.Int64),
    )
