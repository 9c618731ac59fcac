"""Moving many rows into SQLite: Arrow columns go into a file beside it in C, and from there by one INSERT … SELECT.

No Python object is made for a cell, which is what makes an ordinary bulk insert slow. The file is never the truth: it
is removed when the transaction ends, and a file that a killed process left is removed by the next one.
"""

import contextlib
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from typing import Any

import polars as pl
import sqlalchemy as sa
from adbc_driver_sqlite import dbapi

_ALIAS = "staging"
_STAGED = "staged_files"  # key in a connection's info


def database_file(connection: sa.Connection) -> Path | None:
    """Return the file of an embedded warehouse; None where it is in memory."""
    name = connection.engine.url.database
    return None if name in {None, "", ":memory:"} else Path(str(name))


def insert_staged(connection: sa.Connection, name: str, frames: Iterable[pl.DataFrame], database: Path) -> None:
    """Insert every row of some frames of the same columns, in the caller's transaction."""
    staged = connection.info.setdefault(_STAGED, [])
    if not staged:
        # The caller holds the write lock: whatever lies there belongs to nobody who still lives.
        for left in database.parent.glob(f"{database.name}.{_ALIAS}-*"):
            left.unlink(missing_ok=True)
    own = [(f"{_ALIAS}{n}", database.with_name(f"{database.name}.{_ALIAS}-{n}")) for n in _next_two(len(staged))]
    staged += own
    columns = _stage([path for _, path in own], name, frames)
    quoted = ", ".join(f'"{column}"' for column in columns)
    driver: Any = connection.connection.driver_connection
    for alias, path in own:
        if path.exists():
            driver.execute(f"ATTACH DATABASE ? AS {alias}", (str(path),))
            driver.execute(f"INSERT INTO main.{name} ({quoted}) SELECT {quoted} FROM {alias}.{name} ORDER BY rowid")


def _next_two(first: int) -> range:
    return range(first, first + 2)


def _stage(paths: list[Path], name: str, frames: Iterable[pl.DataFrame]) -> list[str]:
    """Write frames into the files in turn, side by side, and return their columns."""
    left, columns, places = iter(frames), list[str](), cycle(paths)
    with ThreadPoolExecutor(len(paths)) as pool:
        waiting: dict[Path, Future[None]] = {}
        for frame in left:
            path, columns = next(places), frame.columns
            if path in waiting:
                waiting[path].result()
            waiting[path] = pool.submit(_write, path, name, frame)
        for future in waiting.values():
            future.result()
    return columns


def _write(path: Path, name: str, frame: pl.DataFrame) -> None:
    with dbapi.connect(str(path), autocommit=True) as staging, staging.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode = OFF")
        cursor.execute("PRAGMA synchronous = OFF")
        cursor.execute("BEGIN")
        cursor.adbc_ingest(name, frame.rechunk(), mode="create_append")
        cursor.execute("COMMIT")


def drop_staged(connection: sa.Connection) -> None:
    """Let go of what was staged, once the transaction is over."""
    staged = connection.info.pop(_STAGED, [])
    if not staged:
        return
    driver: Any = connection.connection.driver_connection
    for alias, path in staged:
        # Not attached where staging itself failed.
        with contextlib.suppress(driver.OperationalError):
            driver.execute(f"DETACH DATABASE {alias}")
        path.unlink(missing_ok=True)
