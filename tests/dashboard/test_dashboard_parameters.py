"""Parameters as people read and type them: their own unit underneath never changes."""

import datetime as dt
from dataclasses import fields

import pytest

from budget.thresholds import Aim
from dashboard.change_words import state_of
from dashboard.parameter_words import TypedError, parameter_name, read_typed, typed_text, value_text, values_text
from dashboard.words import words
from rules.registry import BY_CODE
from warehouse.rule_changes import KeptChange, Proposal

ZH, EN = words("zh"), words("en")
VALUES = [
    ("yellow_bp", 1_500, "15%", "15"),
    ("red_bp", 1_005, "10.05%", "10.05"),
    ("yellow_fen", 1, "0.01 元", "0.01"),
    ("least_budget_fen", 5_000_000, "5.00 万元", "50000"),
    ("red_days", 210, "210 天", "210"),
    ("first_rush_month", 11, "11", "11"),
    ("excluded_categories", ("预留", "质保金"), "预留、质保金", "预留, 质保金"),
    ("instalment_pattern", "进度款|尾款", "进度款|尾款", "进度款|尾款"),
]


@pytest.mark.parametrize(("key", "value", "shown", "typed"), VALUES)
def test_a_value_is_shown_with_its_unit_and_comes_back_as_it_was(key, value, shown, typed):
    assert value_text(key, value, ZH) == shown
    assert typed_text(key, value) == typed
    assert read_typed(key, typed, value) == value


TYPED = [
    ("yellow_bp", "15%", 1_500),
    ("least_budget_fen", "50,000.00", 5_000_000),
    ("economic_codes", "30212、30217，", ("30212", "30217")),
]


@pytest.mark.parametrize(("key", "text", "value"), TYPED)
def test_what_people_add_when_they_type_is_understood(key, text, value):
    assert read_typed(key, text, value) == value


@pytest.mark.parametrize("text", ["", "十", "1.234", "1e400", "NaN", "Infinity", "--1"])
def test_what_is_no_value_is_refused_by_the_parameters_name(text):
    with pytest.raises(TypedError) as refused:
        read_typed("yellow_bp", text, 1_000)
    assert refused.value.key == "yellow_bp"


def test_lines_of_levels_come_first_and_in_their_order():
    told = {"mute_days": 30, "red_bp": 3_000, "orange_bp": 2_000, "yellow_bp": 1_000}
    assert values_text(told, ZH) == "黄线 10%; 橙线 20%; 红线 30%; 下达后静默天数 30 天"
    assert values_text(told, EN).startswith("yellow from 10%; orange from 20%")


def test_two_lines_of_one_level_are_told_apart_and_an_unknown_parameter_keeps_its_key():
    assert parameter_name("red_over_fen", ZH) == "红线 (超出金额)"
    assert parameter_name("red_some_new_fen", ZH) == "红线 (some_new_fen)"
    assert parameter_name("some_new_key", ZH) == "some_new_key"


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_every_parameter_of_a_shipped_rule_has_a_name_in_both_languages(code):
    for field in fields(BY_CODE[code].params_class):
        zh, en = parameter_name(field.name, ZH), parameter_name(field.name, EN)
        assert "_" not in zh + en, f"{code}.{field.name} is shown as {zh} and {en}"
        assert zh != en


def change(number, *, first="2026-01-01", last=None, outcome="approved", hour=1, **more):
    told = {"kind": "threshold", "rule_code": "A01", "aim": Aim(), "values": {"red_bp": 1}, "reason": "x"}
    day = dt.date.fromisoformat
    asked = Proposal(from_on=day(first), to_on=last and day(last), proposed_by="li", **(told | more))
    at = dt.datetime(2026, 1, 1, hour, tzinfo=dt.UTC)
    decided = {} if outcome is None else {"outcome": outcome, "decided_by": "wang", "decided_at": at}
    return KeptChange(change_id=number, asked=asked, proposed_at=at, **decided)


DAY = dt.date(2026, 6, 30)
FIRST = change(1)
STATES = [
    ("it waits", [change(1, outcome=None)], "pending"),
    ("it was rejected", [change(1, outcome="rejected")], "rejected"),
    ("it holds", [FIRST], "in_force"),
    ("its first day is today", [change(1, first="2026-06-30")], "in_force"),
    ("its first day is tomorrow", [change(1, first="2026-07-01")], "coming"),
    ("its last day is today", [change(1, last="2026-06-30")], "in_force"),
    ("its last day was yesterday", [change(1, last="2026-06-29")], "over"),
    ("a later one took its place", [FIRST, change(2, hour=2)], "replaced"),
    ("a later one has another aim", [FIRST, change(2, hour=2, aim=Aim(unit_code="1"))], "in_force"),
    ("a later one begins tomorrow", [FIRST, change(2, hour=2, first="2026-07-01")], "in_force"),
    ("a later one is over", [FIRST, change(2, hour=2, last="2026-06-29")], "in_force"),
    ("a later one still waits", [FIRST, change(2, outcome=None)], "in_force"),
    ("it was lifted", [FIRST, change(2, kind="lift", lifts=1)], "lifted"),
    ("it will be lifted", [FIRST, change(2, kind="lift", lifts=1, first="2026-07-01")], "in_force"),
    ("the one in its place was lifted", [FIRST, change(2, hour=2), change(3, kind="lift", lifts=2)], "in_force"),
    ("an earlier one is no matter", [change(2, hour=2), FIRST], "in_force"),
]


@pytest.mark.parametrize(("changes", "state"), [row[1:] for row in STATES], ids=[row[0] for row in STATES])
def test_where_a_change_stands(changes, state):
    assert state_of(changes[0], changes, DAY) == state
