"""kill -9 at every single step leaves the state before or the state after, and the next run finishes what was begun."""

import datetime as dt
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from backup_ground import REPOSITORY, house_on, made_ready, tallies

from app.backup import back_up
from app.inbox import load_inbox
from app.restore import restore
from ingest.landing import landing_path
from warehouse.engine import reading
from warehouse.opening import warehouse_state

NOW = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
MAPPING = r"""
feed = "payments"
title = "支付"
owner = "区财政局"
file_name = 'probe-(?P<period>\d{6})(?:-\d+)?\.csv'
[table]
format = "csv"
[amounts]
unit = "元"
[constants]
division_code = "990101010"
[columns]
fiscal_year = { group = "period", extract = '^(\d{4})' }
unit_code = { from = "单位" }
voucher_no = { from = "凭证" }
paid_on = { from = "日期" }
payment_fen = { from = "金额" }
[slice]
key = ["division_code", "period"]
"""
HEADER = "单位,凭证,日期,金额"
OLD = [f"教育局,V{n},2026-6-{n},{n}.00" for n in range(1, 4)]
NEW = [f"教育局,V{n},2026-6-{n},{n * 10}.00" for n in range(1, 6)]
ODD = [*NEW, *["教育局,V9,2026-6-9,1O.00"] * 5]  # too many rows that cannot be read: held
OLD_FEN, NEW_FEN = 600, 15_000


class Zygote:
    """The process that does a deed and is killed at a step of it."""

    def __init__(self) -> None:
        known = {**os.environ, "PYTHONPATH": f"{REPOSITORY}:{Path(__file__).parent}", "POLARS_MAX_THREADS": "1"}
        command = [sys.executable, Path(__file__).with_name("kill_zygote.py")]
        self.process = subprocess.Popen(command, env=known, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, deed: str, data: Path, url: str = "", *, at: int = 0) -> dict:
        asked = {"deed": deed, "data": str(data), "url": url, "at": at}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(30)


@pytest.fixture(scope="module")
def zygote():
    one = Zygote()
    yield one
    one.close()


def deliver(house, name: str, lines: list[str]) -> None:
    """Put a file into the inbox, wholly there."""
    house.inbox.mkdir(parents=True, exist_ok=True)
    (house.inbox / name).write_text("\r\n".join([HEADER, *lines]) + "\r\n", encoding="utf-8")
    (house.inbox / f"{name}.done").touch()


def house_with_old(data: Path, url: str = ""):
    house = made_ready(house_on(data, url, clock=lambda: NOW - dt.timedelta(days=1)))
    (data / "feeds").mkdir(exist_ok=True)
    (data / "feeds" / "probe.toml").write_text(MAPPING, encoding="utf-8")
    deliver(house, "probe-202606.csv", OLD)
    assert [one.status for one in load_inbox(house)] == ["published"]
    shutil.rmtree(house.inbox)
    return house


def state(house) -> tuple[int, int, int, int]:
    """Return the money in force, and how many batches, facts and landing rows there are."""
    with reading(house.engine) as connection:
        newest = "SELECT slice_id FROM batch_slice ORDER BY known_at DESC, batch_id DESC LIMIT 1"
        fen = connection.scalar(sa.text(f"SELECT sum(payment_fen) FROM payment WHERE slice_id = ({newest})"))
        counts = [
            connection.scalar(sa.text(f"SELECT count(*) FROM {name}")) for name in ("batch", "payment", "landing")
        ]
    return int(fen), *counts


def assert_bytes_are_there(house) -> None:
    with reading(house.engine) as connection:
        named = list(connection.execute(sa.text("SELECT sha256 FROM landing")).scalars())
    for sha256 in named:
        assert hashlib.sha256(landing_path(house.landing, sha256).read_bytes()).hexdigest() == sha256


