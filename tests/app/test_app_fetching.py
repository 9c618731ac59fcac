"""What a source delivers is published once, whatever dies in between; who fails rests; two never fetch at once."""

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from running_program import mingzhang
from source_web import Web, serving

from app import jobs
from app.fetching import FetchResult, fetch_due, fetch_source, find_source
from app.settings import CHECKOUT, Settings
from app.wiring import House
from ingest.problems import SourceError
from warehouse.engine import open_engine, reading, sqlite_url, writing
from warehouse.migrations import create
from warehouse.schema import table
from warehouse.sources import claim_source, read_marks, read_state

NOW = dt.datetime(2026, 11, 20, 3, 0, tzinfo=dt.UTC)
MAPPING = r"""
feed = "payments"
title = "支付"
owner = "区财政局"
file_name = 'pay-(?P<period>\d{6})\.csv'
[table]
format = "csv"
[amounts]
unit = "元"
[columns]
fiscal_year = { group = "period", extract = '^(\d{4})' }
division_code = { from = "区划" }
unit_code = { from = "单位" }
voucher_no = { from = "凭证" }
paid_on = { from = "日期" }
payment_fen = { from = "金额" }
[slice]
key = ["division_code", "period"]
[checks]
max_rejected_percent = 0
"""


def csv_of(count: int, division: str = "990101010", amount: str = "1.00") -> bytes:
    lines = ["区划,单位,凭证,日期,金额", *(f"{division},101001,V{n},2026-11-02,{amount}" for n in range(count))]
    return ("\n".join(lines) + "\n").encode()


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.moment = NOW

    def __call__(self) -> dt.datetime:
        return self.moment

    def go(self, **span: float) -> None:
        self.moment += dt.timedelta(**span)


def no_wait(_seconds: float) -> None:
    return


@dataclass
class Ground:
    """A house with one source, and the server it fetches from."""

    house: House
    clock: Clock
    web: Web

    def fetch(self, name: str = "finance") -> FetchResult:
        return fetch_source(self.house, find_source(self.house, name), no_wait)

    def write(self, name: str = "finance", path: str = "/pay-202611.csv", more: str = "") -> None:
        self.house.sources.mkdir(exist_ok=True)
        text = f'kind = "http"\nmapping = "pay"\nurl = "{self.web.address}{path}"\nattempts = 1\n{more}'
        (self.house.sources / f"{name}.toml").write_text(text, encoding="utf-8")

    def count(self, name: str) -> int:
        with reading(self.house.engine) as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(table(name))) or 0

    @property
    def total_fen(self) -> int:
        with reading(self.house.engine) as connection:
            return connection.scalar(sa.select(sa.func.sum(table("payment").c.payment_fen))) or 0


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    clock = Clock()
    house = House(settings=Settings(), settings_file=CHECKOUT / "settings.toml", data=tmp_path / "data", clock=clock)
    (house.data / "feeds").mkdir(parents=True)
    (house.data / "feeds" / "pay.toml").write_text(MAPPING, encoding="utf-8")
    with writing(house.engine) as connection:
        create(connection)
    with serving(Web(content=csv_of(20), etag='"v1"')) as web:
        made = Ground(house, clock, web)
        made.write()
        yield made
    house.engine.dispose()


def test_what_is_new_is_published_and_asked_for_only_when_newer(ground: Ground) -> None:
    taken = ground.fetch()
    assert (taken.status, taken.message) == ("taken", "pay-202611.csv published")
    assert taken.next_try_at == NOW + dt.timedelta(hours=1)
    assert ground.total_fen == 2000
    again = ground.fetch()
    assert (again.status, again.files) == ("unchanged", ())
    assert ground.web.asked[1]["if-none-match"] == '"v1"'
    assert [ground.count(name) for name in ("batch", "landing", "payment")] == [1, 1, 20]
    assert list(ground.house.fetched.rglob("*.csv")) == [], "its bytes are in the landing folder"


def test_the_same_bytes_under_another_name_are_not_delivered_twice(ground: Ground) -> None:
    """A server without validators sends everything every day."""
    ground.web.etag = None
    ground.write(more='file_name = "pay-{month}.csv"\n')
    ground.fetch()
    ground.clock.go(days=15)
    assert ground.fetch().status == "unchanged"
    assert ground.count("batch") == 1


def test_a_held_delivery_is_kept_once_with_its_reason(ground: Ground) -> None:
    ground.web.content = csv_of(20, amount="1,0O")
    first = ground.fetch()
    assert first.status == "taken"
    assert [one.status for one in first.files] == ["held"]
    assert ground.fetch().status == "unchanged", "it was taken in: a person decides, not the next attempt"
    assert ground.count("batch") == 1


def test_a_file_that_is_refused_is_asked_for_again_later(ground: Ground) -> None:
    ground.web.content = b""
    refused = ground.fetch()
    assert refused.status == "failed"
    assert "is empty" in refused.message
    ground.web.content = csv_of(20)
    assert ground.fetch().status == "taken"


