"""What a check sees: the facts of one delivery, how its mapping wants them judged, and what is known already."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from budget import frames
from ingest.mapping_checks import CheckRule, CheckSpec
from ingest.stated import NOTHING_STATED, Stated

WHOLE: Final = "*"  # slice_key of a check that judges the delivery as a whole
_ANY: Final = {name: kind for schema in frames.FEEDS.values() for name, kind in schema.items()}


def _columns(*names: str) -> frames.Schema:
    return {name: _ANY[name] for name in names}


CODES: Final = _columns("fiscal_year", "scheme", "code", "name", "parent_code", "valid_from_year", "valid_to_year")
UNITS: Final = _columns(
    "fiscal_year", "unit_code", "unit_name", "parent_code", "division_code", "valid_from", "valid_to", "successor_code"
)
VOUCHERS: Final = _columns("division_code", "fiscal_year", "voucher_no") | {"slice_key": frames.TEXT}
ORIGINALS: Final = _columns("voucher_no", "payment_fen")
RELEASES: Final = _columns("fiscal_year", "allotment_code", "unit_code", "project_code", "released_on")


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the warehouse holds in force beside the delivery; an empty frame is nothing known, and judges nothing."""

    codes: pl.DataFrame = field(default_factory=lambda: frames.empty(CODES))
    units: pl.DataFrame = field(default_factory=lambda: frames.empty(UNITS))
    # vouchers of other slices of the same divisions and years
    vouchers: pl.DataFrame = field(default_factory=lambda: frames.empty(VOUCHERS))
    # what was paid on the vouchers that refunds and corrections of the delivery name, in other slices
    originals: pl.DataFrame = field(default_factory=lambda: frames.empty(ORIGINALS))
    # first day of each budget line, by allotment and by unit and project; null where a line has no day
    releases: pl.DataFrame = field(default_factory=lambda: frames.empty(RELEASES))
    # lines of the cumulative report before: the feed's own columns
    cumulative: pl.DataFrame | None = None
    # sums by unit and reporting level in other slices: the feed's own columns
    levels: pl.DataFrame | None = None
    # slice key -> measure -> fen
    last_year: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    last_delivery: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One delivery to be judged; ``facts`` has slice_key, source_sheet, source_row and the feed's columns."""

    feed: str
    facts: pl.LazyFrame
    columns: frozenset[str]  # those of the feed that the mapping fills
    row_count: int
    totals: Mapping[str, Mapping[str, int]]  # slice key -> measure -> fen
    spec: CheckSpec
    fen_per_unit: int
    delivered_on: dt.date
    stated: Stated = NOTHING_STATED
    known: Known = field(default_factory=Known)

    def rule(self, name: str) -> CheckRule:
        """Return how a check is judged here."""
        return self.spec.rule(name)

    @property
    def slice_key(self) -> str:
        """Return the key of the only slice, WHOLE where there are several."""
        return next(iter(self.totals)) if len(self.totals) == 1 else WHOLE

    def tolerance_fen(self, rule: CheckRule) -> int:
        """Return the difference of sums that is no mismatch: the check's own, else that of all checks."""
        given = self.spec.tolerance if rule.tolerance is None else rule.tolerance
        return int(given * self.fen_per_unit)

    @property
    def last_place_fen(self) -> int:
        """Return how much one printed figure may have been rounded."""
        return int((self.spec.last_place or 0) * self.fen_per_unit)
