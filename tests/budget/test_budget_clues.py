"""Findings on one unit, project and period are one clue, and clues stand in the order in which people should look."""

from typing import NamedTuple

import pytest

from budget.clues import clue_key, clue_order, clue_period, confidence_of


class Told(NamedTuple):
    family: str
    confidence: str


CATALOGUE = {
    "A06": Told("execution", "certain"),
    "A01": Told("execution", "likely"),
    "A02": Told("execution", "likely"),
    "E05": Told("payment", "hint"),
    "D05": Told("three_public", "hint"),
    "H04": Told("data_quality", "likely"),
}
PERIODS = [
    ("what is said of a project's year is of its year", "2026", "P1", "2026"),
    ("a payment on a project joins what is said of its year", "2026-03", "P1", "2026"),
    ("a run of payments on a project too", "2026-03-05", "P1", "2026"),
    ("without a project a year stays a year", "2026", None, "2026"),
    ("without a project a month stays a month", "2026-03", None, "2026-03"),
    ("without a project days of one month are one matter", "2026-03-05", None, "2026-03"),
    ("a quarter is not cut", "2026Q3", None, "2026Q3"),
]


@pytest.mark.parametrize(("_claim", "period", "project", "expected"), PERIODS, ids=[row[0] for row in PERIODS])
def test_period_of_a_clue(_claim, period, project, expected):
    assert clue_period(period, project) == expected


def key(subject="project:U1/P1", period="2026", unit_code="U1", project_code="P1"):
    return clue_key(subject=subject, period=period, unit_code=unit_code, project_code=project_code)


def test_rules_on_one_unit_project_and_year_have_one_key():
    assert key() == key(subject="payment:V1", period="2026-03") == "U1/P1/2026"


def test_another_unit_project_or_year_has_another():
    assert len({key(), key(unit_code="U2"), key(project_code="P2"), key(project_code=None), key(period="2025")}) == 5


def test_without_a_unit_the_subject_is_the_place():
    assert key(subject="revenue:440604000/11/10101", unit_code=None, project_code=None, period="2026-03") == (
        "revenue:440604000/11/10101/2026-03"
    )


def test_long_names_keep_apart_and_fit():
    one, two = (key(subject="x" * 400 + end, unit_code=None, project_code=None) for end in "ab")
    assert one != two
    assert max(len(one), len(two)) <= 255


CONFIDENCE = [
    ("the surest rule speaks", {"A06"}, "certain"),
    ("one comparison with what is usual is likely", {"A01"}, "likely"),
    ("two of them are certain enough", {"A01", "A02"}, "certain"),
    ("a word alone is a hint", {"E05"}, "hint"),
    ("two words are likely", {"E05", "D05"}, "likely"),
    ("a doubt of the data does not make money surer", {"A01", "H04"}, "likely"),
    ("a rule that is no more says nothing", {"Z99"}, "hint"),
    ("nothing is above certain", {"A06", "A01"}, "certain"),
]


@pytest.mark.parametrize(("_claim", "rules", "expected"), CONFIDENCE, ids=[row[0] for row in CONFIDENCE])
def test_confidence_of_a_clue(_claim, rules, expected):
    assert confidence_of(rules, CATALOGUE) == expected


def test_clues_stand_by_level_then_money_before_data_then_confidence_then_amount():
    expected = [
        ("red", "hint", 1, False),
        ("orange", "certain", 5, False),
        ("orange", "likely", 900, False),
        ("orange", "likely", 800, False),
        ("orange", "likely", None, False),
        ("orange", "certain", 999, True),
        ("yellow", "certain", 10**12, False),
    ]
    assert sorted(expected[3:] + expected[:3], key=lambda one: clue_order(*one[:3], is_data=one[3])) == expected
