"""What the warehouse tells about its own running: the numbers behind /metrics, read in one transaction."""

import datetime as dt
from dataclasses import dataclass, field

import sqlalchemy as sa

from budget.frames import FEEDS
from budget.levels import LEVELS
from warehouse.findings import Run, latest_run, read_durations, read_errors
from warehouse.jobs import JobResult, job_results
from warehouse.schema import table
from warehouse.sources import read_failures

OUTBOX_STATUSES = ("pending", "sending", "sent", "dead")


@dataclass(frozen=True, kw_only=True)
class Gauges:
    """Numbers at one moment; every mapping has all its keys, with zero where there is nothing."""

    feed_known_at: dict[str, dt.datetime]  # only feeds that were ever delivered
    rows_accepted: dict[str, int]
    rows_rejected: dict[str, int]
    held_batches: int
    open_alerts: dict[str, int]
    stale_alerts: int
    findings: dict[str, int]  # of the latest live run, by level
    rule_errors: int  # of the latest live run
    durations_us: dict[str, int]  # of the latest live run, by rule; only rules that were timed
    evaluated_at: dt.datetime | None
    judged_until: dt.date | None
    outbox: dict[str, int]
    failed_sends: int  # attempts that ended in a deferral
    oldest_pending_at: dt.datetime | None
    jobs: list[JobResult] = field(default_factory=list)
    source_failures: dict[str, int] = field(default_factory=dict)  # of every source that was ever tried


def read_gauges(connection: sa.Connection) -> Gauges:
    """Read every number in the caller's transaction."""
    batch, alert, outbox = table("batch"), table("alert"), table("outbox")
    published = batch.c.status == "published"
    by_feed = connection.execute(
        sa.select(
            batch.c.feed,
            sa.func.max(batch.c.known_at),
            sa.func.sum(batch.c.accepted_count),
            sa.func.sum(batch.c.rejected_count),
        )
        .where(published)
        .group_by(batch.c.feed)
    ).all()
    run = latest_run(connection, include_history=False)
    return Gauges(
        feed_known_at={feed: known for feed, known, _, _ in by_feed},
        rows_accepted=dict.fromkeys(FEEDS, 0) | {feed: int(rows) for feed, _, rows, _ in by_feed},
        rows_rejected=dict.fromkeys(FEEDS, 0) | {feed: int(rows) for feed, _, _, rows in by_feed},
        held_batches=_count(connection, batch, ~published),
        open_alerts=dict.fromkeys(LEVELS, 0) | _by(connection, alert.c.level, alert.c.status == "open"),
        stale_alerts=_count(connection, alert, (alert.c.status == "open") & alert.c.is_stale),
        findings=dict.fromkeys(LEVELS, 0) | _findings(connection, run),
        rule_errors=len(read_errors(connection, run.run_id)) if run else 0,
        durations_us=read_durations(connection, run.run_id) if run else {},
        evaluated_at=run.started_at if run else None,
        judged_until=run.as_of if run else None,
        outbox=dict.fromkeys(OUTBOX_STATUSES, 0) | _by(connection, outbox.c.status, sa.true()),
        failed_sends=_failed_sends(connection),
        oldest_pending_at=connection.scalar(
            sa.select(outbox.c.created_at)
            .where(outbox.c.status.in_(("pending", "sending")))
            .order_by(outbox.c.created_at)
            .limit(1)
        ),
        jobs=job_results(connection),
        source_failures=read_failures(connection),
    )


def _count(connection: sa.Connection, source: sa.Table, condition: sa.ColumnElement[bool]) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(source).where(condition)) or 0


def _by(connection: sa.Connection, column: sa.Column[str], condition: sa.ColumnElement[bool]) -> dict[str, int]:
    query = sa.select(column, sa.func.count()).where(condition).group_by(column)
    return {key: count for key, count in connection.execute(query)}  # noqa: C416  dict() cannot be typed here


def _findings(connection: sa.Connection, run: Run | None) -> dict[str, int]:
    finding = table("finding")
    return _by(connection, finding.c.level, finding.c.run_id == run.run_id) if run else {}


def _failed_sends(connection: sa.Connection) -> int:
    outbox = table("outbox")
    final = sa.case((outbox.c.status.in_(("sent", "dead")), 1), else_=0)
    tried = sa.func.sum(outbox.c.attempts - final)
    return max(int(connection.scalar(sa.select(tried).where(outbox.c.attempts > 0)) or 0), 0)
