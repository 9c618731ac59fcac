"""A long delivery that is published while it is read leaves what it leaves when it is read first, or nothing at all."""

import datetime as dt

import polars as pl
import pytest
from ingest_ground import HEADER, NOW, PAYMENTS, House, csv_bytes, mapping_of

from ingest import delimited, while_reading
from ingest.delivery import Delivery
from ingest.prepare import delivery_of, prepare, prepare_delivery
from ingest.problems import FileRefusedError
from ingest.while_reading import LongDelivery, publish_while_reading
from warehouse import bulk
from warehouse.engine import StorageError, reading, writing
from warehouse.fact_check import check_facts
from warehouse.held import held_slices

BY_DAY = PAYMENTS.replace('"period"]', '"paid_on"]')
BLOCK = 300  # bytes: a dozen parts of a small file


@pytest.fixture
def house(warehouse_engine, tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "BLOCK", BLOCK)
    # A long delivery goes through the file beside the warehouse; so does this short one.
    monkeypatch.setattr(bulk, "_WORTH_STAGING", 1)
    return House(warehouse_engine, tmp_path / "landing")


def rows_of(count, fen="{n}.00"):
    return [f"教育局,V{n},2026-6-{1 + n % 28},{fen.format(n=n)},第{n}笔" for n in range(1, count + 1)]


def delivered(folder, name, rows, encoding="utf-8"):
    path = folder / name
    path.write_bytes(csv_bytes(HEADER, *rows, encoding=encoding))
    return path


def long_of(mapping, path, read=None):
    delivery = delivery_of(path)

    def read_it(store):
        return prepare_delivery(mapping, path.name, delivery, store=store)

    return LongDelivery(mapping=mapping, file_name=path.name, delivery=delivery, read=read or read_it)


def publish_long(house, long, folder, now=NOW):
    with writing(house.engine) as connection:
        prepared, outcome = publish_while_reading(
            connection, house.landing, long, now=now, actor="test", spool=folder / "spool", snapshots=None
        )
        prepared.store.discard()
    return outcome


def counts(house):
    return {name: house.count(name) for name in ("landing", "batch", "batch_slice", "payment", "rejected_row")}


def facts_of(house):
    return house.facts("payments").drop("slice_id", "batch_id").sort("paid_on", "voucher_no")


@pytest.mark.parametrize("text", [PAYMENTS, BY_DAY], ids=["one slice", "a slice a day"])
def test_both_ways_leave_the_same(house, tmp_path, text):
    mapping = mapping_of(tmp_path, text)
    path = delivered(tmp_path, "pay-202606.csv", [*rows_of(60), "教育局,V99,2026-6-3,1O0,坏"])
    first = house.publish(prepare(mapping, path))
    read_first, counted = facts_of(house), counts(house)
    moved = delivered(tmp_path, "pay-202606-2.csv", [*rows_of(60), "教育局,V99,2026-6-3,1O0,坏 "])
    second = publish_long(house, long_of(mapping, moved), tmp_path, NOW + dt.timedelta(days=1))
    assert facts_of(house).equals(read_first)
    assert counts(house) == {name: 2 * count for name, count in counted.items()}
    assert (second.status, second.rows, second.accepted, second.rejected, second.totals) == (
        first.status,
        first.rows,
        first.accepted,
        first.rejected,
        first.totals,
    )
    with reading(house.engine) as connection:
        assert check_facts(connection) == []
    assert list((tmp_path / "spool").rglob("*")) == []