def test_a_file_with_another_divisions_rows_is_not_taken(ground: Ground) -> None:
    ground.write(more='divisions = ["990101011"]\n')
    refused = ground.fetch()
    assert refused.status == "failed"
    assert "pay-202611.csv holds data of 990101010, but it is the source of 990101011 only" in refused.message
    assert [ground.count(name) for name in ("batch", "payment", "source_mark")] == [0, 0, 0]
    ground.web.content = csv_of(20, "990101011")
    assert ground.fetch().status == "taken"


def test_who_fails_rests_longer_each_time_and_others_are_fetched(ground: Ground) -> None:
    ground.write("z-other", "/pay-202610.csv", 'divisions = ["990101011"]\n')
    ground.write(more='divisions = ["990101010"]\n')
    rests = []
    for _ in range(8):
        ground.web.answers = [404]
        ground.web.content, ground.web.etag = csv_of(20, "990101011"), None
        first = fetch_due(ground.house, no_wait)[0]
        assert first.status == "failed"
        assert first.next_try_at is not None
        rests.append((first.next_try_at - ground.clock()).total_seconds() / 60)
        assert not rests[1:] or fetch_due(ground.house, no_wait) == [], "nobody else is due before their time"
        ground.clock.moment = first.next_try_at
    assert rests == [5, 10, 20, 40, 80, 160, 240, 240]
    with reading(ground.house.engine) as connection:
        assert read_state(connection, "finance").failures == 8
        assert read_state(connection, "z-other").failures == 0
    ground.web.content = csv_of(20)
    assert ground.fetch().status == "taken"
    with reading(ground.house.engine) as connection:
        assert read_state(connection, "finance").failures == 0


def test_the_job_says_how_each_source_ended(ground: Ground) -> None:
    assert jobs.fetch_job(ground.house) == "finance taken (pay-202611.csv published)"
    assert jobs.fetch_job(ground.house) == "nothing is due"


def test_an_attempt_that_takes_too_long_is_ended(ground: Ground) -> None:
    ground.write(more="deadline_seconds = 60\n")
    source = find_source(ground.house, "finance")
    ground.web.answers = [500]
    late = fetch_source(ground.house, source.model_copy(update={"attempts": 2}), lambda _: ground.clock.go(seconds=61))
    assert late.status == "failed"
    assert "not done after 60 s (deadline_seconds)" in late.message


def claim(ground: Ground, worker: str) -> None:
    with writing(ground.house.engine) as connection:
        assert claim_source(connection, "finance", worker, ground.clock(), 300)


def test_a_source_that_another_process_fetches_is_left_alone(ground: Ground) -> None:
    claim(ground, "elsewhere:1:ab")
    busy = ground.fetch()
    assert (busy.status, busy.files) == ("busy", ())
    assert busy.message.startswith("elsewhere:1:ab fetches it, until 2026-11-20 03:05 UTC")
    assert ground.web.asked == []
    ground.clock.go(seconds=300)
    assert ground.fetch().status == "taken", "a claim that was never given back expires"


def test_an_owner_that_was_taken_over_publishes_nothing(ground: Ground) -> None:
    """The second owner begins while the first, long silent, waits for an answer."""
    source = find_source(ground.house, "finance").model_copy(update={"attempts": 2})
    ground.web.answers = [500]
    inner: list[FetchResult] = []

    def wait(_seconds: float) -> None:
        ground.clock.go(seconds=301)
        inner.append(ground.fetch())

    outer = fetch_source(ground.house, source, wait)
    assert [one.status for one in inner] == ["taken"]
    assert outer.status == "busy"
    assert [ground.count(name) for name in ("batch", "payment")] == [1, 20]


def test_of_two_processes_at_once_one_fetches(ground: Ground) -> None:
    ground.web.gate = threading.Event()
    with subprocess.Popen(**victim(ground, "nowhere")) as first:  # type: ignore[call-overload]
        assert ground.web.reached.wait(60)
        second = subprocess.run(check=True, timeout=60, **victim(ground, "nowhere"))  # type: ignore[call-overload]
        ground.web.gate.set()
        told = first.communicate(timeout=60)[0]
    assert (told, second.stdout) == ("taken\n", "busy\n")
    assert len(ground.web.asked) == 1
    assert [ground.count(name) for name in ("batch", "payment")] == [1, 20]


def test_a_source_that_is_not_there_is_named_with_those_that_are(ground: Ground) -> None:
    with pytest.raises(SourceError, match='there is no source "treasury"; known: finance'):
        ground.fetch("treasury")


def test_two_sources_of_the_same_are_refused_by_every_start(ground: Ground) -> None:
    ground.write("again")
    for words in (["check"], ["source", "fetch", "--due"]):
        done = mingzhang(*words, "--data", ground.house.data)
        assert done.returncode == 2
        assert "sources again and finance both deliver feed payments of the whole district" in done.stderr
    assert ground.web.asked == []


