"""Thresholds as data: the narrowest aim wins, one unit's change is that unit's alone, exemptions speak as coverage."""

import dataclasses
import datetime as dt
import json
from functools import cache

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_facts import made_up
from made_up_places import HERE, THERE, UNITS
from rule_cases import build_facts

from budget.levels import LEVELS
from budget.thresholds import NOTHING, Aim, Change, in_force
from rules.evaluate import evaluate
from rules.params import default_params
from rules.registry import BY_CODE, RULES

DAY = dt.date(2026, 12, 31)
APPROVED = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 12, 31, 12, tzinfo=dt.UTC)
SEEDS = range(4)


def change(version, rule, aim, kind="threshold", **values):
    last = DAY if kind == "exemption" else None
    return Change(
        version=version, kind=kind, rule_code=rule, aim=aim, from_on=dt.date(2026, 1, 1), to_on=last,
        approved_at=APPROVED, values=values,
    )  # fmt: skip


def judged(facts, *changes, codes=None):
    held = in_force(changes, facts.as_of, NOW)
    evaluation = evaluate(facts, default_params(), codes=codes, thresholds=held)
    assert evaluation.errors == {}
    return evaluation


def same(one, other):
    return one.findings.equals(other.findings) and one.coverage.equals(other.coverage)


def told(evaluation, code):
    """Findings of a rule as subject -> (level, limit, versions)."""
    rows = evaluation.findings.filter(pl.col("rule_code") == code).select("subject", "level", "limit", "evidence")
    return {row[0]: (row[1], row[2], json.loads(row[3]).get("threshold")) for row in rows.iter_rows()}


# One unit of each division 40 points behind; the first with a project, a line of public and one of personnel money.
BEHIND = {
    "units": [{"unit": "101001", "name": "甲单位"}, {"unit": "201001", "name": "乙单位", "division": THERE}],
    "allotments": [
        {"fen": 100_000_000, "project": "X1", "title": "路灯", "kind": "project"},
        {"fen": 100_000_000, "kind": "public", "function": "2010302"},
        {"fen": 100_000_000, "kind": "personnel", "function": "2010303"},
        {"fen": 100_000_000, "unit": "201001", "division": THERE},
        {"fen": 100_000_000, "unit": "201001", "division": THERE, "project": "X1", "title": "路灯", "kind": "project"},
    ],
    "payments": [
        {"fen": 60_000_000, "project": "X1"},
        {"fen": 60_000_000, "function": "2010302"},
        {"fen": 60_000_000, "function": "2010303"},
        {"fen": 60_000_000, "unit": "201001", "division": THERE},
        {"fen": 60_000_000, "unit": "201001", "division": THERE, "project": "X1"},
    ],
}
ALL, HERE_ONLY, PROJECTS = Aim(), Aim(division_code=HERE), Aim(spending_kind="project")
UNIT, PROJECT = Aim(unit_code="101001"), Aim(project_code="X1")
A02_HERE, A02_THERE = "project:101001/X1", "project:201001/X1"
# rule, aims with the red fence each states, and which subject is then judged by which fence and versions
PRECEDENCE = [
    ("with none, the settings judge", [], {A02_HERE: (4000, None), A02_THERE: (4000, None)}),
    ("one for the whole district judges everybody", [(ALL, 100)], {A02_HERE: (100, "1"), A02_THERE: (100, "1")}),
    ("a division's judges that division", [(HERE_ONLY, 100)], {A02_HERE: (100, "1"), A02_THERE: (4000, None)}),
    (
        "a division's comes before the district's",
        [(ALL, 100), (HERE_ONLY, 200)],
        {A02_HERE: (200, "1+2"), A02_THERE: (100, "1")},
    ),
    (
        "a spending kind's comes before a division's",
        [(HERE_ONLY, 200), (PROJECTS, 300)],
        {A02_HERE: (300, "1+2"), A02_THERE: (300, "2")},
    ),
    (
        "a unit's comes before a spending kind's",
        [(PROJECTS, 300), (UNIT, 400)],
        {A02_HERE: (400, "1+2"), A02_THERE: (300, "1")},
    ),
    (
        "a project's comes before a unit's, and holds for each unit that has a part of it",
        [(UNIT, 400), (PROJECT, 500)],
        {A02_HERE: (500, "1+2"), A02_THERE: (500, "2")},
    ),
    (
        "a project of one unit is that unit's alone",
        [(Aim(unit_code="101001", project_code="X1"), 600)],
        {A02_HERE: (600, "1"), A02_THERE: (4000, None)},
    ),
    (
        "another unit's changes nothing",
        [(Aim(unit_code="101009"), 100)],
        {A02_HERE: (4000, None), A02_THERE: (4000, None)},
    ),
    (
        "another spending kind's does not judge projects",
        [(Aim(spending_kind="public"), 100)],
        {A02_HERE: (4000, None), A02_THERE: (4000, None)},
    ),
]


