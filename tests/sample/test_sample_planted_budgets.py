"""What is planted for the rules on tempo, carry-over and changes is true of the files: reckoned without the rules."""

import datetime as dt
import re
from collections import Counter, defaultdict
from typing import Any

import pytest
from sample_ground import UNTIL, Entries, cells, fen, in_force, listed

from sample.plan import build_planted
from sample.plant_budget_rules import RULES
from sample.write import SEED, Written

# Rules on whole budget levels have as many subjects as there are levels.
FEW = {"B01": (1, 1), "B10": (5, 3)}


@pytest.mark.parametrize(("until", "without"), [(UNTIL, set()), (dt.date(2026, 9, 30), {"B04"})])
def test_a_whole_district_has_enough_of_every_rule_on_budgets(until: dt.date, without: set[str]) -> None:
    _, _, marks = build_planted(until, SEED, 1.0, lambda _: None)
    planted = Counter(mark.rule for mark in marks if not mark.why)
    innocent = Counter(mark.rule for mark in marks if mark.why)
    assert {rule for rule in set(RULES) - without if planted[rule] < FEW.get(rule, (5, 0))[0]} == set()
    if until == UNTIL:
        assert {rule for rule in RULES if innocent[rule] < FEW.get(rule, (0, 3))[1]} == set()


def test_a_small_district_has_something_of_every_rule_on_budgets(planted: dict[str, Any]) -> None:
    assert {entry["rule"] for entry in planted["planted"]} >= set(RULES)


def allotments(written: Written) -> list[Entries]:
    found, unit = [], ""
    for path in in_force(written.files, "allotments-"):
        for row in cells(path)[5:-1] if path.name[21:25] == "2026" else []:
            if "计" not in row[1][-1:]:
                unit = row[0] or unit
                found.append({"unit": unit, "project": row[2], "source": row[12], "code": row[13], "row": row})
    return found


def test_a14_money_is_two_years_old_and_not_spent(
    written: Written, planted: dict[str, Any], payments: list[Entries], budgets: list[Entries]
) -> None:
    paid: dict[str, int] = defaultdict(int)
    for row in payments:
        paid[row["指标编号"]] += row["fen"]
    left: dict[str, int] = defaultdict(int)
    for row in allotments(written):
        is_fund = row["row"][11] == "政府性基金预算"
        if row["source"] == "上年结转" and int(row["row"][18]) <= 2024 and not is_fund:
            left[f"project:{row['unit']}/{row['project']}"] += fen(row["row"][16]) - paid[row["code"]]
    assert {(subject, "2026") for subject, unspent in left.items() if unspent > 0} == listed(planted, "planted", "A14")


def test_b04_projects_got_a_tenth_from_november_on(planted: dict[str, Any], budgets: list[Entries]) -> None:
    late: dict[str, int] = defaultdict(int)
    whole: dict[str, int] = defaultdict(int)
    for row in budgets:
        subject = f"project:{row['unit']}/{row['project']}"
        whole[subject] += row["fen"]
        late[subject] += row["fen"] if row["kind"] == "追加" and row["document"][:1] and _is_late(row["on"]) else 0
    tenth = {(subject, "2026") for subject in late if late[subject] * 10 >= whole[subject] > 0}
    assert listed(planted, "planted", "B04") <= tenth
    assert listed(planted, "planted", "B04")


def _is_late(text: str) -> bool:
    told = [int(part) for part in re.findall(r"\d+", text)]
    return (told[1] if len(told) > 1 else (dt.date(1899, 12, 30) + dt.timedelta(days=told[0])).month) >= 11


def test_b06_projects_have_a_tenth_under_other_items(planted: dict[str, Any], budgets: list[Entries]) -> None:
    other: dict[str, int] = defaultdict(int)
    whole: dict[str, int] = defaultdict(int)
    for row in budgets:
        subject = f"project:{row['unit']}/{row['project']}"
        whole[subject] += row["fen"]
        other[subject] += row["fen"] if row["economic"].endswith("99") else 0
    found = listed(planted, "planted", "B06")
    assert found
    assert [one for one, _ in found if other[one] * 10 < whole[one]] == []
    near = {one for one, _ in listed(planted, "innocent", "B06")}
    assert near
    assert not near & {one for one, _ in found}


def test_a05_projects_spent_less_than_half_for_two_years(written: Written, planted: dict[str, Any]) -> None:
    weak = listed(planted, "planted", "A05")
    assert weak
    assert {period for _, period in weak} == {"2025"}
