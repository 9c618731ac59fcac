"""What holds for any facts: order, names and slicing change nothing, and one division never speaks for another."""

import dataclasses
import datetime as dt
import json
import random
from functools import cache

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_facts import AS_OF, made_up, made_up_rows
from made_up_places import HERE, THERE
from rule_cases import build_facts

from budget import frames
from budget.facts import Facts
from budget.levels import LEVELS, rank
from rules.evaluate import evaluate
from rules.judgement import graded
from rules.params import default_params
from rules.registry import BY_CODE

FRAMES = [*(feed for feed in frames.FEEDS if feed != "classifications"), "deliveries", "checks"]
SEEDS = range(4)
# What a reader sees of the words and the place of rows, not of the judgement.
NOT_JUDGEMENT = {"facts", "unit_name", "department_name", "name"}


def judged(facts: Facts, codes=None):
    evaluation = evaluate(facts, default_params(), codes=codes)
    assert evaluation.errors == {}
    return evaluation


@cache
def first_of(seed: int):
    return judged(made_up(seed))


def plain(evaluation):
    """Findings without names and row numbers, to hold one evaluation against another."""
    rows = evaluation.findings.to_dicts()
    for row in rows:
        told = json.loads(row["evidence"])
        row["evidence"] = {key: value for key, value in told.items() if key not in NOT_JUDGEMENT}
    return rows


def changed(facts: Facts, **columns) -> Facts:
    return dataclasses.replace(facts, **columns)


def test_the_made_up_district_is_in_enough_trouble_to_prove_something():
    found = set()
    for seed in SEEDS:
        found |= set(first_of(seed).findings["rule_code"])
    assert found == set(BY_CODE)


@pytest.mark.parametrize("seed", SEEDS)
def test_facts_that_are_scanned_and_facts_in_memory_are_judged_alike(seed):
    scans = {feed: getattr(made_up(seed), feed).lazy() for feed in ("allotments", "adjustments", "payments")}
    first, second = first_of(seed), judged(changed(made_up(seed), **scans))
    assert first.findings.equals(second.findings)
    assert first.coverage.equals(second.coverage)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_rows_changes_nothing(seed):
    facts = made_up(seed)
    mixed = {name: getattr(facts, name).sample(fraction=1, shuffle=True, seed=seed + 7) for name in FRAMES}
    first, second = first_of(seed), judged(changed(facts, **mixed))
    assert first.findings.equals(second.findings)
    assert first.coverage.equals(second.coverage)


