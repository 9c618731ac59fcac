"""A small made-up district in two divisions, full of trouble: ground for properties that hold for any facts."""

import datetime as dt
import random
from typing import Any

from made_up_budgets import add_budget_troubles
from made_up_levels import level_rows
from made_up_places import UNITS
from made_up_tables import tables_of
from made_up_trouble import trouble
from made_up_works import add_works
from rule_cases import build_facts

from budget.facts import Facts

AS_OF = dt.date(2026, 11, 20)
CATEGORIES = ("工程", "采购", None)
PEOPLE = ("张伟", "李娜", "青禾商贸有限公司", "石桥印务有限公司")
ECON = ("30217", "30231", "30201", "31002", None)

Row = dict[str, Any]


def made_up(seed: int) -> Facts:
    """Return facts of four years that differ by seed."""
    return build_facts(AS_OF, made_up_rows(seed))


def made_up_rows(seed: int) -> dict[str, list[Row]]:
    """Return the rows behind ``made_up`` in the short form of golden cases."""
    chance, beside = random.Random(seed), random.Random(seed + 1_000)
    feeds: dict[str, list[Row]] = {
        "units": [],
        "allotments": [],
        "adjustments": [],
        "payments": [],
        "execution_months": [],
        "checks": [],
        "classifications": [{"scheme": "fund", "code": "11", "name": "一般公共预算"}],
        "milestones": [],
        "revenue": [],
    }
    for division, units in UNITS.items():
        department = units[0][:3]
        feeds["units"].append({"unit": department, "name": f"{department}局", "division": division})
        for unit in units:
            feeds["units"].append({"unit": unit, "name": f"{unit}单位", "division": division, "parent": department})
            for year in range(2023, 2027):
                _year(feeds, chance, {"division": division, "unit": unit, "year": year})
            step = {"division": division, "unit": unit, "project": "X3", "milestone_name": "开工"}
            planned = dt.date(2026, beside.choice([3, 9, 12]), 1)
            feeds["milestones"].append(
                step | {"planned_on": planned, "planned_share_bp": beside.choice([3_000, 6_000])}
            )
        _reports(feeds, chance, division, department)
        for feed, rows in tables_of(division, units[0]).items():
            feeds.setdefault(feed, []).extend(rows)
        add_works(feeds, seed, division, units)
        trouble(feeds, random.Random(seed), division, units[0])
        _revenue(feeds, beside, division)
        feeds["checks"].append({"division": division, "slice_key": f"{division}/2026", "expected": 5, "actual": 3})
    idle = {"division": next(iter(UNITS)), "unit": "101009"}
    feeds["units"].append(idle | {"name": "从不支出的单位", "parent": "101"})
    feeds["allotments"].append(idle | {"fen": 90_000_000, "day": dt.date(2026, 1, 15)})
    for feed, rows in level_rows(seed).items():
        feeds.setdefault(feed, []).extend(rows)
    add_budget_troubles(feeds, [{"division": division, "unit": unit} for division in UNITS for unit in UNITS[division]])
    return feeds


def _year(feeds: dict[str, list[Row]], chance: random.Random, place: Row) -> None:
    year = place["year"]
    feeds["allotments"].append(place | {"fen": 90_000_000, "day": dt.date(year, 1, 15), "econ": "30201"})
    feeds["allotments"].append(place | {"fen": 3_000_000, "day": dt.date(year, 1, 15), "econ": "30217"})
    for number in range(4):
        project = place | {"project": f"X{number}", "category": chance.choice(CATEGORIES), "title": f"项目{number}"}
        released = dt.date(year, chance.choice([1, 2, 6, 9]), 10)
        feeds["allotments"].append(project | {"fen": chance.choice([6_000_000, 60_000_000]), "day": released})
        for month in chance.sample(range(2, 11), chance.choice([0, 1, 3])):
            raised = project | {"fen": chance.choice([-1_000_000, 2_000_000]), "day": dt.date(year, month, 8)}
            feeds["adjustments"].append(raised)
    for number in range(30):
        feeds["payments"].append(place | _payment(chance, year, f"{place['unit']}-{year}-{number}"))


def _payment(chance: random.Random, year: int, voucher: str) -> Row:
    fen = chance.choice([1_200_000, 2_000_000, 6_000_000, 45_000_000, -1_200_000])
    return {
        "voucher": voucher,
        "project": chance.choice([None, "X0", "X1", "X2"]),
        "function": chance.choice(["2010301", "2010301", "2010301", "2080101"]),
        "econ": chance.choice(ECON),
        "fen": fen,
        "type": "refund" if fen < 0 else "normal",
        "day": dt.date(year, 1, 1) + dt.timedelta(days=chance.choice([20, 40, 44, 90, 200, 310, 315, 320])),
        "payee": chance.choice(PEOPLE),
        "account": chance.choice(["6222", "6223"]),
        "purpose": chance.choice(["货款", "咨询费", "3月房租", "第1期合同款"]),
    }


def _reports(feeds: dict[str, list[Row]], chance: random.Random, division: str, department: str) -> None:
    for year, month in [(2025, 8), (2025, 9), (2026, 8), (2026, 9)]:
        factor = chance.choice([1, 1, 10_000])
        row = {"division": division, "unit": department, "year": year, "day": dt.date(year, month, 30)}
        feeds["execution_months"].append(row | {"fen": 50_000_000 * factor})


def _revenue(feeds: dict[str, list[Row]], chance: random.Random, division: str) -> None:
    table = {"division": division, "fund_type_code": "11", "budget_fen": 500_000_000}
    for year, month in [(2024, 10), (2024, 12), (2025, 10), (2025, 12), (2026, 10)]:
        for code in ("101", "103"):
            ytd = chance.choice([320_000_000, 360_000_000]) + (100_000_000 if month == 12 else 0)
            row = table | {"year": year, "as_of_on": dt.date(year, month, 31), "subject_code": code}
            feeds["revenue"].append(row | {"ytd_fen": ytd})
