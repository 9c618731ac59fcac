"""One owner at a time fetches a source, and what was taken is remembered with it."""

import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from warehouse import sources
from warehouse.engine import reading, writing
from warehouse.sources import LostClaimError, Mark

NOW = dt.datetime(2026, 6, 30, 8, 0, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=1)


def claim(engine: sa.Engine, worker: str, after: int = 0, gone: str | None = None) -> bool:
    with writing(engine) as connection:
        return sources.claim_source(connection, "f", worker, NOW + dt.timedelta(seconds=after), 60, gone=gone)


def finish(engine: sa.Engine, worker: str, result: sources.Result) -> sources.SourceState:
    with writing(engine) as connection:
        sources.finish_attempt(connection, "f", worker, result=result, message="m", now=NOW, next_try_at=LATER)
    with reading(engine) as connection:
        return sources.read_state(connection, "f")


def test_a_source_is_one_workers_until_its_claim_expires_or_is_given_back(warehouse_engine: sa.Engine) -> None:
    assert claim(warehouse_engine, "a")
    assert not claim(warehouse_engine, "b", 59)
    assert claim(warehouse_engine, "b", 60), "expired"
    assert not claim(warehouse_engine, "a", 61)
    finish(warehouse_engine, "b", "unchanged")
    assert claim(warehouse_engine, "a", 61), "given back"
    assert claim(warehouse_engine, "b", 62, gone="a"), "a worker that is no more holds nothing back"


def test_of_many_workers_at_once_exactly_one_claims(warehouse_engine: sa.Engine) -> None:
    won: list[str] = []
    start = threading.Barrier(6)

    def compete(name: str) -> None:
        start.wait()
        if claim(warehouse_engine, name):
            won.append(name)

    threads = [threading.Thread(target=compete, args=(f"worker-{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_a_worker_that_lost_its_claim_writes_nothing(warehouse_engine: sa.Engine) -> None:
    claim(warehouse_engine, "a")
    claim(warehouse_engine, "b", 60)
    mark = Mark(resource="r", sha256="s", byte_count=1)

    def take() -> None:
        with writing(warehouse_engine) as connection:
            sources.save_mark(connection, "f", mark, NOW)
            sources.require_claim(connection, "f", "a")

    with pytest.raises(LostClaimError, match="taken over by b"):
        take()
    with pytest.raises(LostClaimError), writing(warehouse_engine) as connection:
        sources.renew_claim(connection, "f", "a", LATER, 60)
    with pytest.raises(LostClaimError):
        finish(warehouse_engine, "a", "taken")
    with reading(warehouse_engine) as connection:
        assert sources.read_marks(connection, "f") == {}
        assert sources.read_state(connection, "f").claimed_by == "b"


def test_a_renewed_claim_lasts_from_then_on(warehouse_engine: sa.Engine) -> None:
    claim(warehouse_engine, "a")
    with writing(warehouse_engine) as connection:
        sources.renew_claim(connection, "f", "a", NOW + dt.timedelta(seconds=50), 60)
    assert not claim(warehouse_engine, "b", 109)
    assert claim(warehouse_engine, "b", 110)


def test_failures_are_counted_until_one_attempt_does_not_fail(warehouse_engine: sa.Engine) -> None:
    counted = []
    for result in ("failed", "failed", "taken", "failed", "unchanged"):
        claim(warehouse_engine, "a")
        counted.append(finish(warehouse_engine, "a", result).failures)  # type: ignore[arg-type]
    assert counted == [1, 2, 0, 1, 0]
    with reading(warehouse_engine) as connection:
        state = sources.read_state(connection, "f")
        assert sources.read_failures(connection) == {"f": 0}
    assert (state.last_result, state.last_taken_at, state.last_tried_at, state.next_try_at) == (
        "unchanged",
        NOW,
        NOW,
        LATER,
    )
    assert not state.is_due(LATER - dt.timedelta(seconds=1))
    assert state.is_due(LATER)
    assert not state.is_claimed(NOW)


def test_a_source_that_was_never_tried_is_due(warehouse_engine: sa.Engine) -> None:
    with reading(warehouse_engine) as connection:
        state = sources.read_state(connection, "new")
    assert state.is_due(NOW)
    assert (state.failures, state.last_result) == (0, None)


def test_a_mark_takes_the_place_of_the_one_before_it(warehouse_engine: sa.Engine) -> None:
    claim(warehouse_engine, "a")
    first = Mark(resource="r", sha256="1", byte_count=1, etag='"1"', modified_seconds=5_000_000_000)
    second = Mark(resource="r", sha256="2", byte_count=2, last_modified="Fri")
    other = Mark(resource="q", sha256="3", byte_count=3)
    with writing(warehouse_engine) as connection:
        for mark in (first, other, second):
            sources.save_mark(connection, "f", mark, NOW)
    with reading(warehouse_engine) as connection:
        assert sources.read_marks(connection, "f") == {"r": second, "q": other}