def test_a_delivery_that_is_held_leaves_no_facts_and_the_previous_one_in_force(house, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    house.publish(prepare(mapping, delivered(tmp_path, "pay-202606.csv", rows_of(60))))
    before = facts_of(house)
    in_wan = delivered(tmp_path, "pay-202606-2.csv", rows_of(60, "{n}0000.00"))
    outcome = publish_long(house, long_of(mapping, in_wan), tmp_path)
    assert outcome.status == "held"
    assert house.count("payment") == 60
    assert facts_of(house).equals(before)
    with reading(house.engine) as connection:
        assert [one.row_count for one in held_slices(connection, outcome.batch)] == [60]
    # What is published next begins where nothing was left behind.
    assert publish_long(house, long_of(mapping, delivered(tmp_path, "pay-202607.csv", [])), tmp_path).status == "held"
    july = ["教育局,W1,2026-7-1,5.00,次月"]
    assert publish_long(house, long_of(mapping, delivered(tmp_path, "pay-202607.csv", july)), tmp_path).accepted == 1
    with reading(house.engine) as connection:
        assert check_facts(connection) == []


def test_a_file_that_turns_unreadable_on_the_way_is_held_without_facts(house, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    path = delivered(tmp_path, "pay-202606.csv", rows_of(60))
    path.write_bytes(path.read_bytes() + "教育局,V0,2026-6-1,1.00,".encode() + b"\xff\xff\n")
    outcome = publish_long(house, long_of(mapping, path), tmp_path)
    assert (outcome.status, outcome.accepted) == ("held", 0)
    assert counts(house) == {"landing": 1, "batch": 1, "batch_slice": 0, "payment": 0, "rejected_row": 0}


def test_bytes_that_stand_published_are_not_read_again(house, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    path = delivered(tmp_path, "pay-202606.csv", rows_of(60))
    publish_long(house, long_of(mapping, path), tmp_path)
    before = counts(house)

    def unwanted(_store):
        raise AssertionError("read again")

    again = publish_long(house, long_of(mapping, path, unwanted), tmp_path)
    assert (again.status, again.accepted) == ("unchanged", 60)
    assert counts(house) == before


def test_a_file_that_changes_while_it_is_read_is_refused_and_leaves_nothing(house, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    path = delivered(tmp_path, "pay-202606.csv", rows_of(60))
    delivery = Delivery.of_file(path)

    def read(store):
        prepared = prepare_delivery(mapping, path.name, delivery, store=store)
        path.write_bytes(path.read_bytes() + b"\n")
        return prepared

    with pytest.raises(FileRefusedError, match="was changed while it was being read"):
        publish_long(house, LongDelivery(mapping=mapping, file_name=path.name, delivery=delivery, read=read), tmp_path)
    assert counts(house) == dict.fromkeys(counts(house), 0)
    assert [path for path in (tmp_path / "spool").rglob("*") if path.is_file()] == []


def test_a_reader_that_fails_leaves_nothing(house, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    path = delivered(tmp_path, "pay-202606.csv", rows_of(60))

    def read(store):
        prepare_delivery(mapping, path.name, delivery_of(path), store=store)
        raise FileRefusedError("the disk gave up")

    with pytest.raises(FileRefusedError, match="the disk gave up"):
        publish_long(house, long_of(mapping, path, read), tmp_path)
    assert counts(house) == dict.fromkeys(counts(house), 0)


def test_a_writer_that_fails_lets_the_reader_go(house, tmp_path, monkeypatch):
    mapping = mapping_of(tmp_path, PAYMENTS)
    path = delivered(tmp_path, "pay-202606.csv", rows_of(400))

    def full(_connection, _feed, parts):
        next(parts)
        raise StorageError("the disk is full")

    monkeypatch.setattr(while_reading, "save_early", full)
    with pytest.raises(StorageError, match="the disk is full"):
        publish_long(house, long_of(mapping, path), tmp_path)
    assert counts(house) == dict.fromkeys(counts(house), 0)


def test_a_column_that_only_a_later_part_fills_is_kept(house, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    rows = [f"教育局,V{n},2026-6-1,{n}.00,{'后来' if n > 50 else ''}" for n in range(1, 61)]
    publish_long(house, long_of(mapping, delivered(tmp_path, "pay-202606.csv", rows)), tmp_path)
    assert facts_of(house).filter(pl.col("purpose") == "后来").height == 10
