"""Codes of the yearly classification tables: whether a code is known and valid in a year, and by which name.

A year's table says which codes are valid in that year and, until the next one, after it. An earlier year keeps the
table it had, so that a new table never makes last year's vouchers wrong.
"""

import re
from typing import Final

import polars as pl

from budget.frames import empty
from budget.kinds import TEXT, YEAR, Schema

JUDGED: Final[Schema] = {"fiscal_year": YEAR, "code": TEXT, "status": TEXT, "name": TEXT}
VALID, NOT_IN_YEAR, UNLISTED, UNKNOWN = "valid", "not_in_year", "unlisted", "unknown"
# Names of 类 that were renamed (old -> new); both are seen, even in one table.
RENAMED: Final[dict[str, str]] = {
    "医疗卫生与计划生育支出": "卫生健康支出",
    "文化体育与传媒支出": "文化旅游体育与传媒支出",
    "国土海洋气象等支出": "自然资源海洋气象等支出",
    "资源勘探信息等支出": "资源勘探工业信息等支出",
}
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十百]+、|（[一二三四五六七八九十]+）|\d+[.．、]|#|其中[:：])+")


def plain_name(text: str) -> str:
    """Return a subject's name without indents, spaces and numbering, and renamed to what it is called now.

    >>> plain_name("　　十三、资源勘探信息等支出 ")
    '资源勘探工业信息等支出'
    """
    bare = _NUMBERING.sub("", re.sub(r"\s", "", text))
    return RENAMED.get(bare, bare)


def valid_codes(classifications: pl.DataFrame, scheme: str, year: int) -> pl.DataFrame:
    """Return the codes of a scheme that are valid in a year (code, name, parent_code), by that year's table.

    That is the latest table made for the year or an earlier one; before the first table, the first. A table without
    a year comes before all others.
    """
    own = classifications.filter(pl.col("scheme") == scheme).with_columns(pl.col("fiscal_year").fill_null(0))
    tables = sorted(own["fiscal_year"].unique())
    if not tables:
        return own.select("code", "name", "parent_code")
    table = max((one for one in tables if one <= year), default=tables[0])
    ends = pl.col("valid_to_year")
    return (
        own.filter(
            pl.col("fiscal_year") == table,
            pl.col("valid_from_year") <= year,
            ends.is_null() | (ends >= year),
        )
        .sort("valid_from_year")
        .unique("code", keep="last", maintain_order=True)
        .select("code", "name", "parent_code")
        .sort("code")
    )


def code_name(classifications: pl.DataFrame, scheme: str, year: int, code: str) -> str | None:
    """Return what a code is called in a year; None where it is not valid then."""
    found = valid_codes(classifications, scheme, year).filter(pl.col("code") == code)["name"]
    return str(found[0]) if len(found) else None


def code_of_name(classifications: pl.DataFrame, scheme: str, year: int, name: str) -> str | None:
    """Return the code of a subject by its name as delivered; None where no code or several have it."""
    wanted = plain_name(name)
    known = valid_codes(classifications, scheme, year)
    found = [code for code, one in known.select("code", "name").iter_rows() if plain_name(one) == wanted]
    return found[0] if len(found) == 1 else None


def judge_codes(
    rows: pl.DataFrame, column: str, scheme: str, classifications: pl.DataFrame, *, year: str = "fiscal_year"
) -> pl.DataFrame:
    """Return the distinct codes of a column by year with ``status`` and, where known, ``name``; null codes left out.

    Columns are those of JUDGED. Status ``valid``; ``not_in_year`` where only other years know the
    code (``name`` is what they call it); ``unlisted`` where the table knows the code's parent and lists nothing below
    it, so that nobody can tell; ``unknown`` else. Without any table of the scheme every code is ``unlisted``.
    """
    given = rows.select(fiscal_year=pl.col(year), code=pl.col(column)).drop_nulls().unique(maintain_order=True)
    judged = [_judge_year(part, scheme, classifications) for part in given.partition_by("fiscal_year")]
    return pl.concat(judged) if judged else empty(JUDGED)


def _judge_year(given: pl.DataFrame, scheme: str, classifications: pl.DataFrame) -> pl.DataFrame:
    known = valid_codes(classifications, scheme, int(given["fiscal_year"][0]))
    own = classifications.filter(pl.col("scheme") == scheme).sort(pl.col("fiscal_year").fill_null(0))
    names = dict(known.select("code", "name").iter_rows())
    other = dict(own.select("code", "name").iter_rows())
    has_parts = set(known["parent_code"].drop_nulls()) | _parents_by_code(known)
    status = [_status(code, names, other, has_parts) for code in given["code"]]
    found = [names.get(code, other.get(code)) for code in given["code"]]
    return given.with_columns(
        status=pl.Series(status, dtype=pl.String),
        name=pl.Series(found, dtype=pl.String),
    )


def _parents_by_code(known: pl.DataFrame) -> set[str]:
    """Return the codes above those whose table names no parent: finance's yearly tables tell 类款项 by digits alone."""
    names = set(known["code"])
    lone = known.filter(pl.col("parent_code").is_null())["code"]
    above = (next((code[:n] for n in range(len(code) - 1, 0, -1) if code[:n] in names), None) for code in lone)
    return {code for code in above if code is not None}


def _status(code: str, names: dict[str, str], other: dict[str, str], has_parts: set[str]) -> str:
    if code in names:
        return VALID
    if code in other:
        return NOT_IN_YEAR
    if not other:
        return UNLISTED
    above = [parent for parent in names if code != parent and code.startswith(parent)]
    nearest = max(above, key=len, default=None)
    return UNLISTED if nearest is not None and nearest not in has_parts else UNKNOWN
