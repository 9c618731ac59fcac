"""Budget execution as the rules look at it: by unit, by project and by line, with names beside the codes."""

import datetime as dt
from collections.abc import Iterable, Sequence

import polars as pl

from budget.facts import Facts, behind, departments, execution, ledger, movements
from budget.frames import FEEDS
from budget.set_aside import is_set_aside
from rules.judgement import Rows

CALENDAR_KINDS = ("holiday", "makeup_workday")  # of the documents feed: no acts of a division
PROJECT = ("unit_code", "project_code")
EXECUTION = (
    "appropriation_fen",
    "adjustment_fen",
    "adjusted_appropriation_fen",
    "payment_fen",
    "execution_rate_bp",
    "released_on",
)
NAMES = ("unit_name", "department_code", "department_name", "division_name")


def spent(facts: Facts, by: Sequence[str], carried: Sequence[str] = (), *, year: int | None = None) -> pl.DataFrame:
    """Return execution of a year (this one unless said) up to as_of, by some columns.

    ``division_code`` and the ``carried`` columns are taken along: the first of their values in order, so that the
    order of rows decides nothing. Rows where a ``by`` column of the subject is null are kept as groups of their own.
    """
    return execute(sums_of(facts, year), by, carried)


def execute(moved: pl.DataFrame, by: Sequence[str], carried: Sequence[str] = ()) -> pl.DataFrame:
    """Add movements up as ``spent`` does."""
    beside = [name for name in ("division_code", *carried) if name not in by]
    named = moved.group_by(by, maintain_order=True).agg(pl.col(name).drop_nulls().min() for name in beside)
    return execution(moved, by).join(named, on=list(by), how="left", nulls_equal=True, maintain_order="left")


def this_year(facts: Facts) -> pl.DataFrame:
    """Return the movements of the fiscal year of as_of, up to as_of, without what is set aside; once per facts.

    Nobody spends the reserve (预备费) before the government decides, and what is decided moves to lines of its own;
    money for the stabilisation fund (23015) and the working fund (23016) is spent by no unit at all.
    """
    own = facts.as_of
    return facts.once(("this_year",), lambda: movements(facts, own.year, own).filter(~is_set_aside()))


def sums_of(facts: Facts, year: int | None = None) -> pl.DataFrame:
    """Return the ledger of a year (this one unless said) up to as_of: what sums need, without the single payments.

    What is set aside is left out, as in ``this_year``.
    """
    own = year or facts.as_of.year
    until = min(facts.as_of, dt.date(own, 12, 31))
    return facts.once(("sums", own), lambda: ledger(facts, own, until).filter(~is_set_aside()))


def rows_of(facts: Facts, year: int | None = None, where: pl.Expr | None = None) -> Rows:
    """Return what finds the movements behind subjects; only those that fulfil ``where`` are read at all."""
    own = year or facts.as_of.year
    kept = ~is_set_aside() if where is None else where & ~is_set_aside()
    return lambda wanted: behind(facts, own, min(facts.as_of, dt.date(own, 12, 31)), wanted, kept)


def project_rows_of(facts: Facts, year: int | None = None) -> Rows:
    """Return what finds the movements behind projects (项目支出)."""
    find = rows_of(facts, year)
    return lambda wanted: projects(find(wanted))


def projects(moved: pl.DataFrame) -> pl.DataFrame:
    """Keep the movements of projects (项目支出) that have a code to name them by."""
    return moved.filter(pl.col("spending_kind") == "project", pl.col("project_code").is_not_null())


