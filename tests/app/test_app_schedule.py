"""Jobs run at their times, once each, and a missed run is made up for."""

import datetime as dt
import threading
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from app import schedule
from app.schedule import Scheduler, last_due, run_due, trigger_of
from app.settings import JOB_NAMES, Settings
from app.wiring import House
from warehouse.engine import StorageError, reading, writing
from warehouse.jobs import job_results, take_lease
from warehouse.notes import CREATED_AT, save_note
from warehouse.schema import table

SHANGHAI = ZoneInfo("Asia/Shanghai")
TEN_DAYS = dt.timedelta(days=10)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


class Clock:
    """A clock that stands until it is set."""

    def __init__(self, moment: dt.datetime) -> None:
        self.moment = moment

    def __call__(self) -> dt.datetime:
        return self.moment


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Put recording jobs in place of the real ones."""
    done: list[str] = []

    def recording(name: str):
        def job(_house: House) -> str:
            done.append(name)
            return f"{name} ran"

        return job

    monkeypatch.setattr(schedule, "JOBS", {name: recording(name) for name in JOB_NAMES})
    return done


@pytest.fixture
def house(warehouse_engine: sa.Engine, tmp_path: Path) -> House:
    made = House(
        settings=Settings(),
        settings_file=tmp_path / "settings.toml",
        data=tmp_path,
        clock=Clock(at("2026-07-01T09:00")),
    )
    made.__dict__["engine"] = warehouse_engine
    with writing(warehouse_engine) as connection:
        save_note(connection, CREATED_AT, at("2026-06-01T00:00").isoformat())
    return made


@pytest.mark.parametrize(
    ("job", "now", "due"),
    [
        pytest.param("evaluate", "2026-07-01T09:00", "2026-07-01T01:30", id="this night's"),
        pytest.param("evaluate", "2026-07-01T01:29:59", "2026-06-30T01:30", id="not yet this night's"),
        pytest.param("evaluate", "2026-07-01T01:30", "2026-07-01T01:30", id="on the minute"),
        pytest.param("inbox", "2026-07-01T09:04:59", "2026-07-01T09:00", id="every five minutes"),
        pytest.param("dispatch", "2026-07-01T09:00:30", "2026-07-01T09:00", id="every minute"),
        pytest.param("quarterly_draft", "2026-07-08T09:00", "2026-07-01T06:00", id="seven days ago"),
        pytest.param("quarterly_draft", "2026-07-12T09:00", None, id="eleven days ago is too long"),
    ],
)
def test_the_latest_due_time_is_found(house: House, job: str, now: str, due: str | None) -> None:
    assert last_due(trigger_of(house, job), at(now), TEN_DAYS) == (at(due) if due else None)


def test_a_run_missed_in_the_night_is_made_up_for_once(house: House, ran: list[str]) -> None:
    assert run_due(house, "evaluate", "a") == "evaluate ran"
    assert run_due(house, "evaluate", "a") is None
    assert ran == ["evaluate"]
    house.clock.moment = at("2026-07-05T09:00")  # type: ignore[attr-defined]
    assert run_due(house, "evaluate", "b") == "evaluate ran", "of four missed nights the latest is made up for"
    assert run_due(house, "evaluate", "b") is None
    assert ran == ["evaluate", "evaluate"]


def test_of_two_schedulers_one_runs_the_job(house: House, ran: list[str]) -> None:
    start = threading.Barrier(4)

    def compete(worker: str) -> None:
        start.wait()
        run_due(house, "quarterly_draft", worker)

    threads = [threading.Thread(target=compete, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ran == ["quarterly_draft"]


def test_times_before_the_warehouse_was_made_are_not_made_up_for(house: House, ran: list[str]) -> None:
    with writing(house.engine) as connection:
        save_note(connection, CREATED_AT, at("2026-07-01T08:59").isoformat())
    assert run_due(house, "evaluate", "a") is None
    assert run_due(house, "dispatch", "a") == "dispatch ran"
    assert ran == ["dispatch"]


def test_a_job_that_fails_is_written_down_and_stops_nobody(
    house: House, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_house: House) -> str:
        raise OSError("disk full")

    monkeypatch.setitem(schedule.JOBS, "inbox", broken)
    assert run_due(house, "inbox", "a") == "OSError: disk full"
    assert run_due(house, "dispatch", "a") == "dispatch ran"
    with reading(house.engine) as connection:
        assert [(one.job, one.outcome) for one in job_results(connection)] == [
            ("dispatch", "done"),
            ("inbox", "failed"),
        ]


def test_the_scheduler_runs_missed_jobs_then_stops_and_gives_the_lease_back(house: House, ran: list[str]) -> None:
    scheduler = Scheduler(house, "a")
    everything = threading.Event()
    wanted = set(JOB_NAMES)

    class Done(list[str]):
        def append(self, name: str) -> None:
            super().append(name)
            if set(self) == wanted:
                everything.set()

    done = Done()
    for name in JOB_NAMES:
        schedule.JOBS[name] = lambda _house, name=name: done.append(name) or name  # type: ignore[index]
    running = threading.Thread(target=scheduler.run)
    running.start()
    assert everything.wait(20), f"only {done} ran"
    with writing(house.engine) as connection:
        assert not take_lease(connection, "scheduler", "b", house.clock(), 60), "a second scheduler waits"
    scheduler.stop()
    running.join(20)
    assert not running.is_alive()
    with reading(house.engine) as connection:
        assert connection.execute(sa.select(table("lease"))).all() == []


def test_a_warehouse_that_cannot_be_reached_is_waited_for(ran: list[str], tmp_path: Path) -> None:
    """The scheduler must not die of a restarted database: its death would end the whole service."""
    away = House(settings=Settings(), settings_file=tmp_path / "settings.toml", data=tmp_path / "away")
    scheduler = Scheduler(away, "a")
    running = threading.Thread(target=scheduler.run)
    running.start()
    scheduler.stop()
    running.join(20)
    assert not running.is_alive()
    assert ran == []
    with pytest.raises(StorageError, match="unable to open database file"), reading(away.engine):
        pass
    assert not scheduler._renew()
