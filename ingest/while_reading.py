"""Publishing a long delivery while it is being read: rows go to the database as soon as they are there.

What the checks say against the delivery in the end takes them out again; all of it is the caller's one transaction.
"""

import datetime as dt
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Condition

import polars as pl

from budget import frames
from ingest.delivery import Delivery
from ingest.mapping import Mapping
from ingest.outcome import Outcome, unchanged
from ingest.prepare import blank_of
from ingest.prepared import Prepared
from ingest.publish import publish, published_before, unnoticed
from ingest.store import ORIGIN, ROW_NO, SLICE_KEY, FactStore
from warehouse.early_facts import save_early
from warehouse.engine import Connection

_AHEAD = 3  # parts that are read and not written yet


@dataclass(frozen=True, kw_only=True)
class LongDelivery:
    """A delivery worth publishing while it is read; ``read`` reads it to the end, its facts going into a store."""

    mapping: Mapping
    file_name: str
    delivery: Delivery
    read: Callable[[FactStore], Prepared]


class _GivenUpError(Exception):
    """The parts read are wanted no more: writing them failed."""


class _Handed:
    """Parts on their way from the thread that reads them to the one that writes them."""

    def __init__(self) -> None:
        self._changed, self._parts = Condition(), deque[pl.DataFrame]()
        self._is_read = self._is_given_up = False

    def put(self, part: pl.DataFrame) -> None:
        """Hand a part over, waiting where the writer is behind."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._parts) < _AHEAD or self._is_given_up)
            if self._is_given_up:
                raise _GivenUpError
            self._parts.append(part)
            self._changed.notify_all()

    def end(self) -> None:
        """Say that everything is read."""
        with self._changed:
            self._is_read = True
            self._changed.notify_all()

    def give_up(self) -> None:
        """Let the reader go that waits for the writer."""
        with self._changed:
            self._is_given_up = True
            self._changed.notify_all()

    def parts(self) -> Iterator[pl.DataFrame]:
        """Yield the parts in their order until everything is read."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._parts or self._is_read)
                if not self._parts:
                    return
                part = self._parts.popleft()
                self._changed.notify_all()
            yield part


def publish_while_reading(
    connection: Connection,
    landing_dir: Path,
    long: LongDelivery,
    *,
    now: dt.datetime,
    actor: str | None,
    spool: Path | None = None,
    snapshots: Path | None = None,
    progress: Callable[[str], None] = unnoticed,
) -> tuple[Prepared, Outcome]:
    """Read a delivery and publish it, hold it, or find that nothing is new; see ``publish.publish``.

    The caller discards the store of what is returned. Bytes that stand published already are not read again.
    """
    blank = blank_of(long.mapping, long.file_name, long.delivery)
    before = published_before(connection, blank, now)
    if before is not None and before.status == "published":
        return blank, unchanged(before)
    handed = _Handed()
    store = FactStore(long.mapping.feed, spool, watch=handed.put)
    try:
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(_read_to_end, long, store, handed)
            try:
                early = save_early(connection, long.mapping.feed, _filled(long.mapping, handed.parts()))
            finally:
                handed.give_up()
            prepared = reading.result()
        progress("early")
        outcome = publish(
            connection,
            landing_dir,
            prepared,
            now=now,
            actor=actor,
            snapshots=snapshots,
            early=early,
            progress=progress,
        )
    except BaseException:
        store.discard()
        raise
    return prepared, outcome


def _read_to_end(long: LongDelivery, store: FactStore, handed: _Handed) -> Prepared:
    try:
        return long.read(store)
    finally:
        handed.end()


def _filled(mapping: Mapping, parts: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Yield parts without the columns that the mapping never fills."""
    known = {SLICE_KEY, ROW_NO, *ORIGIN, *mapping.specs()}
    columns = [name for name in (ORIGIN | frames.FEEDS[mapping.feed]) if name in known]
    return (part.select(columns) for part in parts)
