"""Which payments are money, and corrections (更正): a - and + that move 科目 or 项目 and sum to zero.

A normal payment is not negative; refunds and corrections may be. A failed line of a batch carries 0.00 and the reason;
it and a voided voucher are kept and are in no sum (DA/T 95-2022).
"""

import polars as pl

CORRECTION = {
    "division_code": pl.String(),
    "original_voucher_no": pl.String(),
    "net_fen": pl.Int64(),
    "row_count": pl.Int64(),
    "original_fen": pl.Int64(),
}


def is_money() -> pl.Expr:
    """Return whether a payment is money: neither voided nor failed (a reason, and nothing paid)."""
    is_failed = pl.col("failure_reason").is_not_null() & (pl.col("payment_fen") == 0)
    return ~(pl.col("is_voided").fill_null(value=False) | is_failed)


def corrections(payments: pl.DataFrame) -> pl.DataFrame:
    """Return what was corrected, one row an original voucher, with the columns of CORRECTION.

    ``net_fen`` sums the correction rows, ``original_fen`` the voucher they name (null where it is not among the
    payments). Corrections that name no voucher are one row a division, with original_voucher_no null.
    """
    paid = payments.filter(is_money())
    keys = ["division_code", "original_voucher_no"]
    named = paid.filter(pl.col("payment_kind") == "correction").group_by(keys, maintain_order=True)
    summed = named.agg(net_fen=pl.col("payment_fen").sum(), row_count=pl.len().cast(pl.Int64))
    is_original = (pl.col("payment_kind") != "correction").fill_null(value=True) & pl.col("voucher_no").is_not_null()
    originals = (
        paid.filter(is_original)
        .group_by("division_code", original_voucher_no="voucher_no")
        .agg(original_fen=pl.col("payment_fen").sum())
    )
    return summed.join(originals, on=keys, how="left", maintain_order="left").select(
        pl.col(name).cast(kind) for name, kind in CORRECTION.items()
    )


def unbalanced_corrections(payments: pl.DataFrame) -> pl.DataFrame:
    """Return the corrections that neither sum to zero nor take back their whole voucher."""
    takes_back = (pl.col("net_fen") + pl.col("original_fen") == 0).fill_null(value=False)
    return corrections(payments).filter((pl.col("net_fen") != 0) & ~takes_back)
