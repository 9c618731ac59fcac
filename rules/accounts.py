"""Final accounts (决算) of divisions by 类, nothing counted twice."""

from typing import Final

import polars as pl

from budget.facts import Facts
from rules.extent import one_extent
from rules.income import topmost
from rules.tables import whole_or_null

AMOUNTS: Final = ("appropriation_fen", "adjusted_appropriation_fen", "outturn_fen", "carryover_out_fen", "surplus_fen")
CLASS: Final = ("division_code", "fiscal_year", "account_side", "fund", "head")


def account_parts(facts: Facts) -> pl.DataFrame:
    """Return the rows of divisions' own accounts that make up each 类, its code as ``head``; computed once.

    A department's account is part of its division's and left out. Of 类, 款 and 项 rows beside each other the widest
    stand. account_side is spending where the row does not say; a row without fund belongs to 一般公共预算.
    """
    return facts.once(("account_parts",), lambda: _parts(facts))


def _parts(facts: Facts) -> pl.DataFrame:
    told = facts.final_accounts.filter(
        (pl.col("reporting_level") == "division")
        | (pl.col("reporting_level").is_null() & pl.col("unit_code").is_null())
    )
    is_revenue = (pl.col("account_side") == "revenue").fill_null(value=False)
    named = one_extent(told).with_columns(
        account_side=pl.when(is_revenue).then(pl.lit("revenue")).otherwise(pl.lit("spending")),
        fund=pl.col("fund_type_code").str.slice(0, 2).fill_null("11"),
        code=pl.when(is_revenue).then("subject_code").otherwise(pl.coalesce("function_code", "subject_code")),
    )
    coded = named.filter(pl.col("code").is_not_null())
    return topmost(coded, ("division_code", "fiscal_year", "account_side", "fund"), "code", 3)


def accounts_by_class(facts: Facts) -> pl.DataFrame:
    """Return AMOUNTS per division, year, side, fund and 类; null where the figure of any part is missing."""
    whole = [whole_or_null(name) for name in AMOUNTS]
    name = pl.col("subject_name").filter(pl.col("code") == pl.col("head")).drop_nulls().min()
    return (
        account_parts(facts)
        .group_by(CLASS, maintain_order=True)
        .agg(*whole, pl.col("extent_zh", "extent_en").first(), class_name=name)
    )


def outturns(facts: Facts, side: str) -> pl.DataFrame:
    """Return outturn_fen of one side by division, year, fund and 类."""
    return accounts_by_class(facts).filter(pl.col("account_side") == side)
