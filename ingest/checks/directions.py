"""H08: what is added (追加) is above zero and what is cut (追减) below it, as both are summed as they stand."""

from collections.abc import Iterator

import polars as pl

from ingest.checks.case import Case
from ingest.checks.outcome import Wrong, counted, yuan
from ingest.prepared import Check


def directions(case: Case) -> Iterator[Check]:
    """Count the additions below zero and the cuts above it: a cut written without its sign would raise the budget."""
    if case.feed != "adjustments" or "adjustment_kind" not in case.columns:
        return
    kind, fen = pl.col("adjustment_kind"), pl.col("adjustment_fen")
    told = case.facts.filter(kind.is_in(["add", "cut"]), fen.is_not_null())
    is_cut = kind == "cut"
    wrong = (
        told.filter(pl.when(is_cut).then(fen > 0).otherwise(fen < 0))
        .select(
            "source_sheet",
            "source_row",
            about=pl.coalesce("adjustment_code", "document_no", "unit_code"),
            expected=pl.when(is_cut).then(pl.lit("<= 0")).otherwise(pl.lit(">= 0")),
            actual=yuan("adjustment_fen"),
        )
        .collect()
    )
    checked = int(told.select(pl.len()).collect().item())
    found = Wrong(
        code="H08",
        name="directions",
        part="adds and cuts",
        rows=wrong,
        concerned=wrong.height,
        checked=checked,
        says=f"{wrong.height:,} of {checked:,} additions and cuts have the sign of the other; cuts are negative",
    )
    yield counted(case, found)
