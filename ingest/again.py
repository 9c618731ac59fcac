"""Taking a batch up again: replay reads the same bytes with today's mapping, release publishes a held one."""

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

from ingest.kept_side import with_kept_side
from ingest.landing import kept_delivery
from ingest.mapping import Mapping, named
from ingest.outcome import Outcome
from ingest.prepare import NO_LIMITS_GIVEN, prepare_delivery
from ingest.prepared import Prepared
from ingest.problems import BatchError
from ingest.publish import publish, require_batch
from ingest.readers import Limits
from warehouse.batches import released_as
from warehouse.engine import Connection

Guard = Callable[[Connection, Prepared], None]


def unguarded(_connection: Connection, _prepared: Prepared) -> None:
    """Let everything pass."""


def replay(
    connection: Connection,
    landing_dir: Path,
    mappings: Sequence[Mapping],
    batch_id: int,
    *,
    now: dt.datetime,
    actor: str | None,
    snapshots: Path | None = None,
    limits: Limits = NO_LIMITS_GIVEN,
    guard: Guard = unguarded,
) -> Outcome:
    """Read a batch's bytes again with the mapping as it is now; a new batch, known from now on.

    ``guard`` looks at what would be written and raises an IngestError where it must not be. A
    published batch whose mapping has not changed stays as it is.
    """
    origin = require_batch(connection, batch_id)
    mapping = named(mappings, origin.mapping_name)
    delivery = kept_delivery(landing_dir, origin.landing_sha256)
    prepared = prepare_delivery(mapping, origin.file_name, delivery, limits=limits)
    prepared = with_kept_side(connection, landing_dir, prepared, origin)
    guard(connection, prepared)
    return publish(connection, landing_dir, prepared, now=now, actor=actor, origin=origin, snapshots=snapshots)


def release(
    connection: Connection,
    landing_dir: Path,
    mappings: Sequence[Mapping],
    batch_id: int,
    reason: str,
    *,
    now: dt.datetime,
    actor: str | None,
    snapshots: Path | None = None,
    limits: Limits = NO_LIMITS_GIVEN,
    guard: Guard = unguarded,
) -> Outcome:
    """Publish a held batch on somebody's word: a new batch that names the held one, the reason and the person.

    What is published is the delivery as its mapping reads it now; what cannot be read at all is not released.
    """
    origin = require_batch(connection, batch_id)
    if origin.status != "held":
        raise BatchError(
            f"batch {batch_id} is {origin.status}; only a held batch can be released", "not_held", batch=batch_id
        )
    if released := released_as(connection, origin):
        raise BatchError(
            f"batch {batch_id} was released as batch {released} already; nothing was changed",
            "released_before",
            batch=batch_id,
            since=released,
        )
    if not reason.strip():
        raise BatchError(f"batch {batch_id}: say why it is released", "no_reason", batch=batch_id)
    mapping = named(mappings, origin.mapping_name)
    delivery = kept_delivery(landing_dir, origin.landing_sha256)
    prepared = prepare_delivery(mapping, origin.file_name, delivery, limits=limits)
    prepared = with_kept_side(connection, landing_dir, prepared, origin)
    if prepared.slices.is_empty():
        raise BatchError(
            f"batch {batch_id} cannot be released, nothing in it could be read: {origin.reason}",
            "nothing_read",
            batch=batch_id,
        )
    guard(connection, prepared)
    return publish(
        connection,
        landing_dir,
        prepared,
        now=now,
        actor=actor,
        origin=origin,
        release_reason=reason.strip(),
        snapshots=snapshots,
    )
