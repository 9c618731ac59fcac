"""The treasury as the rules look at it: its accounts added up at the last statement of each quarter."""

from collections.abc import Sequence

import polars as pl

from budget.facts import Facts
from budget.subjects import written
from rules.accounts import outturns
from rules.extent import one_extent
from rules.tables import judged_years, quarters, whole_or_null

STATEMENT = ("division_code", "fiscal_year", "on")


def _accounts(facts: Facts, funds: Sequence[str] | None) -> pl.DataFrame:
    """Return the rows of accounts by fund; one that names no fund belongs to all of them."""
    rows = one_extent(facts.treasury.filter(pl.col("as_of_on").is_not_null())).with_columns(
        on="as_of_on",
        period=quarters("fiscal_year", "as_of_on"),
        subject=written("treasury:{}", "division_code"),
    )
    fund = pl.col("fund_type_code").str.slice(0, 2)
    return rows if funds is None else rows.filter(fund.is_null() | fund.is_in(list(funds)))


def _added(facts: Facts, funds: Sequence[str] | None, names: Sequence[str]) -> pl.DataFrame:
    whole = [whole_or_null(name) for name in names]
    return (
        _accounts(facts, funds)
        .group_by(*STATEMENT, "subject", "period", maintain_order=True)
        .agg(
            *whole,
            pl.col("extent_zh", "extent_en").first(),
            advances_fen=pl.when(pl.col("advances_fen").is_not_null().any()).then(pl.col("advances_fen").sum()),
        )
    )


def _latest(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    judged = rows.filter(pl.col("fiscal_year").is_in(judged_years(facts.as_of)))
    return judged.filter(pl.col("on") == pl.col("on").max().over("division_code", "period"))


def rows_of_balances(facts: Facts, funds: Sequence[str] | None) -> pl.DataFrame:
    """Return the facts of the last statement of each quarter, with subject and period."""
    return _latest(_accounts(facts, funds), facts).select("subject", "period", "slice_id", "row_no")


def balances_of(facts: Facts, funds: Sequence[str], least_months: int) -> pl.DataFrame:
    """Return closing_fen, payouts_fen and monthly_fen of each judged quarter's last statement.

    monthly_fen is the average month of the year so far, rounded down; of last year as a whole in the first
    ``least_months`` months. Null where a figure is missing.
    """
    rows = _added(facts, funds, ("closing_fen", "payouts_fen"))
    both = _latest(rows, facts).join(_last_years(rows), on=["division_code", "fiscal_year"], how="left")
    is_over = pl.col("on").dt.year() > pl.col("fiscal_year")
    months = pl.when(is_over).then(12).otherwise(pl.col("on").dt.month()).cast(pl.Int64)
    is_early = months <= least_months
    own = pl.col("payouts_fen") // months
    return both.with_columns(
        monthly_fen=pl.when(is_early).then(pl.col("last_payouts_fen") // 12).otherwise(own),
        basis_zh=pl.when(is_early).then(pl.lit("上年月均")).otherwise(pl.lit("本年月均")),
        basis_en=pl.when(is_early).then(pl.lit("last year")).otherwise(pl.lit("this year so far")),
    )


def _last_years(rows: pl.DataFrame) -> pl.DataFrame:
    """Return what each year's December statement says was paid, under the year after it."""
    ends = rows.filter((pl.col("on").dt.month() == 12) & (pl.col("on").dt.year() == pl.col("fiscal_year")))
    return ends.select("division_code", fiscal_year=pl.col("fiscal_year") + 1, last_payouts_fen="payouts_fen")


def advances_of(facts: Facts, funds: Sequence[str]) -> pl.DataFrame:
    """Return advances_fen of each judged quarter's last statement and year_fen, last year's spending of the funds."""
    told = _latest(_added(facts, None, ()), facts)
    paid = _last_years(_added(facts, funds, ("payouts_fen",)))
    both = told.join(_outturns(facts, funds), on=["division_code", "fiscal_year"], how="left").join(
        paid, on=["division_code", "fiscal_year"], how="left"
    )
    has_account = pl.col("outturn_fen").is_not_null()
    return both.with_columns(
        year_fen=pl.coalesce("outturn_fen", "last_payouts_fen"),
        year_zh=pl.when(has_account).then(pl.lit("决算数")).otherwise(pl.lit("上年库款累计支出")),
        year_en=pl.when(has_account).then(pl.lit("final account")).otherwise(pl.lit("last year's payouts")),
    )


def _outturns(facts: Facts, funds: Sequence[str]) -> pl.DataFrame:
    """Return what each year's final account of a division says was spent, under the year after it."""
    own = outturns(facts, "spending").filter(pl.col("fund").is_in(list(funds)))
    whole = whole_or_null("outturn_fen")
    return own.group_by("division_code", fiscal_year=pl.col("fiscal_year") + 1).agg(outturn_fen=whole)
