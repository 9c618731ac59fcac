"""A full disk, or a folder that takes nothing, is the failure of one source in words; nothing half-written stays."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from running_program import mingzhang
from test_app_disk import Disk
from test_app_fetching import Ground, csv_of, ground, no_wait  # noqa: F401  # the fixture

from app.fetching import fetch_due
from app.inbox import load_inbox
from app.loading import load_or_stop
from app.wiring import House
from ingest.leftovers import sweep_landing
from warehouse.engine import reading
from warehouse.sources import read_state

DIVISIONS = 'divisions = ["{}"]\n'


def two_sources(ground: Ground) -> None:  # noqa: F811
    """Let two sources be due, of which the first will meet a bad disk."""
    ground.web.etag = None
    ground.write(more=DIVISIONS.format("990101011"))
    ground.write("z-other", "/pay-202610.csv", DIVISIONS.format("990101010"))


def assert_nothing_is_left(folder: Path) -> None:
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_written_fails_its_source_and_the_next_goes_on(ground: Ground) -> None:  # noqa: F811
    two_sources(ground)
    ground.house.fetched.mkdir()
    (ground.house.fetched / "finance").write_text("in the way")
    bad, good = fetch_due(ground.house, no_wait)
    assert (bad.status, good.status) == ("failed", "taken")
    assert bad.message.startswith(f"source finance: {ground.house.fetched / 'finance'}: File exists; make room, or let")
    with reading(ground.house.engine) as connection:
        state = read_state(connection, "finance")
    assert (state.failures, state.last_message) == (1, bad.message)
    (ground.house.fetched / "finance").unlink()
    ground.web.content = csv_of(20, "990101011")
    assert ground.fetch().status == "taken"


def test_a_full_disk_fails_its_source_and_leaves_nothing_half_written(ground: Ground) -> None:  # noqa: F811
    two_sources(ground)
    ground.house.fetched.mkdir()
    disk = Disk(ground.house.fetched / "finance", 64 << 10)
    if not disk.is_mounted:
        pytest.skip("a small disk cannot be mounted here")
    try:
        ground.web.content = csv_of(9_000)
        bad, good = fetch_due(ground.house, no_wait)
        assert (bad.status, good.status) == ("failed", "taken")
        assert "No space left on device; make room" in bad.message
        assert_nothing_is_left(disk.folder)
    finally:
        disk.close()
    ground.web.content = csv_of(20, "990101011")
    assert ground.fetch().status == "taken"
    assert ground.count("payment") == 9_020


def test_a_landing_folder_that_takes_nothing_fails_its_source_and_the_file_is_fetched_again(
    ground: Ground,  # noqa: F811
) -> None:
    ground.house.landing.write_text("in the way")
    bad = ground.fetch()
    assert bad.status == "failed"
    assert f"{ground.house.landing}" in bad.message
    assert [ground.count(name) for name in ("batch", "payment", "source_mark")] == [0, 0, 0]
    assert_nothing_is_left(ground.house.fetched)
    ground.house.landing.unlink()
    assert ground.fetch().status == "taken"
    assert ground.count("payment") == 20


def test_a_refused_file_is_said_without_a_batch(ground: Ground) -> None:  # noqa: F811
    ground.web.content = b""
    ground.house.engine.dispose()
    done = mingzhang("source", "fetch", "finance", "--data", ground.house.data)
    assert done.returncode == 1
    assert "refused  pay-202611.csv" in done.stdout
    assert "None" not in done.stdout


def leftover(house: House, process: int) -> Path:
    path = house.landing / "ab" / f"{'ab' * 32}.{process}.part"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half")
    return path


def gone_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    return child.pid


@pytest.mark.parametrize(
    "come",
    [
        lambda house: fetch_due(house, no_wait),
        load_inbox,
        lambda house: load_or_stop(house, [], feed=None, actor="test"),
        lambda house: sweep_landing(house.landing),
    ],
    ids=["fetch", "inbox", "command", "alone"],
)
def test_what_a_killed_load_left_in_the_landing_folder_is_swept_and_what_a_living_one_writes_is_not(
    ground: Ground,  # noqa: F811
    come: Callable[[House], object],
) -> None:
    half, living = leftover(ground.house, gone_process()), leftover(ground.house, os.getpid())
    whole = living.with_name("ab" * 32)
    other = living.with_name("of-somebody-else.part")
    for path in (whole, other):
        path.write_bytes(b"whole")
    come(ground.house)
    assert (half.exists(), living.exists(), whole.exists(), other.exists()) == (False, True, True, True)
