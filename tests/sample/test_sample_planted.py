"""What planted.json lists is true of the written files, its innocents are not: reckoned here without the rules."""

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

import polars as pl
import pytest
from sample_ground import UNTIL, Entries, listed

from sample.people import LATE_DIVISION
from sample.plan import build_planted
from sample.write import SEED

LATE = (*(f"C{number:02d}" for number in range(1, 17)), "B07", "B08", "B09")
RULES = ("A01", "A02", "A03", "A06", "A07", "A08", "B02", "D01", "E05", "E07", "E08", "H01", "H02", "H03", "H04")
TABLE_RULES = (*(f"G{number:02d}" for number in range(1, 10)), *(f"G{number}" for number in range(11, 21)))
# Of these a few of each are planted, with a few look-alikes.
FEWER = (
    *("D02", "D03", "D04", "D05", "D08", "D09", "E01", "E02", "E03", "E04", "E06"),
    *("H05", "H06", "H07", "H08", "H09", "H10"),
)
PAPERS = (
    "E09",
    "E10",
    "E11",
    "E12",
    "E13",
    "E15",
    "E16",
    "E17",
    "F01",
    "F02",
    "F03",
    "F04",
    "F05",
    "F06",
    "F07",
    "F08",
)
# Of the year's end, the least that is planted: two budget levels have few revenues that a windfall does not fill up.
OUTTURNS = {"A04": 5, "G10": 3}
THREE_PUBLIC = {"30212", "30217", "30231", "31013"}


def _line(unit: str, project: str, function: str) -> str:
    return f"line:{unit}/{project or '-'}/{function}"


@pytest.mark.parametrize(
    ("until", "seed"),
    [(UNTIL, SEED), (dt.date(2026, 9, 30), SEED), (dt.date(2026, 6, 30), 2026), (UNTIL, 7)],
)
def test_a_whole_district_has_fifteen_of_every_rule_and_the_promised_size(until: dt.date, seed: int) -> None:
    district, _, marks = build_planted(until, seed, 1.0, lambda _: None)
    planted = Counter(mark.rule for mark in marks if not mark.why)
    innocent = Counter(mark.rule for mark in marks if mark.why)
    assert {rule for rule in RULES if planted[rule] < 15} == set()
    assert {rule for rule in RULES if innocent[rule] < 5} == set()
    in_season = set(FEWER) - ({"D04"} if until.month < 10 else set())
    assert {rule for rule in in_season if planted[rule] < 5} == set()
    assert {rule for rule in in_season if innocent[rule] < 3} == set()
    least = 3 if until.month > 9 else 2  # look-alikes need a part of the year to look alike
    assert {rule for rule in PAPERS if planted[rule] < 5 or innocent[rule] < least} == set()
    assert {rule for rule, least in OUTTURNS.items() if planted[rule] < least or innocent[rule] < 3} == set()
    assert 255_000 < district.payments.height < 345_000
    assert 110 < len(district.units) < 130
    assert (
        1_000 < len({line.project.code for lines in district.lines.values() for line in lines if line.project}) < 1_400
    )
    assert len({unit.department.code for unit in district.units}) == 41
    # What is planted can be read: a month reported in a wrong unit stays under the largest amount a feed may state.
    assert district.months.select(pl.max_horizontal("b0", "b1", "paid").max()).item() < 10**14


@pytest.mark.parametrize("until", [UNTIL, dt.date(2026, 6, 15)])
def test_nothing_is_planted_twice_and_nothing_planted_is_called_innocent(until: dt.date) -> None:
    _, _, marks = build_planted(until, SEED, 0.3, lambda _: None)
    keys = [(mark.rule, mark.subject, mark.period) for mark in marks]
    assert [key for key, times in Counter(keys).items() if times > 1] == []


def test_a_small_district_has_something_of_every_rule(planted: dict[str, Any]) -> None:
    assert {entry["rule"] for entry in planted["planted"]} >= {*RULES, *LATE, *TABLE_RULES, *FEWER, *OUTTURNS, *PAPERS}
    assert all(entry["why"] for entry in planted["innocent"])
    assert (planted["until"], planted["seed"]) == ("2026-11-22", SEED)


def test_no_unit_of_the_late_office_is_planted_with_spending_troubles(planted: dict[str, Any]) -> None:
    spending = [entry["subject"] for entry in planted["planted"] if entry["rule"][0] in "ADE"]
    assert [subject for subject in spending if subject.partition(":")[2].startswith(("311", "312", "313"))] == []