def test_serve_refuses_to_start_with_them(ground: Ground, port: int) -> None:
    ground.write("again")
    done = mingzhang("serve", "--data", ground.house.data, "--port", port)
    assert (done.returncode, "sources again and finance both" in done.stderr) == (2, True)


# Fetches one source as the service does, and dies without a word at a named moment.
VICTIM = r"""
import os, signal, sys
from pathlib import Path
import sqlalchemy as sa
from app import fetching, loading
from app.wiring import open_house
from ingest import landing
from ingest.sources import errand

settings, data, moment = sys.argv[1:4]
house = open_house(Path(settings), Path(data))

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def before(owner, name):
    real = getattr(owner, name)
    setattr(owner, name, lambda *given, **more: (die(), real))

def after(owner, name):
    real = getattr(owner, name)
    setattr(owner, name, lambda *given, **more: (real(*given, **more), die()))

if moment == "claimed":
    before(fetching, "read_marks")
if moment.startswith("downloading"):
    calls, last = [], int(moment.split()[1])
    real = fetching._Attempt._alive
    def alive(attempt):
        calls.append(1)
        if len(calls) == last:
            die()
        real(attempt)
    fetching._Attempt._alive = alive
if moment == "named":
    before(fetching, "load_files")
if moment == "landed":
    real_keep = landing.keep
    import ingest.publish
    ingest.publish.keep = lambda *given: (real_keep(*given), die())
if moment == "published":
    before(fetching, "require_claim")
if moment == "marked":
    after(fetching, "save_mark")
if moment == "before commit":
    seen = []
    def commit(connection):
        if connection.scalar(sa.text("SELECT COUNT(*) FROM source_mark")):
            die()
    sa.event.listen(house.engine, "commit", commit)
if moment == "committed":
    real_load = fetching.load_files
    def load(*given, **more):
        real_load(*given, **more)
        die()
    fetching.load_files = load
if moment == "before the end":
    before(fetching, "finish_attempt")
result = fetching.fetch_source(house, fetching.find_source(house, "finance"), lambda seconds: None)
print(result.status)
"""
BEFORE = ["claimed", "downloading 2", "named", "landed", "published", "marked", "before commit"]
AFTER = ["committed", "before the end"]


def victim(ground: Ground, moment: str) -> dict[str, object]:
    script = ground.house.data / "victim.py"
    script.write_text(VICTIM, encoding="utf-8")
    kept = {name: text for name, text in os.environ.items() if not name.startswith("MINGZHANG_")}
    return {
        "args": [sys.executable, str(script), str(ground.house.settings_file), str(ground.house.data), moment],
        "env": kept | {"PYTHONPATH": str(CHECKOUT)},
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
    }


def die_at(ground: Ground, moment: str) -> None:
    with subprocess.Popen(**victim(ground, moment)) as child:  # type: ignore[call-overload]
        _, said = child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL, said


@pytest.mark.parametrize("moment", BEFORE)
def test_killed_before_the_commit_nothing_is_lost_and_nothing_half_there(ground: Ground, moment: str) -> None:
    die_at(ground, moment)
    assert [ground.count(name) for name in ("batch", "payment", "source_mark")] == [0, 0, 0]
    # The killed process holds nothing back, and nobody has to clean up.
    assert ground.fetch().status == "taken"
    assert [ground.count(name) for name in ("batch", "payment", "source_mark")] == [1, 20, 1]
    assert ground.total_fen == 2000


@pytest.mark.parametrize("moment", AFTER)
def test_killed_after_the_commit_nothing_is_doubled(ground: Ground, moment: str) -> None:
    die_at(ground, moment)
    assert [ground.count(name) for name in ("batch", "payment", "source_mark")] == [1, 20, 1]
    assert ground.fetch().status == "unchanged"
    assert [ground.count(name) for name in ("batch", "payment", "source_mark")] == [1, 20, 1]


def test_a_download_killed_midway_is_gone_on_with(ground: Ground) -> None:
    ground.web.content = csv_of(30_000)
    die_at(ground, "downloading 4")
    assert ground.fetch().status == "taken"
    assert int(ground.web.asked[1]["range"].removeprefix("bytes=").rstrip("-")) > 0
    assert ground.count("payment") == 30_000


@pytest.mark.postgres
def test_it_holds_on_postgresql_too(ground: Ground, postgres_warehouse: str) -> None:
    engine = open_engine(postgres_warehouse)
    with writing(engine) as connection:
        create(connection)
    ground.house.engine.dispose()
    ground.house.__dict__["engine"] = engine
    claim(ground, "elsewhere:1:ab")
    assert ground.fetch().status == "busy"
    ground.clock.go(seconds=300)
    assert [ground.fetch().status for _ in range(2)] == ["taken", "unchanged"]
    with reading(engine) as connection:
        (mark,) = read_marks(connection, "finance").values()
    assert (mark.etag, mark.byte_count) == ('"v1"', len(csv_of(20)))
    assert sqlite_url(ground.house.data) not in str(engine.url)
