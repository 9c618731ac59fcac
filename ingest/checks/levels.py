"""H03: 类 = Σ款 = Σ项, where a table has rows of several levels of a code among its facts."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from budget import frames
from budget.facts import sum_or_null
from ingest.checks.case import Case
from ingest.checks.families import doubled, judged_families, mismatch
from ingest.checks.keys import day_keys, line_keys
from ingest.prepared import Check

FEEDS: Final = ("allotments", "cash_plans", "execution_months", "revenue", "final_accounts")
_CODES: Final = ("function_code", "dept_economic_code", "gov_economic_code", "subject_code")
_STEP, _TOP, _DEPTH = 2, 3, 3  # 类3 款5 项7 目9


def levels(case: Case) -> Iterator[Check]:
    """Compare each upper row with the rows right below it of the same line and day.

    Sums that differ are told (levels); sums that agree would be counted twice (doubles).
    """
    if case.feed not in FEEDS:
        return
    measures = [name for name in frames.MEASURES[case.feed] if name in case.columns]
    for column in _CODES:
        if column in case.columns and measures and _has_levels(case, column):
            families = _families(case, column, measures)
            if families.height:
                rule = case.rule("levels")
                twice, off = judged_families(case, families, measures, case.tolerance_fen(rule))
                yield mismatch(case, "levels", column, off, families.height)
                yield doubled(case, column, twice, families.height)


def _has_levels(case: Case, column: str) -> bool:
    lengths = case.facts.select(pl.col(column).str.len_chars().unique()).collect().to_series().drop_nulls()
    return bool(lengths.len() > 1)


def _families(case: Case, column: str, measures: list[str]) -> pl.DataFrame:
    keys = ["slice_key", *(name for name in (*line_keys(case.feed), *day_keys(case.feed)) if name != column)]
    rows = (
        case.facts.filter(pl.col(column).is_not_null())
        .group_by(*keys, column)
        .agg(pl.col("source_sheet", "source_row").sort_by("source_row").first(), *(sum_or_null(m) for m in measures))
        .collect()
    )
    above = _above(rows, keys, column)
    below = (
        above.filter(pl.col("parent").is_not_null())
        .group_by(*keys, "parent")
        .agg(*(sum_or_null(name).alias(f"{name} below") for name in measures), parts=pl.len())
    )
    return rows.join(below, left_on=[*keys, column], right_on=[*keys, "parent"], how="inner", nulls_equal=True).rename(
        {column: "about"}
    )


def _above(rows: pl.DataFrame, keys: list[str], column: str) -> pl.DataFrame:
    """Give each row the nearest upper code of the same line that has a row of its own; null where none has."""
    there = rows.select(*keys, pl.col(column).alias("upper"), is_there=pl.lit(value=True))
    for step in range(1, _DEPTH + 1):
        cut = pl.col(column).str.len_chars().cast(pl.Int64) - step * _STEP
        upper = pl.when(cut >= _TOP).then(pl.col(column).str.slice(0, cut))
        rows = (
            rows.with_columns(upper=upper)
            .join(there, on=[*keys, "upper"], how="left", nulls_equal=True)
            .with_columns(pl.when("is_there").then("upper").alias(f"up {step}"))
            .drop("upper", "is_there")
        )
    return rows.with_columns(parent=pl.coalesce(f"up {step}" for step in range(1, _DEPTH + 1)))
