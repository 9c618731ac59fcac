"""Publishing a prepared delivery: everything in the caller's one transaction, or held with the reasons."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

from budget.refusals import refusal_of
from ingest.judging import judged
from ingest.kept_side import keep_side
from ingest.landing import keep
from ingest.outcome import Outcome, outcome_of, unchanged
from ingest.prepared import Prepared, stated_slices
from ingest.problems import BatchError
from ingest.snapshot import save_snapshots
from ingest.stated import Stated
from ingest.store import SLICE_KEY
from warehouse import batches, deliveries
from warehouse.batches import Batch
from warehouse.early_facts import EarlyFacts
from warehouse.engine import Connection
from warehouse.held import save_held_slices
from warehouse.scope import Scope

_MOST_AHEAD = dt.timedelta(days=1)


def require_batch(connection: Connection, batch_id: int) -> Batch:
    """Return a batch by its number; BatchError where there is none."""
    found = batches.find_batch(connection, Scope.everything(), batch_id)
    if found is None:
        raise BatchError(f"there is no batch {batch_id}; mingzhang batches lists them", "no_batch", batch=batch_id)
    return found


def unnoticed(_step: str) -> None:
    """Take no notice of progress."""


def publish(
    connection: Connection,
    landing_dir: Path,
    prepared: Prepared,
    *,
    now: dt.datetime,
    actor: str | None,
    origin: Batch | None = None,
    release_reason: str | None = None,
    snapshots: Path | None = None,
    early: EarlyFacts | None = None,
    progress: Callable[[str], None] = unnoticed,
) -> Outcome:
    """Publish a delivery, hold it, or find that nothing is new.

    With a folder of ``snapshots`` the facts are also kept there for reading.

    The same bytes under the same mapping are published once. ``origin`` is the batch this one replays or releases;
    with a ``release_reason`` the delivery is published although its checks say no. ``early`` are its facts where they
    were written while it was read. Nothing is committed here.
    """
    before = published_before(connection, prepared, now) if release_reason is None else None
    if before is not None and (origin is None or before.status == "published"):
        if early is not None:
            early.undo()
        return unchanged(before)
    prepared = fully_judged(connection, prepared, now, origin, snapshots)
    is_held = bool(prepared.hold_reasons) and release_reason is None
    if early is not None:
        (early.undo if is_held else early.settle)()
    batch = _new_batch(prepared, is_held=is_held, now=now, actor=actor, origin=origin, release_reason=release_reason)
    keep_side(connection, landing_dir, prepared, now)
    deliveries.save_landing(connection, prepared.sha256, prepared.file_name[-255:], prepared.delivery.byte_count, now)
    batch_id = deliveries.save_batch(connection, batch)
    progress("batch")
    with ThreadPoolExecutor(1) as pool:
        # The bytes go to the disk while the database takes the rows in.
        landed = pool.submit(keep, landing_dir, prepared.delivery)
        slice_ids = _save_stated(connection, batch_id, batch, prepared, early)
        progress("facts")
        landed.result()
        progress("landed")
    if slice_ids and snapshots is not None:
        save_snapshots(snapshots, prepared, batch_id, batch, slice_ids)
        progress("snapshots")
    deliveries.save_checks(connection, batch_id, [asdict(check) for check in prepared.checks])
    deliveries.save_rejected(connection, batch_id, [asdict(row) for row in prepared.rejected])
    progress("written")
    return outcome_of(connection, batch_id, batch, prepared)


def fully_judged(
    connection: Connection, prepared: Prepared, now: dt.datetime, origin: Batch | None, snapshots: Path | None = None
) -> Prepared:
    """Add to a delivery what only the warehouse can tell: since when it is known, and checks against earlier ones."""
    return judged(connection, _dated(connection, prepared, now, origin), now, snapshots)


def published_before(connection: Connection, prepared: Prepared, now: dt.datetime) -> Batch | None:
    """Return the batch that already stands for these bytes and this mapping.

    A delivery without a date in its name counts as new when something else has taken its place since: sending it
    again is how a correction is taken back.
    """
    mapping = prepared.mapping
    same = [
        one
        for one in batches.batches_of_landing(connection, prepared.sha256, mapping.name)
        if one.mapping_sha256 == mapping.sha256 and one.file_name == prepared.file_name
    ]
    published = [one for one in same if one.status == "published"]
    if not published:
        # With another control file beside it a held delivery is judged anew.
        return next((one for one in same[:1] if Stated.from_json(one.control) == prepared.control), None)
    if mapping.delivery is not None:
        return published[0]
    standing = (one for one in published if batches.is_in_force(connection, one.batch_id, max(now, one.known_at)))
    return next(standing, None)


def _dated(connection: Connection, prepared: Prepared, now: dt.datetime, origin: Batch | None) -> Prepared:
    """Settle since when the delivery is known: by its file name, else from now on.

    What is replayed or released is known from now on, so that past answers stay; where a later delivery has taken
    the slice since, it keeps its old place in the order and does not push that one aside.
    """
    if origin is not None:
        newest = batches.newest_delivery(connection, prepared.mapping.feed, prepared.slices[SLICE_KEY])
        is_superseded = newest is not None and newest > origin.known_at
        return replace(prepared, known_at=origin.known_at if is_superseded else max(now, origin.known_at))
    known_at = prepared.known_at or now
    if known_at - now > _MOST_AHEAD:
        told = f"its name says it was delivered on {known_at:%Y-%m-%d}, which lies ahead"
        ahead = refusal_of("ahead", {"day": f"{known_at:%Y-%m-%d}"})
        return replace(
            prepared,
            known_at=now,
            hold_reasons=(*prepared.hold_reasons, told),
            refusals=(*prepared.refusals, ahead),
        )
    return replace(prepared, known_at=min(known_at, now))


def _new_batch(
    prepared: Prepared,
    *,
    is_held: bool,
    now: dt.datetime,
    actor: str | None,
    origin: Batch | None,
    release_reason: str | None,
) -> deliveries.NewBatch:
    reasons = "; ".join(prepared.hold_reasons) or None
    return deliveries.NewBatch(
        feed=prepared.mapping.feed,
        mapping_name=prepared.mapping.name,
        mapping_sha256=prepared.mapping.sha256,
        landing_sha256=prepared.sha256,
        file_name=prepared.file_name[-255:],
        status="held" if is_held else "published",
        known_at=prepared.known_at or now,
        recorded_at=now,
        row_count=prepared.row_count,
        accepted_count=prepared.store.height,
        rejected_count=prepared.rejected_count,
        totals=prepared.totals,
        distinct_keys=prepared.distinct_keys,
        signs=prepared.signs,
        control=prepared.control.as_json(),
        refusals=prepared.refusals,
        origin_batch_id=origin.batch_id if origin else None,
        reason=reasons if release_reason is None else f"released: {release_reason} (held because {reasons})",
        recorded_by=actor,
    )


def _save_stated(
    connection: Connection, batch_id: int, batch: deliveries.NewBatch, prepared: Prepared, early: EarlyFacts | None
) -> dict[str, int]:
    """Write what a delivery states and return slice_key -> slice_id; none where it is held, as it has no facts then."""
    if batch.status == "held":
        save_held_slices(connection, batch_id, stated_slices(prepared))
        return {}
    feed, given = batch.feed, {} if early is None else early.slice_ids
    slice_ids = deliveries.save_slices(connection, batch_id, feed, batch.known_at, prepared.slices, given=given)
    if early is None:
        deliveries.save_facts(connection, feed, prepared.store.filled(), slice_ids)
    return slice_ids
