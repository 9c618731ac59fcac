"""Taking deliveries in from the pages: the same loading as the commands, fenced by what a person may touch."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import IO, Any, Final

from app.loading import Along, publish_prepared, release_batch, replay_batch
from app.reading import Refused, limits_of
from app.wiring import House
from dashboard.handover import Allows, Done, Kept, MappingName, Tried
from ingest import aside
from ingest.aside import Aside
from ingest.dry_run import DryRun, dry_run
from ingest.landing import kept_delivery
from ingest.mapping import Mapping, load_mappings, named
from ingest.outcome import Outcome
from ingest.prepare import prepare_delivery
from ingest.prepared import Prepared
from ingest.problems import FileRefusedError, IngestError, NameRefusedError
from ingest.publish import require_batch
from ingest.store import SLICE_KEY
from warehouse.audit import record_audit
from warehouse.batches import newest_batch
from warehouse.engine import Connection, reading
from warehouse.held import followers
from warehouse.standing import divisions_of

_REMEMBERED: Final = 4
# A page is no way for more; the inbox and the command take larger files.
MOST_UPLOADED: Final = 128 << 20


class OtherDivisionError(IngestError):
    """A delivery states or replaces data of a division that is not the person's own."""


class Fence:
    """Looks at what a person is about to put in force, in the transaction that does it."""

    def __init__(self, allows: Allows) -> None:
        self._allows = allows
        self.was_met = False

    def __call__(self, connection: Connection, prepared: Prepared) -> None:
        """Raise OtherDivisionError where the delivery is not wholly of divisions the person may touch."""
        divisions = frozenset(prepared.slices["division_code"])
        keys = prepared.slices[SLICE_KEY].to_list()
        if not self._allows(divisions | divisions_of(connection, prepared.mapping.feed, keys)):
            self.was_met = True
            raise OtherDivisionError(f"{prepared.file_name} is not wholly of divisions this account may touch")


