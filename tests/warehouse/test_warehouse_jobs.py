"""Job runs are claimed once, and one scheduler acts at a time."""

import datetime as dt
import threading

import sqlalchemy as sa

from warehouse import jobs
from warehouse.engine import reading, writing

NOW = dt.datetime(2026, 6, 30, 17, 30, tzinfo=dt.UTC)
DUE = NOW.astimezone(dt.timezone(dt.timedelta(hours=8)))


def test_a_run_is_claimed_once_whichever_zone_its_time_is_written_in(warehouse_engine: sa.Engine) -> None:
    with writing(warehouse_engine) as connection:
        assert jobs.claim_run(connection, "evaluate", DUE, "a", NOW)
        assert not jobs.claim_run(connection, "evaluate", NOW, "b", NOW)
        assert jobs.claim_run(connection, "dispatch", DUE, "b", NOW), "another job is another run"


def test_of_many_schedulers_at_once_exactly_one_claims(warehouse_engine: sa.Engine) -> None:
    won: list[str] = []
    start = threading.Barrier(6)

    def compete(name: str) -> None:
        start.wait()
        with writing(warehouse_engine) as connection:
            if jobs.claim_run(connection, "evaluate", DUE, name, NOW):
                won.append(name)

    threads = [threading.Thread(target=compete, args=(f"worker-{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_results_are_counted_by_job_and_outcome(warehouse_engine: sa.Engine) -> None:
    with writing(warehouse_engine) as connection:
        for minutes, outcome in ((0, jobs.DONE), (5, jobs.DONE), (10, jobs.FAILED)):
            due = DUE + dt.timedelta(minutes=minutes)
            jobs.claim_run(connection, "inbox", due, "a", NOW)
            jobs.finish_run(connection, "inbox", due, outcome=outcome, message="", now=due)
    with reading(warehouse_engine) as connection:
        assert jobs.job_results(connection) == [
            ("inbox", "done", 2, NOW + dt.timedelta(minutes=5)),
            ("inbox", "failed", 1, NOW + dt.timedelta(minutes=10)),
        ]


def test_a_run_cut_short_is_shown_as_abandoned(warehouse_engine: sa.Engine) -> None:
    with writing(warehouse_engine) as connection:
        jobs.claim_run(connection, "evaluate", DUE, "killed", NOW)
        assert jobs.abandon_runs(connection, NOW) == 1
        assert jobs.abandon_runs(connection, NOW) == 0
    with reading(warehouse_engine) as connection:
        assert [(r.job, r.outcome) for r in jobs.job_results(connection)] == [("evaluate", "abandoned")]


def test_the_lease_belongs_to_one_holder_until_it_expires_or_is_given_back(warehouse_engine: sa.Engine) -> None:
    def take(holder: str, after: int) -> bool:
        with writing(warehouse_engine) as connection:
            return jobs.take_lease(connection, "scheduler", holder, NOW + dt.timedelta(seconds=after), 60)

    assert take("a", 0)
    assert not take("b", 59)
    assert take("a", 59), "the holder renews"
    assert not take("b", 100)
    assert take("b", 119), "expired"
    with writing(warehouse_engine) as connection:
        jobs.release_lease(connection, "scheduler", "a")
    assert not take("a", 120), "giving back what another holds changes nothing"
    with writing(warehouse_engine) as connection:
        jobs.release_lease(connection, "scheduler", "b")
    assert take("a", 120)
