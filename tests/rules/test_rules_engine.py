"""The engine: one rule's failure is its own, data quality speaks first, and nothing is judged on bad data."""

import dataclasses
import datetime as dt
import itertools
import json

import polars as pl
import pytest
from rule_cases import build_facts

import rules.evaluate
from budget.facts import Facts
from budget.wording import render
from rules.evaluate import evaluate
from rules.judgement import Judgement
from rules.params import default_params
from rules.registry import CATALOGUE, RULES

DAY = dt.date(2026, 12, 31)
BEHIND = {"allotments": [{"fen": 10_000_000}], "payments": [{"fen": 100}]}


def broken(_facts: Facts, _params: object) -> Judgement:
    raise RuntimeError("the rule broke")


def with_broken(monkeypatch, code):
    swapped = tuple(dataclasses.replace(rule, judge=broken) if rule.code == code else rule for rule in RULES)
    monkeypatch.setattr(rules.evaluate, "RULES", swapped)


@pytest.mark.parametrize("code", [rule.code for rule in RULES])
def test_a_rule_that_fails_is_its_own_error_and_stops_no_other(monkeypatch, code):
    whole = evaluate(build_facts(DAY, BEHIND), default_params())
    with_broken(monkeypatch, code)
    evaluation = evaluate(build_facts(DAY, BEHIND), default_params())
    assert evaluation.errors == {code: "RuntimeError: the rule broke"}
    others = pl.col("rule_code") != code
    assert evaluation.findings.filter(others).equals(whole.findings.filter(others))
    assert code not in evaluation.findings["rule_code"]
    assert code not in evaluation.coverage["rule_code"], "a rule that failed judged nothing"


def test_a_failure_of_a_rule_nobody_asked_for_is_still_told(monkeypatch):
    with_broken(monkeypatch, "H01")
    assert "H01" in evaluate(build_facts(DAY, BEHIND), default_params(), codes=["A01"]).errors


def test_a_stopwatch_times_the_rules_asked_for_and_only_those():
    ticks = itertools.count(0, 7_000)
    timed = evaluate(build_facts(DAY, BEHIND), default_params(), codes=["A01", "A02"], stopwatch=lambda: next(ticks))
    assert sorted(timed.durations_us) == ["A01", "A02"]
    assert all(duration % 7 == 0 and duration > 0 for duration in timed.durations_us.values())
    assert evaluate(build_facts(DAY, BEHIND), default_params()).durations_us == {}


def test_an_unknown_code_is_refused():
    with pytest.raises(KeyError, match="Z99"):
        evaluate(build_facts(DAY, BEHIND), default_params(), codes=["Z99"])


def test_a_rule_without_parameters_is_off():
    params = default_params()
    del params["A01"]
    evaluation = evaluate(build_facts(DAY, BEHIND), params)
    assert "A01" not in evaluation.findings["rule_code"]
    assert "A01" not in evaluation.coverage["rule_code"]


def test_without_h01_late_payments_silence_nothing():
    feeds = BEHIND | {"deliveries": [{"feed": "payments", "last_on": dt.date(2026, 6, 30)}]}
    silent = evaluate(build_facts(DAY, feeds), default_params())
    assert "A01" not in silent.findings["rule_code"]
    params = default_params()
    del params["H01"]
    assert "A01" in evaluate(build_facts(DAY, feeds), params).findings["rule_code"]


def test_late_payments_silence_their_own_division_only():
    feeds = {
        "allotments": [{"fen": 10_000_000}, {"fen": 10_000_000, "division": "990101011", "unit": "201001"}],
        "deliveries": [
            {"feed": "payments", "last_on": DAY},
            {"feed": "payments", "division": "990101011", "last_on": dt.date(2026, 11, 1)},
        ],
    }
    evaluation = evaluate(build_facts(DAY, feeds), default_params())
    assert evaluation.findings.filter(pl.col("rule_code") == "A01")["subject"].to_list() == ["unit:101001"]
    silent = evaluation.coverage.filter(pl.col("reason") == "late_feed")
    assert set(silent["division_code"]) == {"990101011"}
    assert {"A01", "A06", "A07", "E05", "E07", "E08"} <= set(silent["rule_code"])


def test_a_suspected_budget_silences_lines_of_its_units_by_name():
    # Last year 500 元 in all, this year 500 万元: H04 speaks, and the overspent line is not called overspent.
    feeds = {
        "allotments": [{"fen": 50_000, "year": 2025}, {"fen": 500_000_000}],
        "payments": [{"fen": 500_000_001}],
    }
    evaluation = evaluate(build_facts(DAY, feeds), default_params())
    assert "A06" not in evaluation.findings["rule_code"]
    told = evaluation.coverage.filter(pl.col("rule_code") == "A06", ~pl.col("is_judged"))
    assert told.select("scope", "period", "reason").rows() == [("line:101001/-/2010301", "2026", "unit_suspect")]


