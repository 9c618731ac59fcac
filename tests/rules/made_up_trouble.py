"""More trouble for the made-up district: public money, cash, own accounts, and what stands wrong in the data."""

import datetime as dt
import random
from typing import Any

Row = dict[str, Any]
YEAR = 2026


def trouble(feeds: dict[str, list[Row]], chance: random.Random, division: str, unit: str) -> None:
    """Add payments and reports of one unit that differ by the state of ``chance``."""
    place = {"division": division, "unit": unit, "purpose": "经费"}
    for number, row in enumerate([*_spending(chance), *_slips(chance)]):
        feeds["payments"].append(place | {"voucher": f"{unit}-T{number}", "day": dt.date(YEAR, 10, 15)} | row)
    strange = place | {"unit": f"{unit[:3]}009", "voucher": f"{unit}-S", "fen": 5_000, "day": dt.date(YEAR, 5, 6)}
    feeds["payments"] += [strange, strange | {"voucher": f"{unit}-R"}, strange | {"voucher": f"{unit}-R"}]
    for month, fen in ((8, 9_000_000), (9, chance.choice([3_000_000, 5_000_000]))):
        report = {"division": division, "unit": f"{unit[0]}02", "day": dt.date(YEAR, month, 30), "fen": fen}
        feeds["execution_months"].append(report)


def _spending(chance: random.Random) -> list[Row]:
    fen = chance.choice([1_200_000, 1_500_000])
    cash = {"fen": fen, "settlement_method": "现金", "econ": "30299"}
    return [
        {"fen": fen, "econ": "30215", "purpose": "预付会议费"},
        {"fen": fen, "econ": "30201", "purpose": "公务接待"},
        {"fen": fen, "econ": "30201", "purpose": "购买白酒"},
        {"fen": fen, "econ": "30201", "purpose": "年终奖金", "payee": "张伟"},
        {"fen": fen, "econ": "30211", "settlement_method": "公务卡"},
        {"fen": fen, "econ": "30217", "settlement_method": "转账"},
        {"fen": fen, "econ": "30299", "payee": "某单位", "payer_name": "某单位零余额账户", "purpose": "往来款"},
        {"fen": fen, "econ": "30201", "kind": "personnel"},
        *(cash for _ in range(3)),
    ]


def _slips(chance: random.Random) -> list[Row]:
    return [{"fen": 700, "fund_type_code": "97"}, {"fen": -chance.choice([500, 600]), "purpose": "办公用品"}]
