"""A delivered file as read by one mapping, not yet written anywhere."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from budget import frames
from budget.refusals import Refusal
from ingest.delivery import Delivery
from ingest.mapping import Mapping
from ingest.stated import NOTHING_STATED, Stated
from ingest.store import SLICE_KEY, FactStore

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
    delivery: Delivery = field(repr=False)
    known_at: dt.datetime | None  # the delivery day in the file name; None where the name has none
    store: FactStore = field(repr=False)
    slices: pl.DataFrame  # SLICES
    sums: pl.DataFrame  # slice_key and the feed's measures, each null where no row of the slice has it
    rejected: tuple[Rejected, ...] = ()  # the first of them
    rejected_count: int = 0  # all of them
    checks: tuple[Check, ...] = ()
    row_count: int = 0  # rows under the header that belong to the table, subtotals included
    distinct_keys: int | None = None
    signs: dict[str, dict[str, int]] = field(default_factory=dict)  # measure -> negative, zero: as written
    hold_reasons: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()  # those of the reasons that come before any check, as codes and parts
    unit: str = "元"  # what the amounts are written in: tolerances are in it too
    control: Stated = NOTHING_STATED  # what file and side file say of the whole
    side: Delivery | None = field(default=None, repr=False)  # the side file's bytes

    @property
    def sha256(self) -> str:
        """Return the hash of the delivered bytes."""
        return self.delivery.sha256

    @property
    def facts(self) -> pl.DataFrame:
        """Return every accepted row at once: for deliveries that are known to be small."""
        return self.store.frame()

    @property
    def totals(self) -> dict[str, int]:
        """Return the sum of each measure over accepted rows, in fen; a measure no row has is left out."""
        return _told(self.sums)

    def totals_of(self, slice_key: str) -> dict[str, int]:
        """Return the same over the rows of one slice."""
        return _told(self.sums.filter(pl.col(SLICE_KEY) == slice_key))


def _told(sums: pl.DataFrame) -> dict[str, int]:
    given = {name: sums[name].drop_nulls() for name in sums.columns if name != SLICE_KEY}
    return {name: int(values.sum()) for name, values in given.items() if len(values)}


def stated_slices(prepared: Prepared) -> list[dict[str, Any]]:
    """Return what a delivery states, one dictionary a slice: the columns of SLICES, and its ``totals``."""
    return [row | {"totals": prepared.totals_of(row[SLICE_KEY])} for row in prepared.slices.iter_rows(named=True)]


def no_sums(feed: str) -> pl.DataFrame:
    """Return the sums of a delivery that holds no facts."""
    return frames.empty({SLICE_KEY: frames.TEXT} | dict.fromkeys(frames.MEASURES[feed], frames.FEN))


def distinct_count(rows: pl.DataFrame) -> int:
    """Count distinct combinations, blank ones being one of them."""
    return rows.n_unique() if rows.height else 0
