"""Restoring a backup into an empty house: everything is proven before any of it counts, and all of it or nothing."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from app.backup import LANDING, SECRET, SITE_FILES, SITE_FOLDERS, TABLES
from app.wiring import House
from warehouse.archive import ArchiveError, file_sha256, unpack
from warehouse.dump import Tally, count_in_force, count_tables, dumped_tables, load_table
from warehouse.engine import Connection, open_engine, sqlite_url, writing
from warehouse.migrations import is_known_revision, prepare_revision, upgrade
from warehouse.opening import warehouse_state

STAGING, LOCK = ".restoring", ".restoring.lock"
PARTS = (LANDING, *SITE_FOLDERS, *SITE_FILES, SECRET)
LEFT_OVER = ("snapshots", "warehouse.db", "warehouse.db-wal", "warehouse.db-shm")


class RestoreError(RuntimeError):
    """A backup cannot be restored here; the sentence says why, and nothing was changed."""


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What was restored: the counts and sums of the tables, found to be those of the manifest."""

    file: Path
    created_at: str
    tables: Tally
    feeds: Tally
    landing: int
    missing: list[str]

    def told(self) -> dict[str, Any]:
        """Return the restoration as docs/json.md promises it."""
        return {
            "file": self.file,
            "created_at": self.created_at,
            "tables": self.tables,
            "feeds": self.feeds,
            "landing": self.landing,
            "missing": self.missing,
            "holds": True,
        }


def restore(house: House, file: Path, *, sha256: str | None = None) -> Restored:
    """Restore an archive into an empty data folder and database, of whichever engine.

    With ``sha256`` the archive must be the very one that backup printed. ArchiveError, RestoreError or DumpError
    where it is not whole, not ours, or adds up to something else; nothing is left behind then.
    """
    _require_empty(house)
    if sha256 is not None and file_sha256(file) != sha256.lower():
        raise ArchiveError(f"{file} is not the archive of that sha256; nothing was restored")
    with _staging(house.data) as staging:
        manifest = unpack(file, staging, (TABLES, *PARTS))
        with _new_warehouse(house) as connection:
            _fill(connection, file, manifest, staging / TABLES)
            tables, feeds = count_tables(connection), count_in_force(connection)
            _prove(file, manifest, {"tables": tables, "feeds": feeds})
            _put_in_place(house.data, staging)
    return Restored(
        file=file,
        created_at=str(manifest.get("created_at", "")),
        tables=tables,
        feeds=feeds,
        landing=sum(1 for name in manifest["members"] if name.startswith(f"{LANDING}/")),
        missing=list(manifest.get("missing", [])),
    )


def _require_empty(house: House) -> None:
    if warehouse_state(house.engine) != "empty":
        where = house.engine.url.render_as_string(hide_password=True)
        raise RestoreError(
            f"{where} holds a warehouse already, and a backup is never restored over one: give an empty folder with "
            "--data, or the address of an empty database"
        )
    # What a restore that was cut short put there goes away by itself; everything else is somebody's.
    is_ours = (house.data / STAGING).exists()
    names = LEFT_OVER if is_ours else (*PARTS, *LEFT_OVER)
    there = [name for name in names if (house.data / name).exists()]
    if there:
        raise RestoreError(
            f"data folder {house.data} is not empty ({', '.join(there)}), and a backup is never restored over what is "
            "there: give an empty folder with --data"
        )


@contextmanager
def _staging(data: Path) -> Iterator[Path]:
    """Give an empty folder on the data folder's disk, and take it away whatever happens; RestoreError to a second one.

    Where it is there already, a restore was killed: what that one put in place is taken away first.
    """
    was_there = data.exists()
    data.mkdir(parents=True, exist_ok=True)
    try:
        with (data / LOCK).open("a") as lock:
            _take(lock, data)
            if (data / STAGING).exists():
                _take_away(data)
                shutil.rmtree(data / STAGING)
            (data / STAGING).mkdir()
            try:
                yield data / STAGING
            finally:
                shutil.rmtree(data / STAGING, ignore_errors=True)
                (data / LOCK).unlink()
    finally:
        if not was_there and not any(data.iterdir()):
            data.rmdir()


def _take(lock: IO[str], data: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise RestoreError(f"another restore into {data} is running; nothing was done") from error


@contextmanager
def _new_warehouse(house: House) -> Iterator[Connection]:
    """Open the transaction that fills the new warehouse; an embedded one gets its name only after the commit."""
    if house.engine.dialect.name != "sqlite":
        with _undone_on_error(house.data), writing(house.engine) as connection:
            yield connection
        return
    place = Path(house.engine.url.database)
    aside = house.data / STAGING / "warehouse.db"
    engine = open_engine(sqlite_url(aside))
    try:
        with _undone_on_error(house.data):
            with writing(engine) as connection:
                yield connection
            engine.dispose()  # the last connection to close takes the write-ahead log into the file
            place.parent.mkdir(parents=True, exist_ok=True)
            aside.replace(place)
    finally:
        engine.dispose()


@contextmanager
def _undone_on_error(data: Path) -> Iterator[None]:
    """Take away what was put in place where the warehouse that names it does not come to be."""
    try:
        yield
    except BaseException:
        _take_away(data)
        raise


def _take_away(data: Path) -> None:
    for name in PARTS:
        path = data / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _fill(connection: Connection, file: Path, manifest: dict[str, Any], folder: Path) -> None:
    revision = manifest.get("schema_revision")
    if not isinstance(revision, str) or not is_known_revision(connection, revision):
        raise RestoreError(f"{file} is of tables {revision}, which this version does not know; use a newer version")
    prepare_revision(connection, revision)
    files: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.parquet")):
        files.setdefault(path.stem.rpartition("-")[0], []).append(path)
    unknown = sorted(set(files) - set(dumped_tables()))
    if unknown:
        raise ArchiveError(f"{file} holds tables {', '.join(unknown)}, which no warehouse has; nothing was restored")
    for name in dumped_tables():
        load_table(connection, name, files.get(name, []))
    upgrade(connection)


def _prove(file: Path, manifest: dict[str, Any], found: dict[str, Tally]) -> None:
    """Hold what was restored against what was backed up; RestoreError names every difference."""
    differences = []
    for part, tallies in found.items():
        for name, told in manifest.get(part, {}).items():
            now = tallies.get(name, {})
            differences += [
                f"{name} {what}: {value} was backed up, {now.get(what)} restored"
                for what, value in told.items()
                if now.get(what) != value
            ]
    if differences:
        raise RestoreError(f"{file} does not add up, nothing was restored: " + "; ".join(differences))


def _put_in_place(data: Path, staging: Path) -> None:
    if (staging / SECRET).exists():
        (staging / SECRET).chmod(0o600)
    for name in PARTS:
        if (staging / name).exists():
            (staging / name).replace(data / name)
