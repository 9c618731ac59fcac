"""The project list (项目库) as it stands, and which of the budgeted projects it knows."""

import polars as pl

from budget.facts import Facts, sum_or_null, with_departments

LISTED = ("division_code", "project_code")
_AMOUNTS = ("total_fen", "estimate_fen", "paid_before_fen")


def listed_projects(facts: Facts) -> pl.DataFrame:
    """Return every project of the list once per division, as the latest year's list states it.

    A project of several units is one row: unit_code is the first of them, amounts are those of all its rows added up
    (null where none states any). Units carry the codes in use.
    """
    return facts.once(("listed_projects",), lambda: _listed(facts))


def _listed(facts: Facts) -> pl.DataFrame:
    texts = ("unit_code", "project_name", "project_category", "status", "approval_no")
    return (
        list_rows(facts)
        .group_by(LISTED, maintain_order=True)
        .agg(
            *(pl.col(name).drop_nulls().min() for name in texts),
            *(sum_or_null(name) for name in _AMOUNTS),
            pl.col("start_year").min(),
            pl.col("is_investment", "is_livelihood").any(),
        )
    )


def list_rows(facts: Facts) -> pl.DataFrame:
    """Return the rows of the latest list that names each project, units by the codes in use."""
    return facts.once(("list_rows",), lambda: _rows(facts))


def _rows(facts: Facts) -> pl.DataFrame:
    own = facts.projects.filter(pl.col("fiscal_year") <= facts.as_of.year, pl.col("project_code").is_not_null())
    rows = with_departments(own, facts.units, facts.as_of)
    of_year = pl.col("fiscal_year") == pl.col("fiscal_year").max().over(LISTED)
    return rows.filter(of_year).sort(*LISTED, "slice_id", "row_no")
