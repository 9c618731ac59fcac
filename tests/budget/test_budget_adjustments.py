"""Paired moves sum to zero, within one of the four budgets; corrections sum to zero or take a voucher back."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budget import frames
from budget.adjustments import UNBALANCED, unbalanced_moves
from budget.payments import corrections, unbalanced_corrections

STREET, DISTRICT, TOWN = "990101010", "990101000", "990101100"


def moves(*rows):
    """Rows of (division, code, document, fund, kind, fen)."""
    full = [
        {
            "fiscal_year": 2026,
            "division_code": division,
            "unit_code": "101001",
            "adjustment_code": code,
            "document_no": document,
            "fund_type_code": fund,
            "adjustment_kind": kind,
            "adjusted_on": dt.date(2026, 6, 12),
            "adjustment_fen": fen,
        }
        for division, code, document, fund, kind, fen in rows
    ]
    schema = frames.ADJUSTMENTS
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in full], schema=schema)


@pytest.mark.parametrize(
    ("rows", "told", "why"),
    [
        ([(DISTRICT, "T1", None, "11", "move", -5), (DISTRICT, "T1", None, "11", "move", 5)], [], "a pair"),
        (
            [(DISTRICT, "T1", None, "11", "move", -5), (DISTRICT, "T1", None, "11", "move", 4)],
            [("T1", "11", -1, 2)],
            "a fen is missing",
        ),
        (
            [(DISTRICT, "T1", None, "11", "move", -5), (DISTRICT, "T2", None, "11", "move", 5)],
            [("T1", "11", -5, 1), ("T2", "11", 5, 1)],
            "two codes are two pairs",
        ),
        (
            [(DISTRICT, "T1", None, "11", "move", -5), (DISTRICT, "T1", None, "12", "move", 5)],
            [("T1", "11", -5, 1), ("T1", "12", 5, 1)],
            "money does not move between the four budgets",
        ),
        (
            [(DISTRICT, "T1", None, "11", "move", -5), (DISTRICT, "T1", None, None, "move", 5)],
            [],
            "a row that does not tell its budget may belong to the other's",
        ),
        (
            [(DISTRICT, None, "文1", "11", "move", -5), (DISTRICT, None, "文1", "11", "move", 5)],
            [],
            "the document pairs them",
        ),
        (
            [(DISTRICT, None, None, "11", "move", -5), (DISTRICT, None, None, "11", "move", 5)],
            [],
            "without code and document the day pairs them",
        ),
        (
            [(STREET, "T1", None, "11", "move", -5), (DISTRICT, "T1", None, "11", "move", 5)],
            [],
            "a street is part of its district's budget",
        ),
        (
            [(TOWN, "T1", None, "11", "move", -5), (DISTRICT, "T1", None, "11", "move", 5)],
            [("T1", "11", -5, 1), ("T1", "11", 5, 1)],
            "a town's budget is another one",
        ),
        (
            [(DISTRICT, "T1", None, "11", "add", 5), (DISTRICT, "T1", None, "11", "cut", -3)],
            [],
            "top-ups and cuts have no counterpart",
        ),
        ([], [], "nothing moved"),
    ],
)
def test_moves_that_do_not_sum_to_zero_are_listed(rows, told, why):
    found = unbalanced_moves(moves(*rows))
    assert dict(found.schema) == UNBALANCED
    assert sorted(found.select("pair", "fund_type_code", "net_fen", "row_count").rows()) == told, why


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=8))
def test_any_moves_balance_with_what_takes_them_up(amounts):
    rows = [(DISTRICT, "T1", None, "11", "move", fen) for fen in [*amounts, -sum(amounts)]]
    assert unbalanced_moves(moves(*rows)).is_empty()
    one_more = unbalanced_moves(moves(*rows, (DISTRICT, "T1", None, "11", "move", 1)))
    assert one_more["net_fen"].to_list() == [1]


def paid(*rows):
    """Rows of (voucher, kind, original, subject, fen, voided, failure)."""
    full = [
        {
            "fiscal_year": 2026,
            "division_code": DISTRICT,
            "unit_code": "101001",
            "voucher_no": voucher,
            "payment_kind": kind,
            "original_voucher_no": original,
            "dept_economic_code": subject,
            "paid_on": dt.date(2026, 6, 12),
            "payment_fen": fen,
            "is_voided": voided,
            "failure_reason": failure,
        }
        for voucher, kind, original, subject, fen, voided, failure in rows
    ]
    schema = frames.PAYMENTS
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in full], schema=schema)


FIRST = ("V1", "normal", None, "30299", 500, False, None)


@pytest.mark.parametrize(
    ("rows", "unbalanced", "why"),
    [
        (
            [
                ("C1", "correction", "V1", "30299", -500, False, None),
                ("C2", "correction", "V1", "30201", 500, False, None),
            ],
            [],
            "a pair that moves the subject",
        ),
        ([("C1", "correction", "V1", "30299", -500, False, None)], [], "the whole voucher is taken back"),
        ([("C1", "correction", "V1", "30299", -400, False, None)], [("V1", -400)], "a part is taken and goes nowhere"),
        ([("C1", "correction", "V9", "30299", -400, False, None)], [("V9", -400)], "its voucher is not there"),
        ([("C1", "correction", None, "30299", -400, False, None)], [(None, -400)], "it names no voucher"),
        ([("C1", "correction", "V1", "30299", -400, True, None)], [], "a voided one is no correction"),
        ([("R1", "refund", "V1", "30299", -400, False, None)], [], "a refund is none either"),
    ],
)
def test_corrections_that_leave_money_over_are_listed(rows, unbalanced, why):
    found = unbalanced_corrections(paid(FIRST, *rows))
    assert found.select("original_voucher_no", "net_fen").rows() == unbalanced, why


def test_a_correction_pair_is_listed_with_its_voucher():
    pair = [
        ("C1", "correction", "V1", "30299", -500, False, None),
        ("C2", "correction", "V1", "30201", 500, False, None),
    ]
    assert corrections(paid(FIRST, *pair)).rows() == [(DISTRICT, "V1", 0, 2, 500)]
