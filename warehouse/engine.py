"""Engines: SQLite (WAL, one writer, busy timeout) by default, PostgreSQL by one settings line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from warehouse.staging import drop_staged

# Rooms that may not speak SQL name the things they pass on by these.
Connection = sa.Connection
Engine = sa.Engine

BUSY_TIMEOUT_MS = 30_000


class StorageError(RuntimeError):
    """The database cannot take or give what was asked: disk full, file read-only, server gone, lock held too long."""


def open_engine(url: str) -> sa.Engine:
    """Open an engine for a SQLAlchemy URL; SQLite gets WAL, foreign keys, a busy timeout and explicit BEGIN."""
    if not _is_sqlite(url):
        # A server that was started anew has forgotten the connections we kept.
        return sa.create_engine(url, pool_pre_ping=True)
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    if _is_sqlite(url):
        sa.event.listen(engine, "connect", _set_up_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def sqlite_url(path: Path) -> str:
    """Return the URL of an embedded warehouse file."""
    return f"sqlite+pysqlite:///{path}"


def _is_sqlite(url: str) -> bool:
    return url.startswith("sqlite")


def _set_up_sqlite(raw: Any, _record: Any) -> None:
    # Autocommit off in the driver's own sense: SQLAlchemy's begin event below opens every transaction itself, so a
    # read sees one state throughout and a writer takes the lock at its first statement, not at COMMIT.
    raw.isolation_level = None
    cursor = raw.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _told(engine: sa.Engine, deed: str, advice: str = "") -> Iterator[None]:
    """Turn what the machine says about its disk or server into a sentence."""
    # Bulk statements go to the driver itself and fail with its own errors.
    driver: Any = engine.dialect.loaded_dbapi
    try:
        yield
    except (sa.exc.OperationalError, driver.OperationalError) as error:
        where = engine.url.render_as_string(hide_password=True)
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        if reason == "database is locked":
            reason = f"another process is writing it and was not done in {BUSY_TIMEOUT_MS / 1000:g} seconds"
        raise StorageError(f"warehouse {where} cannot be {deed}: {reason}{advice}") from error


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open the one transaction of a job step; commits at the end, rolls back on any error.

    On SQLite the write lock is taken at once, so that two writers queue (busy timeout) instead of failing midway.
    On PostgreSQL writers of one warehouse queue on an advisory lock for the same reason. StorageError says that disk
    or server failed.
    """
    advice = "; nothing of this step was kept, put that right and repeat it"
    with _told(engine, "written", advice), engine.connect().execution_options(writes=True) as connection:
        try:
            with connection.begin():
                if engine.dialect.name == "postgresql":
                    connection.execute(sa.text("SELECT pg_advisory_xact_lock(20170101)"))
                yield connection
        finally:
            drop_staged(connection)


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open a read that sees one state of the warehouse throughout."""
    isolation = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with _told(engine, "read"), engine.connect().execution_options(**isolation) as connection:
        yield connection
