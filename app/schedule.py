"""The scheduler process: jobs at the times of settings.toml, each run claimed once, missed runs made up for.

Any number of schedulers may be started; the one that holds the lease acts, the others wait for it.
"""

import datetime as dt
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from app import jobs
from app.children import PARENT_ENV, end_with_parent
from app.settings import JOB_NAMES
from app.wiring import House, open_house
from warehouse import jobs as runs
from warehouse.engine import Connection, StorageError, reading, writing
from warehouse.notes import CREATED_AT, read_note

LEASE = "scheduler"
LEASE_SECONDS = 60
RENEW_SECONDS = 15
ENDING_SECONDS = 5.0
# The same functions as the commands; each returns one line about what it did.
JOBS: Mapping[str, Callable[[House], str]] = {name: getattr(jobs, f"{name}_job") for name in JOB_NAMES}
_LOG = logging.getLogger(__name__)


def trigger_of(house: House, job: str) -> CronTrigger:
    """Return when a job runs, in the site's time zone."""
    return CronTrigger.from_crontab(getattr(house.settings.schedule, job), timezone=house.settings.zone)


def last_due(trigger: CronTrigger, now: dt.datetime, back: dt.timedelta) -> dt.datetime | None:
    """Return the latest time up to now (inclusive) at which a trigger fired; None if there is none so far back."""
    # Short spans first: a job of every minute would otherwise be counted through from ten days back.
    for span in sorted({min(back, dt.timedelta(hours=hours)) for hours in (1, 24, 24 * 60)}):
        due: dt.datetime | None = None
        after: dt.datetime | None = trigger.get_next_fire_time(None, now - span)
        while after is not None and after <= now:
            due, after = after, trigger.get_next_fire_time(after, after + dt.timedelta(microseconds=1))
        if due is not None:
            return due
    return None


def run_due(house: House, job: str, worker: str) -> str | None:
    """Run a job for its latest due time unless that run was claimed before; return its line, or None.

    Times before the warehouse was made are not made up for. A job that fails is a result, not the end of the others.
    """
    now = house.clock()
    due = last_due(trigger_of(house, job), now, dt.timedelta(days=house.settings.schedule.catch_up_days))
    if due is None or due < _standing_since(house):
        return None
    with writing(house.engine) as connection:
        if not runs.claim_run(connection, job, due, worker, now):
            return None
    outcome, message = _outcome(house, job)
    with writing(house.engine) as connection:
        runs.finish_run(connection, job, due, outcome=outcome, message=message, now=house.clock())
    return message


def _outcome(house: House, job: str) -> tuple[str, str]:
    try:
        return runs.DONE, JOBS[job](house)
    except Exception as error:  # noqa: BLE001  a job that fails is a result, shown by /metrics and in its row
        _LOG.exception("job %s failed", job)
        return runs.FAILED, f"{type(error).__name__}: {error}"


def _standing_since(house: House) -> dt.datetime:
    with reading(house.engine) as connection:
        created = read_note(connection, CREATED_AT)
    return dt.datetime.fromisoformat(created) if created else dt.datetime.min.replace(tzinfo=dt.UTC)


class Scheduler:
    """Holds the lease and runs the jobs until told to stop."""

    def __init__(self, house: House, worker: str) -> None:
        self._house, self._worker = house, worker
        self._stop = threading.Event()

    def stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Ask for the end; fits as a signal handler."""
        self._stop.set()

    def run(self) -> None:
        """Wait for the lease, act while it is held, and give it back at the end."""
        while not self._stop.is_set():
            if self._renew() and self._clear_up():
                self._act()
            else:
                self._stop.wait(RENEW_SECONDS)
        self._within(lambda connection: runs.release_lease(connection, LEASE, self._worker))

    def _renew(self) -> bool:
        return self._within(
            lambda connection: runs.take_lease(connection, LEASE, self._worker, self._house.clock(), LEASE_SECONDS)
        )

    def _clear_up(self) -> bool:
        return self._within(lambda connection: runs.abandon_runs(connection, self._house.clock()) >= 0)

    def _within(self, step: Callable[[Connection], object]) -> bool:
        """Take a step in the warehouse; one that cannot be reached is waited for, as the pages do, not died of."""
        try:
            with writing(self._house.engine) as connection:
                return bool(step(connection))
        except StorageError as error:
            _LOG.warning("the scheduler waits: %s", error)
            return False

    def _act(self) -> None:
        """Run jobs while the lease is ours."""
        scheduler = self._scheduler()
        scheduler.start()
        while not self._stop.wait(RENEW_SECONDS) and self._renew():
            pass
        scheduler.shutdown(wait=False)

    def _scheduler(self) -> BackgroundScheduler:
        schedule = self._house.settings.schedule
        scheduler = BackgroundScheduler(
            timezone=self._house.settings.zone,
            executors={"default": ThreadPoolExecutor(len(JOBS))},
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                "misfire_grace_time": schedule.misfire_grace_seconds,
            },
        )
        for job in JOBS:
            arguments = [self._house, job, self._worker]
            scheduler.add_job(run_due, trigger_of(self._house, job), args=arguments, id=job)
            scheduler.add_job(run_due, args=arguments, id=f"{job} missed")
        return scheduler


def main(arguments: list[str]) -> None:
    """Run until told to stop; a job still running then has a few seconds to end."""
    address, settings_file, data = arguments
    end_with_parent(int(os.environ[PARENT_ENV]))
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    house = replace(open_house(Path(settings_file), Path(data)), served_at=address)
    scheduler = Scheduler(house, f"{socket.gethostname()}:{os.getpid()}")
    signal.signal(signal.SIGTERM, scheduler.stop)
    signal.signal(signal.SIGINT, scheduler.stop)
    scheduler.run()
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(ENDING_SECONDS)
    # Transactions roll back and claimed messages are handed out again: what is left may be cut off.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
