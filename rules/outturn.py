"""How a year is expected to end, in words: for rules that judge a forecast or, once the year is over, its outturn."""

from typing import Final

import polars as pl

from budget.forecast import FORECAST, GROWTH
from budget.subjects import written

WORDS: Final = ("outcome_zh", "outcome_en", "course_zh", "course_en")


def percent(name: str) -> pl.Expr:
    """Write a column of basis points as a percentage with two decimals; null where it is null."""
    value = pl.col(name)
    sign = pl.when(value < 0).then(pl.lit("\u2212")).otherwise(pl.lit(""))
    hundredths = (value.abs() % 100).cast(pl.String).str.zfill(2)
    return written("{}{}.{}%", sign, (value.abs() // 100).cast(pl.String), hundredths)


def outturn_words(*, ended: bool, rate_zh: str, verb_en: str) -> dict[str, pl.Expr]:
    """Return outcome_zh, outcome_en, course_zh and course_en from the columns of ``budget.forecast``.

    The outcome tells the rate (执行率, spent) as it ended, or as expected with its interval; the course says how
    earlier years went on, and is empty where the year has ended or no earlier year is known.
    """
    forecast, low, high = (percent(name) for name in FORECAST)
    if ended:
        said = {
            "outcome_zh": written(f"年底{rate_zh}{{}}", forecast),
            "outcome_en": written(f"{{}} of the budget {verb_en} by the end of the year", forecast),
        }
        return said | {"course_zh": pl.lit(""), "course_en": pl.lit("")}
    grown = [percent(name) for name in GROWTH]
    least, most = percent("added_low_bp"), percent("added_high_bp")
    is_one = pl.col("added_low_bp") == pl.col("added_high_bp")
    added_zh = pl.when(is_one).then(least).otherwise(written("{}～{}", least, most))
    added_en = pl.when(is_one).then(least).otherwise(written("{} to {}", least, most))
    said = {
        "outcome_zh": written(f"预计年底{rate_zh}{{}}（{{}}～{{}}）", forecast, low, high),
        "outcome_en": written(
            f"{{}} ({{}} to {{}}) of the budget expected to be {verb_en} by the end of the year", forecast, low, high
        ),
        "course_zh": written("往年全年为同日的{}（{}～{}），同日以后另有预算的{}，", *grown, added_zh),
        "course_en": written(
            "earlier years ended at {} ({} to {}) of the same day's figure, adding {} of the budget; ", *grown, added_en
        ),
    }
    return {name: words.fill_null("") for name, words in said.items()}
