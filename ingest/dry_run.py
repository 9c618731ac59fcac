"""What publishing a delivery would do, told beforehand: everything is read and judged, nothing is written."""

import datetime as dt
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from budget import frames
from ingest.delivery import Delivery
from ingest.kept_side import with_kept_side
from ingest.mapping import Mapping
from ingest.prepare import NO_LIMITS_GIVEN, prepare_delivery
from ingest.prepared import Check, Prepared, stated_slices
from ingest.publish import fully_judged, published_before
from ingest.readers import Limits
from ingest.store import SLICE_KEY
from warehouse.batches import Batch, told_rejection
from warehouse.engine import Connection
from warehouse.standing import standing_slices

FIRST_ROWS = 20
Would = Literal["publish", "hold", "unchanged"]


@dataclass(frozen=True, kw_only=True)
class DryRun:
    """A delivery as it would be taken in; money in fen, ``totals`` by measure over the accepted rows.

    ``columns`` are the canonical columns the mapping fills. ``rejected`` holds the first
    rejections, as many as would be kept of the ``rejected_count``, ``checks`` every check
    with both sides, ``slices`` what the delivery states (``takes_force`` is false where something newer stands),
    ``standing`` the slices now in force under the same keys and ``replaces`` those of them whose place it would take.
    ``refusals`` are those of the reasons that come before any check, as codes and parts.
    ``before`` is the batch that stands for these very bytes already, if there is one.
    """

    file: str
    mapping: str
    feed: str
    rows: int
    accepted: int
    rejected_count: int
    totals: dict[str, int]
    columns: tuple[str, ...]
    first_rows: tuple[dict[str, Any], ...]
    rejected: tuple[dict[str, Any], ...]
    checks: tuple[dict[str, Any], ...]
    hold_reasons: tuple[str, ...]
    refusals: tuple[dict[str, Any], ...]
    slices: tuple[dict[str, Any], ...]
    replaces: tuple[dict[str, Any], ...]
    standing: tuple[dict[str, Any], ...]
    would: Would
    known_at: dt.datetime
    before: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the dry run as one document; days and instants are dates still, the writer of JSON spells them."""
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in told.items()}


def dry_run(
    connection: Connection,
    mapping: Mapping,
    file_name: str,
    delivery: Delivery,
    *,
    now: dt.datetime,
    limits: Limits = NO_LIMITS_GIVEN,
    origin: Batch | None = None,
    landing_dir: Path | None = None,
) -> DryRun:
    """Read and judge delivered bytes as publishing would, and tell what it would do; writes nothing anywhere.

    ``origin`` is the held batch whose bytes these are, where the question is what its release would do; its control
    file lies in ``landing_dir``.
    FileRefusedError where the file cannot be taken in at all; bytes that are not the table the mapping describes
    would be held, and the reason says why.
    """
    prepared = prepare_delivery(mapping, file_name, delivery, limits=limits)
    try:
        if origin is not None and landing_dir is not None:
            prepared = with_kept_side(connection, landing_dir, prepared, origin)
        return _told_of(connection, prepared, now, origin)
    finally:
        prepared.store.discard()


def _told_of(connection: Connection, prepared: Prepared, now: dt.datetime, origin: Batch | None) -> DryRun:
    mapping = prepared.mapping
    before = published_before(connection, prepared, now) if origin is None else None
    prepared = fully_judged(connection, prepared, now, origin)
    known_at = prepared.known_at or now
    standing = standing_slices(connection, mapping.feed, prepared.slices[SLICE_KEY], max(now, known_at))
    stated = stated_slices(prepared)
    taken = {key for key, one in standing.items() if one.known_at <= known_at}
    return DryRun(
        file=prepared.file_name,
        mapping=mapping.name,
        feed=mapping.feed,
        rows=prepared.row_count,
        accepted=prepared.store.height,
        rejected_count=prepared.rejected_count,
        totals=prepared.totals,
        columns=tuple(name for name in frames.FEEDS[mapping.feed] if name in mapping.specs()),
        first_rows=_first_rows(prepared),
        rejected=tuple(_rejection(prepared.file_name, asdict(one)) for one in prepared.rejected),
        checks=tuple(_told(check) for check in prepared.checks),
        hold_reasons=prepared.hold_reasons,
        refusals=tuple(one._asdict() for one in prepared.refusals),
        slices=tuple(
            one | {"takes_force": one[SLICE_KEY] in taken or one[SLICE_KEY] not in standing} for one in stated
        ),
        replaces=tuple(asdict(standing[one[SLICE_KEY]]) for one in stated if one[SLICE_KEY] in taken),
        standing=tuple(asdict(standing[one[SLICE_KEY]]) for one in stated if one[SLICE_KEY] in standing),
        would=_would(prepared, before),
        known_at=known_at,
        before=None if before is None else before.batch_id,
    )


def _would(prepared: Prepared, before: Batch | None) -> Would:
    if before is not None:
        return "hold" if before.status == "held" else "unchanged"
    return "hold" if prepared.hold_reasons else "publish"


def _first_rows(prepared: Prepared) -> tuple[dict[str, Any], ...]:
    columns = frames.FEEDS[prepared.mapping.feed]
    filled = ["source_sheet", "source_row", *(name for name in columns if name in prepared.mapping.specs())]
    return tuple(prepared.store.lazy().head(FIRST_ROWS).select(filled).collect().to_dicts())


def _rejection(file_name: str, row: dict[str, Any]) -> dict[str, Any]:
    told = told_rejection(file_name, row)
    return told | {"message": f"{told['message']}; the row would be held"}


def _told(check: Check) -> dict[str, Any]:
    expected, actual = check.expected_fen, check.actual_fen
    difference = None if expected is None or actual is None else actual - expected
    told = asdict(check)
    sample = json.loads(told.pop("sample_json") or "[]")
    return told | {"sample": sample, "difference_fen": difference, "message": check.detail}
