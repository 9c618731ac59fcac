"""Two batches held side by side, on both engines: slices, rows, amounts, and who may see it."""

import datetime as dt

import polars as pl
import pytest
import sqlalchemy as sa

from warehouse.bulk import insert_frame
from warehouse.diff import DiffError, diff_batches, other_deliveries
from warehouse.engine import reading, writing
from warehouse.schema import table
from warehouse.scope import Scope

STREET, TOWN = "990101010", "990101100"
NOW = dt.datetime(2026, 7, 8, 10, tzinfo=dt.UTC)
ALL = Scope.everything()


def deliver(engine, batch_id, pieces, *, feed="payments", status="published", days=0):
    """Write a batch; pieces are slice key -> rows of (voucher, fen) or (voucher, fen, is_voided)."""
    stamp = {"known_at": NOW + dt.timedelta(days=days)}
    with writing(engine) as connection:
        connection.execute(
            sa.insert(table("landing")),
            {"sha256": f"{batch_id:064d}", "file_name": "p.csv", "byte_count": 1, "received_at": NOW},
        )
        connection.execute(
            sa.insert(table("batch")),
            stamp
            | {"batch_id": batch_id, "feed": feed, "mapping_name": "m", "mapping_sha256": "m", "file_name": "p.csv"}
            | {"landing_sha256": f"{batch_id:064d}", "status": status, "recorded_at": NOW, "row_count": 0}
            | {"accepted_count": 0, "rejected_count": 0, "totals_json": "{}"},
        )
        for number, (key, rows) in enumerate(pieces.items()):
            slice_id = batch_id * 10 + number
            connection.execute(
                sa.insert(table("batch_slice")),
                stamp
                | {"slice_id": slice_id, "batch_id": batch_id, "feed": feed, "slice_key": key}
                | {"division_code": key.partition("/")[0], "row_count": len(rows)},
            )
            insert_frame(connection, "payment", facts(slice_id, key.partition("/")[0], rows))


def facts(slice_id, division, rows):
    return pl.DataFrame(
        [
            (slice_id, n, n + 1, 2026, division, "U1", row[0], dt.date(2026, 6, 1), row[1], row[2:] == (True,))
            for n, row in enumerate(rows, 1)
        ],
        schema={
            "slice_id": pl.Int64(),
            "row_no": pl.Int64(),
            "source_row": pl.Int64(),
            "fiscal_year": pl.Int32(),
            "division_code": pl.String(),
            "unit_code": pl.String(),
            "voucher_no": pl.String(),
            "paid_on": pl.Date(),
            "payment_fen": pl.Int64(),
            "is_voided": pl.Boolean(),
        },
        orient="row",
    )


def diff(engine, before, after, scope=ALL):
    with reading(engine) as connection:
        return diff_batches(connection, scope, before, after)


JUNE, JULY = f"{STREET}/202606", f"{STREET}/202607"


def test_what_was_added_changed_and_removed_is_told_in_amounts(warehouse_engine):
    deliver(warehouse_engine, 1, {JUNE: [("V1", 100), ("V2", 200), ("V3", 300)]})
    deliver(warehouse_engine, 2, {JUNE: [("V3", 300), ("V2", 250), ("V4", 7)]})
    found = diff(warehouse_engine, 1, 2)
    total = found.rows.totals["payment_fen"]
    assert (total.before_fen, total.added_fen, total.changed_fen, total.removed_fen, total.after_fen) == (
        600,
        7,
        50,
        -100,
        557,
    )
    assert found.rows.added["voucher_no"].to_list() == ["V4"]
    assert found.rows.removed["voucher_no"].to_list() == ["V1"]
    assert found.rows.changed.select("voucher_no_after", "source_row_before", "source_row_after").rows() == [
        ("V2", 3, 3)
    ]
    assert found.rows.unchanged_count == 1


