"""What the made-up district delivers beside budget lines: dated acts, transfers, contracts, revenue, the reserve."""

import datetime as dt
import random
from typing import Any

from made_up_places import DISTRICT, TOWN, UNITS

Row = dict[str, Any]
APPROVED = dt.date(2026, 1, 14)
ACCOUNTED = dt.date(2026, 8, 27)
KINDS = ("general", "special")


def level_rows(seed: int) -> dict[str, list[Row]]:
    """Return rows of the feeds of budget levels in the short form of golden cases; some of everything is late."""
    chance = random.Random(seed + 1_000)
    return {
        "documents": [*_approvals(), *_level_acts(chance), *_replies(chance), *_proposals(chance)],
        "transfers": _transfers(chance),
        "contracts": _contracts(chance),
        "revenue": [
            _level({"subject_code": "10101", "revenue_kind": "tax", "budget_fen": 80_000_000, "ytd_fen": 90_000_000})
        ],
        "treasury": [_level({"account_name": "预算周转金", "closing_fen": 90_000_000})],
        "allotments": [_line("227", 5_000_000), _line("2010301", 60_000_000)],
        "adjustments": [_line("227", -4_500_000), _line("2010301", 7_000_000)],
    }


def _line(function: str, fen: int) -> Row:
    return {"division": DISTRICT, "unit": "901001", "function": function, "fund_type_code": "11", "fen": fen}


def _level(row: Row) -> Row:
    return {"division": DISTRICT, "fund_type_code": "11", "as_of_on": dt.date(2026, 10, 31)} | row


def _act(kind: str, on: dt.date | None, base: dt.date | None = None, **more: Any) -> Row:
    return {"division": DISTRICT, "unit": None, "document_kind": kind, "event_on": on, "base_on": base, **more}


def _late(chance: random.Random, day: dt.date, days: int) -> dt.date | None:
    """Return a day around the end of a limit, or None where the act is still owed."""
    return chance.choice([day + dt.timedelta(days=days + more) for more in (-2, 3, 9, 30)] + [None])


def _approvals() -> list[Row]:
    return [
        _act("budget_approval", APPROVED),
        _act("final_account_approval", dt.date(2026, 10, 8), year=2025),
        _act("audit_report", dt.date(2026, 1, 20), year=2024),
        _act("budget_approval", dt.date(2025, 1, 14), year=2025),
    ]


def _level_acts(chance: random.Random) -> list[Row]:
    return [
        _act("budget_disclosure", APPROVED + dt.timedelta(days=chance.choice([25, 40])), APPROVED),
        _act("adjustment_draft", ACCOUNTED - dt.timedelta(days=chance.choice([5, 25])), ACCOUNTED),
        _act("execution_report", dt.date(2026, 10, chance.choice([5, 15]))),
        _act("audit_rectification", _late(chance, dt.date(2026, 1, 20), 181), year=2024),
        _act("congress_copy", dt.date(2026, 3, chance.choice([1, 20])), APPROVED),
    ]


def _replies(chance: random.Random) -> list[Row]:
    found = []
    for division, units in UNITS.items():
        department = units[0][:3]
        place = {"division": division, "unit": department}
        replied = APPROVED + dt.timedelta(days=chance.choice([10, 22, 30]))
        found += [
            _act("budget_reply", replied) | place,
            _act("unit_reply", _late(chance, replied, 15)) | place,
            _act("unit_reply", replied + dt.timedelta(days=20)) | {"division": division, "unit": units[0]},
            _act("department_budget_disclosure", replied + dt.timedelta(days=22)) | place,
            _act("final_account_reply", _late(chance, dt.date(2026, 10, 8), 20), year=2025) | place,
            _act("final_account_reply", dt.date(2026, 11, 10), ACCOUNTED, year=2025) | place | {"unit": units[0]},
        ]
    return found


def _proposals(chance: random.Random) -> list[Row]:
    given = dt.date(2026, 3, 6)
    return [
        _act("deputy_proposal", _late(chance, given, 92), given, base_document_no=f"建议{number}")
        for number in range(1, 7)
    ]


def _transfers(chance: random.Random) -> list[Row]:
    out = {"division": DISTRICT, "direction": "out", "target_division_code": TOWN, "transfer_fen": 500_000_000}
    taken = {"division": DISTRICT, "unit": None, "direction": "in", "transfer_fen": 300_000_000}
    found = []
    for number in range(4):
        day = APPROVED + dt.timedelta(days=chance.choice([20, 40, 70, 90]))
        kind = KINDS[number % 2]
        found.append(out | {"transfer_kind": kind, "doc": f"青{number}", "released_on": day})
        received = dt.date(2026, 4, 2)
        inward = {"transfer_kind": "special", "upper_document_no": f"市{number}", "received_on": received}
        found.append(taken | inward | {"released_on": _late(chance, received, 30)})
        found.append(taken | {"transfer_kind": kind, "year": 2025, "received_on": dt.date(2025, 4, 2)})
    return [*found, *(out | {"transfer_kind": kind, "doc": kind, "released_on": dt.date(2026, 5, 1)} for kind in KINDS)]


def _contracts(chance: random.Random) -> list[Row]:
    signed = dt.date(2026, 4, 15)
    return [
        {
            "division": division,
            "unit": unit,
            "contract_no": f"H{unit}",
            "contract_fen": 9_000_000,
            "signed_on": signed,
            "announced_on": _late(chance, signed, 20),
        }
        for division, units in UNITS.items()
        for unit in units
    ]