def assert_file_is_whole(house) -> None:
    with sqlite3.connect(str(house.engine.url.database)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    raw.close()


def left_in(inbox: Path) -> list[str]:
    return sorted(path.name for path in inbox.iterdir() if not path.name.startswith("."))


def next_runs(house) -> list[str]:
    """Load the inbox as the scheduler does from then on; a file without its marker is taken at the second look."""
    looks = (replace(house, clock=lambda moment=moment: moment) for moment in (NOW, NOW + dt.timedelta(minutes=5)))
    return [one.status for look in looks for one in load_inbox(look)]


BEFORE = (OLD_FEN, 1, 3, 1)
DEEDS = {
    # what is delivered -> the state after, where the file goes
    "published": (NEW, (NEW_FEN, 2, 8, 2), "done"),
    "held": (ODD, (OLD_FEN, 2, 3, 2), "failed"),
}


@pytest.mark.parametrize("outcome", DEEDS)
def test_a_load_killed_at_any_step_is_not_begun_or_done_and_the_next_run_finishes_it(zygote, tmp_path, outcome):
    lines, after, place = DEEDS[outcome]
    seed = house_with_old(tmp_path / "seed")
    deliver(seed, "probe-202606-2.csv", lines)
    seed.engine.dispose()
    seen, at = [], 0
    while True:
        at += 1
        data = tmp_path / f"at-{at}"
        shutil.copytree(seed.data, data)
        ended = zygote.run("load", data, at=at)
        house = house_on(data, clock=lambda: NOW)
        found = state(house)
        assert found in {BEFORE, after}, f"killed at step {at}"
        seen.append(found)
        assert_bytes_are_there(house)
        assert_file_is_whole(house)
        assert set(next_runs(house)) <= {outcome, "unchanged"}, f"killed at step {at}"
        assert state(house) == after
        assert left_in(house.inbox) == [place]
        assert (house.inbox / place / "probe-202606-2.csv").is_file()
        house.engine.dispose()
        shutil.rmtree(data)
        if not ended["killed"]:
            break
    assert (ended["told"], ended["steps"]) == (outcome, at - 1)
    assert at > 15, "too few steps were seen to have swept over all of them"
    turn = seen.index(after)
    assert seen == [BEFORE] * turn + [after] * (len(seen) - turn), "there is one moment at which it happens"
    assert 0 < turn < len(seen) - 1


@pytest.mark.postgres
def test_on_a_server_too_a_load_killed_midway_is_not_begun_or_done(zygote, tmp_path, postgres_warehouse):
    house = house_with_old(tmp_path / "data", postgres_warehouse)
    _, after, _ = DEEDS["published"]
    lines, at, seen = list(NEW), 1, []
    while True:
        deliver(house, "probe-202606-2.csv", lines)
        ended = zygote.run("load", house.data, postgres_warehouse, at=at)
        found = state(house)
        assert found in {BEFORE, after}, f"killed at step {at}"
        seen.append(found)
        assert_bytes_are_there(house)
        if found == after or not ended["killed"]:
            break
        at += 2
    assert at > 15
    assert set(next_runs(house)) <= {"unchanged"}
    assert state(house) == after
    assert left_in(house.inbox) == ["done"]
    house.engine.dispose()


def test_a_restore_killed_at_any_step_leaves_no_warehouse_or_a_whole_one_and_can_be_repeated(zygote, tmp_path):
    seed = house_with_old(tmp_path / "seed")
    back_up(seed, tmp_path / "archive.tar.gz")
    wanted = tallies(seed)
    at, seen = 0, []
    while True:
        at += 1 if at < 20 else 7  # the middle is one transaction of some two hundred statements
        data = tmp_path / "data"
        ended = zygote.run("restore", data, at=at)
        house = house_on(data)
        is_there = warehouse_state(house.engine) == "ready"
        seen.append(is_there)
        if not is_there:
            restore(house, tmp_path / "archive.tar.gz")
        assert tallies(house) == wanted, f"killed at step {at}"
        assert_bytes_are_there(house)
        house.engine.dispose()
        shutil.rmtree(data)
        if not ended["killed"]:
            break
    assert ended["told"] == "restored"
    assert at > 100
    assert seen == sorted(seen)
    assert seen[0] is False
