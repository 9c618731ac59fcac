"""What planted.json lists of the district's tables is what the written files say, read here without the rules."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sample_ground import cells, fen, in_force, listed

from sample.people import DISTRICT_CODE
from sample.plan import build_planted
from sample.write import SEED, Written

RULES = (*(f"G{number:02d}" for number in range(1, 10)), *(f"G{number}" for number in range(11, 21)))
KINDS = {"一般债务": "general", "专项债务": "special"}
QUARTER_ENDS = {"03", "06", "09", "10"}  # the tables end with October
# One district, one ratio a quarter; what falls short (G10) takes back some of what grows or outweighs.
AT_LEAST = {"G04": 4, "G07": 4, "G08": 4, "G12": 3}
INNOCENT_AT_LEAST = {"G12": 1}


def test_a_whole_district_has_enough_of_every_table_rule() -> None:
    _, _, marks = build_planted(dt.date(2026, 11, 22), SEED, 1.0, lambda _: None)
    planted = Counter(mark.rule for mark in marks if not mark.why)
    innocent = Counter(mark.rule for mark in marks if mark.why)
    assert {rule for rule in RULES if planted[rule] < AT_LEAST.get(rule, 5)} == set()
    assert {rule for rule in RULES if innocent[rule] < INNOCENT_AT_LEAST.get(rule, 3)} == set()


@pytest.mark.parametrize("until", [dt.date(2026, 1, 5), dt.date(2026, 2, 12), dt.date(2026, 6, 30)])
def test_nothing_is_planted_twice_in_a_young_year(until: dt.date) -> None:
    _, _, marks = build_planted(until, SEED, 0.05, lambda _: None)
    keys = Counter((mark.rule, mark.subject, mark.period) for mark in marks)
    assert [key for key, times in keys.items() if times > 1] == []


def tables(written: Written, start: str) -> Iterator[tuple[str, str, Path]]:
    """Yield level, month and path of the current year's tables that end a judged quarter."""
    for path in in_force(written.files, start):
        level, month = path.stem.split("-")[1:3]
        if month[:4] == "2026" and month[4:] in QUARTER_ENDS:
            yield level, f"2026Q{(int(month[4:]) + 2) // 3}", path


def test_shares_of_taxes_are_low_where_planted(written: Written, planted: dict[str, Any]) -> None:
    low = set()
    for level, period, path in tables(written, "revenue-"):
        ytd = {row[1]: fen(row[6]) for row in cells(path)[5:] if row[0] == "一般公共预算" and len(row[1]) == 3}
        if ytd["103"] * 10 >= sum(ytd.values()) * 4:
            low.add((f"revenue:{level}/11/-", period))
    assert low == listed(planted, "planted", "G07")
    assert low.isdisjoint(listed(planted, "innocent", "G07"))


def test_debts_near_or_over_their_limit_are_planted_and_no_others(written: Written, planted: dict[str, Any]) -> None:
    near, over = set(), set()
    for level, period, path in tables(written, "debt-"):
        for row in cells(path)[5:-1]:
            if row[2] or not row[1]:
                continue
            limit, balance = fen(row[16]), fen(row[17])
            near |= {(f"debt:{level}/{KINDS[row[1]]}", period)} if balance * 10 >= limit * 9 else set()
            over |= {period} if balance > limit else set()
    assert near == listed(planted, "planted", "G11")
    assert over == {"2026Q2", "2026Q4"}


def test_accounts_far_from_their_told_budget_are_planted(written: Written, planted: dict[str, Any]) -> None:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for path in in_force(written.files, "finals-"):
        level, year = path.stem.split("-")[1:3]
        for row in cells(path)[5:] if year == "2025" else []:
            if row[1]:
                fund = {"一般公共预算": "11", "政府性基金预算": "12"}[row[0]]
                own = sums[f"account:{level}/{fund}/{row[1]}"]
                own[0] += fen(row[6])
                own[1] += fen(row[7])
    far = {
        (subject, "2025")
        for subject, (budget, outturn) in sums.items()
        if budget >= 500_000_000 and abs(outturn - budget) * 10 >= budget
    }
    assert far == listed(planted, "planted", "G19")


def test_bonds_for_current_use_are_planted(written: Written, planted: dict[str, Any]) -> None:
    (path,) = (path for _, period, path in tables(written, "debt-") if period == "2026Q4")
    current = {(f"bond:{DISTRICT_CODE}/{row[2]}", "2026") for row in cells(path)[5:-1] if row[10] == "经常性支出"}
    assert current
    assert current <= listed(planted, "planted", "G13")


def test_non_tax_revenue_is_owed_beyond_a_month_where_planted(written: Written, planted: dict[str, Any]) -> None:
    told: dict[tuple[str, str, str], tuple[int, int]] = {}
    for path in in_force(written.files, "revenue-"):
        level, month = path.stem.split("-")[1:3]
        for row in cells(path)[5:]:
            if row[0] == "一般公共预算" and len(row[1]) == 5 and row[1].startswith("103"):
                told[level, month, row[1]] = (fen(row[10]), fen(row[11]))
    owed = set()
    for (level, month, code), (_, remitted) in told.items():
        before = told.get((level, f"{int(month) - 1}", code))
        if month[4:] in QUARTER_ENDS and before and before[0] - remitted > 10_000:
            owed.add((f"revenue:{level}/11/{code}", f"2026Q{(int(month[4:]) + 2) // 3}"))
    assert owed == listed(planted, "planted", "G20")
