"""Loading delivered files: read and checked side by side, published one after the other."""

from collections.abc import Callable, Sequence
from pathlib import Path

from app.held_notice import tell_operator
from app.output import in_words
from app.reading import Refused, SideFile, fitting_mapping, limits_of, read_files, wanted_mapping
from app.wiring import House
from ingest.again import Guard, release, replay, unguarded
from ingest.control import side_file_of
from ingest.leftovers import sweep_landing
from ingest.mapping import Mapping, load_mappings, named
from ingest.outcome import Outcome
from ingest.prepare import readable_name
from ingest.prepared import Prepared
from ingest.problems import IngestError
from ingest.publish import publish, require_batch
from ingest.side_files import batch_of, take_late
from ingest.store import sweep
from ingest.while_reading import LongDelivery, publish_while_reading
from warehouse.audit import record_audit
from warehouse.engine import Connection, StorageError, reading, writing

Loaded = Outcome | Refused
Watch = Callable[[Loaded], None]
# What else is written in the transaction that publishes or holds a delivery; an error of it undoes both.
Along = Callable[[Connection, Prepared, Outcome], None]


def _unwatched(_loaded: Loaded) -> None:
    return


def _alone(_connection: Connection, _prepared: Prepared, _outcome: Outcome) -> None:
    return


def load_files(
    house: House,
    files: Sequence[Path],
    *,
    feed: str | None = None,
    actor: str,
    workers: int = 1,
    watch: Watch = _unwatched,
    along: Along = _alone,
) -> list[Loaded]:
    """Publish or hold files in the order given, each in a transaction of its own; ``feed`` names a mapping.

    MappingError where ``feed`` is no mapping. A full disk or a lost database ends it: what was loaded before, and
    told to ``watch``, stays. With several workers files are read in processes beside this one, never more than a few
    ahead of publishing.
    """
    mappings = load_mappings(house.mapping_folders)
    wanted = None if feed is None else wanted_mapping(mappings, feed)
    chosen = [(path, wanted or fitting_mapping(mappings, path)) for path in files]
    loaded: list[Loaded] = []
    sweep(house.spool)
    for read in read_files(chosen, workers, limits_of(house)):
        if isinstance(read, Refused):
            loaded.append(read)
        elif isinstance(read, SideFile):
            loaded.append(_take_late(house, read, actor))
        elif isinstance(read, LongDelivery):
            loaded.append(_publish_long(house, read, actor, along))
        else:
            loaded.append(publish_prepared(house, read, actor, along=along))
        watch(loaded[-1])
    return loaded


def load_or_stop(house: House, files: Sequence[Path], *, feed: str | None, actor: str) -> list[Loaded]:
    """Publish or hold files; where disk or database fails, say so for that file and leave the ones behind it."""
    loaded: list[Loaded] = []
    sweep_landing(house.landing)
    try:
        return load_files(house, files, feed=feed, actor=actor, watch=loaded.append)
    except (OSError, StorageError) as error:
        name = readable_name(files[len(loaded)])
        left = len(files) - len(loaded) - 1
        behind = f"; {left} more files were not tried" if left else ""
        return [*loaded, Refused(name, f"{name} was not taken in: {in_words(error)}{behind}")]


def publish_prepared(
    house: House, prepared: Prepared, actor: str, guard: Guard = unguarded, *, along: Along = _alone
) -> Loaded:
    """Publish or hold what was read, and owe the operator a mail where it is held, in one transaction.

    ``guard`` looks at what would be written and raises an IngestError where it must not be.
    """
    try:
        with writing(house.engine) as connection:
            guard(connection, prepared)
            outcome = publish(
                connection, house.landing, prepared, now=house.clock(), actor=actor, snapshots=house.snapshots
            )
            tell_operator(house, connection, outcome, prepared.mapping.title)
            along(connection, prepared, outcome)
            return outcome
    except IngestError as error:
        return Refused(prepared.file_name, str(error), refusal=error.refusal)
    finally:
        prepared.store.discard()


def _publish_long(house: House, long: LongDelivery, actor: str, along: Along) -> Loaded:
    """Read a long delivery and publish or hold it, in one transaction."""
    try:
        with writing(house.engine) as connection:
            prepared, outcome = publish_while_reading(
                connection,
                house.landing,
                long,
                now=house.clock(),
                actor=actor,
                spool=house.spool,
                snapshots=house.snapshots,
            )
            try:
                tell_operator(house, connection, outcome, long.mapping.title)
                along(connection, prepared, outcome)
            finally:
                prepared.store.discard()
            return outcome
    except IngestError as error:
        return Refused(long.file_name, str(error), refusal=error.refusal)


def _take_late(house: House, side: SideFile, actor: str) -> Loaded:
    """Hold a delivery that was dealt with already against a control file that came after it."""
    name = readable_name(side.path)
    try:
        with writing(house.engine) as connection:
            late = take_late(
                connection,
                house.landing,
                side.mapping,
                side.path,
                now=house.clock(),
                actor=actor,
                snapshots=house.snapshots,
                limits=limits_of(house),
            )
            if late is not None:
                tell_operator(house, connection, late, side.mapping.title)
    except IngestError as error:
        return Refused(name, str(error), refusal=error.refusal)
    return late or Refused(name, f"{name} is a control file, and the delivery it belongs to has not come yet")


def has_delivery(house: House, side_file: Path) -> bool:
    """Tell whether the delivery that a control file belongs to has come."""
    mapping = side_file_of(load_mappings(house.mapping_folders), readable_name(side_file))
    with reading(house.engine) as connection:
        return mapping is not None and batch_of(connection, mapping, readable_name(side_file)) is not None


def replay_batch(house: House, batch_id: int, *, actor: str, guard: Guard = unguarded) -> Outcome:
    """Read a batch's bytes again with the mapping as it is now, publish what changed; leaves an audit entry."""
    mappings = load_mappings(house.mapping_folders)
    with writing(house.engine) as connection:
        now = house.clock()
        outcome = replay(
            connection,
            house.landing,
            mappings,
            batch_id,
            now=now,
            actor=actor,
            snapshots=house.snapshots,
            limits=limits_of(house),
            guard=guard,
        )
        tell_operator(house, connection, outcome, _title(mappings, connection, batch_id))
        told = {"batch": outcome.batch, "status": outcome.status}
        record_audit(connection, at=now, actor=actor, action="replay", target=f"batch {batch_id}", detail=told)
    return outcome


def _title(mappings: Sequence[Mapping], connection: Connection, batch_id: int) -> str:
    return named(mappings, require_batch(connection, batch_id).mapping_name).title


def release_batch(house: House, batch_id: int, *, actor: str, reason: str, guard: Guard = unguarded) -> Outcome:
    """Publish a held batch on somebody's word; leaves an audit entry."""
    mappings = load_mappings(house.mapping_folders)
    with writing(house.engine) as connection:
        now = house.clock()
        outcome = release(
            connection,
            house.landing,
            mappings,
            batch_id,
            reason,
            now=now,
            actor=actor,
            snapshots=house.snapshots,
            limits=limits_of(house),
            guard=guard,
        )
        told = {"reason": reason, "batch": outcome.batch}
        record_audit(connection, at=now, actor=actor, action="release", target=f"batch {batch_id}", detail=told)
    return outcome
