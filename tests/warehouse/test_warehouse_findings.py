"""Runs are kept whole: findings, coverage and errors as given, seen only as far as a reader may see."""

import datetime as dt
import sqlite3

import polars as pl
import psycopg
import pytest

from budget import frames
from warehouse.engine import reading, writing
from warehouse.findings import (
    latest_run,
    list_runs,
    read_coverage,
    read_durations,
    read_errors,
    read_findings,
    save_run,
)
from warehouse.scope import Scope

HERE, THERE = "990101010", "990101011"
KNOWN = dt.datetime(2026, 10, 1, 10, 0, 0, 123456, tzinfo=dt.UTC)
DAY = dt.date(2026, 9, 30)


def finding(code, division, **more):
    row = {"rule_code": code, "subject": f"unit:{division}", "period": "2026", "level": "red", "measured": 3_000,
           "limit": 3_000, "measure_unit": "bp", "amount_fen": 2_800_000_000_000_000, "division_code": division,
           "unit_code": "101001", "project_code": None, "evidence": '{"unit_name": "区教育局"}'}  # fmt: skip
    return row | more


FINDINGS = pl.DataFrame(
    [
        finding("A01", HERE),
        finding("A01", THERE, measured=None, limit=None, amount_fen=None),
        finding("H02", None, unit_code=None, measure_unit="fen"),
    ],
    schema=frames.FINDING,
)
COVERAGE = pl.DataFrame(
    [
        {"rule_code": "A01", "scope": "unit:1", "period": "2026", "division_code": HERE, "is_judged": True},
        {"rule_code": "E05", "scope": f"division:{THERE}", "division_code": THERE, "is_judged": False, "reason": "x"},
    ],
    schema=frames.COVERAGE,
)
# Bulk writes go through the drivers, so their own errors come out.
REFUSED = (sqlite3.IntegrityError, psycopg.errors.CheckViolation)
ERRORS = {"E08": "RuntimeError: broke", "A06": "KeyError: 'x'"}


def save(engine, **more):
    given = {
        "as_of": DAY, "known_at": KNOWN, "started_at": KNOWN, "facts_stamp": "abc", "code_version": "0.1.0",
        "params_json": "{}", "rule_codes": ["H02", "A01"], "is_history": False, "findings": FINDINGS,
        "coverage": COVERAGE, "errors": ERRORS,
    }  # fmt: skip
    with writing(engine) as connection:
        return save_run(connection, **(given | more))


def test_a_run_comes_back_as_it_was_saved(warehouse_engine):
    run_id = save(warehouse_engine)
    with reading(warehouse_engine) as connection:
        found = read_findings(connection, Scope.everything(), run_id)
        covered = read_coverage(connection, Scope.everything(), run_id)
        errors = read_errors(connection, run_id)
        run = latest_run(connection)
    assert found.select(*frames.FINDING).equals(FINDINGS)
    assert dict(found.select(*frames.FINDING).schema) == frames.FINDING
    assert found["finding"].to_list() == ["1-1", "1-2", "1-3"]
    assert covered.equals(COVERAGE)
    assert errors == ERRORS
    assert (run.run_id, run.as_of, run.known_at, run.started_at) == (1, DAY, KNOWN, KNOWN)
    assert (run.rule_codes, run.facts_stamp, run.params_json, run.is_history) == (("A01", "H02"), "abc", "{}", False)


def test_rules_that_were_not_timed_are_left_out(warehouse_engine):
    timed, untimed = save(warehouse_engine, durations_us={"A01": 1_500, "H02": 0}), save(warehouse_engine)
    with reading(warehouse_engine) as connection:
        assert read_durations(connection, timed) == {"A01": 1_500, "H02": 0}
        assert read_durations(connection, untimed) == {}


def test_a_run_without_findings_is_a_run(warehouse_engine):
    run_id = save(
        warehouse_engine, findings=frames.empty(frames.FINDING), coverage=frames.empty(frames.COVERAGE), errors={}
    )
    with reading(warehouse_engine) as connection:
        assert read_findings(connection, Scope.everything(), run_id).is_empty()
        assert dict(read_coverage(connection, Scope.everything(), run_id).schema) == frames.COVERAGE
        assert read_errors(connection, run_id) == {}


SEEN = [
    ("the whole district sees everything", Scope.everything(), ["1-1", "1-2", "1-3"], 2),
    ("an office sees its own division", Scope.of([HERE]), ["1-1"], 1),
    ("a finding without division is the district's", Scope.of([HERE, THERE]), ["1-1", "1-2"], 2),
    ("an empty scope sees nothing", Scope.of([]), [], 0),
]


@pytest.mark.parametrize(("scope", "seen", "covered"), [row[1:] for row in SEEN], ids=[row[0] for row in SEEN])
def test_scope_is_applied_to_every_read(warehouse_engine, scope, seen, covered):
    run_id = save(warehouse_engine)
    with reading(warehouse_engine) as connection:
        assert read_findings(connection, scope, run_id)["finding"].to_list() == seen
        assert read_coverage(connection, scope, run_id).height == covered


def test_one_rule_may_be_asked_for(warehouse_engine):
    run_id = save(warehouse_engine)
    with reading(warehouse_engine) as connection:
        assert read_findings(connection, Scope.everything(), run_id, rule="H02")["finding"].to_list() == ["1-3"]
        assert read_coverage(connection, Scope.everything(), run_id, rule="E05").height == 1
        assert read_findings(connection, Scope.everything(), 99).is_empty()


def test_the_latest_run_is_of_the_latest_day_judged(warehouse_engine):
    with reading(warehouse_engine) as connection:
        assert latest_run(connection) is None
    save(warehouse_engine)
    save(warehouse_engine, as_of=dt.date(2026, 3, 31), is_history=True)
    save(warehouse_engine)
    save(warehouse_engine, as_of=dt.date(2026, 10, 1), is_history=True)
    with reading(warehouse_engine) as connection:
        assert [run.run_id for run in list_runs(connection)] == [4, 3, 2, 1]
        assert [run.run_id for run in list_runs(connection, limit=2)] == [4, 3]
        assert latest_run(connection).run_id == 4
        assert latest_run(connection, include_history=False).run_id == 3
        assert latest_run(connection, as_of=dt.date(2026, 3, 31)).run_id == 2
        assert latest_run(connection, as_of=dt.date(2026, 3, 31), include_history=False) is None


def test_a_run_that_fails_halfway_leaves_nothing(warehouse_engine):
    broken = FINDINGS.with_columns(level=pl.lit("purple"))
    with pytest.raises(REFUSED):
        save(warehouse_engine, findings=broken)
    with reading(warehouse_engine) as connection:
        assert list_runs(connection) == []
    assert save(warehouse_engine) == 1
