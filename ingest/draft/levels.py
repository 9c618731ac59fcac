"""Codes of several levels in one column: rows whose code begins others and whose amount is their sum are subtotals."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from ingest.draft.columns import Match
from ingest.money import parse_money

_CODED = ("function_code", "subject_code", "dept_economic_code", "gov_economic_code")
_SIGHT = 5000  # rows looked at
_MOST_LISTED = 60  # codes that are written out where a whole length does not do
_PROVED = 0.8  # of the rows that would be subtotals so many must be the sum of their parts
_CLOSE = 1_00  # fen for each part: reports are rounded


def levels_of(rows: pl.DataFrame, taken: dict[str, Match], amounts: Sequence[str]) -> list[dict[str, Any]]:
    """Return the subtotal of upper levels in a column of codes; none where the amounts do not prove it."""
    column = next((one for one in _CODED if one in taken and len(taken[one].source.labels) == 1), None)
    if column is None or not amounts:
        return []
    label = taken[column].source.labels[0]
    group = _group(label, taken)
    seen = rows.head(_SIGHT)
    coded = seen.select(
        code=pl.col(label).str.replace_all(r"\s", ""),
        path=pl.concat_str([pl.col(one).forward_fill().str.replace_all(r"\s", "") for one in group], separator="|"),
        fen=parse_money(seen[amounts[0]], "元", "zero").values,
    ).filter(pl.col("code").str.contains(r"^\d+$"))
    upper = _upper(coded["path"].drop_nulls().to_list())
    if not upper or not _is_proved(coded, upper):
        return []
    codes = sorted({path.rpartition("|")[2] for path in upper})
    pattern = _pattern(codes, coded["code"].to_list())
    if pattern is None:
        return []
    where = [{"column": label, "matches": pattern}]
    return [{"where": where, "parts": "prefix", "group": group if len(group) > 1 else label}]


def _group(label: str, taken: dict[str, Match]) -> list[str]:
    unit = taken.get("unit_code")
    above = (
        [unit.source.labels[0]] if unit is not None and unit.confidence > 0 and unit.source.labels != (label,) else []
    )
    return [*above, label]


def _upper(paths: list[str]) -> set[str]:
    """Return the paths that begin another one, one or more levels of two digits longer."""
    every = set(paths)
    found = set()
    for path in every:
        head, _, code = path.rpartition("|")
        start = f"{head}|" if head else ""
        for shorter in range(len(code) - 2, 1, -2):
            if (parent := start + code[:shorter]) in every:
                found.add(parent)
    return found


def _is_proved(coded: pl.DataFrame, upper: set[str]) -> bool:
    leaves = [(path, fen or 0) for path, fen in coded.select("path", "fen").iter_rows() if path and path not in upper]
    hits = total = 0
    for path, fen in coded.filter(pl.col("path").is_in(list(upper))).select("path", "fen").iter_rows():
        parts = [amount for leaf, amount in leaves if leaf.startswith(path)]
        total += 1
        hits += fen is not None and abs(sum(parts) - fen) <= _CLOSE * len(parts)
    return total > 0 and hits >= _PROVED * total


def _pattern(codes: list[str], every: list[str]) -> str | None:
    """Return the shortest test that finds exactly some codes: by their length, else one by one."""
    lengths = {len(code) for code in codes}
    if {code for code in every if len(code) in lengths} == set(codes):
        return "^(?:" + "|".join(rf"\d{{{length}}}" for length in sorted(lengths)) + ")$"
    return f"^(?:{'|'.join(codes)})$" if len(codes) <= _MOST_LISTED else None
