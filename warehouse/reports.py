"""What a quarterly report reads of stored judgement, and the reports themselves, kept with their frozen figures."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import sqlalchemy as sa

from budget import frames
from warehouse.bulk import read_frame
from warehouse.schema import table
from warehouse.scope import Scope

Connection = sa.Connection  # for rooms that only pass one on
HANDLING: frames.Schema = {
    "rule_code": pl.String(),
    "subject": pl.String(),
    "period": pl.String(),
    "alert_status": pl.String(),
    "clue_id": pl.String(),
    "clue_status": pl.String(),
}


class ReportRefusedError(ValueError):
    """A report cannot be built or replaced; the sentence says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class StoredReport:
    """One row of quarterly_report."""

    report_id: int
    quarter: str
    division_code: str
    status: str
    as_of_on: dt.date
    known_at: dt.datetime
    run_id: int | None
    snapshot_json: str
    document_sha256: str | None
    file_name: str | None
    built_at: dt.datetime


def handling(connection: sa.Connection, scope: Scope) -> pl.DataFrame:
    """Return every alert's state and its clue's number and state, with the columns of HANDLING."""
    alert, clue = table("alert"), table("clue")
    query = (
        sa.select(
            alert.c.rule_code,
            alert.c.subject,
            alert.c.period,
            alert.c.status,
            clue.c.clue_id,
            clue.c.status,
        )
        .join(clue, clue.c.clue_id == alert.c.clue_id)
        .where(scope.condition(alert.c.division_code))
        .order_by(alert.c.alert_id)
    )
    return read_frame(connection, query, HANDLING)


def deliveries_between(
    connection: sa.Connection, scope: Scope, after: dt.datetime, until: dt.datetime
) -> tuple[int, int]:
    """Count the slices and rows that became known after one instant and up to another (inclusive)."""
    piece = table("batch_slice")
    query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(piece.c.row_count), 0)).where(
        piece.c.known_at > after, piece.c.known_at <= until, scope.condition(piece.c.division_code)
    )
    slices, rows = connection.execute(query).one()
    return int(slices), int(rows)


def save_report(
    connection: sa.Connection,
    *,
    quarter: str,
    division_code: str,
    as_of_on: dt.date,
    known_at: dt.datetime,
    run_id: int | None,
    snapshot_json: str,
    document_sha256: str,
    file_name: str,
    built_at: dt.datetime,
) -> int:
    """Keep a built report as a draft and return its number.

    A draft of the same quarter, division and known_at is replaced; a signed or filed one is refused.
    """
    report = table("quarterly_report")
    values = {
        "as_of_on": as_of_on,
        "run_id": run_id,
        "snapshot_json": snapshot_json,
        "document_sha256": document_sha256,
        "file_name": file_name,
        "built_at": built_at,
    }
    same = (report.c.quarter == quarter) & (report.c.division_code == division_code) & (report.c.known_at == known_at)
    there = connection.execute(sa.select(report.c.report_id, report.c.status).where(same)).one_or_none()
    if there is None:
        report_id = (connection.scalar(sa.select(sa.func.max(report.c.report_id))) or 0) + 1
        key = {"quarter": quarter, "division_code": division_code, "known_at": known_at, "status": "draft"}
        connection.execute(sa.insert(report).values(report_id=report_id, **key, **values))
        return int(report_id)
    if there.status != "draft":
        raise ReportRefusedError(
            f"the {quarter} report of {division_code} as known at {known_at.isoformat()} is already {there.status}; "
            "it is not rebuilt from new figures. Give a later --known-at for a new report."
        )
    connection.execute(sa.update(report).where(same).values(**values))
    return int(there.report_id)


def read_reports(
    connection: sa.Connection, scope: Scope, *, quarter: str | None = None, divisions: Sequence[str] | None = None
) -> tuple[StoredReport, ...]:
    """Return the reports a reader may see, newest quarter and newest build first."""
    report = table("quarterly_report")
    names = list(StoredReport.__dataclass_fields__)
    query = (
        sa.select(*(report.c[name] for name in names))
        .where(scope.narrowed(divisions).condition(report.c.division_code))
        .order_by(report.c.quarter.desc(), report.c.known_at.desc(), report.c.report_id.desc())
    )
    if quarter is not None:
        query = query.where(report.c.quarter == quarter)
    return tuple(StoredReport(**dict(zip(names, row, strict=True))) for row in connection.execute(query))