def test_of_two_findings_with_one_identity_the_gravest_stands():
    # Two accounts of one payee name: two runs from the same day, one subject.
    pieces = [("1", 1), ("1", 2), ("2", 1), ("2", 2), ("2", 3)]
    feeds = {
        "payments": [
            {"fen": 45_000_000, "payee": "甲公司", "account": account, "econ": "30218", "day": dt.date(2026, 3, day)}
            for account, day in pieces
        ]
    }
    found = evaluate(build_facts(DAY, feeds), default_params(), codes=["E07"]).findings
    assert found.select("level", "measured").rows() == [("orange", 3)]


FEEDS_THERE = [
    ("no adjustments were delivered: unknown", [], None, "调整无数据，"),
    ("they were, and none is this unit's: zero", [{"feed": "adjustments"}], 0, "调整0.00万元，"),
]


@pytest.mark.parametrize(
    ("more", "adjusted", "words"), [row[1:] for row in FEEDS_THERE], ids=[row[0] for row in FEEDS_THERE]
)
def test_evidence_says_zero_only_where_zero_is_known(more, adjusted, words):
    feeds = {
        "allotments": [{"fen": 10_000_000}],
        "deliveries": [{"feed": "payments", "last_on": DAY}, *more],
    }
    found = evaluate(build_facts(DAY, feeds), default_params(), codes=["A01"]).findings
    evidence = json.loads(found["evidence"][0])
    assert evidence["adjustment_fen"] == adjusted
    assert evidence["payment_fen"] == 0
    assert words in render(CATALOGUE["A01"].arithmetic_zh, evidence)


def test_parameters_move_the_fences():
    evaluation = evaluate(
        build_facts(DAY, BEHIND), {"A01": dataclasses.replace(default_params()["A01"], red_bp=9_999, orange_bp=9_998)}
    )
    assert evaluation.findings.select("level", "limit").rows() == [("red", 9_999)]


@pytest.mark.parametrize(
    ("budgets", "reason"),
    [
        # the division's budget is there, this unit has none
        ([{"fen": 10_000_000, "unit": "101009"}], "not_budgeted"),
        # nothing says what anybody in the division may spend
        ([], "no_budget"),
        # another division's budget says nothing of this one
        ([{"fen": 10_000_000, "unit": "201001", "division": "990101011"}], "no_budget"),
    ],
)
def test_a_subject_without_a_budget_is_told_from_a_budget_that_never_came(budgets, reason):
    feeds = {"allotments": budgets, "payments": [{"fen": 100}]}
    coverage = evaluate(build_facts(DAY, feeds), default_params(), codes=["A01"]).coverage
    assert coverage.filter(pl.col("scope") == "unit:101001")["reason"].to_list() == [reason]


def test_a_budget_in_a_doubtful_unit_is_never_called_too_small():
    # A ten-thousandth of last year: too small to judge, if it were true.
    last = {"fen": 10_000_000_000, "year": 2025, "released_on": dt.date(2025, 1, 20)}
    feeds = {"allotments": [{"fen": 1_000_000}, last], "payments": [{"fen": 100}]}
    coverage = evaluate(build_facts(DAY, feeds), default_params(), codes=["A01"]).coverage
    told = coverage.filter(pl.col("rule_code") == "A01", pl.col("scope") == "unit:101001")
    assert told["reason"].to_list() == ["unit_suspect"]


@pytest.mark.parametrize(
    ("slice_key", "words"),
    [
        ("990101010/202603", "石桥街道2026年3月执行月报"),
        ("990101010/2026", "石桥街道2026年执行月报"),
        # a division that no table names, and a slice of another form, stand as they are
        ("990101099/202612", "9901010992026年12月执行月报"),
        ("2022-T1", "2022-T1执行月报"),
    ],
)
def test_a_wrong_total_is_named_by_place_and_time_not_by_the_key_of_its_slice(slice_key, words):
    feeds = {
        "units": [{"division_name": "石桥街道"}],
        "checks": [{"expected": 1_000, "actual": 0, "feed": "execution_months", "slice_key": slice_key}],
    }
    found = evaluate(build_facts(DAY, feeds), default_params(), codes=["H02"]).findings
    told = render(CATALOGUE["H02"].finding_zh, json.loads(found["evidence"][0]))
    assert told == f"{words}合计与明细之和疑似不符，相差10.00元。"
