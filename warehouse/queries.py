"""What the pages ask of the warehouse about deliveries, job runs and reports; reads take the reader's scope."""

import datetime as dt

import polars as pl
import sqlalchemy as sa

from budget import frames
from warehouse.bulk import read_frame
from warehouse.schema import table
from warehouse.scope import Scope

INSTANT = pl.Datetime("us", "UTC")
JOB: frames.Schema = {
    "job": frames.TEXT,
    "scheduled_for": INSTANT,
    "claimed_by": frames.TEXT,
    "started_at": INSTANT,
    "finished_at": INSTANT,
    "outcome": frames.TEXT,
    "message": frames.TEXT,
}
REPORT: frames.Schema = {
    "report_id": pl.Int64(),
    "quarter": frames.TEXT,
    "division_code": frames.TEXT,
    "status": frames.TEXT,
    "as_of_on": frames.DAY,
    "known_at": INSTANT,
    "file_name": frames.TEXT,
    "document_sha256": frames.TEXT,
    "built_at": INSTANT,
}


def last_delivered_on(connection: sa.Connection, known_at: dt.datetime) -> dt.date | None:
    """Return the last business date of any delivery published by a moment."""
    piece = table("batch_slice")
    return connection.execute(sa.select(sa.func.max(piece.c.last_on)).where(piece.c.known_at <= known_at)).scalar()


def delivery_instants(connection: sa.Connection, scope: Scope) -> list[dt.datetime]:
    """Return the moments at which deliveries became known, newest first."""
    piece = table("batch_slice")
    seen = scope.condition(piece.c.division_code, shared=True)
    query = sa.select(piece.c.known_at).where(seen).distinct().order_by(piece.c.known_at.desc())
    return [row[0] for row in connection.execute(query)]


def list_job_runs(connection: sa.Connection, *, limit: int = 200) -> pl.DataFrame:
    """Return the latest runs of each job, newest first; for readers of the whole district only, the caller sees to it.

    Each job has its own ``limit``: one that runs every minute would push all others out of sight.
    """
    run = table("job_run")
    place = sa.func.row_number().over(partition_by=run.c.job, order_by=run.c.started_at.desc()).label("place")
    placed = sa.select(*(run.c[name] for name in JOB), place).subquery()
    query = sa.select(*(placed.c[name] for name in JOB)).where(placed.c.place <= limit)
    query = query.order_by(placed.c.started_at.desc())
    return read_frame(connection, query, JOB)


def list_reports(connection: sa.Connection, scope: Scope) -> pl.DataFrame:
    """Return the built quarterly reports, newest first, without their snapshots."""
    report = table("quarterly_report")
    query = (
        sa.select(*(report.c[name] for name in REPORT))
        .where(scope.condition(report.c.division_code))
        .order_by(report.c.quarter.desc(), report.c.division_code, report.c.built_at.desc())
    )
    return read_frame(connection, query, REPORT)


def fiscal_years(connection: sa.Connection, scope: Scope) -> list[int]:
    """Return the fiscal years that deliveries of the scope speak of, newest first."""
    piece = table("batch_slice")
    query = (
        sa.select(piece.c.fiscal_year)
        .where(piece.c.fiscal_year.is_not(None), scope.condition(piece.c.division_code))
        .distinct()
        .order_by(piece.c.fiscal_year.desc())
    )
    return [row[0] for row in connection.execute(query)]
