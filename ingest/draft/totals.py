"""Rows that add up others, cells that repeat the one above, and the unit of the amounts."""

import re
from collections.abc import Sequence
from typing import Any

import polars as pl

from ingest.draft.columns import Match
from ingest.draft.levels import levels_of
from ingest.draft.vocabulary import unit_in
from ingest.header import plain
from ingest.mapping_parts import TableSpec

UNIT_CELL = r"单位\s*[:：]\s*(亿元|万元|千元|百元|元)"
_UNITS = frozenset({"元", "百元", "千元", "万元", "亿元"})
_GRAND = r"^(?:(?:本年|全年)?(?:收入|支出|收支)?(?:合计|总计|总合计)|Total|TOTAL|total)$"
_PART = r"(?:小计)$"
_FOOTNOTE = re.compile(TableSpec(format="csv").footnotes or "")
_MAY_INHERIT = ("unit_code", "unit_name", "division_code", "fiscal_year", "document_no", "project_code", "project_name")


def marked_rows(rows: pl.DataFrame, labels: Sequence[str]) -> tuple[dict[str, list[str]], pl.Series]:
    """Return where totals are marked, pattern -> labels, and whether each row is such a total."""
    where: dict[str, list[str]] = {}
    marks = pl.repeat(False, rows.height, dtype=pl.Boolean, eager=True)
    for label in labels:
        text = rows[label].str.replace_all(r"\s", "")
        for pattern in (_GRAND, _PART):
            hits = text.str.contains(pattern).fill_null(value=False)
            if hits.any() and 2 * int(hits.sum()) <= rows.height:
                where.setdefault(pattern, []).append(label)
                marks |= hits
    return where, marks


def is_footnote(rows: pl.DataFrame, labels: Sequence[str]) -> pl.Series:
    """Return whether each row is blank or has one cell only, which a footnote or a second title does."""
    filled = rows.select(n=pl.sum_horizontal(pl.col(label).is_not_null() for label in labels))["n"]
    return filled <= (1 if len(labels) > 2 else 0)


def subtotals_of(
    rows: pl.DataFrame,
    facts: pl.DataFrame,
    where: dict[str, list[str]],
    taken: dict[str, Match],
    amounts: Sequence[str],
) -> list[dict[str, Any]]:
    """Return the mapping's subtotals: grand totals hold a delivery, subtotals by code or by place only warn."""
    whole = {"parts": "all", "on_mismatch": "hold"}
    grand = [{"where": [{"column": label, "matches": _GRAND}], **whole} for label in where.get(_GRAND, [])]
    parts = [
        {"where": [{"column": label, "matches": _PART}], **_parts(rows, label, taken)} for label in where.get(_PART, [])
    ]
    # Grand totals first: of the tests that a row passes the first one counts.
    return [*grand, *parts, *(_levels(rows, taken) or levels_of(facts, taken, amounts))]


def _parts(rows: pl.DataFrame, label: str, taken: dict[str, Match]) -> dict[str, Any]:
    """Return how the parts of subtotal rows are found: by the code beside them, else by their place."""
    is_total = rows[label].str.replace_all(r"\s", "").str.contains(_PART).fill_null(value=False)
    unit = taken.get("unit_code")
    if unit is not None and unit.source.labels[0] != label:
        codes = rows[unit.source.labels[0]].str.replace_all(r"\s", "")
        ours, theirs = (
            codes.filter(is_total).drop_nulls().to_list(),
            codes.filter(~is_total).drop_nulls().unique().to_list(),
        )
        if len(ours) == int(is_total.sum()):
            is_equal = all(code in theirs for code in ours)
            group = unit.source.labels[0]
            if is_equal:
                return {"parts": "equal", "group": group}
            if all(any(other.startswith(code) for other in theirs) for code in ours):
                return {"parts": "prefix", "group": group}
    return {"parts": "above"}


def _levels(rows: pl.DataFrame, taken: dict[str, Match]) -> list[dict[str, Any]]:
    """Return the subtotal of rows of an upper level where 类 款 项 stand in columns and the lowest is blank.

    Each of them must have rows below it: a class that is not divided, as the reserve (227), is money of its own.
    """
    for match in taken.values():
        labels = match.source.labels
        if len(labels) < 2:
            continue
        upper = rows.filter(pl.col(labels[-1]).is_null() & pl.col(labels[0]).is_not_null())
        divided = rows.filter(pl.col(labels[-1]).is_not_null())[labels[0]].implode()
        if upper.height and upper[labels[0]].is_in(divided).all():
            where = [{"column": labels[-1], "blank": True}]
            return [{"where": where, "parts": "prefix", "group": list(labels[:-1]), "group_of": list(labels)}]
    return []


def inherited(rows: pl.DataFrame, taken: dict[str, Match]) -> list[str]:
    """Return the labels whose blank cells repeat the one above: filled in the first row, blank in many below."""
    found = []
    for column in _MAY_INHERIT:
        if column not in taken or len(taken[column].source.labels) > 1:
            continue
        cells = rows[taken[column].source.labels[0]]
        if len(cells) > 1 and cells[0] is not None and cells.null_count() * 10 >= len(cells):
            found.append(taken[column].source.labels[0])
    # A project's columns are blank where money belongs to no project: they repeat only together with the unit's.
    units = {taken[name].source.labels[0] for name in ("unit_code", "unit_name") if name in taken}
    return found if units & set(found) or not any(name in taken for name in ("unit_code", "unit_name")) else []


def unit_of(
    preamble: Sequence[str], rows: pl.DataFrame, labels: Sequence[str], amounts: Sequence[str]
) -> tuple[dict[str, str], str | None]:
    """Return what the mapping says of the unit, and a remark where nothing in the file tells it."""
    said = [found[1] for cell in preamble if (found := re.search(UNIT_CELL, cell))]
    if said:
        return {"unit_cell": UNIT_CELL}, None
    in_labels = {unit for label in amounts if (unit := unit_in(label.rpartition("/")[2]) or unit_in(label))}
    if len(in_labels) == 1:
        return {"unit": in_labels.pop()}, None
    for label in labels:
        values = rows[label].drop_nulls().str.strip_chars().unique().to_list()
        if len(values) == 1 and values[0] in _UNITS:
            return {"unit_column": label}, None
    for label in labels:
        several = set(rows[label].drop_nulls().str.strip_chars().unique().to_list())
        if several and several <= _UNITS:
            return {"unit_column": label}, f'column "{label}" names several units: one mapping a unit is needed'
    return {"unit": "元"}, "nothing in the file tells the unit of the amounts: 元 is a guess"


def has_dash(rows: pl.DataFrame, amounts: Sequence[str]) -> bool:
    """Tell whether a lone dash stands in an amount."""
    return any(rows[label].str.contains(r"^\s*[-—–－─]+\s*$").any() for label in amounts)


def footnote_texts(cells: Sequence[str | None]) -> bool:
    """Tell whether a row's only text begins as footnotes do."""
    filled = [plain(cell) for cell in cells if cell]
    return len(filled) == 1 and bool(_FOOTNOTE.search(filled[0]))
