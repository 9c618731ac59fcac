"""Whole numbers, months, and shares or scores: what stands in a table beside amounts, years and days."""

import polars as pl

from ingest.converted import Converted, converted, half_width

_WHOLE = r"^(\d{1,9})(?:\.0+)?(?:个|人|天|日|次|期|年)?$"
# 3, 03, 3月, 2026年3月, 2026-03, 1—3月 (the last month of a span)
_MONTH = r"^(?:(?:19|20)\d{2}(?:年|[-./])?|\d{1,2}月?[-—–~至])?(\d{1,2})(?:\.0+)?月?(?:份|累计)?$"
_PERCENT = r"^([+-]?)(\d{1,5})(?:\.(\d+))?(?:%|分)?$"


def parse_numbers(text: pl.Series) -> Converted:
    """Read whole numbers of up to nine digits, with or without a measure word; blank is null."""
    values = _cleaned(text).str.extract(_WHOLE, 1).cast(pl.Int32, strict=False)
    return converted(values, text.is_not_null() & values.is_null(), "a whole number")


def parse_months(text: pl.Series) -> Converted:
    """Read months as 1 to 12; blank is null."""
    values = _cleaned(text).str.extract(_MONTH, 1).cast(pl.Int32, strict=False)
    values = values.set(~values.is_between(1, 12).fill_null(value=False), None)
    return converted(values, text.is_not_null() & values.is_null(), "a month from 1 to 12")


def parse_percents(text: pl.Series) -> Converted:
    """Read 12.5 or 12.5% as 1250 basis points, and a score of 92.5 as 9250 hundredths; blank is null.

    Digits beyond the second decimal are bad unless they are zeros: nothing is rounded.
    """
    return _shares(text, 2, "a share like 12.5% or a score like 92.5")


def parse_fractions(text: pl.Series) -> Converted:
    """Read 0.125, which a spreadsheet shows as 12.5%, as 1250 basis points; blank is null."""
    return _shares(text, 4, "a fraction like 0.125")


def _shares(text: pl.Series, places: int, expected: str) -> Converted:
    parts = pl.DataFrame({"text": _cleaned(text)}).select(groups=pl.col("text").str.extract_groups(_PERCENT))
    sign, whole, rest = (pl.col("groups").struct.field(name) for name in ("1", "2", "3"))
    digits = pl.concat_str(whole, rest.fill_null("").str.head(places).str.pad_end(places, "0"))
    is_fine = rest.fill_null("").str.slice(places).str.contains(r"^0*$")
    value = digits.cast(pl.Int32, strict=False)
    signed = pl.when(sign == "-").then(-value).otherwise(value)
    values = parts.select(text=pl.when(is_fine & whole.is_not_null()).then(signed))["text"]
    return converted(values, text.is_not_null() & values.is_null(), expected)


def _cleaned(text: pl.Series) -> pl.Series:
    bare = half_width(pl.col("text")).str.replace_all(r"[\s,]", "")
    return pl.DataFrame({"text": text}).select(bare)["text"]