def test_the_other_way_round_everything_has_the_other_sign(warehouse_engine):
    deliver(warehouse_engine, 1, {JUNE: [("V1", 100), ("V2", 200)]})
    deliver(warehouse_engine, 2, {JUNE: [("V2", 250), ("V4", 7)]})
    one, other = (diff(warehouse_engine, *pair).rows.totals["payment_fen"] for pair in ((1, 2), (2, 1)))
    assert (one.added_fen, one.changed_fen, one.removed_fen) == (
        -other.removed_fen,
        -other.changed_fen,
        -other.added_fen,
    )


def test_a_voided_payment_is_a_change_that_takes_its_money_away(warehouse_engine):
    deliver(warehouse_engine, 1, {JUNE: [("V1", 100)]})
    deliver(warehouse_engine, 2, {JUNE: [("V1", 100, True)]})
    total = diff(warehouse_engine, 1, 2).rows.totals["payment_fen"]
    assert (total.before_fen, total.changed_fen, total.after_fen) == (100, -100, 0)


def test_only_slices_that_both_state_are_compared_and_the_others_are_named(warehouse_engine):
    deliver(warehouse_engine, 1, {JUNE: [("V1", 100)], f"{STREET}/202605": [("V0", 1)]})
    deliver(warehouse_engine, 2, {JUNE: [("V1", 100)], JULY: [("V9", 9)]})
    found = diff(warehouse_engine, 1, 2)
    assert (found.shared, found.only_before, found.only_after) == ([JUNE], [f"{STREET}/202605"], [JULY])
    assert found.rows.totals["payment_fen"].after_fen == 100


def test_batches_that_share_no_slice_differ_in_no_row(warehouse_engine):
    deliver(warehouse_engine, 1, {JUNE: [("V1", 100)]})
    deliver(warehouse_engine, 2, {JULY: [("V1", 100)]})
    found = diff(warehouse_engine, 1, 2)
    assert (found.shared, found.rows.before_count, found.rows.totals) == ([], 0, {})


@pytest.mark.parametrize(
    ("pair", "says"),
    [((1, 9), "no batch 9"), ((1, 2), "batch 2 is held"), ((1, 3), "payments, batch 3 of allotments")],
)
def test_what_cannot_be_compared_is_refused_in_a_sentence(warehouse_engine, pair, says):
    deliver(warehouse_engine, 1, {JUNE: [("V1", 100)]})
    deliver(warehouse_engine, 2, {}, status="held")
    deliver(warehouse_engine, 3, {}, feed="allotments")
    with pytest.raises(DiffError, match=says):
        diff(warehouse_engine, *pair)


def test_a_reader_of_another_division_finds_no_such_batch(warehouse_engine):
    deliver(warehouse_engine, 1, {JUNE: [("V1", 100)]})
    deliver(warehouse_engine, 2, {JUNE: [("V1", 200)]})
    deliver(warehouse_engine, 3, {JUNE: [("V1", 1)], f"{TOWN}/202606": [("V1", 1)]})
    assert diff(warehouse_engine, 1, 2, Scope.of({STREET})).rows.changed.height == 1
    for pair, scope in (((1, 2), Scope.of({TOWN})), ((1, 2), Scope.of(())), ((1, 3), Scope.of({STREET}))):
        with pytest.raises(DiffError, match="no batch"):
            diff(warehouse_engine, *pair, scope)


def test_other_deliveries_of_the_same_slice_are_found_in_the_order_they_are_known(warehouse_engine):
    deliver(warehouse_engine, 1, {JUNE: [("V1", 1)]}, days=3)
    deliver(warehouse_engine, 2, {JUNE: [("V1", 2)], JULY: []}, days=2)
    deliver(warehouse_engine, 3, {JULY: [("V1", 3)]}, days=1)
    with reading(warehouse_engine) as connection:
        found = [
            [one.batch_id for one in other_deliveries(connection, scope, batch)]
            for scope, batch in ((ALL, 2), (ALL, 1), (Scope.of({TOWN}), 2))
        ]
    assert found == [[3, 1], [2], []]
