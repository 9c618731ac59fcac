"""Fetching from sources: one owner each, and a file is published in the same transaction that remembers it was taken.

So a crash at any moment loses nothing (what was not published is asked for again) and doubles nothing (what was
published is known not to be new).
"""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal

from app.loading import Loaded, load_files
from app.owners import has_died, new_owner
from app.reading import Refused
from app.settings import SettingsError, read_secret
from app.wiring import House
from ingest.leftovers import sweep_landing
from ingest.mapping import load_mappings, named
from ingest.outcome import Outcome
from ingest.prepared import Prepared
from ingest.problems import SourceError
from ingest.sources.errand import Errand, Fetched, FetchError, HereError, sweep, told_here
from ingest.sources.registry import load_sources
from ingest.sources.spec import AnySource, SftpSource
from warehouse.engine import Connection, StorageError, reading, writing
from warehouse.sources import (
    LostClaimError,
    Result,
    claim_source,
    finish_attempt,
    read_marks,
    read_state,
    renew_claim,
    require_claim,
    save_mark,
)

CLAIM_SECONDS, RENEW_SECONDS = 300, 60
FIRST_REST, LONGEST_REST = dt.timedelta(minutes=5), dt.timedelta(hours=4)
Wait = Callable[[float], None]


@dataclass(frozen=True, kw_only=True)
class FetchResult:
    """What became of one attempt; ``files`` are those that were new."""

    source: str
    status: Literal["taken", "unchanged", "failed", "busy"]
    message: str
    files: tuple[Loaded, ...] = ()
    next_try_at: dt.datetime | None = None

    @property
    def line(self) -> str:
        """Return it in one line."""
        return f"{self.source} {self.status}" + (f" ({self.message})" if self.message else "")


def known_sources(house: House) -> tuple[AnySource, ...]:
    """Return the sources of a house; SourceError where one cannot be used, or two deliver the same."""
    return load_sources(house.sources, load_mappings(house.mapping_folders), house.today)


def find_source(house: House, name: str) -> AnySource:
    """Return a source by its name; SourceError lists the known ones."""
    known = {one.name: one for one in known_sources(house)}
    if name not in known:
        raise SourceError(f'there is no source "{name}"; known: {", ".join(known) or "none"} (in {house.sources})')
    return known[name]


def fetch_due(house: House, wait: Wait = time.sleep) -> list[FetchResult]:
    """Fetch from every source whose next attempt is due; one that fails does not stop the others."""
    sources = known_sources(house)
    sweep_landing(house.landing)
    with reading(house.engine) as connection:
        due = [one for one in sources if read_state(connection, one.name).is_due(house.clock())]
    return [fetch_source(house, one, wait) for one in due]


def fetch_source(house: House, source: AnySource, wait: Wait = time.sleep) -> FetchResult:
    """Fetch what is new from a source and load it; busy where another process is at it.

    What goes wrong is a result, kept in the warehouse: the source's own trouble, a full disk, a folder that cannot be
    written to. StorageError where not even that can be kept.
    """
    worker = new_owner()  # each attempt is an owner of its own
    with writing(house.engine) as connection:
        held = read_state(connection, source.name)
        gone = held.claimed_by if has_died(held.claimed_by) else None
        if not claim_source(connection, source.name, worker, house.clock(), CLAIM_SECONDS, gone=gone):
            told = f"{held.claimed_by} fetches it, until {held.claimed_until_at:%Y-%m-%d %H:%M} UTC at the latest"
            return FetchResult(source=source.name, status="busy", message=told)
    return _Attempt(house, source, worker, wait).run()


