"""A delivered file as read by one mapping, not yet written anywhere."""

import datetime as dt
from dataclasses import dataclass, field

import polars as pl

from budget import frames
from ingest.mapping import Mapping
from ingest.stated import NOTHING_STATED, Stated

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
    """One comparison made before publishing, with both sides, as fen or as texts; see schema.sql, batch_check."""

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
    check_name: str
    severity: str
    checked_count: int | None = None
    concerned_count: int | None = None
    expected_text: str | None = None
    actual_text: str | None = None
    detail: str | None = None  # the failed check as a sentence
    sample_json: str | None = None


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
    unit: str = "元"  # what the amounts are written in: tolerances are in it too
    control: Stated = NOTHING_STATED  # what file and side file say of the whole

    @property
    def totals(self) -> dict[str, int]:
        """Return the sum of each measure over accepted rows, in fen; a measure no row has is left out."""
        sums = {name: self.facts[name].drop_nulls() for name in frames.MEASURES[self.mapping.feed]}
        return {name: int(values.sum()) for name, values in sums.items() if len(values)}


def empty_facts(feed: str) -> pl.DataFrame:
    """Return the facts of a delivery that holds none."""
    return frames.empty(ORIGIN | frames.FEEDS[feed])


def distinct_count(rows: pl.DataFrame) -> int:
    """Count distinct combinations, blank ones being one of them."""
    return rows.n_unique() if rows.height else 0