@pytest.mark.parametrize(("aims", "expected"), [row[1:] for row in PRECEDENCE], ids=[row[0] for row in PRECEDENCE])
def test_the_narrowest_threshold_that_fits_judges(aims, expected):
    changes = [change(n, "A02", aim, yellow_bp=1, orange_bp=2, red_bp=red) for n, (aim, red) in enumerate(aims, 1)]
    found = told(judged(build_facts(DAY, BEHIND), *changes, codes=["A02"]), "A02")
    assert {subject: row[1:] for subject, row in found.items()} == expected


def test_a_parameter_that_a_narrow_threshold_leaves_out_stays_as_the_wider_one_states_it():
    wide, narrow = change(1, "A01", ALL, red_bp=9_000), change(2, "A01", UNIT, yellow_bp=5_000, orange_bp=6_000)
    found = told(judged(build_facts(DAY, BEHIND), wide, narrow, codes=["A01"]), "A01")
    assert found == {"unit:201001": ("orange", 2_000, "1")}, "101001 is 40 points behind and its yellow begins at 50"


@pytest.mark.parametrize(
    ("kind", "flagged"),
    [("public", {"line:101001/-/2010302"}), ("personnel", {"line:101001/-/2010303"}), ("project", {A02_HERE})],
)
def test_a_spending_kind_is_told_from_the_movements_of_a_line(kind, flagged):
    over = {
        "allotments": BEHIND["allotments"][:3],
        "payments": [row | {"fen": 100_000_300} for row in BEHIND["payments"][:3]],
    }
    # Silent for everybody but that kind: any excess is far from the fence, for the kind it is three fen.
    changes = [change(1, "A06", ALL, yellow_fen=10**9), change(2, "A06", Aim(spending_kind=kind), yellow_fen=300)]
    found = told(judged(build_facts(DAY, over), *changes, codes=["A06"]), "A06")
    subject = flagged if kind != "project" else {"line:101001/X1/2010301"}
    assert set(found) == subject
    assert {row[2] for row in found.values()} == {"1+2"}


def test_a_voucher_is_of_the_kind_of_its_money():
    paid = {"fen": 1_500_000, "payee": "张伟", "econ": "30218"}
    feeds = BEHIND | {"payments": [paid | {"function": "2010302"}, paid | {"project": "X1"}]}
    found = told(
        judged(build_facts(DAY, feeds), change(1, "E05", PROJECTS, orange_fen=1_500_000), codes=["E05"]), "E05"
    )
    assert found == {"payment:P1": ("yellow", 1_000_000, None), "payment:P2": ("orange", 1_500_000, "1")}


def test_a_lower_fence_of_one_unit_finds_its_events_though_the_settings_find_none():
    feeds = BEHIND | {
        "payments": [
            {"fen": 50_000, "payee": "张伟", "econ": "30218"},
            {"fen": 50_000, "payee": "李娜", "econ": "30218", "unit": "201001", "division": THERE},
        ]
    }
    found = told(judged(build_facts(DAY, feeds), change(1, "E05", UNIT, yellow_fen=50_000), codes=["E05"]), "E05")
    assert found == {"payment:P1": ("yellow", 50_000, "1")}


def test_the_materiality_of_one_unit_is_a_parameter_like_the_rest():
    evaluation = judged(build_facts(DAY, BEHIND), change(1, "A01", UNIT, least_budget_fen=10**12), codes=["A01"])
    assert set(told(evaluation, "A01")) == {"unit:201001"}
    reasons = dict(evaluation.coverage.select("scope", "reason").iter_rows())
    assert reasons == {"unit:101001": "immaterial", "unit:201001": None}


def test_a_unit_that_was_reorganised_keeps_what_was_decided_of_it():
    gone = {"unit": "101000", "name": "旧名", "successor": "101001", "gone": dt.date(2026, 6, 30)}
    feeds = BEHIND | {"units": [*BEHIND["units"], gone]}
    old = Aim(unit_code="101000")
    assert told(judged(build_facts(DAY, feeds), change(1, "A01", old, red_bp=9_000), codes=["A01"]), "A01")[
        "unit:101001"
    ] == ("orange", 2_000, "1")
    freed = judged(build_facts(DAY, feeds), change(1, "A01", old, kind="exemption"), codes=["A01"])
    assert set(told(freed, "A01")) == {"unit:201001"}


