"""What deciding about alerts reads, in bulk: a run's findings, alerts, clues, names."""

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple, TypeVar

import sqlalchemy as sa

from warehouse.findings import read_findings
from warehouse.schema import table
from warehouse.scope import Scope


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


def read_run_findings(connection: sa.Connection, run_id: int) -> list[FindingRow]:
    """Return a run's findings in their own order."""
    found = read_findings(connection, Scope.everything(), run_id)
    return [FindingRow(*row) for row in found.select(FindingRow._fields).iter_rows()]


def read_alert_rows(connection: sa.Connection) -> list[AlertRow]:
    """Return every alert, open and resolved."""
    return _read(connection, "alert", AlertRow, "alert_id")


def read_clue_rows(connection: sa.Connection) -> list[ClueRow]:
    """Return every clue."""
    return _read(connection, "clue", ClueRow, "clue_id")


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


def _read(connection: sa.Connection, name: str, kind: type[Row], order: str) -> list[Row]:
    source = table(name)
    query = sa.select(*(source.c[column] for column in kind._fields)).order_by(source.c[order])
    return [kind(*row) for row in connection.execute(query)]
