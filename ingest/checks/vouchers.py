"""H06: a voucher number that stands twice: the same payment would be counted twice."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from budget.payments import is_money
from ingest.checks.case import Case
from ingest.checks.outcome import Wrong, counted
from ingest.prepared import Check

KEY: Final = ("division_code", "fiscal_year", "voucher_no")
# What tells the lines of one voucher apart.
_LINE: Final = (
    *("unit_code", "project_code", "function_code", "dept_economic_code", "gov_economic_code", "fund_type_code"),
    *("budget_source", "allotment_code", "application_no", "paid_on", "payment_kind", "payee_name", "payee_account"),
    *("purpose", "payment_fen"),
)


def vouchers(case: Case) -> Iterator[Check]:
    """Count the rows whose voucher another row of the division and year has, here or in another slice in force.

    Voided lines and rows without a number are not judged. Where vouchers have several ``lines``, rows of one delivery
    are duplicates only when they are equal throughout.
    """
    if case.feed != "payments" or "voucher_no" not in case.columns:
        return
    key = [*KEY, *(name for name in _LINE if case.spec.vouchers.lines and name in case.columns)]
    numbered = case.facts.filter(is_money(), pl.col("voucher_no").is_not_null())
    # As many hashes as rows: no number stands twice. That is told five times sooner than which ones do.
    checked, distinct = numbered.select(pl.len(), n=pl.col("voucher_no").hash().n_unique()).collect().row(0)
    rows = numbered.select("source_sheet", "source_row", *key)
    if distinct < checked:
        twice = rows.filter(pl.col("voucher_no").is_duplicated()).collect()
    else:
        twice = rows.head(0).collect()
    yield counted(case, _within(twice, key, checked))
    if case.known.vouchers.height:
        yield counted(case, _elsewhere(case, numbered, checked))


def _within(twice: pl.DataFrame, key: list[str], checked: int) -> Wrong:
    """Find the rows that repeat an earlier one; ``twice`` holds those whose number stands twice at all."""
    wrong = (
        twice.sort("source_sheet", "source_row")
        .with_columns(times=pl.len().over(key), place=pl.int_range(pl.len()).over(key))
        .filter(pl.col("place") > 0)
        .select(
            "source_sheet",
            "source_row",
            about="voucher_no",
            expected=pl.lit("1"),
            actual=pl.col("times").cast(pl.String),
        )
    )
    says = f"{wrong.height:,} of {checked:,} rows repeat a voucher of this delivery"
    return Wrong(
        code="H06",
        name="vouchers",
        part="within the delivery",
        rows=wrong,
        concerned=wrong.height,
        checked=checked,
        says=says,
    )


def _elsewhere(case: Case, numbered: pl.LazyFrame, checked: int) -> Wrong:
    known = case.known.vouchers.unique(KEY, keep="first", maintain_order=True).lazy()
    wrong = (
        numbered.select("source_sheet", "source_row", *KEY)
        .join(known, on=list(KEY), how="inner", maintain_order="left")
        .select("source_sheet", "source_row", about="voucher_no", expected=pl.lit(None, pl.String), actual="slice_key")
        .collect()
    )
    says = f"{wrong.height:,} of {checked:,} rows have a voucher that another delivery in force has"
    return Wrong(
        code="H06",
        name="vouchers",
        part="against other deliveries",
        rows=wrong,
        concerned=wrong.height,
        checked=checked,
        says=says,
    )
