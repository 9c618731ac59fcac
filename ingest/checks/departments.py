"""H03: a department's figures against those of its units, and the same money delivered by both."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from budget import frames
from budget.facts import sum_or_null
from ingest.checks.case import Case
from ingest.checks.families import doubled, judged_families, mismatch
from ingest.checks.keys import day_keys
from ingest.prepared import Check

FEEDS: Final = ("allotments", "execution_months", "final_accounts")


def departments(case: Case) -> Iterator[Check]:
    """Compare each department with the sum of its units, in this delivery and with what is in force beside it.

    Rows that tell their reporting_level are counted once and only compared (departments), where all units that the
    unit table lists are there. Rows of both levels that do not tell it would be counted twice (doubles).
    """
    if case.feed not in FEEDS:
        return
    measures = [name for name in frames.MEASURES[case.feed] if name in case.columns]
    if not measures or "unit_code" not in case.columns:
        return
    sums = _sums(case, measures)
    families = _families(sums, _parents(case, sums["unit_code"].unique()), _scope(case.feed), measures)
    if families.is_empty():
        return
    told = families.filter(pl.col("is_told"))
    if told.height:
        whole = _complete(case, told)
        _, off = judged_families(case, whole, measures, case.tolerance_fen(case.rule("departments")))
        yield mismatch(case, "departments", "unit_code", off, whole.height)
    untold = families.filter(~pl.col("is_told"))
    if untold.height:
        twice, _ = judged_families(case, untold, measures, case.tolerance_fen(case.rule("doubles")))
        yield doubled(case, "unit_code", twice, untold.height)


def _scope(feed: str) -> list[str]:
    return ["fiscal_year", *day_keys(feed)]


def _sums(case: Case, measures: list[str]) -> pl.DataFrame:
    """Return the sums by unit and level, those of this delivery with the row they begin in."""
    keys = [*_scope(case.feed), "unit_code", "reporting_level"]
    own = (
        case.facts.filter(pl.col("unit_code").is_not_null())
        .group_by(keys)
        .agg(
            pl.col("source_sheet", "source_row").sort_by("source_row").first(),
            *(sum_or_null(name) for name in measures),
        )
        .with_columns(is_own=pl.lit(value=True))
        .collect()
    )
    if case.known.levels is None or case.known.levels.is_empty():
        return own
    other = case.known.levels.group_by(keys).agg(sum_or_null(name) for name in measures)
    return pl.concat([own, other.with_columns(is_own=pl.lit(value=False))], how="diagonal")


def _parents(case: Case, codes: pl.Series) -> pl.DataFrame:
    """Return unit_code, parent_code: as the unit table says, else by the three digits a unit's code adds."""
    known = (
        case.known.units.sort("fiscal_year", nulls_last=False)
        .unique("unit_code", keep="last", maintain_order=True)
        .select("unit_code", "parent_code", is_listed=pl.lit(value=True))
    )
    by_digits = pl.when(pl.col("unit_code").str.contains(r"^(?:\d{3}){2,}$")).then(
        pl.col("unit_code").str.slice(0, pl.col("unit_code").str.len_chars().cast(pl.Int64) - 3)
    )
    return (
        pl.DataFrame({"unit_code": codes})
        .join(known, on="unit_code", how="left")
        .select("unit_code", parent_code=pl.when("is_listed").then("parent_code").otherwise(by_digits))
    )


def _families(sums: pl.DataFrame, parents: pl.DataFrame, scope: list[str], measures: list[str]) -> pl.DataFrame:
    level = pl.col("reporting_level")
    upper = sums.filter(level.is_null() | (level == "department"))
    lower = sums.filter(level.is_null() | (level == "unit")).join(parents, on="unit_code", how="left")
    # A department with one unit may report both under one code.
    alone = lower.filter(level == "unit").with_columns(parent_code="unit_code")
    below = (
        pl.concat([lower.filter(pl.col("parent_code").is_not_null()), alone])
        .group_by(*scope, "parent_code")
        .agg(
            *(sum_or_null(name).alias(f"{name} below") for name in measures),
            parts=pl.col("unit_code").n_unique(),
            has_own=pl.col("is_own").any(),
            told_below=(level == "unit").all(),
        )
    )
    joined = upper.join(
        below, left_on=[*scope, "unit_code"], right_on=[*scope, "parent_code"], how="inner", nulls_equal=True
    )
    is_told = (level == "department").fill_null(value=False) & pl.col("told_below")
    return (
        joined.filter(pl.col("is_own") | pl.col("has_own")).with_columns(is_told=is_told).rename({"unit_code": "about"})
    )


def _complete(case: Case, families: pl.DataFrame) -> pl.DataFrame:
    """Leave out departments of which the unit table lists more units than have reported."""
    listed = (
        case.known.units.filter(pl.col("parent_code").is_not_null(), pl.col("valid_to").is_null())
        .group_by("fiscal_year", about="parent_code")
        .agg(listed=pl.col("unit_code").n_unique())
        .group_by("about")
        .agg(pl.col("listed").max())
    )
    counted = families.join(listed, on="about", how="left", maintain_order="left")
    return counted.filter(pl.col("listed").is_null() | (pl.col("parts") >= pl.col("listed")))
