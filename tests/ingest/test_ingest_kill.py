"""kill -9 at any moment leaves the previous state in force, and the next load goes through as if nothing had been."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from ingest_ground import HEADER, PAYMENTS, House, csv_bytes, mapping_of

REPOSITORY = Path(__file__).resolve().parents[2]
OLD = [f"教育局,V{n},2026-6-{n},{n}.00,旧" for n in range(1, 21)]
NEW = [f"教育局,V{n},2026-6-{1 + n % 28},{n}.00,新" for n in range(1, 801)]
OLD_FEN, NEW_FEN = 21000, sum(n * 100 for n in range(1, 801))

# Loads one file as the service does, and dies without a word at a named moment.
VICTIM = r"""
import datetime as dt, os, signal, sys
from pathlib import Path
import sqlalchemy as sa
from ingest.mapping import load_mapping
from ingest.prepare import delivery_of, prepare, prepare_delivery
from ingest.publish import publish
from ingest.while_reading import LongDelivery, publish_while_reading
from warehouse.engine import open_engine, writing

url, landing, mapping, delivered, moment, way = sys.argv[1:7]
NOW = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def at(step):
    if step == moment:
        die()

engine = open_engine(url)
if moment == "before commit":
    sa.event.listen(engine, "commit", die)
if moment.startswith("statement "):
    left = [int(moment.split()[1])]
    def count(*_):
        left[0] -= 1
        if left[0] == 0:
            die()
    sa.event.listen(engine, "before_cursor_execute", count)
if moment == "landing":
    real = os.fsync
    os.fsync = lambda handle: die()
mapping, path = load_mapping(Path(mapping)), Path(delivered)

def read(store):
    return prepare_delivery(mapping, path.name, delivery_of(path), store=store)

with writing(engine) as connection:
    if way == "while reading":
        long = LongDelivery(mapping=mapping, file_name=path.name, delivery=delivery_of(path), read=read)
        publish_while_reading(connection, Path(landing), long, now=NOW, actor="victim", progress=at)
    else:
        publish(connection, Path(landing), prepare(mapping, path), now=NOW, actor="victim", progress=at)
    at("published")
at("committed")
print("done")
"""


@pytest.fixture
def house(sqlite_engine, tmp_path):
    return House(sqlite_engine, tmp_path / "landing")


@pytest.fixture
def mapping(tmp_path):
    return mapping_of(tmp_path, PAYMENTS)


def load_and_die(house, tmp_path, moment, way="read first"):
    delivered = tmp_path / "pay-202606-2.csv"
    delivered.write_bytes(csv_bytes(HEADER, *NEW))
    victim = tmp_path / "victim.py"
    victim.write_text(VICTIM, encoding="utf-8")
    url = house.engine.url.render_as_string(hide_password=False)
    return subprocess.run(
        [sys.executable, victim, url, house.landing, tmp_path / "probe.toml", delivered, moment, way],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def total(house):
    return house.facts("payments").select(pl.col("payment_fen").sum()).item()


MOMENTS = ["landing", "landed", "batch", "statement 6", "facts", "published", "before commit"]


@pytest.mark.parametrize(
    ("way", "moment"),
    [*(("read first", moment) for moment in MOMENTS), *(("while reading", moment) for moment in ["early", *MOMENTS])],
)
def test_killed_before_the_commit_the_previous_delivery_is_in_force(house, mapping, tmp_path, way, moment):
    house.load(mapping, "pay-202606.csv", csv_bytes(HEADER, *OLD))
    died = load_and_die(house, tmp_path, moment, way)
    assert died.returncode == -signal.SIGKILL, died.stderr
    house.engine.dispose()
    assert total(house) == OLD_FEN
    assert [house.count(name) for name in ("batch", "batch_slice", "payment", "landing")] == [1, 1, 20, 1]
    # Nobody has to clean up: the same file goes through at the next attempt.
    again = house.load_file(tmp_path / "pay-202606-2.csv", mapping)
    assert again.status == "published"
    assert total(house) == NEW_FEN
    kept = [path for path in house.landing.rglob("*") if path.is_file() and path.suffix != ".part"]
    assert len(kept) == 2


def test_killed_after_the_commit_the_new_delivery_is_in_force_once(house, mapping, tmp_path):
    house.load(mapping, "pay-202606.csv", csv_bytes(HEADER, *OLD))
    assert load_and_die(house, tmp_path, "committed").returncode == -signal.SIGKILL
    house.engine.dispose()
    assert total(house) == NEW_FEN
    assert house.load_file(tmp_path / "pay-202606-2.csv", mapping).status == "unchanged"
    assert [house.count("batch"), house.count("payment")] == [2, 820]


def test_the_warehouse_file_is_whole_after_a_kill(house, mapping, tmp_path):
    house.load(mapping, "pay-202606.csv", csv_bytes(HEADER, *OLD))
    load_and_die(house, tmp_path, "facts")
    house.engine.dispose()
    with sqlite3.connect(str(house.engine.url.database)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    raw.close()


def test_a_full_disk_or_read_only_folder_publishes_nothing(house, mapping, tmp_path, monkeypatch):
    house.load(mapping, "pay-202606.csv", csv_bytes(HEADER, *OLD))

    def refuse(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="No space left"):
        house.load(mapping, "pay-202606-2.csv", csv_bytes(HEADER, *NEW))
    monkeypatch.undo()
    assert total(house) == OLD_FEN
    assert house.count("batch") == 1
