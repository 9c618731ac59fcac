"""Performance targets and self-reviews (绩效) as delivered, beside the projects they are for."""

import datetime as dt

import polars as pl

from budget.facts import Facts, movements, with_departments
from rules.spending import PROJECT, execute, projects

CARRIED = ("project_name", "project_category")


def year_projects(facts: Facts, year: int) -> pl.DataFrame:
    """Return the execution of the projects of a year, up to as_of, with name and category."""
    moved = movements(facts, year, min(facts.as_of, dt.date(year, 12, 31)))
    return facts.once(("year_projects", year), lambda: execute(projects(moved), PROJECT, CARRIED))


def reviews(facts: Facts, year: int) -> pl.DataFrame:
    """Return the performance rows of a year, units by the codes in use."""
    own = facts.performance.filter(pl.col("fiscal_year") == year)
    return with_departments(own, facts.units, facts.as_of)
