"""H03: the budget (资金性质) a line belongs to against the functional item it is booked under."""

from collections.abc import Iterator

import polars as pl

from budget.funds import budget_of_function
from ingest.checks.case import Case
from ingest.checks.outcome import Wrong, counted
from ingest.prepared import Check

_BUDGETS = ("11", "12", "13", "14")


def funds(case: Case) -> Iterator[Check]:
    """Count the rows whose functional item belongs to one of the four budgets only, and whose fund is of another."""
    if not {"fund_type_code", "function_code"} <= case.columns:
        return
    fund, code = pl.col("fund_type_code").str.slice(0, 2), pl.col("function_code")
    pairs = (
        case.facts.filter(code.is_not_null(), fund.is_in(_BUDGETS))
        .group_by("fund_type_code", "function_code")
        .agg(pl.col("source_sheet", "source_row").sort_by("source_row").first(), rows=pl.len())
        .collect()
        .with_columns(own=budget_of_function(code))
    )
    wrong = pairs.filter(pl.col("own").is_not_null(), pl.col("own") != fund).sort("source_row")
    told = wrong.select(
        "source_sheet",
        "source_row",
        about=code,
        expected=pl.concat_str(pl.lit("fund "), "own"),
        actual=pl.concat_str(pl.lit("fund "), "fund_type_code"),
    )
    concerned, checked = int(wrong["rows"].sum()), int(pairs["rows"].sum())
    yield counted(
        case,
        Wrong(
            code="H03",
            name="funds",
            part="fund_type_code",
            rows=told,
            concerned=concerned,
            checked=checked,
            says=f"{concerned:,} of {checked:,} rows are booked under a functional item of another budget",
        ),
    )