def test_fences_that_no_longer_rise_are_that_rules_error_and_stop_no_other():
    held = in_force([change(1, "A01", ALL, yellow_bp=2_500)], DAY, NOW)
    evaluation = evaluate(build_facts(DAY, BEHIND), default_params(), thresholds=held)
    assert set(evaluation.errors) == {"A01"}
    assert "yellow_bp = 2500 above orange_bp = 2000" in evaluation.errors["A01"]
    assert "A02" in evaluation.findings["rule_code"]


def test_the_worked_example_of_the_manual():
    """docs/thresholds.md: unit 103001 is 30 points behind, another one 22."""

    def on(day, *changes):
        places = [{"unit": "103001", "fen": 10_000}, {"unit": "103002", "fen": 10_000}]
        paid = [{"unit": "103001", "fen": 5_840}, {"unit": "103002", "fen": 6_640}]
        times = [row | {"fen": row["fen"] * 10_000} for row in (*places, *paid)]
        facts = build_facts(dt.date(2026, 11, day), {"allotments": times[:2], "payments": times[2:]})
        found = told(judged(facts, *changes, codes=["A01"]), "A01")
        return [(row[0], row[2]) if (row := found.get(f"unit:{unit}")) else None for unit in ("103001", "103002")]

    unit, first = Aim(unit_code="103001"), dt.date(2026, 11, 1)
    one = change(1, "A01", ALL, red_bp=3_500)
    two = change(2, "A01", unit, yellow_bp=2_500, orange_bp=3_500, red_bp=5_000)
    three = dataclasses.replace(change(3, "A01", unit, kind="exemption"), from_on=first)
    four = dataclasses.replace(change(4, "A01", unit, kind="lift"), from_on=dt.date(2026, 11, 20), to_on=None, lifts=3)
    other = ("orange", "1")
    assert on(19) == [("red", None), ("orange", None)]
    assert on(19, one) == [("orange", "1"), other]
    assert on(19, one, two) == [("yellow", "1+2"), other]
    assert on(19, one, two, three, four) == [None, other]
    assert on(20, one, two, three, four) == [("yellow", "1+2"), other]


# ------------------------------------------------------------------ exemptions
EXEMPT = [
    ("one project", Aim(unit_code="101001", project_code="X1"), {A02_HERE}),
    ("a project wherever it is", PROJECT, {A02_HERE, A02_THERE}),
    ("a unit", UNIT, {A02_HERE}),
    ("a division", Aim(division_code=THERE), {A02_THERE}),
    ("a subject by its name", Aim(subject=A02_THERE), {A02_THERE}),
]


@pytest.mark.parametrize(("aim", "freed"), [row[1:] for row in EXEMPT], ids=[row[0] for row in EXEMPT])
@pytest.mark.parametrize("rule", ["A02", None], ids=["from the rule", "from every rule"])
def test_what_is_exempted_gives_no_finding_but_says_so(aim, freed, rule):
    evaluation = judged(build_facts(DAY, BEHIND), change(1, rule, aim, kind="exemption"), codes=["A02"])
    assert set(told(evaluation, "A02")) == {A02_HERE, A02_THERE} - freed
    reasons = dict(evaluation.coverage.select("scope", "reason").iter_rows())
    assert {scope for scope, reason in reasons.items() if reason == "exempted"} == freed
    assert evaluation.coverage.filter(pl.col("reason") == "exempted")["is_judged"].to_list() == [False] * len(freed)


def test_an_exemption_from_one_rule_leaves_the_others_alone():
    evaluation = judged(build_facts(DAY, BEHIND), change(1, "A02", UNIT, kind="exemption"), codes=["A01", "A02"])
    assert "unit:101001" in told(evaluation, "A01")
    assert A02_HERE not in told(evaluation, "A02")


def test_an_exempted_event_is_told_by_name_though_its_rule_covers_whole_divisions():
    feeds = BEHIND | {"payments": [{"fen": 1_500_000, "payee": "张伟", "econ": "30218"}]}
    evaluation = judged(build_facts(DAY, feeds), change(1, "E05", UNIT, kind="exemption"), codes=["E05"])
    assert told(evaluation, "E05") == {}
    rows = evaluation.coverage.filter(pl.col("reason") == "exempted").select("scope", "division_code", "is_judged")
    assert rows.rows() == [("payment:P1", HERE, False)]


