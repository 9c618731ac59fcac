"""Backing up while the service writes: one state of every table, the delivered bytes it names, and the site's files."""

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from app.wiring import House
from ingest.landing import landing_path
from warehouse.archive import file_sha256, pack
from warehouse.deliveries import landed
from warehouse.dump import Tally, count_in_force, count_tables, dump_table, dumped_tables
from warehouse.engine import reading
from warehouse.migrations import revision_of

TABLES, LANDING, SECRET = "tables", "landing", "secret_key"
# What a site keeps in its data folder beside warehouse and delivered bytes.
SITE_FOLDERS = ("feeds", "sources", "calendar", "reports")
SITE_FILES = ("calendar.toml", "holidays.toml")


class BackupError(RuntimeError):
    """A backup cannot be made; the sentence says why."""


@dataclass(frozen=True, kw_only=True)
class Backup:
    """An archive as written; ``missing`` names delivered bytes that are gone or no longer what was delivered."""

    file: Path
    sha256: str
    schema_revision: str | None
    tables: Tally
    feeds: Tally
    landing: int
    missing: list[str]

    def told(self) -> dict[str, Any]:
        """Return the backup as docs/json.md promises it."""
        return {
            "file": self.file,
            "bytes": self.file.stat().st_size,
            "sha256": self.sha256,
            "schema_revision": self.schema_revision,
            "tables": self.tables,
            "feeds": self.feeds,
            "landing": self.landing,
            "missing": self.missing,
        }


def back_up(house: House, file: Path, *, with_secret_key: bool = False) -> Backup:
    """Write everything into one new file; a file of that name is never overwritten.

    The tables are read in one transaction, which sees one state and stops no writer. Delivered bytes are copied
    afterwards: they lie there before any table names them, and are never taken away.
    """
    if file.exists():
        raise BackupError(f"{file} is there already; give the backup a name of its own")
    created = house.clock()
    with _beside(file) as folder:
        with reading(house.engine) as connection:
            dumped = {name: dump_table(connection, name, folder) for name in dumped_tables()}
            tables, feeds = count_tables(connection), count_in_force(connection)
            revision, wanted = revision_of(connection), landed(connection)
        members = [(f"{TABLES}/{path.name}", path) for paths in dumped.values() for path in paths]
        kept = {sha256: landing_path(house.landing, sha256) for sha256 in wanted}
        missing = sorted(name for name, path in kept.items() if not path.is_file() or file_sha256(path) != name)
        members += [(_landing_name(name), path) for name, path in kept.items() if name not in missing]
        members += list(_site_files(house, with_secret_key=with_secret_key))
        manifest = {
            "program": version("mingzhang"),
            "created_at": created.astimezone(dt.UTC).isoformat().replace("+00:00", "Z"),
            "schema_revision": revision,
            "tables": tables,
            "feeds": feeds,
            "missing": missing,
        }
        digest = pack(file, members, manifest, int(created.timestamp()))
    return Backup(
        file=file,
        sha256=digest,
        schema_revision=revision,
        tables=tables,
        feeds=feeds,
        landing=len(wanted) - len(missing),
        missing=missing,
    )


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """Give a folder on the disk of the archive for the tables, and take it away whatever happens."""
    file.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{file.name}.", dir=file.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _landing_name(sha256: str) -> str:
    return f"{LANDING}/{sha256[:2]}/{sha256}"


def _site_files(house: House, *, with_secret_key: bool) -> Iterator[tuple[str, Path]]:
    names = [*SITE_FILES, *([SECRET] if with_secret_key else [])]
    yield from ((name, house.data / name) for name in names if (house.data / name).is_file())
    for part in SITE_FOLDERS:
        for path in sorted((house.data / part).rglob("*")):
            if path.is_file() and path.suffix != ".part":
                yield path.relative_to(house.data).as_posix(), path
