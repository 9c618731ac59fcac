"""Debt as the rules look at it: limits and balances at each quarter's last statement, and single bonds."""

from typing import Final

import polars as pl

from budget.facts import Facts, successors
from budget.subjects import written
from rules.extent import one_extent
from rules.tables import judged_years, quarters, whole_or_null

KIND_ZH: Final = {"general": "一般债务", "special": "专项债务"}
KIND_EN: Final = {"general": "general debt", "special": "special debt"}
STATEMENT = ("division_code", "fiscal_year", "debt_kind", "period", "on")
SUMS = ("principal_fen", "received_fen", "paid_fen", "repaid_fen")


def _limit_rows(facts: Facts) -> pl.DataFrame:
    """Return the rows that state limit and balance, at the last statement of each judged quarter."""
    rows = one_extent(facts.debt.filter(pl.col("bond_code").is_null(), pl.col("as_of_on").is_not_null()))
    told = rows.filter(
        pl.col("debt_kind").is_not_null(), pl.col("fiscal_year").is_in(judged_years(facts.as_of))
    ).with_columns(
        period=quarters("fiscal_year", "as_of_on"),
        on="as_of_on",
        subject=written("debt:{}/{}", "division_code", "debt_kind"),
    )
    return told.filter(pl.col("on") == pl.col("on").max().over("division_code", "period"))


def limits_of(facts: Facts) -> pl.DataFrame:
    """Return limit, balance and stated capacity by division, kind and judged quarter; null where a part is missing."""
    rows = _limit_rows(facts)
    whole = [whole_or_null(name) for name in ("limit_fen", "balance_fen")]
    told = rows.group_by(*STATEMENT, "subject", maintain_order=True).agg(
        *whole,
        pl.col("extent_zh", "extent_en").first(),
        capacity_fen=pl.col("fiscal_capacity_fen").drop_nulls().max(),
    )
    return told.with_columns(
        kind_zh=pl.col("debt_kind").replace_strict(KIND_ZH, default="政府债务", return_dtype=pl.String),
        kind_en=pl.col("debt_kind").replace_strict(KIND_EN, default="debt", return_dtype=pl.String),
    )


def rows_of_limits(facts: Facts) -> pl.DataFrame:
    """Return the facts behind ``limits_of``."""
    return _limit_rows(facts).select("subject", "period", "division_code", "slice_id", "row_no")


def _bond_rows(facts: Facts) -> pl.DataFrame:
    """Return the rows of bonds at each division's last statement, of this year or the one before."""
    rows = one_extent(facts.debt.filter(pl.col("fiscal_year") >= facts.as_of.year - 1))
    moved = successors(facts.units, facts.as_of)
    told = rows.with_columns(
        unit_code=pl.col("unit_code").replace(moved) if moved else pl.col("unit_code"),
        on=pl.col("as_of_on").fill_null(facts.as_of),
        fund=pl.col("fund_type_code").str.slice(0, 2),
        subject=written("bond:{}/{}", "division_code", "bond_code"),
    ).filter(pl.col("on") == pl.col("on").max().over("division_code"))
    return told.filter(pl.col("bond_code").is_not_null()).with_columns(period=pl.col("fiscal_year").cast(pl.String))


def bonds_of(facts: Facts) -> pl.DataFrame:
    """Return one row a bond as the last statement tells it; computed once.

    Amounts of a bond in several rows are added, null where one is missing. Unit, project, fund and use are those all
    its rows share, else null; received_on is its first.
    """
    return facts.once(("bonds",), lambda: _bonds(facts))


def _bonds(facts: Facts) -> pl.DataFrame:
    shared = [
        pl.when(pl.col(name).n_unique() == 1).then(pl.col(name).first()).alias(name)
        for name in ("unit_code", "project_code", "project_name", "fund", "use_class", "purpose")
    ]
    sums = [whole_or_null(name) for name in SUMS]
    rows = _bond_rows(facts).sort("slice_id", "row_no")
    return rows.group_by("subject", "period", "division_code", "bond_code", "on", maintain_order=True).agg(
        *shared,
        *sums,
        bond_name=pl.coalesce(pl.col("bond_name").drop_nulls().min(), pl.col("bond_code").first()),
        received_on=pl.col("received_on").min(),
    )


def rows_of_bonds(facts: Facts) -> pl.DataFrame:
    """Return the facts behind ``bonds_of``."""
    return _bond_rows(facts).select("subject", "period", "slice_id", "row_no")
