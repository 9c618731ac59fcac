"""Figures, days and names that no budget has are held or rejected in words, never taken in as they stand."""

import pytest
from ingest_ground import HEADER, PAYMENTS, csv_bytes, mapping_of, read


def test_amounts_that_no_budget_adds_up_to_are_held_instead_of_wrapping_round(tmp_path):
    lines = [f"101,A{n},2026-6-1,9999999999999.00,x" for n in range(1200)]
    done = read(mapping_of(tmp_path, PAYMENTS), "pay-202606.csv", csv_bytes(HEADER, *lines))
    assert done.hold_reasons == (
        "pay-202606.csv: payment_fen adds up to 1.2e+16 元, which no budget is; look at the unit",
    )
    assert done.totals == {}


@pytest.mark.parametrize(
    ("day", "good", "why"),
    [
        ("1948-12-31", False, "before there was a budget"),
        ("1949-1-1", True, "the first day"),
        ("2199-12-31", True, "the last day"),
        ("2200-1-1", False, "money dated so would never be looked at"),
        ("9999-12-31", False, "no day of any payment"),
    ],
)
def test_days_of_no_budget_reject_the_row(tmp_path, day, good, why):
    done = read(mapping_of(tmp_path, PAYMENTS), "pay-202606.csv", csv_bytes(HEADER, f"101,A1,{day},1.00,x"))
    assert (done.facts.height == 1) is good, why
    assert [row.expected for row in done.rejected] == ([] if good else ["a day of the years 1949 to 2199"])


def test_a_sheet_without_a_cell_is_called_blank(tmp_path):
    done = read(mapping_of(tmp_path, PAYMENTS), "pay-202606.csv", b"\n,,\n")
    assert done.hold_reasons == ("pay-202606.csv is blank",)