class _Attempt:
    """One claimed attempt."""

    def __init__(self, house: House, source: AnySource, worker: str, wait: Wait) -> None:
        self._house, self._source, self._worker, self._wait = house, source, worker, wait
        self._began = self._renewed = house.clock()
        self._loaded: list[Loaded] = []
        self._folder = house.fetched / source.name
        self._unloaded: Path | None = None  # a whole file that is on its way into the warehouse

    def run(self) -> FetchResult:
        """Fetch and load; write down how it ended."""
        try:
            self._fetch()
        except (HereError, OSError, StorageError) as error:
            return self._give_up(error)
        except (FetchError, SettingsError) as error:
            return self._finish("failed", str(error))
        except LostClaimError as error:
            return self._busy(error)
        refused = [one.reason for one in self._loaded if isinstance(one, Refused)]
        if refused:
            return self._finish("failed", "; ".join(refused))
        told = ", ".join(f"{one.file} {one.status}" for one in self._loaded)
        return self._finish("taken" if self._loaded else "unchanged", told)

    def _give_up(self, error: Exception) -> FetchResult:
        """Leave nothing half-written behind where the disk or the warehouse failed; others are gone on with."""
        sweep(self._folder)
        if self._unloaded is not None:
            with suppress(OSError):
                self._unloaded.unlink(missing_ok=True)
        told = told_here(error) if isinstance(error, OSError) else str(error)
        return self._finish("failed", told if isinstance(error, HereError) else f"source {self._source.name}: {told}")

    def _fetch(self) -> None:
        # Imported here: each kind needs a heavy library, which few processes need.
        brought: Iterator[Fetched] = import_module(f"ingest.sources.{self._source.kind}").fetch(
            self._spec(), self._errand()
        )
        for fetched in brought:
            if fetched.path is None:
                with writing(self._house.engine) as connection:
                    self._remember(connection, fetched)
                continue
            self._alive()
            self._load(fetched, fetched.path)

    def _spec(self) -> AnySource:
        source = self._source
        if isinstance(source, SftpSource) and source.file_names is None:
            mapping = named(load_mappings(self._house.mapping_folders), source.mapping)
            return source.model_copy(update={"file_names": mapping.file_name})
        return source

    def _errand(self) -> Errand:
        source, house = self._source, self._house
        secret = read_secret(source.secret_variable)
        if secret is None and source.needs_secret:
            raise FetchError(f"source {source.name}: {source.secret_variable} is not set; it holds its password")
        with reading(house.engine) as connection:
            marks = read_marks(connection, source.name)
        return Errand(
            name=source.name,
            folder=self._folder,
            today=house.today,
            wait=self._wait,
            alive=self._alive,
            secret=secret,
            username=source.login,
            marks=marks,
        )

    def _alive(self) -> None:
        """Go on only before the deadline and while the claim is ours; it is renewed now and then."""
        now = self._house.clock()
        if (now - self._began).total_seconds() > self._source.deadline_seconds:
            raise FetchError(
                f"source {self._source.name}: not done after {self._source.deadline_seconds} s (deadline_seconds); "
                "what came so far is kept and gone on with"
            )
        if (now - self._renewed).total_seconds() >= RENEW_SECONDS:
            with writing(self._house.engine) as connection:
                renew_claim(connection, self._source.name, self._worker, now, CLAIM_SECONDS)
            self._renewed = now

    def _load(self, fetched: Fetched, path: Path) -> None:
        source = self._source

        def along(connection: Connection, prepared: Prepared, _outcome: Outcome) -> None:
            self._check_divisions(prepared)
            self._remember(connection, fetched)

        self._unloaded = path
        try:
            (loaded,) = load_files(self._house, [path], feed=source.mapping, actor=f"source {source.name}", along=along)
        except FetchError as error:
            loaded = Refused(path.name, str(error))
        self._unloaded = None
        self._loaded.append(loaded)
        if not isinstance(loaded, Refused):
            # Its bytes are in the landing folder now; one that was refused stays for somebody to look at.
            path.unlink(missing_ok=True)

    def _check_divisions(self, prepared: Prepared) -> None:
        own = self._source.divisions
        found = set(prepared.slices["division_code"].drop_nulls())
        if own and (others := sorted(found - set(own))):
            raise FetchError(
                f"source {self._source.name}: {prepared.file_name} holds data of {', '.join(others)}, but it is the "
                f"source of {', '.join(own)} only; nothing of the file was taken"
            )

    def _remember(self, connection: Connection, fetched: Fetched) -> None:
        require_claim(connection, self._source.name, self._worker)
        save_mark(connection, self._source.name, fetched.mark, self._house.clock())

    def _finish(self, status: Result, message: str) -> FetchResult:
        source, now = self._source, self._house.clock()
        with writing(self._house.engine) as connection:
            failed_before = read_state(connection, source.name).failures
            rest = _back_off(failed_before) if status == "failed" else dt.timedelta(minutes=source.every_minutes)
            try:
                finish_attempt(
                    connection,
                    source.name,
                    self._worker,
                    result=status,
                    message=message,
                    now=now,
                    next_try_at=now + rest,
                )
            except LostClaimError as error:
                return self._busy(error)
        return FetchResult(
            source=source.name, status=status, message=message, files=tuple(self._loaded), next_try_at=now + rest
        )

    def _busy(self, error: LostClaimError) -> FetchResult:
        return FetchResult(source=self._source.name, status="busy", message=str(error), files=tuple(self._loaded))


def _back_off(failures: int) -> dt.timedelta:
    """Return how long a source rests after one more failure: 5 minutes, 10, 20 … at most 4 hours."""
    return min(FIRST_REST * int(2 ** min(failures, 10)), LONGEST_REST)