def with_names(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Add unit_name, department_code, department_name and division_name; a code stands in for a missing name."""
    known = facts.once(("named_units",), lambda: departments(facts.units).select("unit_code", *NAMES))
    given = [name for name in NAMES if name in rows.columns]
    named = rows.drop(given).join(known, on="unit_code", how="left", maintain_order="left")
    return named.with_columns(
        unit_name=pl.coalesce("unit_name", "unit_code"),
        department_code=pl.coalesce("department_code", "unit_code"),
        department_name=pl.coalesce("department_name", "unit_name", "unit_code"),
        division_name=pl.coalesce("division_name", "division_code"),
    )


def division_names(facts: Facts) -> pl.Expr:
    """Return the name of column division_code; the code stands in for a missing name."""
    named = facts.units.filter(pl.col("division_name").is_not_null()).sort("fiscal_year", "division_name")
    names = dict(named.select("division_code", "division_name").iter_rows())
    return pl.col("division_code").replace_strict(names, default=pl.col("division_code"), return_dtype=pl.String)


def with_known_zeros(rows: pl.DataFrame, facts: Facts, *, year: int | None = None) -> pl.DataFrame:
    """Write 0 for adjustments and payments that are known to be none: the division's feed of the year is there.

    Where the feed is not there they stay null, which is written as 无数据.
    """
    own = pl.col("fiscal_year") == (year or facts.as_of.year)
    filled = {}
    for feed, measure in (("adjustments", "adjustment_fen"), ("payments", "payment_fen")):
        told = delivering(facts, feed).filter(own)["division_code"].unique()
        is_there = pl.col("division_code").is_in(told.implode())
        filled[measure] = pl.when(is_there).then(pl.col(measure).fill_null(0)).otherwise(measure)
    return rows.with_columns(**filled)


def divisions_of(facts: Facts) -> tuple[str, ...]:
    """Return every division the facts speak of, in order, computed once per facts.

    Whoever only sets rest days (the State Council, in the documents feed) is no division that spends.
    """
    return facts.once(("divisions",), lambda: _divisions_of(facts))


def _divisions_of(facts: Facts) -> tuple[str, ...]:
    is_rest_day = pl.col("document_kind").is_in(CALENDAR_KINDS).fill_null(value=False)
    rest_days, acts = facts.documents.filter(is_rest_day), facts.documents.filter(~is_rest_day)
    others = [delivering(facts, feed) for feed in FEEDS if feed not in {"classifications", "documents"}]
    told = _codes([facts.deliveries.filter(pl.col("feed") != "documents"), acts, *others])
    every = told | _codes([facts.deliveries]) | set(facts.divisions)
    return tuple(sorted(every - (_codes([rest_days]) - told)))


def _codes(frames: Iterable[pl.DataFrame]) -> set[str]:
    seen = pl.concat([frame.select("division_code") for frame in frames])["division_code"]
    return set(seen.drop_nulls().unique())


def delivering(facts: Facts, feed: str) -> pl.DataFrame:
    """Return the divisions and years (division_code, fiscal_year) that delivered a feed, with or without rows."""
    return facts.once(("delivering", feed), lambda: _delivering(facts, feed))


def _delivering(facts: Facts, feed: str) -> pl.DataFrame:
    told = [facts.deliveries.lazy().filter(pl.col("feed") == feed), facts.lazy(feed)]
    return pl.concat([one.select("division_code", "fiscal_year").unique() for one in told]).unique().collect()


def budget_reasons(facts: Facts) -> dict[str, str | None]:
    """Return, per division, ``no_budget`` where nothing says what it may spend this year, else None."""
    budgeted = set(sums_of(facts).filter(pl.col("appropriation_fen").is_not_null())["division_code"].unique())
    return {one: None if one in budgeted else "no_budget" for one in divisions_of(facts)}


def shortfall_fen(budget: str, gap_bp: str) -> pl.Expr:
    """Return the money that a gap in basis points stands for, rounded down."""
    return (pl.col(budget).cast(pl.Int128) * pl.col(gap_bp) // 10_000).cast(pl.Int64)


def since_release(as_of: dt.date) -> pl.Expr:
    """Return the days from the first release to as_of; null where the feed carries no release date."""
    return (pl.lit(as_of) - pl.col("released_on")).dt.total_days()
