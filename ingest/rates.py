"""Rates and scores as finance writes them, exactly: 64.37% is 6437 basis points, a score of 92.5 is 9250 hundredths."""

import polars as pl

from ingest.converted import Converted, converted, half_width
from ingest.money import FINER, parse_money

# A rate is kept in whole basis points: 2.875% would have to be rounded, and nobody said how.
_PLACES, _FRACTION_PLACES = (
    "a share of at most two decimals like 12.34%",
    "a fraction of at most four decimals like 0.1234",
)
_MARKED = r"([\d.)])\s*(?:%|分)\s*$"


def parse_rates(text: pl.Series, bare: str, dash: str) -> Converted:
    """Read rates as basis points; blank is null; bad where finer than a basis point, a binary float's tail aside.

    ``bare`` tells what a number without a mark is: a ``percent`` (12.5) or a ``fraction`` (0.125).
    """
    half = pl.DataFrame({"text": text}).select(text=half_width(pl.col("text")))["text"]
    is_marked = half.str.contains(_MARKED).fill_null(value=False)
    # Two places to the left make basis points of percents as they make fen of 元, and four of fractions.
    percents = parse_money(half.str.replace(_MARKED, "${1}"), "元", dash)
    others = percents if bare == "percent" else parse_money(text, "百元", dash)
    told = pl.DataFrame(
        {
            "is_marked": is_marked,
            "percent": percents.values,
            "percent bad": percents.bad,
            "other": others.values,
            "other bad": others.bad,
        }
    ).select(
        value=pl.when("is_marked").then("percent").otherwise("other"),
        bad=pl.when("is_marked").then("percent bad").otherwise("other bad"),
    )
    values = pl.select(pl.when(~told["bad"]).then(told["value"])).to_series()
    example = "a share like 12.5% or a score like 92.5" if bare == "percent" else "a fraction like 0.125"
    done = converted(values, told["bad"], example)
    finer = pl.select(pl.when(is_marked).then(percents.expected).otherwise(others.expected)).to_series() == FINER
    if not (finer & done.bad).any():
        return done
    places = pl.when(is_marked | (bare == "percent")).then(pl.lit(_PLACES)).otherwise(pl.lit(_FRACTION_PLACES))
    expected = pl.select(pl.when(finer & done.bad).then(places).otherwise(done.expected)).to_series()
    return Converted(done.values, done.bad, expected)
