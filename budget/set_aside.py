"""What a level sets aside: budget that no unit spends, and that no spending is measured against."""

import polars as pl


def is_set_aside() -> pl.Expr:
    """Tell lines that no unit spends: the reserve, and money for the stabilisation and the working fund."""
    is_fund = pl.col("function_code").str.contains(r"^2301[56](?:\d\d)?$").fill_null(value=False)
    return is_reserve() | is_fund


def is_reserve() -> pl.Expr:
    """Tell lines of the reserve (预备费, functional class 227)."""
    return pl.col("function_code").str.contains(r"^227(?:\d\d)?(?:\d\d)?$").fill_null(value=False)
