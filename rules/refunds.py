"""Refunds and corrections of the year, each beside the payment it undoes."""

from collections.abc import Sequence

import polars as pl

from budget.facts import Facts, with_departments
from rules.vouchers import VOUCHER, lines_of
from rules.words import has_word


def refunds_of(facts: Facts, bank_words: Sequence[str]) -> pl.DataFrame:
    """Return this year's refund vouchers that were no return by the bank, with the day of what they undo.

    One row a voucher: refund_fen (positive), original (the voucher it names; null where none), days_between (null
    where the original is not among the payments). A return by the bank is known by its purpose or failure reason.
    """
    words = pl.concat_str(pl.col("purpose").fill_null(""), pl.col("failure_reason").fill_null(""))
    is_refund = (pl.col("payment_kind") == "refund").fill_null(value=False) | (
        (pl.col("payment_fen") < 0) & (pl.col("payment_kind") != "correction").fill_null(value=True)
    )
    refunds = (
        lines_of(facts)
        .filter(is_refund, ~has_word(words, bank_words))
        .group_by(VOUCHER)
        .agg(
            pl.col("paid_on").min(),
            project_code=pl.col("project_code").drop_nulls().min(),
            original=pl.col("original_voucher_no").drop_nulls().min(),
            refund_fen=-pl.col("payment_fen").sum(),
        )
        .filter(pl.col("refund_fen") > 0)
        .sort(VOUCHER)
    )
    wanted = facts.payments.filter(
        pl.col("voucher_no").is_in(refunds["original"].drop_nulls().implode()), pl.col("payment_fen") > 0
    )
    originals = (
        with_departments(wanted, facts.units, facts.as_of)
        .group_by("division_code", original="voucher_no")
        .agg(original_on=pl.col("paid_on").min())
    )
    return refunds.join(originals, on=["division_code", "original"], how="left", maintain_order="left").with_columns(
        days_between=(pl.col("paid_on") - pl.col("original_on")).dt.total_days()
    )


def open_corrections(facts: Facts, settled_within_days: int) -> pl.DataFrame:
    """Return this year's vouchers whose corrections neither sum to zero nor take the voucher back whole.

    One row a corrected voucher: refund_fen (the net, without sign), paid_on (the last correction, at least
    ``settled_within_days`` ago), vouchers (of the corrections). Corrections that name no voucher are left out.
    """
    lines = lines_of(facts)
    is_correction = (pl.col("payment_kind") == "correction").fill_null(value=False)
    of_voucher = ["division_code", "voucher"]
    corrected = (
        lines.filter(is_correction, pl.col("original_voucher_no").is_not_null())
        .group_by("division_code", voucher="original_voucher_no")
        .agg(
            paid_on=pl.col("paid_on").max(),
            net_fen=pl.col("payment_fen").sum(),
            refunds=pl.len().cast(pl.Int64),
            vouchers=pl.col("voucher").unique().sort().str.join("、"),
        )
        .filter(pl.col("net_fen") != 0, (facts.as_of - pl.col("paid_on")).dt.total_days() >= settled_within_days)
    )
    originals = (
        lines.filter(~is_correction)
        .join(corrected, on=of_voucher, how="semi")
        .group_by(of_voucher)
        .agg(
            pl.col("unit_code").min(),
            project_code=pl.col("project_code").drop_nulls().min(),
            paid_fen=pl.col("payment_fen").sum(),
        )
    )
    open_ones = corrected.join(originals, on=of_voucher, how="inner").filter(
        pl.col("net_fen") + pl.col("paid_fen") != 0
    )
    return open_ones.sort(of_voucher).with_columns(
        original=pl.col("voucher"), refund_fen=pl.col("net_fen").abs(), days_between=pl.lit(None, pl.Int64)
    )
