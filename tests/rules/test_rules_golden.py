"""Every golden case: the file name is the claim, the file the proof."""

import json
import string
from collections import Counter

import pytest
from rule_cases import case_evaluation, case_names, read_case

from budget import frames
from budget.coverage import REASONS
from budget.subjects import division_scope
from budget.wording import render
from rules.golden import differences
from rules.registry import BY_CODE, RULES

LEAST_CASES = 5
TEMPLATES = ("finding_zh", "finding_en", "arithmetic_zh", "arithmetic_en")


@pytest.mark.parametrize("name", case_names())
def test_case(name):
    case, judged = case_evaluation(name)
    assert differences(case, judged) == []


@pytest.mark.parametrize("name", case_names())
def test_what_a_case_returns_can_be_shown_and_traced(name):
    case, judged = case_evaluation(name)
    assert dict(judged.findings.schema) == frames.FINDING
    assert dict(judged.coverage.schema) == frames.COVERAGE
    assert set(judged.coverage["reason"].drop_nulls()) <= set(REASONS)
    known = {
        tuple(pair)
        for feed in frames.FEEDS
        for pair in getattr(case.facts, feed, case.facts.payments).select("slice_id", "row_no").rows()
    }
    text = BY_CODE[case.code].text
    for row in judged.findings.to_dicts():
        evidence = json.loads(row["evidence"])
        assert {tuple(pair) for pair in evidence["facts"]} <= known
        assert evidence["facts_total"] >= len(evidence["facts"])
        for template in TEMPLATES:
            fields = {field for _, field, _, _ in string.Formatter().parse(getattr(text, template)) if field}
            assert fields <= set(evidence), f"{template} asks for what the evidence lacks"
            assert "{" not in render(getattr(text, template), evidence)


@pytest.mark.parametrize("name", case_names())
def test_a_finding_is_always_covered_by_something_judged(name):
    _, judged = case_evaluation(name)
    covered = {(row["scope"], row["period"]) for row in judged.coverage.to_dicts() if row["is_judged"]}
    for row in judged.findings.to_dicts():
        division = division_scope(row["division_code"])
        assert {(row["subject"], row["period"]), (division, row["period"]), (division, None)} & covered


def test_every_rule_has_enough_cases_and_every_case_a_rule():
    counted = Counter(name.partition("-")[0] for name in case_names())
    assert set(counted) == set(BY_CODE)
    assert {code: count for code, count in counted.items() if count < LEAST_CASES} == {}


def test_every_rule_has_a_case_that_flags_and_one_that_does_not():
    flags, passes = set(), set()
    for name in case_names():
        case = read_case(name)
        (flags if case.expected else passes).add(case.code)
    assert flags == passes == {rule.code for rule in RULES}
