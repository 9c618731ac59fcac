"""Paired moves of the budget (调剂): what one line gives another takes, so that they sum to zero."""

import polars as pl

from budget.divisions import level_code

UNBALANCED = {
    "fiscal_year": pl.Int32(),
    "level_code": pl.String(),
    "pair": pl.String(),
    "fund_type_code": pl.String(),
    "net_fen": pl.Int64(),
    "row_count": pl.Int64(),
}


def unbalanced_moves(adjustments: pl.DataFrame) -> pl.DataFrame:
    """Return the moves that do not sum to zero, one row a pair, with the columns of UNBALANCED.

    Rows belong together by adjustment_code, else document_no, else the day, within one year and one budget level (a
    street and its district are one). Each of the four budgets balances by itself; where a row of a pair does not
    tell its budget, the pair is summed as a whole and fund_type_code is null.
    """
    pair = pl.coalesce("adjustment_code", "document_no", pl.col("adjusted_on").dt.to_string("%Y-%m-%d"))
    keys = ["fiscal_year", "level_code", "pair"]
    moves = adjustments.filter(pl.col("adjustment_kind") == "move").with_columns(level_code=level_code(), pair=pair)
    is_told = pl.col("fund_type_code").is_not_null().all().over(keys)
    summed = (
        moves.with_columns(fund_type_code=pl.when(is_told).then("fund_type_code"))
        .group_by(*keys, "fund_type_code", maintain_order=True)
        .agg(net_fen=pl.col("adjustment_fen").sum(), row_count=pl.len().cast(pl.Int64))
    )
    return summed.filter(pl.col("net_fen") != 0).select(pl.col(n).cast(t) for n, t in UNBALANCED.items())