@pytest.mark.parametrize("seed", SEEDS)
def test_how_rows_are_cut_into_deliveries_changes_nothing(seed):
    facts = made_up(seed)
    cut = facts.payments.with_columns(slice_id=pl.col("row_no") % 5 + 100, row_no=pl.col("row_no") // 5 + 1)
    assert plain(first_of(seed)) == plain(judged(changed(facts, payments=cut)))


@pytest.mark.parametrize("seed", SEEDS)
def test_renaming_units_changes_nothing(seed):
    facts = made_up(seed)
    renamed = changed(facts, units=facts.units.with_columns(unit_name=pl.format("新{}", "unit_code")))
    assert plain(first_of(seed)) == plain(judged(renamed))


def of_division(evaluation, division):
    return [row for row in plain(evaluation) if row["division_code"] == division]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_another_division_does_this_year_changes_nothing_here(seed):
    facts = made_up(seed)
    other = made_up(seed + 50)
    swapped = {}
    for name in ("allotments", "adjustments", "payments", "execution_months"):
        mine, theirs = getattr(facts, name), getattr(other, name)
        now = pl.col("fiscal_year") == AS_OF.year
        kept = mine.filter((pl.col("division_code") == HERE) | ~now)
        swapped[name] = pl.concat([kept, theirs.filter(pl.col("division_code") == THERE, now)])
    assert of_division(first_of(seed), HERE) == of_division(judged(changed(facts, **swapped)), HERE)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_history_of_another_division_changes_nothing_here(seed):
    facts = made_up(seed)
    theirs_then = (pl.col("division_code") == THERE) & (pl.col("fiscal_year") < AS_OF.year)
    without = changed(facts, payments=facts.payments.filter(~theirs_then))
    assert of_division(first_of(seed), HERE) == of_division(judged(without), HERE)


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_a_rule_asked_for_alone_says_what_it_says_among_all(code):
    every = first_of(1)
    alone = judged(made_up(1), codes=[code])
    assert alone.findings.equals(every.findings.filter(pl.col("rule_code") == code))
    assert alone.coverage.equals(every.coverage.filter(pl.col("rule_code") == code))


@pytest.mark.parametrize("seed", SEEDS)
def test_identities_are_unique_and_rows_ordered(seed):
    findings = first_of(seed).findings
    identity = findings.select("rule_code", "subject", "period")
    assert identity.is_unique().all()
    assert identity.equals(identity.sort(pl.all()))


@settings(max_examples=10)
@given(paid=st.lists(st.integers(min_value=0, max_value=12_000_000), min_size=2, max_size=40, unique=True))
def test_a_larger_shortfall_never_has_a_lower_level(paid):
    units = {f"{number:06d}": fen for number, fen in enumerate(sorted(paid))}
    feeds = {
        "allotments": [{"unit": unit, "fen": 10_000_000} for unit in units],
        "payments": [{"unit": unit, "fen": fen} for unit, fen in units.items()],
    }
    found = judged(build_facts(dt.date(2026, 12, 31), feeds), codes=["A01"]).findings
    levels = dict(found.select("unit_code", "level").rows())
    ranks = [rank(levels[unit]) if unit in levels else -1 for unit in units]
    assert ranks == sorted(ranks, reverse=True)


@given(
    measured=st.lists(st.integers(min_value=-(2**62), max_value=2**62), min_size=1),
    fences=st.lists(st.integers(min_value=-(2**62), max_value=2**62), min_size=1, max_size=4),
)
def test_grading_takes_the_highest_fence_reached(measured, fences):
    stated = dict(zip(LEVELS, sorted(fences), strict=False))
    rows = pl.DataFrame({"measured": measured}, schema={"measured": pl.Int64})
    expected = [
        (value, *max(((rank(level), level, fence) for level, fence in stated.items() if value >= fence))[1:])
        for value in measured
        if any(value >= fence for fence in stated.values())
    ]
    assert graded(rows, stated).select("measured", "level", "limit").rows() == expected


def test_grading_leaves_null_alone():
    assert graded(pl.DataFrame({"measured": [None]}, schema={"measured": pl.Int64}), {"red": -5}).is_empty()


def test_national_totals_do_not_wrap():
    # 28 trillion yuan is 2.8e15 fen: times 10 000 it no longer fits into 64 bits.
    huge = 2_800_000_000_000_000
    feeds = {
        "allotments": [{"fen": huge, "project": "X1"}],
        "payments": [{"fen": huge // 4, "project": "X1", "day": dt.date(2026, 11, 2)}],
    }
    facts = build_facts(dt.date(2026, 12, 31), feeds)
    rows = {row["rule_code"]: row for row in judged(facts).findings.to_dicts()}
    assert rows["A01"]["measured"] == 7_500
    assert rows["A01"]["amount_fen"] == huge // 4 * 3
    assert rows["A02"]["measured"] == 7_500
    assert "A06" not in rows


def test_no_facts_give_empty_results_with_their_schemas():
    for codes in (None, *([code] for code in BY_CODE)):
        evaluation = judged(build_facts(dt.date(2026, 2, 28), {}), codes=codes)
        assert dict(evaluation.findings.schema) == frames.FINDING
        assert dict(evaluation.coverage.schema) == frames.COVERAGE
        assert evaluation.findings.is_empty()


def test_leap_days_have_a_last_year():
    facts = build_facts(dt.date(2028, 2, 29), {"allotments": [{"fen": 10_000_000, "year": 2028}]})
    assert judged(facts).errors == {}


def test_evidence_names_at_most_two_hundred_facts_and_their_number():
    payments = [{"fen": 1, "voucher": f"V{number}"} for number in range(300)]
    random.Random(3).shuffle(payments)
    feeds = {"allotments": [{"fen": 10_000_000}], "payments": payments}
    found = judged(build_facts(dt.date(2026, 12, 31), feeds), codes=["A01"]).findings
    evidence = json.loads(found["evidence"][0])
    assert len(evidence["facts"]) == 200
    assert evidence["facts"] == sorted(evidence["facts"])
    assert evidence["facts_total"] == 301


def test_rows_of_the_made_up_district_differ_by_seed():
    assert made_up_rows(1) != made_up_rows(2)