class Deliveries:
    """The handover of a house."""

    def __init__(self, house: House, most_bytes: int = MOST_UPLOADED) -> None:
        self._house = house
        self._limits = replace(limits_of(house), delivered_bytes=most_bytes)
        self._runs: OrderedDict[tuple[Any, ...], DryRun] = OrderedDict()
        self._one_at_a_time = threading.Lock()

    def put_aside(self, owner: str, file_name: str, source: IO[bytes]) -> Kept:
        """Keep a file aside and return its token, or why it is not taken; a full disk is for the log too."""
        now, folder = self._house.clock(), self._house.uploads
        try:
            aside.drop_old(folder, now)
            return Kept(token=aside.put_aside(folder, owner, file_name, source, now=now, limits=self._limits).token)
        except NameRefusedError:
            return Kept(problem="name")
        except FileRefusedError:
            return Kept(problem="size")
        except OSError:
            logging.getLogger(__name__).exception("an upload could not be put aside")
            return Kept(problem="disk")

    def find(self, owner: str, token: str) -> Aside | None:
        """Return an owner's file."""
        return aside.find_aside(self._house.uploads, owner, token, self._house.clock())

    def waiting(self, owner: str) -> Sequence[Aside]:
        """Return an owner's files, the newest first."""
        return aside.list_aside(self._house.uploads, owner, self._house.clock())

    def drop(self, owner: str, token: str) -> None:
        """Forget a file."""
        if kept := self.find(owner, token):
            aside.drop_aside(self._house.uploads, kept)

    def try_out(self, owner: str, token: str, mapping: str | None) -> Tried:
        """Read a file and tell what publishing it would do; a dry run is remembered until something is published."""
        kept = self.find(owner, token)
        if kept is None:
            return Tried(problem="gone")
        try:
            mappings = load_mappings(self._house.mapping_folders)
            names = tuple(
                MappingName(name=one.name, title=one.title, fits=one.knows(kept.file_name)) for one in mappings
            )
            fitting = [one.name for one in names if one.fits]
            wanted = mapping or (fitting[0] if len(fitting) == 1 else None)
            if wanted is None:
                return Tried(mappings=names)
            chosen = named(mappings, wanted)
            return self._tried(names, chosen, kept)
        except IngestError as error:
            return Tried(problem=str(error), refusal=error.refusal)

    def _tried(self, names: Sequence[MappingName], chosen: Mapping, kept: Aside) -> Tried:
        with self._one_at_a_time, reading(self._house.engine) as connection:
            key = (kept.token, chosen.sha256, newest_batch(connection))

            def read() -> DryRun:
                delivery = aside.delivery_aside(self._house.uploads, kept)
                now = self._house.clock()
                return dry_run(connection, chosen, kept.file_name, delivery, now=now, limits=self._limits)

            run = self._remembered(key, read)
            return Tried(mappings=names, mapping=chosen.name, run=run.as_json(), divisions=_touched(connection, run))

    def _remembered(self, key: tuple[Any, ...], read: Callable[[], DryRun]) -> DryRun:
        if key not in self._runs:
            self._runs[key] = read()
            while len(self._runs) > _REMEMBERED:
                self._runs.popitem(last=False)
        self._runs.move_to_end(key)
        return self._runs[key]

    def publish(self, owner: str, token: str, mapping: str, allows: Allows) -> Done:
        """Publish or hold a file; asked again, also at the same moment, it answers with the batch of the first time."""
        kept = self.find(owner, token)
        if kept is None:
            return Done(problem="gone")
        fence = Fence(allows)
        try:
            with aside.alone_with(self._house.uploads, kept) as now_kept:
                return self._published(now_kept, mapping, fence)
        except IngestError as error:
            return _not_done(fence, error)

    def _published(self, kept: Aside, mapping: str, fence: Fence) -> Done:
        if kept.batch is not None:
            return Done(batch=kept.batch)
        chosen = named(load_mappings(self._house.mapping_folders), mapping)
        delivery = aside.delivery_aside(self._house.uploads, kept)
        prepared = prepare_delivery(chosen, kept.file_name, delivery, limits=self._limits)
        done = publish_prepared(self._house, prepared, kept.owner, fence, along=self._note_upload(kept.owner))
        if isinstance(done, Refused):
            return Done(problem="division" if fence.was_met else "refused", words=done.reason, refusal=done.refusal)
        aside.note_batch(self._house.uploads, kept, done.batch)
        return Done(batch=done.batch)

    def _note_upload(self, actor: str) -> Along:
        def note(connection: Connection, _prepared: Prepared, outcome: Outcome) -> None:
            told = {"file": outcome.file, "status": outcome.status}
            target = f"batch {outcome.batch}"
            record_audit(connection, at=self._house.clock(), actor=actor, action="upload", target=target, detail=told)

        return note

    def preview(self, batch_id: int) -> Tried:
        """Tell what releasing a held batch would do, with its mapping as it is now."""
        try:
            with self._one_at_a_time, reading(self._house.engine) as connection:
                origin = require_batch(connection, batch_id)
                chosen = named(load_mappings(self._house.mapping_folders), origin.mapping_name)
                delivery = kept_delivery(self._house.landing, origin.landing_sha256)
                now = self._house.clock()
                run = dry_run(
                    connection,
                    chosen,
                    origin.file_name,
                    delivery,
                    now=now,
                    limits=self._limits,
                    origin=origin,
                    landing_dir=self._house.landing,
                )
                return Tried(mapping=chosen.name, run=run.as_json(), divisions=_touched(connection, run))
        except IngestError as error:
            return Tried(problem=str(error), refusal=error.refusal)

    def release(self, batch_id: int, actor: str, reason: str, allows: Allows) -> Done:
        """Publish a held batch for a reason; one that was dealt with already answers with what became of it."""
        return self._again(
            batch_id,
            allows,
            lambda fence: release_batch(self._house, batch_id, actor=actor, reason=reason, guard=fence),
        )

    def replay(self, batch_id: int, actor: str, allows: Allows) -> Done:
        """Read a batch's bytes again with its mapping as it is now; done once, like a release."""
        return self._again(
            batch_id, allows, lambda fence: replay_batch(self._house, batch_id, actor=actor, guard=fence)
        )

    def _again(self, batch_id: int, allows: Allows, act: Callable[[Fence], Outcome]) -> Done:
        fence = Fence(allows)
        try:
            with self._one_at_a_time:
                with reading(self._house.engine) as connection:
                    since = followers(connection, batch_id)
                if since:
                    return Done(batch=since[-1].batch_id, problem="done_before")
                return Done(batch=act(fence).batch)
        except IngestError as error:
            return _not_done(fence, error)


def _touched(connection: Connection, run: DryRun) -> frozenset[str | None]:
    stated = frozenset(piece["division_code"] for piece in run.slices)
    return stated | divisions_of(connection, run.feed, [piece[SLICE_KEY] for piece in run.slices])


def _not_done(fence: Fence, error: IngestError) -> Done:
    return Done(problem="division" if fence.was_met else "refused", words=str(error), refusal=error.refusal)
