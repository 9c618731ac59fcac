"""Runs of scheduled jobs, claimed once each, and the lease that lets one scheduler act at a time.

Both are compare-and-set inside ``warehouse.engine.writing``, where writers queue.
"""

import datetime as dt
from typing import NamedTuple

import sqlalchemy as sa

from warehouse.schema import table

DONE, FAILED, ABANDONED = "done", "failed", "abandoned"
OUTCOMES = (DONE, FAILED, ABANDONED)


class JobResult(NamedTuple):
    """How often a job ended in an outcome, and when it last did."""

    job: str
    outcome: str
    runs: int
    last_finished_at: dt.datetime


def claim_run(connection: sa.Connection, job: str, scheduled_for: dt.datetime, worker: str, now: dt.datetime) -> bool:
    """Claim one run of a job; False where somebody claimed it before."""
    run = table("job_run")
    taken = sa.select(run.c.job).where(run.c.job == job, run.c.scheduled_for == _utc(scheduled_for))
    if connection.execute(taken).first():
        return False
    connection.execute(
        sa.insert(run).values(job=job, scheduled_for=_utc(scheduled_for), claimed_by=worker, started_at=now)
    )
    return True


def finish_run(
    connection: sa.Connection, job: str, scheduled_for: dt.datetime, *, outcome: str, message: str, now: dt.datetime
) -> None:
    """Write how a claimed run ended."""
    run = table("job_run")
    connection.execute(
        sa.update(run)
        .where(run.c.job == job, run.c.scheduled_for == _utc(scheduled_for))
        .values(outcome=outcome, message=message, finished_at=now)
    )


def abandon_runs(connection: sa.Connection, now: dt.datetime) -> int:
    """Mark runs that were claimed and never finished; only for whoever has just taken the scheduler's lease."""
    run = table("job_run")
    closed = connection.execute(
        sa.update(run)
        .where(run.c.finished_at.is_(None))
        .values(outcome=ABANDONED, finished_at=now, message="the scheduler stopped before the run ended")
    )
    return closed.rowcount


def take_lease(connection: sa.Connection, name: str, holder: str, now: dt.datetime, seconds: int) -> bool:
    """Take or renew a lease; False while another holder's lease has not expired."""
    lease = table("lease")
    held = connection.execute(sa.select(lease).where(lease.c.name == name)).first()
    if held and held.holder != holder and held.expires_at > now:
        return False
    until = now + dt.timedelta(seconds=seconds)
    if held:
        connection.execute(sa.update(lease).where(lease.c.name == name).values(holder=holder, expires_at=until))
    else:
        connection.execute(sa.insert(lease).values(name=name, holder=holder, expires_at=until))
    return True


def release_lease(connection: sa.Connection, name: str, holder: str) -> None:
    """Give a lease back so that the next scheduler need not wait for it to expire."""
    lease = table("lease")
    connection.execute(sa.delete(lease).where(lease.c.name == name, lease.c.holder == holder))


def job_results(connection: sa.Connection) -> list[JobResult]:
    """Count finished runs by job and outcome."""
    run = table("job_run")
    query = (
        sa.select(run.c.job, run.c.outcome, sa.func.count(), sa.func.max(run.c.finished_at))
        .where(run.c.outcome.is_not(None))
        .group_by(run.c.job, run.c.outcome)
        .order_by(run.c.job, run.c.outcome)
    )
    return [JobResult(*row) for row in connection.execute(query)]


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC)
