"""A delivered file as read by one mapping, not yet written anywhere."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from budget import frames
from ingest.mapping import Mapping

SLICE_KEY = "slice_key"
ORIGIN = {SLICE_KEY: pl.String(), "source_sheet": pl.String(), "source_row": pl.Int64()}
SLICES: frames.Schema = {
    SLICE_KEY: pl.String(),
    "division_code": pl.String(),
    "fiscal_year": pl.Int32(),
    "first_on": pl.Date(),
    "last_on": pl.Date(),
    "row_count": pl.Int64(),
    "delivered_count": pl.Int64(),
}


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """A row held back: where it stood, what the first bad cell said, what was expected there."""

    source_sheet: str | None
    source_row: int
    column_name: str
    found: str | None
    expected: str
    raw_json: str


@dataclass(frozen=True, kw_only=True)
class Check:
    """One comparison made before publishing, with both sides in fen; see schema.sql, batch_check."""

    check_code: str
    slice_key: str
    part: str
    measure: str
    expected_fen: int | None
    actual_fen: int | None
    tolerance_fen: int
    outcome: str
    source_sheet: str | None = None
    source_row: int | None = None


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Everything publishing needs; ``hold_reasons`` says why it may not be published without a person."""

    mapping: Mapping
    file_name: str
    content: bytes = field(repr=False)
    sha256: str
    known_at: dt.datetime | None  # the delivery day in the file name; None where the name has none
    facts: pl.DataFrame  # ORIGIN, then the feed's own columns
    slices: pl.DataFrame  # SLICES
    rejected: tuple[Rejected, ...] = ()
    checks: tuple[Check, ...] = ()
    row_count: int = 0  # rows under the header that belong to the table, subtotals included
    distinct_keys: int | None = None
    signs: dict[str, dict[str, int]] = field(default_factory=dict)  # measure -> negative, zero: as written
    hold_reasons: tuple[str, ...] = ()

    @property
    def totals(self) -> dict[str, int]:
        """Return the sum of each measure over accepted rows, in fen; a measure no row has is left out."""
        sums = {name: self.facts[name].drop_nulls() for name in frames.MEASURES[self.mapping.feed]}
        return {name: int(values.sum()) for name, values in sums.items() if len(values)}


def sums_by_slice(prepared: Prepared) -> dict[str, dict[str, int]]:
    """Return slice key -> measure -> fen over accepted rows; a measure no row of a slice has is left out."""
    measures = frames.MEASURES[prepared.mapping.feed]
    sums = [pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name) for name in measures]
    found = prepared.facts.lazy().group_by(SLICE_KEY).agg(sums).collect()
    return {
        row.pop(SLICE_KEY): {name: int(value) for name, value in row.items() if value is not None}
        for row in found.to_dicts()
    }


def stated_slices(prepared: Prepared) -> list[dict[str, Any]]:
    """Return what a delivery states, one dictionary a slice: the columns of SLICES, and its ``totals``."""
    sums = sums_by_slice(prepared)
    return [row | {"totals": sums.get(row[SLICE_KEY], {})} for row in prepared.slices.iter_rows(named=True)]


def empty_facts(feed: str) -> pl.DataFrame:
    """Return the facts of a delivery that holds none."""
    return frames.empty(ORIGIN | frames.FEEDS[feed])


def distinct_count(rows: pl.DataFrame) -> int:
    """Count distinct combinations, blank ones being one of them."""
    return rows.n_unique() if rows.height else 0
