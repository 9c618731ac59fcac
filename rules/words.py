"""Words that settings list, looked for in names and purposes."""

from collections.abc import Sequence

import polars as pl


def has_word(text: str | pl.Expr, words: Sequence[str]) -> pl.Expr:
    """Return whether a text contains one of some words: never for a null text, and never for no words."""
    given = pl.col(text) if isinstance(text, str) else text
    # Polars refuses an empty list of words.
    return given.str.contains_any(list(words)).fill_null(value=False) if words else pl.lit(False)
