"""How fast deliveries are loaded, as ratios to the raw limit and to a peer, all measured in one run.

``python -m bench.ingest --json`` prints sqlite_ratio, postgres_ratio, dlt_ratio, nightly_ratio, peak_mib, exponent: our
load of a GB18030 file of payments, every check on, over ``sqlite3 .import`` and over ``psql \\copy`` of the same
rows into a table with the same key; dlt's load (arrow) into PostgreSQL over ours; a delivery of 0.5 % more rows over
the whole; the peak memory of our load; and the exponent of its cost from a tenth of ``--rows`` to ``--most`` rows.
"""

import argparse
import json
import math
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from bench.payments import HEADER, KEY, write_payments

ROOT = Path(__file__).resolve().parent.parent
NIGHTLY = 0.005


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--most", type=int, default=10_000_000, help="rows of the largest load, for the exponent")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mingzhang-bench-") as folder:
        measured = measure(Path(folder), given.rows, given.most)
    print(json.dumps(measured, indent=None if given.json else 2))


def measure(folder: Path, rows: int, most: int) -> dict[str, float]:
    """Return the ratios; every load starts from an empty warehouse in a process of its own."""
    whole = write_payments(folder / "payments-990101010-2026-20261101.csv", rows)
    # Another slice of the same year and division: what a night adds.
    night = write_payments(folder / "payments-990101010-202611-20261102.csv", int(rows * NIGHTLY), first=rows)
    plain = folder / "plain.csv"
    plain.write_text(whole.read_text("gb18030"), "utf-8")
    own = load(folder / "sqlite", [whole, night])
    sqlite = raw_sqlite(folder, plain)
    with postgres() as url:
        ours = load(folder / "postgres", [whole], url)
        copied = raw_postgres(url, plain)
        peer = dlt_load(url, plain)
    least = timed_load(folder, rows // 10)
    largest = timed_load(folder, most) if most != rows else own["seconds"][0]
    seconds = {"own sqlite": own["seconds"], "sqlite3": sqlite, "own postgres": ours["seconds"], "copy": copied}
    print(seconds | {"dlt": peer, "least": least, "largest": largest}, file=sys.stderr)
    return {
        "sqlite_ratio": round(own["seconds"][0] / sqlite, 2),
        "postgres_ratio": round(ours["seconds"][0] / copied, 2),
        "dlt_ratio": round(peer / ours["seconds"][0], 2),
        "nightly_ratio": round(own["seconds"][1] / own["seconds"][0], 4),
        "peak_mib": round(max(own["peak_mib"], ours["peak_mib"])),
        "exponent": round(math.log(largest / least) / math.log(most / (rows // 10)), 3),
    }


def timed_load(folder: Path, rows: int) -> float:
    """Return the seconds a load of so many rows takes."""
    file = write_payments(folder / "payments-990101010-2026-20261103.csv", rows)
    seconds: float = load(folder / f"load-{rows}", [file])["seconds"][0]
    file.unlink()
    shutil.rmtree(folder / f"load-{rows}")
    return seconds


def load(data: Path, files: list[Path], url: str | None = None) -> dict[str, list[float]]:
    """Load files by our own program, one after the other, in a process of its own."""
    environment = os.environ | {"MINGZHANG_DATA": str(data)}
    if url is not None:
        environment["MINGZHANG_WAREHOUSE_URL"] = url.replace("postgresql://", "postgresql+psycopg://")
    command = [sys.executable, "-m", "bench.load", *map(str, files)]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout))


def raw_sqlite(folder: Path, plain: Path) -> float:
    """Return the seconds that sqlite3's own import of the same rows takes, the voucher being the key."""
    columns = ", ".join(f'"{name}" TEXT{" PRIMARY KEY" if name == KEY else ""}' for name in HEADER)
    database = folder / "raw.db"
    return seconds_of("sqlite3", database, f"CREATE TABLE p ({columns})", ".mode csv", f".import --skip 1 {plain} p")


def raw_postgres(url: str, plain: Path) -> float:
    """Return the seconds that psql's own copy of the same rows takes, the voucher being the key."""
    columns = ", ".join(f'"{name}" TEXT{" PRIMARY KEY" if name == KEY else ""}' for name in HEADER)
    subprocess.run(["psql", "-q", url, "-c", f"CREATE TABLE p ({columns})"], check=True)
    return seconds_of("psql", "-q", url, "-c", f"\\copy p FROM '{plain}' (FORMAT csv, HEADER true)")


def seconds_of(*command: object) -> float:
    """Return how long a command takes."""
    began = time.perf_counter()
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def dlt_load(url: str, plain: Path) -> float:
    """Return the seconds that dlt takes from an arrow table of the same text to PostgreSQL."""
    import dlt  # noqa: PLC0415  # a peer, installed for the benchmarks only

    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="mingzhang-dlt-") as folder:
        destination = dlt.destinations.postgres(url)
        pipeline = dlt.pipeline("bench", destination=destination, dataset_name="peer", pipelines_dir=folder)
        rows = pl.read_csv(plain, infer_schema=False).rename({name: f"c{n}" for n, name in enumerate(HEADER)})
        pipeline.run(rows.to_arrow(), table_name="p", primary_key=f"c{HEADER.index(KEY)}")
    return time.perf_counter() - began


@contextmanager
def postgres() -> Iterator[str]:
    """Start a PostgreSQL server of our own on loopback; its address is that of an empty database."""
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    place = Path(tempfile.mkdtemp(prefix="mingzhang-bench-pg-"))
    drop = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if drop:
        shutil.chown(place, "postgres", "postgres")

    def control(*words: object) -> None:
        subprocess.run([*drop, *map(str, words)], cwd="/", check=True, stdout=subprocess.DEVNULL)

    try:
        control(binaries / "initdb", "-D", place / "data", "-U", "mingzhang", "-A", "trust", "-E", "UTF8")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={place} -c max_wal_size=8GB"
        control(binaries / "pg_ctl", "-D", place / "data", "-w", "-l", place / "log", "-o", options, "start")
        try:
            yield f"postgresql://mingzhang:trusted@127.0.0.1:{port}/postgres"
        finally:
            control(binaries / "pg_ctl", "-D", place / "data", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
