"""Revenue as the yearly forecast looks at it: each fund's total, and taxes and non-tax of the general budget."""

from typing import Final

import polars as pl

from budget.facts import Facts

HEAD: Final = ("division_code", "fund_code", "head_code")
TOTAL, TAXES, NON_TAX = "-", "101", "103"
HEAD_NAMES: Final[dict[str, tuple[str, str]]] = {
    TOTAL: ("收入合计", "revenue"),
    TAXES: ("税收收入", "taxes"),
    NON_TAX: ("非税收入", "non-tax revenue"),
}
FUND_NAMES: Final[dict[str, tuple[str, str]]] = {
    "11": ("一般公共预算", "the general budget"),
    "12": ("政府性基金预算", "the government funds' budget"),
    "13": ("国有资本经营预算", "the state capital budget"),
    "14": ("社会保险基金预算", "the insurance funds' budget"),
}
_GENERAL = "11"
_TABLE = ("division_code", "fund_code", "fiscal_year", "as_of_on")
_NOT_OWN = ("transfer", "debt")  # what comes from above or is borrowed is no revenue of the level's own
_NOT_OWN_CODES = ("105", "110")


def heads(facts: Facts) -> pl.DataFrame:
    """Return every report of every head, of all years: cumulative from 1 January to as_of_on.

    Columns: ``HEAD``, fiscal_year, as_of_on, month, ytd_fen and last_year_ytd_fen (null where one item of the head has
    none: a sum of some is no sum), budget_fen (adjusted where there is one; items without a budget add nothing),
    sender_forecast_fen (null unless every item has one), and lineage of the rows behind in ``head_rows``. 本级 rows
    stand where a table gives 全区合计 too; of 类 and 款 of one table the widest stand.
    """
    return facts.once("revenue_heads", lambda: _summed(head_rows(facts)))


def head_rows(facts: Facts) -> pl.DataFrame:
    """Return the rows of the feed that count, once for each head they belong to."""
    return facts.once("revenue_head_rows", lambda: _head_rows(facts.revenue))


def _head_rows(revenue: pl.DataFrame) -> pl.DataFrame:
    told = revenue.filter(pl.col("as_of_on").is_not_null()).with_columns(
        fund_code=pl.col("fund_type_code").fill_null("-"), is_whole=(pl.col("extent") == "whole").fill_null(value=False)
    )
    own = told.filter(~pl.col("is_whole") | pl.col("is_whole").all().over(_TABLE))
    widest = _widest(own).filter(
        ~pl.col("revenue_kind").is_in(_NOT_OWN).fill_null(value=False),
        ~pl.col("subject_code").str.slice(0, 3).is_in(_NOT_OWN_CODES).fill_null(value=False),
    )
    general = pl.col("fund_code").str.starts_with(_GENERAL)
    parts = [widest.with_columns(head_code=pl.lit(TOTAL))]
    for code in (TAXES, NON_TAX):
        in_class = pl.col("subject_code").str.starts_with(code)
        parts.append(widest.filter(general & in_class).with_columns(head_code=pl.lit(code)))
    return pl.concat(parts)


def _widest(rows: pl.DataFrame) -> pl.DataFrame:
    """Leave out items whose 类, 款 or 项 stands in the same table, and totals beside coded rows."""
    code = pl.col("subject_code")
    kept = rows.filter(code.is_not_null() | code.is_null().all().over(_TABLE))
    codes = kept.select(*_TABLE, wider="subject_code").unique()
    for digits in (3, 5, 7):
        kept = (
            kept.with_columns(wider=pl.when(code.str.len_chars() > digits).then(code.str.slice(0, digits)))
            .join(codes, on=[*_TABLE, "wider"], how="anti")
            .drop("wider")
        )
    return kept


def _summed(rows: pl.DataFrame) -> pl.DataFrame:
    budget = pl.coalesce("adjusted_budget_fen", "budget_fen")

    def strict(name: str) -> pl.Expr:
        return pl.when(pl.col(name).is_not_null().all()).then(pl.col(name).sum())

    return rows.group_by(*HEAD, "fiscal_year", "as_of_on", maintain_order=True).agg(
        pl.col("as_of_on").first().dt.month().cast(pl.Int32).alias("month"),
        strict("ytd_fen").alias("ytd_fen"),
        strict("last_year_ytd_fen").alias("last_year_ytd_fen"),
        strict("forecast_fen").alias("sender_forecast_fen"),
        pl.when(budget.is_not_null().any()).then(budget.sum()).alias("budget_fen"),
    )


def past_courses(facts: Facts, year: int, years: int) -> pl.DataFrame:
    """Return what earlier years had by each month and in all: ``HEAD``, month, so_far_fen, whole_fen, budget_fen.

    A year's own reports stand before what the next year's say of it (上年同期累计). The budget of a year that is known
    from the next one alone is taken to be what came in.
    """
    every = heads(facts)
    own = every.select(*HEAD, "fiscal_year", "month", "ytd_fen", "budget_fen")
    said = every.select(
        *HEAD,
        "month",
        fiscal_year=pl.col("fiscal_year") - 1,
        ytd_fen="last_year_ytd_fen",
        budget_fen=pl.lit(None, pl.Int64),
    ).select(own.columns)
    both = pl.concat([own, said]).filter(
        pl.col("ytd_fen").is_not_null(), pl.col("fiscal_year").is_between(year - years, year - 1)
    )
    points = both.unique([*HEAD, "fiscal_year", "month"], keep="first", maintain_order=True)
    ends = points.filter(pl.col("month") == 12).select(
        *HEAD, "fiscal_year", whole_fen="ytd_fen", budget_fen=pl.coalesce("budget_fen", "ytd_fen")
    )
    return points.drop("budget_fen").join(ends, on=[*HEAD, "fiscal_year"]).rename({"ytd_fen": "so_far_fen"})
