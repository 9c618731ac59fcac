"""Shared ground of every test: real engines (SQLite, and a throw-away PostgreSQL), and the folder of real data."""

import datetime as dt
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings

from warehouse.engine import open_engine, sqlite_url
from warehouse.migrations import create

# How long an example takes says something of the machine, nothing of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
REPOSITORY = Path(__file__).resolve().parent.parent
REAL_DATA = REPOSITORY.parent / "shared" / "data"
_numbers = count(1)


def postgres_bin() -> Path | None:
    """Return the newest installed PostgreSQL's bin folder, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def free_port() -> int:
    """Return a loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _as_postgres(*command: str | Path) -> None:
    """Run a server command as an ordinary user: PostgreSQL refuses to run as root."""
    drop = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*drop, *(str(part) for part in command)], cwd="/", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"


@pytest.fixture(scope="session")
def promtool() -> str:
    """Return Prometheus' own checker; a test that needs it fails without it, as a skipped check checks nothing."""
    found = shutil.which("promtool")
    assert found, "promtool is missing (Debian package prometheus)"
    return found


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Start a PostgreSQL server of our own on loopback and return the URL of its maintenance database."""
    binaries = postgres_bin()
    if binaries is None:
        pytest.fail("no PostgreSQL server is installed (Debian package postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="mingzhang-pg-"))
    port = free_port()
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        data = folder / "data"
        _as_postgres(
            binaries / "initdb", "-D", data, "-U", "mingzhang", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"
        )
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        _as_postgres(binaries / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://mingzhang@127.0.0.1:{port}/postgres"
        finally:
            _as_postgres(binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_warehouse(postgres_url: str) -> Iterator[str]:
    """Return the URL of a fresh, empty PostgreSQL database (no tables yet)."""
    name = f"w{os.getpid()}_{next(_numbers)}"
    server = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    try:
        yield postgres_url.rpartition("/")[0] + f"/{name}"
    finally:
        with server.connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        server.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_warehouse_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "warehouse.db")
    return str(request.getfixturevalue("postgres_warehouse"))


@pytest.fixture
def warehouse_engine(empty_warehouse_url: str) -> Iterator[sa.Engine]:
    """Return the engine of a warehouse with all tables and no rows, once on SQLite and once on PostgreSQL."""
    engine = open_engine(empty_warehouse_url)
    with engine.begin() as connection:
        create(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[sa.Engine]:
    """Return the engine of an embedded warehouse with all tables and no rows."""
    engine = open_engine(sqlite_url(tmp_path / "warehouse.db"))
    with engine.begin() as connection:
        create(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def now() -> dt.datetime:
    """Return the instant at which a test's story happens: tests never read the clock."""
    return dt.datetime(2026, 6, 30, 8, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real delivered files that lies beside the repository."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"{REAL_DATA} is missing: the real data files are not part of this repository")
    return REAL_DATA
