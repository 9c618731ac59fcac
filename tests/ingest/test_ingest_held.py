"""Held deliveries: what they state is kept, seen by whom it concerns, and waits until somebody dealt with it."""

import datetime as dt

import pytest
from ingest_ground import HEADER, NOW, PAYMENTS, House, csv_bytes, mapping_of

from ingest.again import release, replay
from warehouse.batches import find_batch, read_batches
from warehouse.engine import reading, writing
from warehouse.held import followers, read_held, released_because, waiting_batches
from warehouse.scope import Scope

GOOD = [f"教育局,V{n},2026-6-{n},{n}.00,办公" for n in range(1, 25)]
BAD = [*GOOD[:3], "教育局,V9,没有日期,1.00,x"]
LATER = NOW + dt.timedelta(hours=1)
DIVISION = "990101010"


@pytest.fixture
def house(warehouse_engine, tmp_path):
    return House(warehouse_engine, tmp_path / "landing")


def waiting(house, scope=None):
    with reading(house.engine) as connection:
        return [one.batch_id for one in waiting_batches(connection, scope or Scope.everything())]


def test_a_held_delivery_is_told_beside_what_stays_in_force(house, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    first = house.load(mapping, "pay-202606.csv", csv_bytes(HEADER, *GOOD))
    held = house.load(mapping, "pay-202606-2.csv", csv_bytes(HEADER, *BAD), LATER)
    assert held.status == "held"
    with reading(house.engine) as connection:
        told = read_held(connection, Scope.everything(), held.batch, LATER)
        assert read_held(connection, Scope.everything(), first.batch, LATER) is None
    (piece,) = told.slices
    assert (piece.slice_key, piece.division_code, piece.row_count, piece.totals) == (
        f"{DIVISION}/202606", DIVISION, 3, {"payment_fen": 600},
    )  # fmt: skip
    standing = told.standing[piece.slice_key]
    assert (standing.batch, standing.totals, standing.division_code) == (first.batch, {"payment_fen": 30000}, DIVISION)
    assert [row["row"] for row in told.rejected] == [5]


def test_what_cannot_be_read_states_nothing(house, tmp_path):
    held = house.load(mapping_of(tmp_path, PAYMENTS), "pay-202606.csv", b"nothing,of,the\r\nkind,at,all\r\n")
    with reading(house.engine) as connection:
        told = read_held(connection, Scope.everything(), held.batch, NOW)
    assert (told.slices, told.standing) == ((), {})


@pytest.mark.parametrize(
    ("scope", "is_seen"),
    [(Scope.everything(), True), (Scope.of([DIVISION]), True), (Scope.of(["990101020"]), False), (Scope.of([]), False)],
)
def test_a_held_delivery_is_seen_by_its_own_division_only(house, tmp_path, scope, is_seen):
    held = house.load(mapping_of(tmp_path, PAYMENTS), "pay-202606.csv", csv_bytes(HEADER, *BAD))
    with reading(house.engine) as connection:
        assert (find_batch(connection, scope, held.batch) is not None) == is_seen
        assert bool(read_batches(connection, scope)) == is_seen
        assert (read_held(connection, scope, held.batch, NOW) is not None) == is_seen
    assert bool(waiting(house, scope)) == is_seen


def test_a_delivery_nobody_could_read_is_for_readers_of_the_whole_district(house, tmp_path):
    house.load(mapping_of(tmp_path, PAYMENTS), "pay-202606.csv", b"nothing,of,the\r\nkind,at,all\r\n")
    assert (waiting(house), waiting(house, Scope.of([DIVISION]))) == ([1], [])


def test_a_release_ends_the_waiting_and_tells_why(house, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    held = house.load(mapping, "pay-202606.csv", csv_bytes(HEADER, *BAD))
    assert waiting(house) == [held.batch]
    with writing(house.engine) as connection:
        done = release(
            connection, house.landing, [mapping], held.batch, "已电话核实 (held because)", now=LATER, actor="wang"
        )
    assert waiting(house) == []
    with reading(house.engine) as connection:
        (one,) = followers(connection, held.batch)
    assert (one.batch_id, one.recorded_by, one.recorded_at) == (done.batch, "wang", LATER)
    assert released_because(one) == "已电话核实 (held because)"


def test_reading_it_again_passes_the_waiting_on_to_the_newer_one(house, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    held = house.load(mapping, "pay-202606.csv", csv_bytes(HEADER, *BAD))
    with writing(house.engine) as connection:
        again = replay(connection, house.landing, [mapping], held.batch, now=LATER, actor="wang")
    assert (again.status, waiting(house)) == ("held", [again.batch])


@pytest.mark.parametrize(
    ("file_name", "lines", "still"),
    [
        ("pay-202606.csv", GOOD, []),  # corrected under the same name
        ("pay-202606-2.csv", GOOD, []),  # corrected under another name of the same month
        ("pay-202605.csv", ["教育局,W1,2026-5-1,1.00,x"], [1]),  # another month corrects nothing
    ],
)
def test_a_later_delivery_of_the_same_slice_ends_the_waiting(house, tmp_path, file_name, lines, still):
    mapping = mapping_of(tmp_path, PAYMENTS)
    house.load(mapping, "pay-202606.csv", csv_bytes(HEADER, *BAD))
    assert house.load(mapping, file_name, csv_bytes(HEADER, *lines), LATER).status == "published"
    assert waiting(house) == still


def test_a_correction_that_is_held_itself_waits_in_the_place_of_the_first(house, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    house.load(mapping, "pay-202606.csv", csv_bytes(HEADER, *BAD))
    second = house.load(mapping, "pay-202606.csv", csv_bytes(HEADER, *BAD[1:]), LATER)
    assert (second.status, waiting(house)) == ("held", [second.batch])
