"""Monthly reports (执行月报) by department: what the data-quality rules hold against last year and the vouchers."""

import datetime as dt

import polars as pl

from budget.facts import Facts, sum_or_null, with_departments

DEPARTMENT = ("division_code", "department_code")


def months_of(facts: Facts, *, codes_at: dt.date | None = None) -> pl.DataFrame:
    """Return the rows of the monthly reports with their department, the money counted once.

    Departments have the codes in use at ``codes_at`` (as_of unless said). Where a department reports itself and by
    its units for the same day, its own rows stand.
    """
    rows = with_departments(facts.execution_months, facts.units, codes_at or facts.as_of)
    key = ["department_code", "as_of_on"]
    own = rows.filter(pl.col("reporting_level") == "department").select(key).unique()
    is_unit = (pl.col("reporting_level") == "unit").fill_null(value=False)
    doubled = rows.filter(is_unit).join(own, on=key, how="semi").select("slice_id", "row_no")
    return rows.join(doubled, on=["slice_id", "row_no"], how="anti")


def totals_of(months: pl.DataFrame) -> pl.DataFrame:
    """Return the cumulative payment_fen per department and month, of the latest report within each month."""
    summed = months.group_by(*DEPARTMENT, "as_of_on").agg(sum_or_null("payment_fen"))
    latest = (
        summed.with_columns(month=pl.col("as_of_on").dt.to_string("%Y-%m"))
        .sort("as_of_on")
        .unique([*DEPARTMENT, "month"], keep="last", maintain_order=True)
    )
    return latest.filter(pl.col("payment_fen").is_not_null()).sort(*DEPARTMENT, "month")
