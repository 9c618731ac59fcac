"""Side files in the inbox, before or after their data file, and one that comes when its delivery is dealt with."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.control import awaits_side_file, side_file_of, side_name, taking_side
from ingest.delivery import Delivery
from ingest.inbox import seen_since
from ingest.judging import judged
from ingest.kept_side import keep_side
from ingest.landing import kept_delivery
from ingest.mapping import Mapping, match
from ingest.outcome import Outcome
from ingest.prepare import NO_LIMITS_GIVEN, prepare_delivery, readable_name
from ingest.prepared import Prepared
from ingest.problems import BatchError, NoMappingError
from ingest.publish import publish
from ingest.readers import Limits
from warehouse import batches
from warehouse.batches import Batch
from warehouse.engine import Connection
from warehouse.scope import Scope


@dataclass(frozen=True)
class Plan:
    """What to do with the files of the inbox that are wholly there; what is in neither list waits."""

    load: tuple[Path, ...]  # data files, each with its side file beside it where one is there
    used: tuple[Path, ...]  # side files that go with them
    late: tuple[Path, ...]  # side files whose data file is not in the inbox


def plan_inbox(inbox: Path, waiting: Sequence[Path], mappings: Sequence[Mapping], now: dt.datetime) -> Plan:
    """Pair data files with their side files.

    A data file waits for a side file that is still being written, and for one that its mapping expects, at most
    ``wait_minutes`` from when the file was first seen.
    """
    mapped = {path: _mapping_of(mappings, path) for path in waiting}
    sides = [path for path, mapping in mapped.items() if mapping is None and side_file_of(mappings, path.name)]
    load, used, kept = [], [], []
    for path, mapping in mapped.items():
        if path in sides:
            continue
        side = None if mapping is None else inbox / side_name(mapping, readable_name(path))
        if mapping is not None and side is not None and _has_to_wait(inbox, path, mapping, side, waiting, now):
            kept.append(side)
        else:
            load.append(path)
            used += [side] if side in sides else []
    late = [side for side in sides if side not in used and side not in kept]
    return Plan(tuple(load), tuple(dict.fromkeys(used)), tuple(late))


def _mapping_of(mappings: Sequence[Mapping], path: Path) -> Mapping | None:
    try:
        return match(mappings, readable_name(path))
    except NoMappingError:
        return None


def _has_to_wait(  # noqa: PLR0917  # a file, its side file, and what is wholly there by now
    inbox: Path, path: Path, mapping: Mapping, side: Path, waiting: Sequence[Path], now: dt.datetime
) -> bool:
    if side in waiting:
        return False
    if side.exists():
        return True
    since = seen_since(inbox, path)
    most = dt.timedelta(minutes=mapping.checks.control.wait_minutes)
    return awaits_side_file(mapping) and since is not None and now - since < most


def take_late(  # as replay and release
    connection: Connection,
    landing_dir: Path,
    mapping: Mapping,
    path: Path,
    *,
    now: dt.datetime,
    actor: str | None,
    snapshots: Path | None = None,
    limits: Limits = NO_LIMITS_GIVEN,
) -> Outcome | None:
    """Hold the newest delivery that a side file belongs to against it; None where there is no such delivery yet.

    A held delivery is judged anew and published where nothing else speaks against it. A published one stays; BatchError
    where the side file does not agree with it.
    """
    batch = batch_of(connection, mapping, path.name)
    if batch is None:
        return None
    delivery = kept_delivery(landing_dir, batch.landing_sha256)
    prepared = prepare_delivery(mapping, batch.file_name, delivery, limits=limits)
    prepared = taking_side(prepared, path.name, Delivery.of_file(path))
    if batch.status == "held":
        return publish(connection, landing_dir, prepared, now=now, actor=actor, origin=batch, snapshots=snapshots)
    _refuse_disagreement(connection, prepared, batch, now)
    keep_side(connection, landing_dir, prepared, now)
    return publish(connection, landing_dir, prepared, now=now, actor=actor)


def batch_of(connection: Connection, mapping: Mapping, name: str) -> Batch | None:
    """Return the newest batch whose side file would have a name; None where there is none."""
    own = (one for one in batches.read_batches(connection, Scope.everything()) if one.mapping_name == mapping.name)
    return next((one for one in own if side_name(mapping, one.file_name) == name), None)


def _refuse_disagreement(connection: Connection, prepared: Prepared, batch: Batch, now: dt.datetime) -> None:
    checks = judged(connection, prepared, now).checks
    failed = [check.detail for check in checks if check.check_name == "control" and check.detail]
    if failed:
        raise BatchError(
            f"{batch.file_name} is published as batch {batch.batch_id}, and its control file disagrees: "
            f"{'; '.join(failed)}; ask for a corrected delivery",
            "control_disagrees",
            file=batch.file_name,
            batch=batch.batch_id,
        )
