"""Facts of a feed with very many rows are scanned, not read: what comes back is the same, whatever befell the files."""

import datetime as dt
import shutil

import polars as pl
import pytest
from test_warehouse_diff import JULY, JUNE, deliver

from budget import frames
from warehouse.engine import reading
from warehouse.facts import load_facts
from warehouse.scope import Scope

KNOWN = dt.datetime(2026, 8, 1, tzinfo=dt.UTC)
AS_OF = dt.date(2026, 12, 31)


@pytest.fixture
def folder(warehouse_engine, tmp_path):
    deliver(warehouse_engine, 1, {JUNE: [("V1", 100), ("V2", 200)]})
    deliver(warehouse_engine, 2, {JULY: [("V3", 300)]}, days=1)
    loaded(warehouse_engine, tmp_path / "snapshots", scan_from=1)
    return tmp_path / "snapshots"


def loaded(engine, folder, *, scan_from, as_of=AS_OF):
    with reading(engine) as connection:
        return load_facts(connection, folder, as_of, KNOWN, Scope.everything(), scan_from=scan_from)


def test_a_scan_gives_the_rows_and_types_that_reading_gives(warehouse_engine, folder):
    whole, scan = (loaded(warehouse_engine, folder, scan_from=limit) for limit in (10, 3))
    assert isinstance(scan.__dict__["payments"], pl.LazyFrame)
    assert isinstance(whole.__dict__["payments"], pl.DataFrame), "three rows are fewer than ten"
    assert scan.payments.equals(whole.payments)
    assert dict(scan.payments.schema) == frames.LINEAGE | frames.PAYMENTS


def test_rows_after_the_day_judged_are_not_in_a_scan_either(warehouse_engine, folder):
    (day,) = set(loaded(warehouse_engine, folder, scan_from=10).payments["paid_on"])
    counted = [
        loaded(warehouse_engine, folder, scan_from=1, as_of=one).payments.height
        for one in (day - dt.timedelta(days=1), day)
    ]
    assert counted == [0, 3]


def cut(folder):
    path = min(folder.rglob("payments-*.parquet"))
    path.write_bytes(path.read_bytes()[:99])


def empty(folder):
    min(folder.rglob("payments-*.parquet")).write_bytes(b"")


@pytest.mark.parametrize("damage", [shutil.rmtree, cut, empty], ids=["deleted", "cut short", "empty"])
def test_a_snapshot_that_is_not_whole_is_made_anew_before_it_is_scanned(warehouse_engine, folder, damage):
    before = loaded(warehouse_engine, folder, scan_from=1).payments
    damage(folder)
    assert loaded(warehouse_engine, folder, scan_from=1).payments.equals(before)


def test_where_no_snapshot_can_be_kept_the_rows_are_read_from_the_warehouse(warehouse_engine, tmp_path):
    deliver(warehouse_engine, 1, {JUNE: [("V1", 100), ("V2", 200)]})
    taken = tmp_path / "snapshots"
    taken.write_text("a file where the folder should be")
    assert sorted(loaded(warehouse_engine, taken, scan_from=1).payments["payment_fen"]) == [100, 200]
