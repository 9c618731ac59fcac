"""Snapshots are held against the warehouse row by row, and what differs is made anew."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa
from test_warehouse_diff import JULY, JUNE, deliver

from warehouse.engine import reading, writing
from warehouse.facts import load_facts
from warehouse.in_force import slices_in_force
from warehouse.known import vouchers_of
from warehouse.scope import Scope
from warehouse.snapshot_check import check_snapshots, rebuild_snapshots

UNREAD = {"a row is gone", "it was cut short", "it is empty"}  # damages by which a snapshot cannot be trusted
KNOWN = dt.datetime(2026, 8, 1, tzinfo=dt.UTC)


@pytest.fixture
def folder(warehouse_engine: sa.Engine, tmp_path: Path) -> Path:
    """Return the snapshots of two deliveries, as reading them leaves them."""
    deliver(warehouse_engine, 1, {JUNE: [("V1", 100), ("V2", 200)]})
    deliver(warehouse_engine, 2, {JULY: [("V3", 300)]}, days=1)
    paid(warehouse_engine, tmp_path / "snapshots")
    return tmp_path / "snapshots"


def paid(engine, folder):
    with reading(engine) as connection:
        facts = load_facts(connection, folder, dt.date(2026, 12, 31), KNOWN, Scope.everything())
    return sorted(facts.payments["payment_fen"])


def faults(engine, folder):
    with reading(engine) as connection:
        return check_snapshots(connection, folder)


def one_of(folder):
    return min(folder.rglob("payments-*.parquet"))


def test_snapshots_as_they_were_written_hold(warehouse_engine, folder):
    count, found = faults(warehouse_engine, folder)
    assert count == len(list(folder.rglob("*.parquet"))) > 0
    assert found == []


def test_what_a_killed_load_left_of_a_slice_number_goes_when_the_slice_is_kept(warehouse_engine, folder):
    path = one_of(folder)
    base, feed_slice = path.name.partition(".")[0], path.name.rpartition("-")[0]
    others = set(folder.rglob("*.parquet")) - {path}
    for left in ("000.parquet", "001.parquet", "002.77.part"):
        (path.parent / f"{feed_slice}-0123456789abcdef.{left}").write_bytes(path.read_bytes())
    path.unlink()
    paid(warehouse_engine, folder)
    assert sorted(one.name for one in folder.rglob(f"{feed_slice}-*")) == [f"{base}.000.parquet"]
    assert others <= set(folder.rglob("*.parquet"))
    assert faults(warehouse_engine, folder)[1] == []


def rewrite(change):
    return lambda path: change(pl.read_parquet(path)).write_parquet(path)


DAMAGES = [
    ("a row is gone", rewrite(lambda rows: rows.slice(1)), "rows, the warehouse"),
    ("an amount differs", rewrite(lambda rows: rows.with_columns(pl.col("payment_fen") + 1)), "payment_fen sum to"),
    ("a name differs", rewrite(lambda rows: rows.with_columns(voucher_no=pl.lit("V0"))), "say something else"),
    ("a column is gone", rewrite(lambda rows: rows.drop("purpose")), "columns are not those"),
    ("it was cut short", lambda path: path.write_bytes(path.read_bytes()[:99]), "cannot be read"),
    ("it is empty", lambda path: path.write_bytes(b""), "cannot be read"),
]


@pytest.mark.parametrize(("_why", "damage", "says"), DAMAGES, ids=[one[0] for one in DAMAGES])
def test_a_snapshot_that_differs_is_named_and_made_anew(warehouse_engine, folder, _why, damage, says):
    before = paid(warehouse_engine, folder)
    path = one_of(folder)
    damage(path)
    count, found = faults(warehouse_engine, folder)
    assert [one.file for one in found] == [path.relative_to(folder).as_posix()]
    assert says in found[0].why
    with reading(warehouse_engine) as connection:
        rebuild_snapshots(connection, folder, found)
    assert paid(warehouse_engine, folder) == before
    assert faults(warehouse_engine, folder) == (count, [])


def test_what_a_killed_writer_left_is_swept_up(warehouse_engine, folder):
    left = one_of(folder).with_suffix(".4711.part")
    left.write_bytes(b"half")
    strange = one_of(folder).with_name("secrets-1.parquet")
    strange.write_bytes(b"x")
    _, found = faults(warehouse_engine, folder)
    assert {one.file.rpartition("/")[2] for one in found} == {left.name, strange.name}
    with reading(warehouse_engine) as connection:
        rebuild_snapshots(connection, folder, found)
    assert not left.exists()
    assert faults(warehouse_engine, folder)[1] == []


def test_a_folder_that_is_not_there_holds_nothing_to_check(warehouse_engine, tmp_path):
    assert faults(warehouse_engine, tmp_path / "none") == (0, [])


def vouchers(engine, snapshots, wanted=("V1", "V3", "V9")):
    with reading(engine) as connection:
        pieces = slices_in_force(connection, KNOWN, Scope.everything()).filter(pl.col("feed") == "payments")
        return sorted(vouchers_of(connection, pieces, pl.Series(wanted), snapshots)["voucher_no"])


def test_vouchers_are_found_in_the_snapshots_alone(warehouse_engine, folder):
    assert vouchers(warehouse_engine, None) == vouchers(warehouse_engine, folder) == ["V1", "V3"]
    with writing(warehouse_engine) as connection:
        connection.exec_driver_sql("DELETE FROM payment")
    assert vouchers(warehouse_engine, folder) == ["V1", "V3"]
    assert vouchers(warehouse_engine, None) == []


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), *(row[1] for row in DAMAGES if row[0] in UNREAD)])
def test_vouchers_of_a_snapshot_that_is_not_whole_are_read_from_the_warehouse(warehouse_engine, folder, damage):
    damage(one_of(folder))
    assert vouchers(warehouse_engine, folder) == ["V1", "V3"]


def test_voided_vouchers_are_not_found(warehouse_engine, tmp_path):
    deliver(warehouse_engine, 1, {JUNE: [("V1", 100, True), ("V2", 200)]})
    paid(warehouse_engine, tmp_path / "snapshots")
    found = [vouchers(warehouse_engine, place, ("V1", "V2")) for place in (None, tmp_path / "snapshots")]
    assert found == [["V2"], ["V2"]]
