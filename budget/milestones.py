"""Milestone plans of projects: the share of the money that is to be paid by a day, where the plan says so."""

import datetime as dt
from typing import Final

import polars as pl

from budget.facts import Facts
from budget.units import with_departments

PROJECT: Final = ("unit_code", "project_code")
_STEP = ("division_code", "unit_code", "project_code", "milestone_no", "milestone_name")


def planned_shares(facts: Facts, by_day: dt.date) -> pl.DataFrame:
    """Return, per project that has a plan for a day's year, the share of its money to be paid by that day (inclusive).

    Columns: division_code, unit_code (null where the plan names none; else the code in use), project_code,
    planned_share_bp and planned_on of the last milestone due (0 and null before the first). A milestone counts only
    with both its day and its share; of several states of one milestone the latest stands.
    """
    return facts.once(("planned_shares", by_day), lambda: _planned(facts, by_day))


def _planned(facts: Facts, by_day: dt.date) -> pl.DataFrame:
    own = facts.milestones.filter(
        pl.col("fiscal_year") == by_day.year,
        pl.col("as_of_on").is_null() | (pl.col("as_of_on") <= facts.as_of),
        pl.col("planned_on").is_not_null(),
        pl.col("planned_share_bp").is_not_null(),
    )
    told = with_departments(own, facts.units, facts.as_of)
    steps = told.sort("as_of_on", "slice_id", "row_no", nulls_last=False).unique(
        _STEP, keep="last", maintain_order=True
    )
    due = pl.col("planned_on") <= by_day
    return steps.group_by("division_code", *PROJECT).agg(
        planned_share_bp=pl.col("planned_share_bp").filter(due).max().fill_null(0).cast(pl.Int64),
        planned_on=pl.col("planned_on").filter(due).max(),
    )


def with_planned_share(lines: pl.DataFrame, facts: Facts, by_day: dt.date) -> pl.DataFrame:
    """Add planned_share_bp and planned_on to lines with division_code, unit_code and project_code; null without plan.

    A plan that names no unit is that of every unit of its division with the project.
    """
    plans = planned_shares(facts, by_day)
    exact = plans.filter(pl.col("unit_code").is_not_null())
    shared = plans.filter(pl.col("unit_code").is_null()).drop("unit_code")
    joined = lines.join(exact, on=["division_code", *PROJECT], how="left", maintain_order="left").join(
        shared, on=["division_code", "project_code"], how="left", suffix="_shared", maintain_order="left"
    )
    return joined.with_columns(pl.coalesce(name, f"{name}_shared") for name in ("planned_share_bp", "planned_on")).drop(
        "planned_share_bp_shared", "planned_on_shared"
    )
