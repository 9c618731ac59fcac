"""Where revenue usually stands by a month: its share of the whole year's revenue in the years before."""

import polars as pl

from budget.facts import Facts
from budget.money import rate_bp
from budget.progress import HISTORY_YEARS, median_down
from budget.subjects import written
from rules.accounts import outturns
from rules.income import ALL, GENERAL, NON_TAX, TAX, added, classes_of
from rules.tables import judged_years, whole_or_null


def expected_share(facts: Facts, least_years: int) -> pl.DataFrame:
    """Return S* of revenue: the median share of earlier years' whole revenue that had come in by the same month.

    Columns: subject, fiscal_year and month judged, expected_bp, history_years. Over the three years before; the year
    just before also by the figures that this year's report states of it. Heads with fewer than ``least_years`` are
    left out.
    """
    heads = added(classes_of(facts))
    parts = [_shares(heads, year, whole_years(facts, heads)) for year in judged_years(facts.as_of)]
    both = pl.concat(parts).filter(pl.col("history_years") >= max(least_years, 1))
    return both.select("subject", "fiscal_year", "month", "expected_bp", "history_years")


def _shares(heads: pl.DataFrame, year: int, whole: pl.DataFrame) -> pl.DataFrame:
    told = heads.filter(pl.col("fiscal_year") == year)
    own = heads.filter(pl.col("fiscal_year").is_between(year - HISTORY_YEARS, year - 1))
    stated = told.select("subject", "month", fiscal_year=pl.col("fiscal_year") - 1, then_fen="last_ytd_fen")
    then = pl.concat([own.select("subject", "month", "fiscal_year", then_fen="ytd_fen"), stated])
    then = then.filter(pl.col("then_fen").is_not_null()).unique(["subject", "month", "fiscal_year"], keep="first")
    share = rate_bp(pl.col("then_fen"), pl.col("whole_year_fen"))
    history = then.join(whole, on=["subject", "fiscal_year"], how="inner").with_columns(share_bp=share)
    return (
        history.filter(pl.col("share_bp").is_not_null())
        .group_by("subject", "month")
        .agg(expected_bp=median_down("share_bp"), history_years=pl.len().cast(pl.Int64))
        .with_columns(fiscal_year=pl.lit(year, pl.Int32))
    )


def whole_years(facts: Facts, heads: pl.DataFrame) -> pl.DataFrame:
    """Return whole_year_fen per subject and finished year: the final account's, else December's cumulative figure."""
    december = heads.filter(pl.col("month") == 12).select("subject", "fiscal_year", december_fen="ytd_fen")
    final = _final_accounts(facts)
    both = december.join(final, on=["subject", "fiscal_year"], how="full", coalesce=True)
    return both.select("subject", "fiscal_year", whole_year_fen=pl.coalesce("outturn_fen", "december_fen"))


def _final_accounts(facts: Facts) -> pl.DataFrame:
    """Return the outturn of 一般公共预算 revenue, of its taxes and of its non-tax revenue, by finished year."""
    own = outturns(facts, "revenue").filter(pl.col("fund") == GENERAL, pl.col("head").is_in([TAX, NON_TAX]))
    both = pl.concat([own, own.with_columns(head=pl.lit(ALL))])
    whole = whole_or_null("outturn_fen")
    named = both.with_columns(subject=written("revenue:{}/{}/{}", "division_code", "fund", "head"))
    return named.group_by("subject", "fiscal_year").agg(outturn_fen=whole)
