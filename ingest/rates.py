"""Rates and counts as finance writes them, exactly: 64.37% is 6437 basis points, 1,234 is 1234."""

import polars as pl

from ingest.converted import Converted, converted, half_width
from ingest.money import parse_money

_PERCENT = r"([\d.)])\s*%\s*$"


def parse_rates(text: pl.Series, bare: str | None, dash: str) -> Converted:
    """Read rates as basis points; blank is null; bad where finer than a basis point, a binary float's tail aside.

    ``bare`` tells what a number without % is: percent (12.5) or fraction (0.125); None refuses it.
    """
    half = pl.DataFrame({"text": text}).select(text=half_width(pl.col("text")))["text"]
    is_percent = half.str.contains(_PERCENT).fill_null(value=False)
    # Two places to the left make basis points of percents as they make fen of 元, and four of fractions.
    percents = parse_money(half.str.replace(_PERCENT, "${1}"), "元", dash)
    others = percents if bare != "fraction" else parse_money(text, "百元", dash)
    refused = pl.select(~is_percent & others.values.is_not_null() & pl.lit(bare is None)).to_series()
    told = pl.DataFrame(
        {
            "is_percent": is_percent,
            "percent": percents.values,
            "percent bad": percents.bad,
            "other": others.values,
            "other bad": others.bad | refused,
        }
    ).select(
        value=pl.when("is_percent").then("percent").otherwise("other"),
        bad=pl.when("is_percent").then("percent bad").otherwise("other bad"),
    )
    values = pl.select(pl.when(~told["bad"]).then(told["value"])).to_series()
    return converted(values, told["bad"], "a rate in whole basis points like 64.37%")


def parse_counts(text: pl.Series, dash: str) -> Converted:
    """Read whole numbers with or without separators; blank is null."""
    done = parse_money(text, "元", dash)
    bad = done.bad | (done.values % 100 != 0).fill_null(value=False)
    values = pl.select(pl.when(~bad).then(done.values // 100)).to_series()
    return converted(values, bad, "a whole number")
