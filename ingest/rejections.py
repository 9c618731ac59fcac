"""Rows that cannot be taken in: where each stands, what its first bad cell says, and what was expected there."""

import json
from typing import TypedDict

import polars as pl

from ingest.converted import visible
from ingest.mapping_parts import ColumnSpec
from ingest.prepared import Rejected
from ingest.rows import Read, Reading, delivered_text
from ingest.table import OVERLONG, ROW


def rejections(reading: Reading, rows: pl.DataFrame, read: Read, most: int) -> list[Rejected]:
    """Return the first rows that cannot be taken in, at most so many, each with its first bad cell."""
    at = (read.is_bad() | rows[OVERLONG]).arg_true().head(max(most, 0)).to_list()
    if not at:
        return []
    wanted = rows[at][ROW].to_list()
    raws = _delivered_cells(reading, rows, at)
    return [
        Rejected(
            source_sheet=reading.table.sheet,
            source_row=number,
            raw_json=json.dumps(_own_cells(raw, reading.table.header_width), ensure_ascii=False),
            **_trouble(reading, rows, read, place, raw),
        )
        for place, number, raw in zip(at, wanted, raws, strict=True)
    ]


def _own_cells(raw: tuple[str | None, ...], header_width: int) -> tuple[str | None, ...]:
    """Return a row's cells under the header, and those beyond it that it has: not what another row is longer by."""
    last = max((n for n, cell in enumerate(raw, start=1) if cell is not None), default=0)
    return raw[: max(header_width, last)]


def _delivered_cells(reading: Reading, rows: pl.DataFrame, at: list[int]) -> list[tuple[str | None, ...]]:
    """Return the cells of some rows as delivered: without what was inherited, blank where a cell says there is none."""
    if reading.mapping.table.unpivot is not None:  # a delivered row stands there several times, once a turned column
        return rows[at].select(reading.table.labels).rows()
    wanted = rows[at][ROW].to_list()
    delivered = reading.table.rows.filter(pl.col(ROW).is_in(wanted)).drop(OVERLONG)
    raw = {row[0]: row[1:] for row in delivered.iter_rows()}
    return [raw[number] for number in wanted]


class _Trouble(TypedDict):
    column_name: str
    found: str | None
    expected: str


def _trouble(reading: Reading, rows: pl.DataFrame, read: Read, place: int, raw: tuple[str | None, ...]) -> _Trouble:
    """Return the first bad cell of a row: its column, what it says, what was expected."""
    name = next((one for one, done in read.columns.items() if done.bad[place]), None)
    if name is None:
        given = str(max(n for n, cell in enumerate(raw, start=1) if cell))
        return {"column_name": "cells", "found": given, "expected": "as many cells as the header has"}
    table, spec = reading.table, reading.mapping.specs().get(name)
    labels = [label for one in (spec.from_ if spec else reading.mapping.slice.key) if (label := table.column(one))]
    cells = dict(zip(table.labels, raw, strict=True))
    said = (
        " ".join(cell for label in labels if (cell := cells[label]))
        if labels
        else _elsewhere(reading, rows[place], spec)
    )
    return {
        "column_name": ("+".join(labels) or name)[:128],
        "found": visible(said) or None,
        "expected": read.columns[name].expected[place],
    }


def _elsewhere(reading: Reading, row: pl.DataFrame, spec: ColumnSpec | None) -> str:
    """Return what a column was read from where that is no cell of the row: the file's name, a label, a cell above."""
    text = None if spec is None or spec.from_ else delivered_text(reading, row, spec)
    return (text[0] if isinstance(text, pl.Series) else text) or ""
