"""The dry run: it tells what publishing would do, and leaves nothing behind."""

import datetime as dt

import pytest
import sqlalchemy as sa
from ingest_ground import HEADER, NOW, PAYMENTS, House, csv_bytes, mapping_of

from ingest.delivery import Delivery
from ingest.dry_run import dry_run
from ingest.problems import FileRefusedError
from warehouse.batches import rejected_rows
from warehouse.engine import reading
from warehouse.schema import METADATA
from warehouse.scope import Scope

GOOD = [f"教育局,V{n},2026-6-{n},{n}.00,办公" for n in range(1, 25)]
CHECKED = (
    PAYMENTS
    + """
[[subtotals]]
where = [{ column = "单位", is = "合计" }]
parts = "all"
on_mismatch = "hold"
"""
)


@pytest.fixture
def house(warehouse_engine, tmp_path):
    return House(warehouse_engine, tmp_path / "landing")


def tried(house, mapping, name, content, now=NOW):
    with reading(house.engine) as connection:
        return dry_run(connection, mapping, name, Delivery.of_bytes(content), now=now)


def everything(house):
    """Return every row of every table, and every file of the landing folder."""
    with reading(house.engine) as connection:
        rows = {t.name: [tuple(r) for r in connection.execute(sa.select(t))] for t in METADATA.tables.values()}
    return rows, sorted(path.name for path in house.landing.rglob("*"))


def test_a_dry_run_tells_what_would_be_published(house, tmp_path):
    told = tried(house, mapping_of(tmp_path, PAYMENTS), "pay-202606.csv", csv_bytes(HEADER, *GOOD))
    assert (told.would, told.rows, told.accepted, told.rejected_count) == ("publish", 24, 24, 0)
    assert told.totals == {"payment_fen": 30000}
    assert told.columns == (
        "fiscal_year", "division_code", "unit_code", "voucher_no", "paid_on", "purpose", "payment_fen",
    )  # fmt: skip
    assert len(told.first_rows) == 20
    assert told.first_rows[2]["source_row"] == 4
    assert (told.first_rows[2]["voucher_no"], told.first_rows[2]["paid_on"]) == ("V3", dt.date(2026, 6, 3))
    (piece,) = told.slices
    assert (piece["slice_key"], piece["totals"], piece["takes_force"]) == (
        "990101010/202606", {"payment_fen": 30000}, True,
    )  # fmt: skip
    assert (told.replaces, told.hold_reasons, told.before) == ((), (), None)


@pytest.mark.parametrize(
    ("lines", "would"),
    [(GOOD, "publish"), ([*GOOD, "教育局,V99,没有日期,1.00,x"], "publish"), ([*GOOD[:3], "坏,坏,坏,坏,坏"], "hold")],
)
def test_a_dry_run_leaves_every_table_and_the_landing_folder_as_they_were(house, tmp_path, lines, would):
    mapping = mapping_of(tmp_path, PAYMENTS)
    house.load(mapping, "pay-202605.csv", csv_bytes(HEADER, "教育局,W1,2026-5-1,1.00,x"))
    before = everything(house)
    assert tried(house, mapping, "pay-202606.csv", csv_bytes(HEADER, *lines)).would == would
    assert everything(house) == before


def test_what_it_says_is_what_publishing_does(house, tmp_path):
    mapping = mapping_of(tmp_path, CHECKED)
    content = csv_bytes(HEADER, *GOOD, "教育局,V99,没有日期,1.00,x", "合计,,,299.00,")
    told = tried(house, mapping, "pay-202606.csv", content)
    done = house.load(mapping, "pay-202606.csv", content)
    assert (told.would, done.status) == ("hold", "held")
    assert (told.rows, told.accepted, told.rejected_count, told.totals) == (
        done.rows, done.accepted, done.rejected, done.totals,
    )  # fmt: skip
    (check,) = [one for one in told.checks if one["check_name"] == "totals"]
    assert (check["expected_fen"], check["actual_fen"], check["difference_fen"]) == (29900, 30000, 100)
    assert check["message"] in told.hold_reasons
    with reading(house.engine) as connection:
        kept = rejected_rows(connection, Scope.everything(), done.batch)
    names = ("sheet", "row", "column", "found", "expected", "cells")
    assert [[one[n] for n in names] for one in told.rejected] == [[one[n] for n in names] for one in kept]
    assert told.rejected[0]["message"].endswith("; the row would be held")


def test_it_names_what_would_be_replaced(house, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    first = house.load(mapping, "pay-202606.csv", csv_bytes(HEADER, *GOOD))
    told = tried(house, mapping, "pay-202606-2.csv", csv_bytes(HEADER, *GOOD[:3]), NOW + dt.timedelta(days=1))
    (old,) = told.replaces
    assert (old["batch"], old["file"], old["known_at"], old["rows"]) == (first.batch, "pay-202606.csv", NOW, 24)
    assert (old["totals"], told.slices[0]["totals"]) == ({"payment_fen": 30000}, {"payment_fen": 600})


def test_an_older_delivery_replaces_nothing(house, tmp_path):
    dated = PAYMENTS.replace(r"(?:-\d+)?\.csv", r"-(?P<sent>\d{8})\.csv") + '[delivery]\non = "sent"\n'
    mapping = mapping_of(tmp_path, dated)
    house.load(mapping, "pay-202606-20260720.csv", csv_bytes(HEADER, *GOOD))
    told = tried(house, mapping, "pay-202606-20260710.csv", csv_bytes(HEADER, *GOOD[:3]))
    assert (told.would, told.replaces, told.slices[0]["takes_force"]) == ("publish", (), False)
    assert [one["file"] for one in told.standing] == ["pay-202606-20260720.csv"]


def test_the_same_bytes_again_would_change_nothing(house, tmp_path):
    mapping, content = mapping_of(tmp_path, PAYMENTS), csv_bytes(HEADER, *GOOD)
    done = house.load(mapping, "pay-202606.csv", content)
    told = tried(house, mapping, "pay-202606.csv", content)
    assert (told.would, told.before) == ("unchanged", done.batch)


def test_what_cannot_be_read_is_told_as_a_reason_and_what_cannot_be_taken_in_is_refused(house, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    told = tried(house, mapping, "pay-202606.csv", b"\xff\xfe nothing")
    assert (told.would, told.accepted, told.slices) == ("hold", 0, ())
    assert told.hold_reasons
    with pytest.raises(FileRefusedError, match="empty"):
        tried(house, mapping, "pay-202606.csv", b"")
