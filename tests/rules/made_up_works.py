"""What the made-up district buys, builds and promises: direct funds, payees, contracts, milestones, reviews."""

import datetime as dt
import random
from typing import Any

Row = dict[str, Any]
YEAR = 2026


def add_works(feeds: dict[str, list[Row]], seed: int, division: str, units: tuple[str, ...]) -> None:
    """Add works of one division, drawn apart from everything else."""
    chance = random.Random(f"{seed}/{division}")
    for feed in ("projects", "milestones", "contracts", "performance"):
        feeds.setdefault(feed, [])
    for unit in units:
        place = {"division": division, "unit": unit, "year": YEAR}
        _projects(feeds, chance, place)
        _contracts(feeds, chance, place)
        _payments(feeds, chance, place)


def _projects(feeds: dict[str, list[Row]], chance: random.Random, place: Row) -> None:
    code = f"W{place['unit']}"
    # All that any file of the made-up district spends on, so that a list of them counts as whole; W9… is missing.
    for number in (0, 1, 2, 3, 7, 8):
        feeds["projects"].append(place | {"project": f"X{number}", "start_year": YEAR})
    feeds["projects"].append(
        place
        | {"project": code, "is_investment": True, "is_livelihood": True, "start_year": YEAR}
        | {"estimate_fen": chance.choice([60_000_000, 90_000_000]), "total_fen": 95_000_000}
    )
    for number, month in enumerate((3, 8), 1):
        done = dt.date(YEAR, month, 20) if number == 1 else None
        step = {"project": code, "milestone_no": str(number), "milestone_name": f"节点{number}"}
        feeds["milestones"].append(place | step | {"planned_on": dt.date(YEAR, month, 28), "done_on": done})
    scored = {"year": YEAR - 1, "self_score_hundredths": chance.choice([8_800, 9_600])}
    feeds["performance"].append(place | scored | {"project": f"V{code}"})
    feeds["performance"].append(place | {"project": code, "target": "完成"})


def _contracts(feeds: dict[str, list[Row]], chance: random.Random, place: Row) -> None:
    for number in range(3):
        contract = {"contract_no": f"C{number}", "contract_name": f"合同{number}", "project": f"W{place['unit']}"}
        paid = chance.choice([0, 20_000_000, 33_000_000])
        days = {"signed_on": dt.date(YEAR, 3, 1), "accepted_on": dt.date(YEAR, chance.choice([5, 9, 11]), 2)}
        money = {"budget_fen": 30_000_000, "contract_fen": 29_000_000, "paid_fen": paid}
        feeds["contracts"].append(place | contract | days | money | {"is_small_supplier": True})
    feeds["contracts"].append(place | {"contract_no": "C9", "budget_fen": chance.choice([60_000_000, 90_000_000])})


def _payments(feeds: dict[str, list[Row]], chance: random.Random, place: Row) -> None:
    code = f"W{place['unit']}"
    released = place | {"project": code, "day": dt.date(YEAR, 1, 20), "category": "工程"}
    feeds["allotments"].append(released | {"fen": 200_000_000, "code": f"D{code}", "is_direct_fund": True})
    feeds["allotments"].append(released | {"fen": 20_000_000, "project": f"V{code}"})
    before = {"year": YEAR - 1, "day": dt.date(YEAR - 1, 1, 20), "project": f"V{code}"}
    feeds["allotments"].append(released | before | {"fen": 20_000_000})
    paid = (
        {"payee": "新区农业农村局", "fen": 60_000_000},
        {"payee": "白鹭镇财政所", "fen": 3_000_000},
        {"payee": "新区建筑业协会", "fen": 14_000_000, "project": f"V{code}", "is_direct_fund": False},
        {"payee": "青禾商贸有限公司", "fen": 5_000_000, "function": "2040201"},
        {"fen": 4_000_000, "purpose": "往来款"},
    )
    for number, one in enumerate(paid):
        row = place | {"project": code, "is_direct_fund": True, "voucher": f"W{place['unit']}-{number}"}
        day = dt.date(YEAR, chance.choice([3, 6]), 12)
        feeds["payments"].append(row | {"econ": "30299", "account": f"9{number}", "purpose": "经费", "day": day} | one)
    for number in range(12):
        row = place | {"project": f"X{number % 2}", "category": "采购", "voucher": f"V{place['unit']}-{number}"}
        payee = {"payee": "远航商行", "account": "77", "fen": 30_000_000 + number, "purpose": "货款", "econ": "31002"}
        feeds["payments"].append(row | payee | {"day": dt.date(YEAR, 4, 1) + dt.timedelta(days=9 * number)})
