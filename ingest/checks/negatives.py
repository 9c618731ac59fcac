"""H08: a normal payment below zero; refunds and corrections may be, and are rows of their own."""

from collections.abc import Iterator

import polars as pl

from budget.payments import is_money
from ingest.checks.case import Case
from ingest.checks.outcome import Wrong, counted, yuan
from ingest.prepared import Check

IS_NORMAL = pl.col("payment_kind").fill_null("normal") == "normal"


def negatives(case: Case) -> Iterator[Check]:
    """Count the payments that are normal, or not told to be anything else, and negative."""
    if case.feed != "payments":
        return
    normal = case.facts.filter(is_money(), IS_NORMAL).select("source_sheet", "source_row", "voucher_no", "payment_fen")
    wrong = (
        normal.filter(pl.col("payment_fen") < 0)
        .select(
            "source_sheet",
            "source_row",
            about=pl.coalesce("voucher_no", pl.lit("payment")),
            expected=pl.lit(">= 0"),
            actual=yuan("payment_fen"),
        )
        .collect()
    )
    checked = int(normal.select(pl.len()).collect().item())
    says = f"{wrong.height:,} of {checked:,} normal payments are negative; refunds and corrections need their kind"
    found = Wrong(
        code="H08",
        name="negatives",
        part="normal payments",
        rows=wrong,
        concerned=wrong.height,
        checked=checked,
        says=says,
    )
    yield counted(case, found)
