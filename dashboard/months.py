"""The course of a year by months: the rate at each month's end."""

import polars as pl


def monthly_rates(moved: pl.DataFrame) -> list[int | None]:
    """Return R at the end of each month, with the B1 known by then; None in all of them where nothing was paid."""
    dated = moved.filter(pl.col("feed") != "execution_months").with_columns(
        month=pl.col("occurs_on").dt.month().fill_null(1)
    )
    if dated["payment_fen"].drop_nulls().is_empty():
        return [None] * 12
    sums = dated.group_by("month").agg(pl.col("appropriation_fen", "adjustment_fen", "payment_fen").sum())
    by_month = {row["month"]: row for row in sums.iter_rows(named=True)}
    rates: list[int | None] = []
    budget = paid = 0
    for month in range(1, 13):
        row = by_month.get(month, {"appropriation_fen": 0, "adjustment_fen": 0, "payment_fen": 0})
        budget += row["appropriation_fen"] + row["adjustment_fen"]
        paid += row["payment_fen"]
        rates.append(paid * 10_000 // budget if budget > 0 else None)
    return rates
