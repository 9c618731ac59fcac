"""Hold the forecasts that would have been made in the last finished year against how it ended, and print how far off.

``python -m bench.forecast DATA`` with the data folder of a warehouse of three finished years, such as the sample's.
"""

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from app.wiring import open_house
from budget.facts import Facts
from budget.forecast import back_test
from budget.money import rate_bp_of
from budget.progress import median_down
from warehouse.engine import reading
from warehouse.facts import load_facts
from warehouse.queries import last_delivered_on
from warehouse.scope import Scope

DAYS = ((6, 30), (9, 30), (10, 31), (11, 30))
# what is forecast: the columns it is drawn by, the kind of spending, the smallest budget in fen
GROUPS: dict[str, tuple[list[str], str | None, int]] = {
    "divisions": (["division_code"], None, 1),
    "units": (["unit_code"], None, 5_000_000),
    "categories": (["division_code", "project_category"], "project", 50_000_000),
}


def held(facts: Facts, year: int) -> list[dict[str, Any]]:
    """Return, per group and day of a year, how many forecasts, how many within their interval, and the median error."""
    found: list[dict[str, Any]] = []
    for name, (by, kind, least) in GROUPS.items():
        for month, day in DAYS:
            tested = back_test(facts, dt.date(year, month, day), by, spending_kind=kind, least_budget_fen=least)
            errors = tested.with_columns(error_bp=tested["error_bp"].abs())
            found.append(
                {
                    "group": name,
                    "day": dt.date(year, month, day).isoformat(),
                    "forecasts": tested.height,
                    "inside_bp": rate_bp_of(int(tested["is_inside"].sum()), tested.height),
                    "median_error_bp": errors.select(median_down("error_bp")).item() if tested.height else None,
                }
            )
    return found


def main(data: str) -> None:
    """Print what the forecasts of the last finished year were worth."""
    house = open_house(None, Path(data))
    with reading(house.engine) as connection:
        last = last_delivered_on(connection, house.clock())
        if last is None:
            raise SystemExit(f"{data} holds no deliveries")
        facts = load_facts(connection, house.snapshots, last, house.clock(), Scope.everything())
    print(json.dumps({"year": last.year - 1, "held": held(facts, last.year - 1)}, indent=1))


if __name__ == "__main__":
    main(sys.argv[1])
