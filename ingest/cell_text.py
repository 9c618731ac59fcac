"""Delivered text made ready to be read: wrappers of spreadsheets, numbering, spacing and renamed values go."""

import polars as pl

from ingest.converted import INVISIBLE
from ingest.mapping_parts import ColumnSpec

# ="00123" and '00123 keep a spreadsheet from making a number of a code.
_WRAPPED = r"""^="([^"]*)"\s*$"""
_MARKED = r"^'([\d.,+-]+)\s*$"
_CHINESE = "[一二三四五六七八九十百零〇]+"
_BRACKETED = rf"[（(](?:{_CHINESE}|\d{{1,2}})[)）][、.．]?"
_NUMBERING = rf"^(?:#|※|\*|其中[:：]|[①-⑳]|{_BRACKETED}|{_CHINESE}[、.．]|第{_CHINESE}[部分章节条]+)\s*"
# 6.增值税 and 6、增值税, but not 1.5 and not 2019.
_DIGITS = r"^\d{1,3}(?:[、]|[.．])\s*([^\d\s].*)$"
_AFTER_HAN = r"(\p{Han})[\s\u{3000}]+"
_BEFORE_PUNCTUATION = r"\s+([（）()、，：])"
# What people do not see as it stands there: found in one look, as most columns have none of it.
_UNTIDY = rf"^\s|[{INVISIBLE}]|\s$|^$"
_MOST_PARTS = 3  # 其中：（一）1.增值税


def readable(text: pl.Series, spec: ColumnSpec) -> pl.Series:
    """Return cells without what a spreadsheet needs, and as the column's ``strip`` and ``aliases`` say."""
    text = _unwrapped(text)
    if "numbering" in spec.strip:
        text = _unnumbered(text)
    if "spaces" in spec.strip:
        text = text.str.replace_all(_AFTER_HAN, "${1}").str.replace_all(_BEFORE_PUNCTUATION, "${1}")
    if not spec.aliases:
        return text
    bare = [_squeezed(old) for old in spec.aliases]
    known = text.str.replace_all(rf"[\s{INVISIBLE}]", "")
    renamed = known.replace_strict(bare, list(spec.aliases.values()), default=None, return_dtype=pl.String)
    return renamed.fill_null(text)


def _unwrapped(text: pl.Series) -> pl.Series:
    if text.str.starts_with("=").any():
        text = text.str.replace(_WRAPPED, "${1}")
    return text.str.replace(_MARKED, "${1}") if text.str.starts_with("'").any() else text


def seen(text: pl.Series) -> pl.Series:
    """Return text as people see it: no characters that nobody sees, no blanks around it; null where nothing is left."""
    if not text.str.contains(_UNTIDY).any():
        return text
    if text.str.contains(f"[{INVISIBLE}]").any():
        text = text.str.replace_all(f"[{INVISIBLE}]", "")
    stripped = text.str.strip_chars()
    return pl.select(pl.when(stripped != "").then(stripped)).to_series()


def _unnumbered(text: pl.Series) -> pl.Series:
    bare = text.str.strip_chars()
    for _ in range(_MOST_PARTS):
        bare = bare.str.replace(_NUMBERING, "").str.replace(_DIGITS, "${1}").str.strip_chars()
    # A cell of numbering only, such as #, says something after all.
    return pl.select(pl.when(bare != "").then(bare).otherwise(text)).to_series()


def _squeezed(text: str) -> str:
    return "".join(text.split())
