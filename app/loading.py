"""Loading delivered files: read and checked side by side, published one after the other."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

from app.children import follow_parent
from app.held_notice import tell_operator
from app.output import in_words
from app.wiring import House
from ingest.again import Guard, release, replay, unguarded
from ingest.mapping import Mapping, load_mapping, load_mappings, match, named
from ingest.prepare import prepare, readable_name
from ingest.prepared import Prepared
from ingest.problems import IngestError, MappingError, NoMappingError
from ingest.publish import Outcome, publish, require_batch
from warehouse.audit import record_audit
from warehouse.engine import Connection, StorageError, writing


@dataclass(frozen=True)
class Refused:
    """A file that was not even taken into the landing folder, and why."""

    file: str
    reason: str
    status: Literal["refused"] = "refused"


Loaded = Outcome | Refused
Watch = Callable[[Loaded], None]
Note = Callable[[Connection, Outcome, str], None]


def _unwatched(_loaded: Loaded) -> None:
    return


def _unnoted(_connection: Connection, _outcome: Outcome, _actor: str) -> None:
    return


def load_files(
    house: House,
    files: Sequence[Path],
    *,
    feed: str | None = None,
    actor: str,
    workers: int = 1,
    watch: Watch = _unwatched,
) -> list[Loaded]:
    """Publish or hold files in the order given, each in a transaction of its own; ``feed`` names a mapping.

    MappingError where ``feed`` is no mapping. A full disk or a lost database ends it: what was loaded before, and
    told to ``watch``, stays. With several workers files are read in processes beside this one, never more than a few
    ahead of publishing.
    """
    mappings = load_mappings(house.mapping_folders)
    wanted = None if feed is None else mapping_named(mappings, feed)
    chosen = [(path, wanted or _match(mappings, path)) for path in files]
    loaded: list[Loaded] = []
    for prepared in _read(chosen, workers):
        loaded.append(prepared if isinstance(prepared, Refused) else publish_prepared(house, prepared, actor))
        watch(loaded[-1])
    return loaded


def load_or_stop(house: House, files: Sequence[Path], *, feed: str | None, actor: str) -> list[Loaded]:
    """Publish or hold files; where disk or database fails, say so for that file and leave the ones behind it."""
    loaded: list[Loaded] = []
    try:
        return load_files(house, files, feed=feed, actor=actor, watch=loaded.append)
    except (OSError, StorageError) as error:
        name = readable_name(files[len(loaded)])
        left = len(files) - len(loaded) - 1
        behind = f"; {left} more files were not tried" if left else ""
        return [*loaded, Refused(name, f"{name} was not taken in: {in_words(error)}{behind}")]


def publish_prepared(
    house: House, prepared: Prepared, actor: str, guard: Guard = unguarded, *, note: Note = _unnoted
) -> Loaded:
    """Publish or hold what was read, and owe the operator a mail where it is held, in one transaction.

    ``guard`` looks at what would be written and raises an IngestError where it must not be; ``note`` may write down
    who did it.
    """
    try:
        with writing(house.engine) as connection:
            guard(connection, prepared)
            outcome = publish(connection, house.landing, prepared, now=house.clock(), actor=actor)
            tell_operator(house, connection, outcome, prepared.mapping.title)
            note(connection, outcome, actor)
            return outcome
    except IngestError as error:
        return Refused(prepared.file_name, str(error))


def mapping_named(mappings: Sequence[Mapping], feed: str) -> Mapping:
    """Return the mapping of a name or of a .toml file; MappingError where it is not there or not right."""
    if feed.endswith(".toml"):
        return load_mapping(Path(feed))
    try:
        return named(mappings, feed)
    except NoMappingError as error:
        raise MappingError(str(error)) from error


def _match(mappings: Sequence[Mapping], path: Path) -> Mapping | Refused:
    name = readable_name(path)
    try:
        return match(mappings, name)
    except NoMappingError as error:
        return Refused(name, str(error))


def _prepare(path: Path, mapping: Mapping | Refused) -> Prepared | Refused:
    if isinstance(mapping, Refused):
        return mapping
    try:
        return prepare(mapping, path)
    except IngestError as error:
        return Refused(readable_name(path), str(error))


def _read(chosen: Iterable[tuple[Path, Mapping | Refused]], workers: int) -> Iterator[Prepared | Refused]:
    if workers <= 1:
        yield from (_prepare(path, mapping) for path, mapping in chosen)
        return
    ahead = workers + 2  # enough to keep everybody busy, few enough to fit into memory
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=follow_parent) as pool:
        left, waiting = iter(chosen), deque[Future[Prepared | Refused]]()
        try:
            while True:
                for path, mapping in islice(left, ahead - len(waiting)):
                    waiting.append(pool.submit(_prepare, path, mapping))
                if not waiting:
                    return
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def replay_batch(house: House, batch_id: int, *, actor: str, guard: Guard = unguarded) -> Outcome:
    """Read a batch's bytes again with the mapping as it is now, publish what changed; leaves an audit entry."""
    mappings = load_mappings(house.mapping_folders)
    with writing(house.engine) as connection:
        now = house.clock()
        outcome = replay(connection, house.landing, mappings, batch_id, now=now, actor=actor, guard=guard)
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
        outcome = release(connection, house.landing, mappings, batch_id, reason, now=now, actor=actor, guard=guard)
        told = {"reason": reason, "batch": outcome.batch}
        record_audit(connection, at=now, actor=actor, action="release", target=f"batch {batch_id}", detail=told)
    return outcome
