"""H08: a refund needs a payment to give back, and the rows of a correction (更正) sum to zero."""

from collections.abc import Iterator

import polars as pl

from budget.payments import is_money
from ingest.checks.case import Case
from ingest.checks.outcome import Wrong, counted, yuan
from ingest.prepared import Check


def refunds(case: Case) -> Iterator[Check]:
    """Judge refunds and corrections by the voucher they name as their original.

    A refund must name a voucher that is here or in force, and may not be more than was paid on it. The corrections of
    one original sum to zero, or take back all that was paid on it.
    """
    if case.feed != "payments" or "payment_kind" not in case.columns:
        return
    rows = (
        case.facts.filter(is_money(), pl.col("payment_kind").is_in(["refund", "correction"]))
        .select(
            *("source_sheet", "source_row", "voucher_no", "original_voucher_no", "application_no"),
            *("unit_code", "paid_on", "payment_kind", "payment_fen"),
        )
        .collect()
    )
    if rows.is_empty():
        return
    paid = _paid(case, rows["original_voucher_no"].drop_nulls().unique())
    refunded = rows.filter(pl.col("payment_kind") == "refund")
    if refunded.height:
        yield counted(case, _refunds(refunded.join(paid, on="original_voucher_no", how="left", maintain_order="left")))
    corrected = rows.filter(pl.col("payment_kind") == "correction")
    if corrected.height:
        yield counted(case, _corrections(corrected, paid))


def _paid(case: Case, originals: pl.Series) -> pl.DataFrame:
    """Return what was paid on each original, refunds and corrections left out: here, else in force."""
    here = (
        case.facts.filter(is_money(), pl.col("voucher_no").is_in(originals.implode()))
        .select(original_voucher_no="voucher_no", paid_fen="payment_fen")
        .collect()
    )
    known = case.known.originals.select(original_voucher_no="voucher_no", paid_fen="payment_fen")
    elsewhere = known.join(here, on="original_voucher_no", how="anti")
    return pl.concat([here, elsewhere]).group_by("original_voucher_no").agg(pl.col("paid_fen").sum())


def _refunds(rows: pl.DataFrame) -> Wrong:
    """Find refunds above zero or of nothing that is known, and those of one voucher that together exceed it."""
    back = -pl.col("payment_fen").sum().over("original_voucher_no")
    unknown, is_payment = pl.col("paid_fen").is_null(), pl.col("payment_fen") > 0
    exceeds = pl.col("back_fen") > pl.col("paid_fen")
    wrong = rows.with_columns(back_fen=back).filter(is_payment | unknown | exceeds)
    told = wrong.select(
        "source_sheet",
        "source_row",
        about=pl.coalesce("voucher_no", pl.lit("refund")),
        expected=pl.when(is_payment)
        .then(pl.lit("<= 0"))
        .when(unknown)
        .then(pl.coalesce(pl.concat_str(pl.lit("original "), "original_voucher_no"), pl.lit("its original")))
        .otherwise(pl.concat_str(pl.lit("<= "), yuan("paid_fen"))),
        actual=pl.when(is_payment | unknown).then(yuan("payment_fen")).otherwise(yuan("back_fen")),
    )
    says = f"{told.height:,} of {rows.height:,} refunds are positive, have no original that is known, or give back more"
    return Wrong(
        code="H08",
        name="refunds",
        part="refunds",
        rows=told,
        concerned=told.height,
        checked=rows.height,
        says=says,
    )


def _corrections(rows: pl.DataFrame, paid: pl.DataFrame) -> Wrong:
    """Find corrections that do not sum to zero; without an original those of one application, else unit and day."""
    loose = pl.concat_str("unit_code", pl.lit(" "), pl.col("paid_on").cast(pl.String))
    sets = (
        rows.group_by(about=pl.coalesce("original_voucher_no", "application_no", loose), maintain_order=True)
        .agg(pl.col("source_sheet", "source_row", "original_voucher_no").first(), net_fen=pl.col("payment_fen").sum())
        .join(paid, on="original_voucher_no", how="left", maintain_order="left")
    )
    is_even = (pl.col("net_fen") == 0) | (pl.col("net_fen") == -pl.col("paid_fen")).fill_null(value=False)
    told = sets.filter(~is_even).select(
        "source_sheet", "source_row", "about", expected=pl.lit("0.00"), actual=yuan("net_fen")
    )
    says = f"{told.height:,} of {sets.height:,} corrections (更正) do not sum to zero"
    return Wrong(
        code="H08",
        name="refunds",
        part="corrections",
        rows=told,
        concerned=told.height,
        checked=sets.height,
        says=says,
    )
