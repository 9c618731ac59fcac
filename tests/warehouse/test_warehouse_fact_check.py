"""Every slice has exactly the rows it was published with, or the check says which has not."""

import pytest
import sqlalchemy as sa
from test_warehouse_diff import JULY, JUNE, deliver

from warehouse.engine import reading, writing
from warehouse.fact_check import check_facts

ROW = "INSERT INTO payment (slice_id, row_no, source_row, fiscal_year, division_code, unit_code, paid_on, payment_fen)"


@pytest.fixture
def engine(warehouse_engine: sa.Engine) -> sa.Engine:
    deliver(warehouse_engine, 1, {JUNE: [("V1", 100), ("V2", 200)]})
    deliver(warehouse_engine, 2, {JULY: [("V3", 300)]}, days=1)
    return warehouse_engine


def told(engine):
    with reading(engine) as connection:
        return [str(fault) for fault in check_facts(connection)]


def test_slices_as_they_were_published_hold(engine):
    assert told(engine) == []


DAMAGES = [
    (
        "a row is gone",
        "DELETE FROM payment WHERE slice_id = 10 AND voucher_no = 'V2'",
        "payment: slice 10 has 1 rows and was published with 2; restore a backup",
    ),
    (
        "all rows are gone",
        "DELETE FROM payment WHERE slice_id = 20",
        "payment: slice 20 has 0 rows and was published with 1; restore a backup",
    ),
    (
        "a row came from nowhere",
        f"{ROW} VALUES (10, 99, 3, 2026, '1', '1', '2026-06-30', 1)",
        "payment: slice 10 has 3 rows and was published with 2; restore a backup",
    ),
    (
        "a row names no slice",
        f"{ROW} VALUES (9, 1, 1, 2026, '1', '1', '2026-06-30', 1)",
        "payment: 1 rows name slice 9, which there is not; restore a backup",
    ),
]


@pytest.mark.parametrize(("damage", "sentence"), [row[1:] for row in DAMAGES], ids=[row[0] for row in DAMAGES])
def test_a_slice_that_differs_is_named(engine, damage, sentence):
    with writing(engine) as connection:
        connection.execute(sa.text(damage))
    assert told(engine) == [sentence]
