"""What deciding about alerts reads, in bulk: a run's findings and coverage, alerts, clues, names."""

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa

from warehouse.schema import table


class RunRow(NamedTuple):
    """One run of the rules."""

    run_id: int
    as_of_on: dt.date
    known_at: dt.datetime
    rule_codes: str
    is_history: bool


class FindingRow(NamedTuple):
    """One finding of a run; evidence is JSON text."""

    finding_no: int
    rule_code: str
    subject: str
    period: str
    level: str
    measured: int | None
    limit: int | None
    measure_unit: str
    amount_fen: int | None
    division_code: str | None
    unit_code: str | None
    project_code: str | None
    evidence: str


class CoverageRow(NamedTuple):
    """One row of a run's coverage."""

    rule_code: str
    scope: str
    period: str | None
    is_judged: bool
    reason: str | None
    division_code: str | None


class AlertRow(NamedTuple):
    """One alert as stored."""

    alert_id: int
    rule_code: str
    subject: str
    period: str
    clue_id: str
    division_code: str
    status: str
    is_stale: bool
    level: str
    opened_on: dt.date
    resolved_on: dt.date | None
    run_id: int
    finding_no: int
    measured: int | None
    limit: int | None
    measure_unit: str
    amount_fen: int | None


class ClueRow(NamedTuple):
    """One clue as stored."""

    clue_id: str
    clue_key: str
    division_code: str
    unit_code: str | None
    project_code: str | None
    unit_name: str | None
    project_name: str | None
    period: str
    status: str
    level: str
    amount_fen: int | None
    opened_at: dt.datetime
    opened_on: dt.date
    closed_at: dt.datetime | None


class EventRow(NamedTuple):
    """One change of an alert (or, without alert_id, of a clue), still without its number."""

    alert_id: int | None
    clue_id: str
    run_id: int | None
    happened_at: dt.datetime
    happened_on: dt.date
    actor: str
    notice: str
    reason: str
    from_level: str | None
    to_level: str | None


Row = TypeVar("Row", bound=NamedTuple)


def read_run(connection: sa.Connection, run_id: int) -> RunRow | None:
    """Return one run; None where there is none of that number."""
    found = _read(connection, "evaluation_run", RunRow, table("evaluation_run").c.run_id == run_id)
    return found[0] if found else None


def read_run_findings(connection: sa.Connection, run_id: int) -> list[FindingRow]:
    """Return a run's findings in their own order."""
    finding = table("finding")
    return _read(connection, "finding", FindingRow, finding.c.run_id == run_id, finding.c.finding_no)


def read_run_coverage(connection: sa.Connection, run_id: int) -> list[CoverageRow]:
    """Return a run's coverage in its own order."""
    coverage = table("coverage")
    return _read(connection, "coverage", CoverageRow, coverage.c.run_id == run_id, coverage.c.coverage_no)


def read_alert_rows(connection: sa.Connection) -> list[AlertRow]:
    """Return every alert, open and resolved."""
    return _read(connection, "alert", AlertRow, sa.true(), table("alert").c.alert_id)


def read_clue_rows(connection: sa.Connection) -> list[ClueRow]:
    """Return every clue."""
    return _read(connection, "clue", ClueRow, sa.true(), table("clue").c.clue_id)


def read_evidence(connection: sa.Connection, findings: Collection[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Return the evidence of findings of earlier runs, by (run_id, finding_no)."""
    finding = table("finding")
    found: dict[tuple[int, int], str] = {}
    for run_id in {run for run, _ in findings}:
        numbers = [number for run, number in findings if run == run_id]
        query = sa.select(finding.c.finding_no, finding.c.evidence).where(
            finding.c.run_id == run_id, finding.c.finding_no.in_(numbers)
        )
        found |= {(run_id, number): evidence for number, evidence in connection.execute(query)}
    return found


def read_names(
    connection: sa.Connection, unit_codes: Collection[str], project_codes: Collection[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the names of units and of projects by code; of several deliveries the latest names them."""
    return (
        _latest_names(connection, "budget_unit", "unit_code", "unit_name", unit_codes),
        _latest_names(connection, "allotment", "project_code", "project_name", project_codes),
    )


def _latest_names(
    connection: sa.Connection, name: str, code: str, label: str, wanted: Collection[str]
) -> dict[str, str]:
    fact = table(name)
    query = (
        sa.select(fact.c[code], fact.c[label], sa.func.max(fact.c.slice_id).label("latest"))
        .where(fact.c[code].in_(sorted(wanted)), fact.c[label].is_not(None))
        .group_by(fact.c[code], fact.c[label])
        .order_by(sa.literal_column("latest"))
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _read(
    connection: sa.Connection,
    name: str,
    kind: type[Row],
    condition: sa.ColumnElement[bool],
    order: sa.ColumnElement[Any] | None = None,
) -> list[Row]:
    columns = [table(name).c[column] for column in kind._fields]
    query = sa.select(*columns).where(condition)
    return [kind(*row) for row in connection.execute(query if order is None else query.order_by(order))]
