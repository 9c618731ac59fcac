"""Revenue, debt, treasury, transfers and accounts of the made-up district: a trouble for every rule on them."""

import datetime as dt
from typing import Any

Row = dict[str, Any]
MONTHS = ((8, 31), (9, 30), (10, 31))


def tables_of(division: str, unit: str) -> dict[str, list[Row]]:
    """Return the tables of one division, with a bond and its project on one of its units."""
    place = {"division": division}
    return {
        "revenue": [place | row for row in _revenue()],
        "debt": [place | row for row in _debt(unit)],
        "treasury": [place | row for row in _treasury()],
        "transfers": [place | row for row in _transfers()],
        "final_accounts": [
            place | {"year": 2025, "level": "division", "fund_type_code": "11", "function": "2010301"}
            | {"adjusted_appropriation_fen": 1_000_000_000, "outturn_fen": 500_000_000}
        ],
        "allotments": [place | {"unit": unit, "fen": 12_000_000, "econ": "30101"}],
    }  # fmt: skip


def _revenue() -> list[Row]:
    rows: list[Row] = []
    for number, (month, last) in enumerate(MONTHS, 1):
        on = dt.date(2026, month, last)
        # Taxes triple from August to September and fall back; last year each month had a third of August's.
        fen = 9_000_000_000 if month == 9 else 3_000_000_000
        before = {"last_year_month_fen": 8_900_000_000, "last_year_ytd_fen": number * 1_000_000_000}
        ytd = number * 5_000_000_000
        told = {"as_of_on": on, "month_fen": fen, "ytd_fen": ytd, "budget_fen": 16_000_000_000}
        rows.append(told | before | {"fund_type_code": "11", "subject_code": "10101"})
        other = {"receivable_fen": ytd, "remitted_fen": 0, "last_year_month_fen": 500_000_000}
        rows.append(told | before | other | {"fund_type_code": "11", "subject_code": "10307"})
        rows.append(told | before | {"fund_type_code": "12", "subject_code": "1030148", "ytd_fen": ytd * 3})
    return rows


def _debt(unit: str) -> list[Row]:
    on = {"as_of_on": dt.date(2026, 10, 31), "debt_kind": "general"}
    bond = {"bond_code": "B1", "unit": unit, "project": "X0", "principal_fen": 900_000_000, "paid_fen": 0}
    whole = {"limit_fen": 1_000_000_000, "balance_fen": 2_000_000_000, "fiscal_capacity_fen": 1_000_000_000}
    return [on | whole, on | bond | {"use_class": "current", "received_on": dt.date(2026, 1, 5)}]


def _treasury() -> list[Row]:
    told = {"fund_type_code": "11", "advances_fen": 500_000_000, "payouts_fen": 10_000_000_000}
    last = {"year": 2025, "as_of_on": dt.date(2025, 12, 31), "payouts_fen": 12_000_000_000}
    return [told | {"as_of_on": dt.date(2026, 10, 31), "closing_fen": 1}, told | last | {"closing_fen": 1}]


def _transfers() -> list[Row]:
    told = {"direction": "in", "received_on": dt.date(2026, 2, 1), "document_no": "1号"}
    return [
        told | {"transfer_kind": "general", "transfer_fen": 400_000_000},
        told | {"transfer_kind": "special", "transfer_fen": 600_000_000},
    ]