def test_an_exempted_late_feed_still_silences_what_leans_on_it():
    feeds = BEHIND | {"deliveries": [
        {"feed": "payments", "last_on": dt.date(2026, 11, 1)},
        {"feed": "payments", "division": THERE, "last_on": DAY},
    ]}  # fmt: skip
    late = Aim(subject=f"feed:payments/{HERE}")
    evaluation = judged(build_facts(DAY, feeds), change(1, "H01", late, kind="exemption"), codes=["H01", "A01"])
    assert told(evaluation, "H01") == {}
    assert set(told(evaluation, "A01")) == {"unit:201001"}
    reasons = dict(evaluation.coverage.filter(pl.col("rule_code") == "A01").select("scope", "reason").iter_rows())
    assert reasons["unit:101001"] == "late_feed"


def test_a_rule_that_stood_back_speaks_again_where_the_other_is_exempted():
    unspent = {"allotments": [{"fen": 100_000_000, "project": "X1", "title": "路灯"}], "payments": [{"fen": 1}]}
    facts = build_facts(DAY, unspent)
    assert A02_HERE not in told(judged(facts), "A02"), "A03 tells it"
    freed = judged(facts, change(1, "A03", PROJECT, kind="exemption"))
    assert (A02_HERE in told(freed, "A02"), A02_HERE in told(freed, "A03")) == (True, False)


# ------------------------------------------------------------------ properties
@cache
def first_of(seed):
    return judged(made_up(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_without_changes_everything_is_as_the_settings_have_it(seed):
    plain = evaluate(made_up(seed), default_params())
    assert same(plain, evaluate(made_up(seed), default_params(), thresholds=NOTHING))
    assert "threshold" not in "".join(plain.findings["evidence"])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_change_that_states_what_the_settings_state_changes_only_the_name_of_the_version(seed):
    restated = [
        change(n, code, Aim(unit_code=UNITS[HERE][0]), **dataclasses.asdict(params))
        for n, (code, params) in enumerate(default_params().items(), 1)
    ]
    again = judged(made_up(seed), *restated)
    assert again.coverage.equals(first_of(seed).coverage)
    assert again.findings.drop("evidence").equals(first_of(seed).findings.drop("evidence"))
    named = [{**json.loads(text), "threshold": None} for text in again.findings["evidence"]]
    assert named == [{**json.loads(text), "threshold": None} for text in first_of(seed).findings["evidence"]]


# What others lean on moves the others too.
CODES = sorted(set(BY_CODE) - {"H01", "H04"} - {rule.yields_to for rule in RULES})
FENCES = (*LEVELS, "least")


@settings(max_examples=25)
@given(seed=st.sampled_from(SEEDS), code=st.sampled_from(CODES), unit=st.sampled_from(UNITS[HERE] + UNITS[THERE]),
       shrink=st.sampled_from([0, 2, 100]))  # fmt: skip
def test_a_change_of_one_unit_changes_that_units_findings_only(seed, code, unit, shrink):
    params = dataclasses.asdict(default_params()[code])
    fences = {key: value for key, value in params.items() if key.startswith(FENCES)}
    values = {key: value // shrink if shrink else value * 3 for key, value in fences.items()}
    changed = judged(made_up(seed), change(1, code, Aim(unit_code=unit), **values))
    before, after = first_of(seed).findings, changed.findings
    others = (pl.col("unit_code") != unit) | pl.col("unit_code").is_null() | (pl.col("rule_code") != code)
    assert after.filter(others).equals(before.filter(others))
    assert all("threshold" in json.loads(text) for text in after.filter(~others)["evidence"])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_change_stated_unit_by_unit_and_for_all_gives_the_same_findings(seed):
    everybody = judged(made_up(seed), change(1, "A01", ALL, yellow_bp=1, orange_bp=2, red_bp=3))
    units = sorted(set(made_up(seed).allotments["unit_code"]))
    one_by_one = judged(
        made_up(seed),
        *(change(n, "A01", Aim(unit_code=unit), yellow_bp=1, orange_bp=2, red_bp=3) for n, unit in enumerate(units, 1)),
    )
    keep = [name for name in everybody.findings.columns if name != "evidence"]
    assert everybody.findings.select(keep).equals(one_by_one.findings.select(keep))
    assert everybody.coverage.equals(one_by_one.coverage)
