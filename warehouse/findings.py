"""Evaluation runs: what was judged when, what it found, what it could not judge, and which rules failed."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
import sqlalchemy as sa

from budget import frames
from budget.subjects import written
from warehouse.bulk import insert_frame, read_frame
from warehouse.schema import table
from warehouse.scope import Scope

FOUND: frames.Schema = {"finding": pl.String(), "run_id": pl.Int64(), "finding_no": pl.Int64()} | frames.FINDING


@dataclass(frozen=True)
class Run:
    """One evaluation: the day and the knowledge it judged, and enough to repeat it."""

    run_id: int
    as_of: dt.date
    known_at: dt.datetime
    started_at: dt.datetime
    facts_stamp: str
    code_version: str
    params_json: str
    rule_codes: tuple[str, ...]
    is_history: bool


def save_run(
    connection: sa.Connection,
    *,
    as_of: dt.date,
    known_at: dt.datetime,
    started_at: dt.datetime,
    facts_stamp: str,
    code_version: str,
    params_json: str,
    rule_codes: Iterable[str],
    is_history: bool,
    findings: pl.DataFrame,
    coverage: pl.DataFrame,
    errors: Mapping[str, str],
    durations_us: Mapping[str, int] | None = None,
) -> int:
    """Store a run, what it found and how long each rule took in the caller's transaction; return its number.

    Findings and coverage are numbered from 1 in the order given. The caller holds the write lock: numbers are
    given out by counting on from the last run.
    """
    run = table("evaluation_run")
    run_id = 1 + int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(run.c.run_id), 0))).scalar_one())
    connection.execute(
        run.insert().values(
            run_id=run_id,
            as_of_on=as_of,
            known_at=known_at,
            started_at=started_at,
            facts_stamp=facts_stamp,
            code_version=code_version,
            params_json=params_json,
            rule_codes=",".join(sorted(rule_codes)),
            is_history=is_history,
        )
    )
    insert_frame(connection, "finding", _numbered(findings, run_id, "finding_no"))
    insert_frame(connection, "coverage", _numbered(coverage, run_id, "coverage_no"))
    for code in sorted(errors):
        connection.execute(table("rule_error").insert().values(run_id=run_id, rule_code=code, message=errors[code]))
    for code, duration in sorted((durations_us or {}).items()):
        connection.execute(table("rule_timing").insert().values(run_id=run_id, rule_code=code, duration_us=duration))
    return run_id


def _numbered(rows: pl.DataFrame, run_id: int, number: str) -> pl.DataFrame:
    counted = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    return rows.select(pl.lit(run_id, pl.Int64).alias("run_id"), counted.alias(number), pl.all())


def list_runs(connection: sa.Connection, *, limit: int | None = None) -> list[Run]:
    """Return the runs, newest first."""
    run = table("evaluation_run")
    query = sa.select(run).order_by(run.c.run_id.desc()).limit(limit)
    return [_run(row) for row in connection.execute(query).mappings()]


def latest_run(
    connection: sa.Connection,
    *,
    as_of: dt.date | None = None,
    known_at: dt.datetime | None = None,
    include_history: bool = True,
) -> Run | None:
    """Return the newest run, of one day judged or known no later than a moment where given; None where there is none.

    Without ``as_of`` the run of the latest day judged is the newest: loading history later does not hide today's.
    """
    run = table("evaluation_run")
    query = sa.select(run).order_by(run.c.as_of_on.desc(), run.c.run_id.desc()).limit(1)
    if as_of is not None:
        query = query.where(run.c.as_of_on == as_of)
    if known_at is not None:
        query = query.where(run.c.known_at <= known_at)
    if not include_history:
        query = query.where(run.c.is_history.is_(sa.false()))
    row = connection.execute(query).mappings().first()
    return None if row is None else _run(row)


def find_run(connection: sa.Connection, run_id: int) -> Run | None:
    """Return one run; None where there is none of that number."""
    run = table("evaluation_run")
    row = connection.execute(sa.select(run).where(run.c.run_id == run_id)).mappings().first()
    return None if row is None else _run(row)


def full_run(connection: sa.Connection, as_of: dt.date, known_at: dt.datetime) -> Run | None:
    """Return the run that judged as_of with most rules, the latest known of those; None where there is none.

    A run of a few chosen rules (``evaluate --rule``) never hides the full one before it. History runs count.
    """
    run = table("evaluation_run")
    query = sa.select(run).where(run.c.as_of_on == as_of, run.c.known_at <= known_at)
    runs = [_run(row) for row in connection.execute(query).mappings()]
    return max(runs, key=lambda one: (len(one.rule_codes), one.known_at, one.run_id), default=None)


def _run(row: Any) -> Run:
    told = {("as_of" if name == "as_of_on" else name): value for name, value in row.items()}
    return Run(**{**told, "rule_codes": tuple(re.findall(r"\w+", row["rule_codes"]))})


def read_findings(
    connection: sa.Connection, scope: Scope, run_id: int, *, rule: str | None = None, number: int | None = None
) -> pl.DataFrame:
    """Return a run's findings that a reader may see, in order, each with its text id (run-number) as ``finding``."""
    finding = table("finding")
    own = [name for name in FOUND if name != "finding"]
    query = (
        sa.select(*(finding.c[name] for name in own))
        .where(finding.c.run_id == run_id, scope.condition(finding.c.division_code))
        .order_by(finding.c.finding_no)
    )
    if rule is not None:
        query = query.where(finding.c.rule_code == rule)
    if number is not None:
        query = query.where(finding.c.finding_no == number)
    rows = read_frame(connection, query, {name: FOUND[name] for name in own})
    return rows.with_columns(finding=written("{}-{}", "run_id", "finding_no")).select(*FOUND)


def read_coverage(connection: sa.Connection, scope: Scope, run_id: int, *, rule: str | None = None) -> pl.DataFrame:
    """Return what a run judged and what not, in order, as far as a reader may see."""
    coverage = table("coverage")
    query = (
        sa.select(*(coverage.c[name] for name in frames.COVERAGE))
        .where(coverage.c.run_id == run_id, scope.condition(coverage.c.division_code))
        .order_by(coverage.c.coverage_no)
    )
    if rule is not None:
        query = query.where(coverage.c.rule_code == rule)
    return read_frame(connection, query, frames.COVERAGE)


def read_errors(connection: sa.Connection, run_id: int) -> dict[str, str]:
    """Return the rules that failed in a run, with their messages."""
    error = table("rule_error")
    query = sa.select(error.c.rule_code, error.c.message).where(error.c.run_id == run_id).order_by(error.c.rule_code)
    return {row.rule_code: row.message for row in connection.execute(query)}


def read_durations(connection: sa.Connection, run_id: int) -> dict[str, int]:
    """Return how long each rule took in a run, in microseconds; rules that were not timed are left out."""
    timing = table("rule_timing")
    rows = connection.execute(sa.select(timing.c.rule_code, timing.c.duration_us).where(timing.c.run_id == run_id))
    return {code: duration for code, duration in rows}  # noqa: C416  dict() cannot be typed here