def test_a06_lines_are_paid_beyond_their_budget_and_innocent_ones_are_not(
    planted: dict[str, Any], payments: list[Entries], budgets: list[Entries]
) -> None:
    budget: dict[str, int] = defaultdict(int)
    paid: dict[str, int] = defaultdict(int)
    for row in budgets:
        budget[_line(row["unit"], row["project"], row["function"])] += row["fen"]
    for row in payments:
        paid[_line(row["单位编码"], row["项目编码"], row["功能科目编码"])] += row["fen"]
    over = {(line, "2026") for line in budget if paid[line] > budget[line]}
    assert over == listed(planted, "planted", "A06")
    assert not over & listed(planted, "innocent", "A06")
    assert listed(planted, "innocent", "A06") <= {(line, "2026") for line in budget}


def test_a07_lines_have_payments_and_no_budget(
    planted: dict[str, Any], payments: list[Entries], budgets: list[Entries]
) -> None:
    budget = {_line(row["unit"], row["project"], row["function"]) for row in budgets}
    paid: dict[str, int] = defaultdict(int)
    first: dict[str, dt.date] = {}
    for row in payments:
        line = _line(row["单位编码"], row["项目编码"], row["功能科目编码"])
        paid[line] += row["fen"]
        first[line] = min(first.get(line, UNTIL), row["on"])
    without = {(line, "2026") for line in paid if line not in budget and paid[line] > 0}
    early = {(line, "2026") for line in first if first[line] < dt.date(2026, 1, 12)}
    assert without - early == listed(planted, "planted", "A07")
    assert without & early <= listed(planted, "innocent", "A07")


def test_a03_projects_have_a_budget_and_not_one_payment(
    planted: dict[str, Any], payments: list[Entries], budgets: list[Entries]
) -> None:
    paid = {f"project:{row['单位编码']}/{row['项目编码']}" for row in payments}
    budget: dict[str, int] = defaultdict(int)
    for row in budgets:
        budget[f"project:{row['unit']}/{row['project']}"] += row["fen"]
    unspent = listed(planted, "planted", "A03")
    assert unspent
    assert not {subject for subject, _ in unspent} & paid
    assert min(budget[subject] for subject, _ in unspent) >= 5_000_000
    recalled = [entry["subject"] for entry in planted["innocent"] if entry["rule"] == "A03" and "收回" in entry["why"]]
    assert recalled
    assert {budget[subject] for subject in recalled} == {0}


def test_a08_projects_paid_three_tenths_or_more_since_november(
    planted: dict[str, Any], payments: list[Entries], budgets: list[Entries]
) -> None:
    rush: dict[str, int] = defaultdict(int)
    budget: dict[str, int] = defaultdict(int)
    for row in payments:
        if row["on"] >= dt.date(2026, 11, 1):
            rush[f"project:{row['单位编码']}/{row['项目编码']}"] += row["fen"]
    for row in budgets:
        budget[f"project:{row['unit']}/{row['project']}"] += row["fen"]
    rushes = {subject for subject, _ in listed(planted, "planted", "A08")}
    assert rushes
    assert [one for one in rushes if rush[one] * 10 < budget[one] * 3 or budget[one] < 50_000_000] == []
    near = [entry["subject"] for entry in planted["innocent"] if entry["rule"] == "A08" and "一分钱" in entry["why"]]
    assert all(rush[one] * 10 < budget[one] * 3 <= (rush[one] + 1) * 10 for one in near)


def test_b02_projects_were_topped_up_by_two_approvals_or_more(planted: dict[str, Any], budgets: list[Entries]) -> None:
    approvals: dict[str, set[str]] = defaultdict(set)
    for row in budgets:
        if row["kind"] == "追加" and row["fen"] > 0 and row["project"]:
            approvals[f"project:{row['unit']}/{row['project']}"].add(row["document"])
    often = {(subject, "2026") for subject, documents in approvals.items() if len(documents) > 1}
    assert often == listed(planted, "planted", "B02")
    split = [entry["subject"] for entry in planted["innocent"] if entry["rule"] == "B02"]
    assert split
    assert {len(approvals[subject]) for subject in split} == {1}


def test_d01_units_used_their_three_public_budget_up_or_more(
    planted: dict[str, Any], payments: list[Entries], budgets: list[Entries]
) -> None:
    budget: dict[str, int] = defaultdict(int)
    paid: dict[str, int] = defaultdict(int)
    for row in budgets:
        budget[f"unit:{row['unit']}"] += row["fen"] if row["economic"] in THREE_PUBLIC else 0
    for row in payments:
        if row["部门经济科目编码"] in THREE_PUBLIC and row["区划编码"] != LATE_DIVISION:
            paid[f"unit:{row['单位编码']}"] += row["fen"]
    used_up = {(unit, "2026") for unit in paid if paid[unit] > 0 and paid[unit] >= budget[unit]}
    assert used_up == listed(planted, "planted", "D01")
