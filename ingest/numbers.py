"""Whole numbers and months: what stands in a table beside amounts, rates, years and days."""

import polars as pl

from ingest.converted import Converted, converted, half_width

_WHOLE = r"^(\d{1,9})(?:\.0+)?(?:个|人|天|日|次|期|年)?$"
# 3, 03, 3月, 2026年3月, 2026-03, 1—3月 (the last month of a span)
_MONTH = r"^(?:(?:19|20)\d{2}(?:年|[-./])?|\d{1,2}月?[-—–~至])?(\d{1,2})(?:\.0+)?月?(?:份|累计)?$"


def parse_numbers(text: pl.Series) -> Converted:
    """Read whole numbers of up to nine digits, with or without a measure word; blank is null."""
    values = _cleaned(text).str.extract(_WHOLE, 1).cast(pl.Int32, strict=False)
    return converted(values, text.is_not_null() & values.is_null(), "a whole number")


def parse_months(text: pl.Series) -> Converted:
    """Read months as 1 to 12; blank is null."""
    values = _cleaned(text).str.extract(_MONTH, 1).cast(pl.Int32, strict=False)
    values = values.set(~values.is_between(1, 12).fill_null(value=False), None)
    return converted(values, text.is_not_null() & values.is_null(), "a month from 1 to 12")


def _cleaned(text: pl.Series) -> pl.Series:
    bare = half_width(pl.col("text")).str.replace_all(r"[\s,]", "")
    return pl.DataFrame({"text": text}).select(bare)["text"]
