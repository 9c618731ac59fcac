"""What the made-up district adds for the rules on budgets: carry-over, plans, late and unapproved changes, acts."""

import datetime as dt
from typing import Any

Row = dict[str, Any]


def add_budget_troubles(feeds: dict[str, list[Row]], places: list[Row]) -> None:
    """Add the same rows to every unit (division and unit code), and the acts of the level that they belong to."""
    for place in places:
        carried = place | {"project": "X7", "code": "Z7", "budget_source": "carryover", "origin_year": 2024}
        school = place | {"function": "2050201"}
        feeds["allotments"] += [
            carried | {"fen": 60_000_000},
            place | {"fen": 30_000_000, "project": "X8", "econ": "30299"},
            school | {"fen": 200_000_000, "econ": "30201"},
        ]
        feeds["adjustments"] += [
            place | {"fen": 20_000_000, "project": "X8", "day": dt.date(2026, 11, 5), "econ": "30201"},
            school | {"fen": -20_000_000, "day": dt.date(2026, 6, 5)},
        ]
        feeds["payments"] += [
            place | {"year": year, "fen": fen, "day": dt.date(year, 1, 5), "voucher": f"{place['unit']}-{year}-early"}
            for year, fen in ((2025, 1_000_000), (2026, 12_000_000))
        ]
        feeds.setdefault("cash_plans", []).append(place | {"month": 10, "planned_fen": 4_000_000_000})
    act = {"division": "990101000", "unit": None, "document_kind": "budget_approval", "event_on": dt.date(2026, 2, 14)}
    feeds.setdefault("documents", []).append(act)
