"""How much a rule flags of what it judged: subjects where it lists them, else units or divisions."""

import datetime as dt

import pytest
from rule_cases import build_facts

from rules.breadth import Breadth, breadth_of, is_too_wide, share_bp
from rules.evaluate import evaluate
from rules.params import default_params

DAY = dt.date(2026, 12, 31)
THERE = {"division": "990101011", "unit": "201001"}


def breadth(code, feeds):
    facts = build_facts(DAY, feeds)
    return breadth_of(facts, evaluate(facts, default_params(), codes=[code]), [code])[code]


def test_subjects_are_counted_where_a_rule_lists_them_and_those_not_judged_are_left_out():
    feeds = {
        "allotments": [{"fen": 10_000_000}, {"fen": 10_000_000, "unit": "101002"}, {"fen": 1, "unit": "101003"}],
        "payments": [{"fen": 10_000_000, "unit": "101002"}],
    }
    assert breadth("A01", feeds) == Breadth("subject", judged=2, flagged=1)


def test_a_subject_flagged_in_two_periods_is_one_subject():
    feeds = {
        "units": [{"unit": "101", "unit_level": "department"}, {"unit": "101001", "parent": "101"}],
        "execution_months": [{"unit": "101", "fen": 90_000_000, "day": dt.date(2026, month, 28)} for month in (2, 4)],
        "payments": [{"fen": 1, "day": dt.date(2026, 2, 1)}],
    }
    assert breadth("H03", feeds) == Breadth("subject", judged=1, flagged=1)


def test_events_are_counted_by_the_units_of_the_divisions_judged():
    person = {"payee": "张伟", "purpose": "活动经费", "fen": 1_000_000}
    feeds = {
        "allotments": [{"fen": 1, "unit": "101002"}, {"fen": 1, **THERE}],
        "payments": [person, person, {"fen": 1, "unit": "101003"}],
        "deliveries": [{"feed": "payments", "last_on": DAY}],
    }
    # three units here; the other division never delivered payments, so its unit was not judged
    assert breadth("E05", feeds) == Breadth("unit", judged=3, flagged=1)


def test_a_rule_that_found_no_events_still_says_of_how_many_units():
    assert breadth("E05", {"payments": [{"fen": 1}]}) == Breadth("unit", judged=1, flagged=0)


def test_a_rule_that_failed_or_had_nothing_to_judge_has_no_share():
    nothing = breadth("A01", {})
    assert nothing[1:] == (0, 0)
    assert share_bp(nothing.judged, nothing.flagged) is None


@pytest.mark.parametrize(
    ("judged", "flagged", "expected"),
    [
        (10, 3, False),  # exactly 30 %
        (10, 4, True),
        (9, 9, False),  # of a few a share says nothing
        (100_000, 30_001, True),  # 30.00 % as it is shown, and above it all the same
        (0, 0, False),
    ],
)
def test_too_wide_is_above_the_limit_of_enough(judged, flagged, expected):
    assert is_too_wide(judged, flagged, limit_bp=3_000, least=10) is expected


def test_shares_are_rounded_down():
    assert share_bp(3, 2) == 6_666
