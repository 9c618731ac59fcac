"""How rules on a division's own tables (revenue, debt, treasury, transfers, accounts) say what they found."""

import datetime as dt
from collections.abc import Mapping, Sequence

import polars as pl

from budget.divisions import is_budget_level
from budget.facts import Facts
from budget.levels import Level
from budget.subjects import written
from rules.delivered import feed_reasons
from rules.judgement import Judgement, build_findings, division_coverage, graded, subject_coverage

# The December report arrives in January, and what is booked for the year after its end by March.
LAST_SETTLING_MONTH = 3
KEYS = ("subject", "period")


def judged_years(as_of: dt.date) -> tuple[int, ...]:
    """Return the fiscal years whose periods are judged: this one, until the end of March the one before too."""
    return (as_of.year,) if as_of.month > LAST_SETTLING_MONTH else (as_of.year - 1, as_of.year)


def whole_or_null(name: str) -> pl.Expr:
    """Add a column up; null where the figure of any part is missing: a part unknown is no zero."""
    return pl.when(pl.col(name).is_not_null().all()).then(pl.col(name).sum()).alias(name)


def quarters(year: str, day: str) -> pl.Expr:
    """Write 2026Q3 from a year's column and a day's; days after the year's end belong to its last quarter."""
    number = pl.when(pl.col(day).dt.year() > pl.col(year)).then(pl.lit(4)).otherwise(pl.col(day).dt.quarter())
    return written("{}Q{}", pl.col(year).cast(pl.String), number.cast(pl.String))


def missing(facts: Facts, feed: str, *, year: int | None = None) -> dict[str, str | None]:
    """Return why the divisions that did not deliver a feed for a year (this one unless said) are not judged.

    A street has no revenue, debt or treasury of its own (不作为一级预算): for it the rules are none of its business.
    """
    reasons = feed_reasons(facts, feed, year=year)
    streets = {one: "exempt" for one in reasons if not is_budget_level(one)}
    return {one: streets.get(one, reason) for one, reason in reasons.items() if reason is not None}


def with_division_names(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Add division_name from the latest unit table, else the code, and ``name``, which is the same."""
    named = facts.units.filter(pl.col("division_name").is_not_null()).sort("fiscal_year", "division_name")
    names = dict(named.select("division_code", "division_name").iter_rows())
    told = pl.col("division_code").replace_strict(names, default=pl.col("division_code"), return_dtype=pl.String)
    return rows.with_columns(division_name=told, name=told)


def judgement(
    code: str,
    facts: Facts,
    feed: str,
    known: pl.DataFrame,
    fences: Mapping[Level, int],
    *,
    measure_unit: str,
    evidence: Sequence[str],
    rows: pl.DataFrame,
    year: int | None = None,
) -> Judgement:
    """Return findings and coverage of subjects that are known by subject and period.

    ``known`` has subject, period, division_code, reason (null where judged), measured, amount_fen and the evidence
    columns; unit_code and project_code where a subject has one; ``level`` and ``limit`` instead of fences where
    ``fences`` is empty. ``rows`` are the facts behind them, with subject and period. ``year`` is the one whose feed
    is judged, where that is not the year of as_of.
    """
    lacking = [name for name in ("unit_code", "project_code") if name not in known.columns]
    named = with_division_names(known, facts).with_columns(pl.lit(None, pl.String).alias(name) for name in lacking)
    judged = named.filter(pl.col("reason").is_null()).sort(KEYS)
    flagged = graded(judged, fences) if fences else judged.filter(pl.col("level").is_not_null())
    found = build_findings(
        code,
        flagged,
        as_of=facts.as_of,
        period=pl.col("period"),
        measure_unit=measure_unit,
        evidence=("division_name", "name", "period", *evidence),
        rows=rows,
        keys=KEYS,
    )
    quiet = division_coverage(code, missing(facts, feed, year=year), str(year or facts.as_of.year))
    return Judgement(found, pl.concat([subject_coverage(code, named, pl.col("period")), quiet]))
