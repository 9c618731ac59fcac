"""What reading a column of text gives: values, the cells that could not be read, and what was expected there."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

_FULL = "０１２３４５６７８９，．－（）＋：／　％ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"
_HALF = "0123456789,.-()+:/ %ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WIDTHS = dict(zip(_FULL, _HALF, strict=True)) | {"\u2212": "-"}


# Zero-width characters, direction marks and control characters, for a class of a regular expression: nobody sees them,
# and a name or code that holds one is another name or code.
INVISIBLE = "\\x01-\\x08\\x0e-\\x1f\\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"


_PICTURES = {code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\t\n\r"} | {127: "␡"}


@dataclass(frozen=True)
class Converted:
    """A column read: ``expected`` says, a row, what a bad cell should have been."""

    values: pl.Series
    bad: pl.Series
    expected: pl.Series


def converted(values: pl.Series, bad: pl.Series, expected: str) -> Converted:
    """Return a column that expects the same of every cell."""
    return Converted(values, bad.fill_null(value=False), always(expected, len(values)))


def always(value: object, height: int) -> pl.Series:
    """Return a column that says the same in every row."""
    return pl.Series([value]).new_from_index(0, height)


def half_width(text: pl.Expr) -> pl.Expr:
    """Return text with full-width digits, letters and punctuation of numbers made half-width."""
    return text.str.replace_many(list(_WIDTHS), list(_WIDTHS.values()))


def visible(text: str) -> str:
    """Return text that can be shown anywhere: control characters, which move a terminal's cursor, as their pictures."""
    return text.translate(_PICTURES)


def rewritten(text: pl.Series, pattern: str, write: Callable[[str], str]) -> pl.Series:
    """Return a column of texts with those that match a pattern written anew, one by one."""
    is_meant = text.str.contains(pattern).fill_null(value=False)
    if not is_meant.any():
        return text
    return pl.Series(
        text.name,
        [write(one) if flag else one for one, flag in zip(text, is_meant, strict=True)],
        dtype=pl.String,
    )
