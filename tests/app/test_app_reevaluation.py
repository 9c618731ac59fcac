"""Judging a past day at a past moment again finds the same and sends nothing, whatever has been delivered since."""

import dataclasses
import datetime as dt
import shutil

import polars as pl
import pytest
import sqlalchemy as sa
from backup_ground import judged_town, write_town
from typer.testing import CliRunner

import rules.evaluate
from app.cli import cli
from app.judging import judge
from app.loading import load_files
from app.settings import EvaluationSettings
from app.shown import stored_findings, stored_outcomes
from warehouse.engine import reading
from warehouse.findings import read_coverage, read_findings
from warehouse.schema import table
from warehouse.scope import Scope

UNTIL = dt.date(2026, 10, 31)
THEN = dt.date(2026, 8, 31)
KNOWN = dt.datetime(2026, 9, 20, 4, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 11, 9, 4, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)
ALL = Scope.everything()
ALERTING = ("alert", "alert_event", "clue", "outbox")


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("again")
    files = write_town(folder / "files", UNTIL)
    house = dataclasses.replace(judged_town(folder / "data", files, UNTIL), clock=lambda: NOW)
    judge(house, as_of=UNTIL)
    return house, files, folder


def kept(house, run_id):
    """Return what a run stored, without its number."""
    with reading(house.engine) as connection:
        found = read_findings(connection, ALL, run_id).drop("run_id", "finding")
        return found, read_coverage(connection, ALL, run_id)


def alerting(house):
    with reading(house.engine) as connection:
        return {name: connection.execute(sa.select(table(name))).all() for name in ALERTING}


def same(one, other):
    return all(first.equals(second) for first, second in zip(one, other, strict=True))


def corrected(files, folder):
    """Send the payments of July again, at a later day, without their second half."""
    (path,) = (one for one in files if "payments-" in one.name and "-202607-" in one.name)
    lines = path.read_bytes().split(b"\r\n")
    again = folder / f"{path.name.rpartition('-')[0]}-20261115.csv"
    again.write_bytes(b"\r\n".join(lines[: len(lines) // 2]) + b"\r\n")
    return again


def test_a_past_day_at_a_past_moment_is_found_again_and_nothing_is_sent(town):
    house, files, folder = town
    before = alerting(house)
    assert before["alert"]
    assert before["outbox"]
    first = judge(house, as_of=THEN, known_at=KNOWN)
    assert (first.is_history, first.applied) == (True, None)
    found = kept(house, first.run_id)
    assert found[0].height > 5

    again = judge(house, as_of=THEN, known_at=KNOWN)
    assert again.run_id == first.run_id + 1
    assert same(kept(house, again.run_id), found)

    later = dataclasses.replace(house, clock=lambda: LATER)
    assert [one.status for one in load_files(later, [corrected(files, folder)], actor="test")] == ["published"]
    shutil.rmtree(later.snapshots)
    assert same(kept(later, judge(later, as_of=THEN, known_at=KNOWN).run_id), found)
    # What is known now is not what was known then: the correction took payments away.
    assert not same(kept(later, judge(later, as_of=THEN, history=True).run_id), found)
    assert alerting(later) == before


def test_what_a_run_keeps_of_its_rules_is_the_same_again(town):
    house, _, _ = town
    runs = [judge(house, as_of=THEN, known_at=KNOWN, dry_run=dry) for dry in (True, False)]
    assert runs[0].outcomes == runs[1].outcomes == stored_outcomes(house, THEN, None, KNOWN)
    assert {one.rule for one in runs[0].outcomes} == {rule.code for rule in rules.evaluate.RULES}


def test_a_run_of_one_rule_keeps_that_rule_only(town):
    house, _, _ = town
    (only,) = judge(house, as_of=THEN, known_at=KNOWN, codes=["A01"], dry_run=True).outcomes
    assert only.rule == "A01"


@pytest.fixture
def broken(monkeypatch):
    def fails(_facts, _params):
        raise RuntimeError("the rule broke")

    swapped = tuple(dataclasses.replace(one, judge=fails) if one.code == "A01" else one for one in rules.evaluate.RULES)
    monkeypatch.setattr(rules.evaluate, "RULES", swapped)


def test_one_rules_failure_is_its_own_in_the_warehouse_and_at_the_command_line(town, broken):
    house, _, _ = town
    whole = {one["rule"] for one in stored_findings(house, UNTIL, None)}
    assert "A01" in whole
    failed = judge(house, as_of=UNTIL, known_at=LATER)
    assert failed.evaluation.errors == {"A01": "RuntimeError: the rule broke"}
    told = {one.rule: one for one in stored_outcomes(house, UNTIL, None)}
    assert told["A01"].told()["error"] == "RuntimeError: the rule broke"
    assert (told["A01"].findings, told["A01"].told()["judged"]) == (0, 0)
    assert {code for code, one in told.items() if one.error} == {"A01"}
    assert {one["rule"] for one in stored_findings(house, UNTIL, None)} == whole - {"A01"}
    shown = CliRunner().invoke(cli, ["coverage", "--as-of", str(UNTIL), "--data", str(house.data)])
    assert "failed: RuntimeError: the rule broke" in shown.stdout
    called = CliRunner().invoke(cli, ["evaluate", "--as-of", str(THEN), "--dry-run", "--data", str(house.data)])
    assert called.exit_code == 1
    assert called.stderr == "mingzhang: rule A01 failed: RuntimeError: the rule broke\n"


def test_what_could_not_be_judged_is_summed_up_in_words_and_listed_by_rule(town):
    house, _, _ = town
    judged = judge(house, as_of=UNTIL, known_at=NOW, dry_run=True)
    unjudged = judged.evaluation.coverage.filter(~pl.col("is_judged"))
    assert sum(sum(one.not_judged.values()) for one in judged.outcomes) == unjudged.height > 0
    (line,) = (line for line in judged.lines() if line.startswith("not judged 未判断"))
    assert "(mingzhang coverage)" in line


def test_a_rule_that_flags_too_much_is_marked(town):
    house, _, _ = town
    wide = EvaluationSettings(too_wide_bp=0, too_wide_from=1)
    strict = dataclasses.replace(house, settings=house.settings.model_copy(update={"evaluation": wide}))
    usual, judged = (judge(one, as_of=THEN, known_at=KNOWN, dry_run=True) for one in (house, strict))
    found = {one.rule for one in usual.outcomes if one.findings}
    assert {one.rule for one in judged.outcomes if one.is_too_wide} == found
    marked = [line for line in judged.lines() if line.startswith("过宽 too wide: ")]
    assert len(marked) == len(found) > 0
