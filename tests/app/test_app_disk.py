"""A full disk, a read-only folder and two loads at once: a sentence, exit code 1, and nothing changed or doubled."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from backup_ground import REPOSITORY, house_on, tallies
from small_disk import mount_small, unmount
from test_app_kill import BEFORE, DEEDS, HEADER, NEW, assert_bytes_are_there, deliver, house_with_old, state

from app.backup import back_up
from app.loading import load_files, load_or_stop
from app.restore import restore
from warehouse.engine import writing

AFTER = DEEDS["published"][1]
KNOWN = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
MANY = [f"教育局,V{n},2026-6-{1 + n % 28},{n}.00" for n in range(1, 3001)]


def mingzhang(*words: object, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app", *(str(word) for word in words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env={**KNOWN, **more})


class Disk:
    """A small disk of its own where one may be mounted; else files here may not grow beyond its size."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder, self.size = folder, size
        folder.mkdir()
        self.is_mounted = mount_small(folder, size)

    def fill(self, *, leave: int) -> None:
        """Fill the disk up to some bytes."""
        if self.is_mounted:
            found = os.statvfs(self.folder)
            (self.folder / "filler").write_bytes(b"\0" * max(0, found.f_bavail * found.f_frsize - leave))

    def free(self) -> None:
        (self.folder / "filler").unlink(missing_ok=True)

    def run(self, *words: object, leave: int) -> subprocess.CompletedProcess[str]:
        """Run a command while hardly anything can be written."""
        self.fill(leave=leave)
        limit = [] if self.is_mounted else ["prlimit", f"--fsize={leave}"]
        command = [*limit, sys.executable, "-m", "app", *(str(word) for word in words)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=KNOWN)
        self.free()
        return done

    def close(self) -> None:
        if self.is_mounted:
            unmount(self.folder)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Return a disk of 8 MiB."""
    one = Disk(tmp_path / "disk", 8 << 20)
    yield one
    one.close()


def is_sentence(done: subprocess.CompletedProcess[str]) -> bool:
    """Tell that a command said one thing in words."""
    return done.stderr.startswith("mingzhang: ") and "Traceback" not in done.stderr


@pytest.mark.parametrize("leave", [0, 256 << 10])
def test_a_load_onto_a_full_disk_is_refused_and_goes_through_when_there_is_room(disk, leave):
    house = house_with_old(disk.folder / "data")
    house.engine.dispose()
    big = disk.folder / "probe-202606-2.csv"
    big.write_text("\r\n".join([HEADER, *MANY]) + "\r\n", encoding="utf-8")
    done = disk.run("ingest", big, "--data", house.data, leave=leave)
    assert done.returncode in {1, 2}, done.stdout
    assert is_sentence(done), done.stderr
    assert any(word in done.stderr for word in ("space left", "full", "I/O", "File too large")), done.stderr
    assert state(house) == BEFORE
    assert_bytes_are_there(house)
    assert not list(house.landing.rglob("*.part")), "half a file would keep the disk full"
    house.engine.dispose()
    assert [one.status for one in load_files(house, [big], actor="test")] == ["published"]
    assert state(house)[1:] == (2, 3 + len(MANY), 2)
    house.engine.dispose()


def test_a_backup_onto_a_full_disk_leaves_nothing_and_harms_nothing(disk, tmp_path):
    house = house_with_old(tmp_path / "data")
    before = tallies(house)
    for leave in (0, 4 << 10):
        done = disk.run("backup", disk.folder / "b.tar.gz", "--data", house.data, leave=leave)
        assert done.returncode == 1
        assert is_sentence(done), done.stderr
        assert list(disk.folder.iterdir()) == []
    assert tallies(house) == before
    house.engine.dispose()


def test_a_restore_onto_a_full_disk_leaves_nothing(disk, tmp_path):
    made = back_up(house_with_old(tmp_path / "data"), tmp_path / "b.tar.gz")
    for leave in (0, 128 << 10):
        done = disk.run("restore", made.file, "--data", disk.folder / "data", leave=leave)
        assert done.returncode == 1
        assert is_sentence(done), done.stderr
        assert list(disk.folder.iterdir()) == []
    assert restore(house_on(disk.folder / "data"), made.file).tables == made.tables


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """Return the data folder of a loaded house that can only be read."""
    disk = Disk(tmp_path / "disk", 8 << 20)
    house = house_with_old(disk.folder / "data")
    house.engine.dispose()
    if disk.is_mounted:
        subprocess.run(["mount", "-o", "remount,ro", disk.folder], check=True)
    else:
        for path in (house.data, *house.data.rglob("*")):
            path.chmod(0o500 if path.is_dir() else 0o400)
    yield house.data
    for path in (house.data, *house.data.rglob("*")):
        if not disk.is_mounted:
            path.chmod(0o700)
    disk.close()


def test_a_folder_that_can_only_be_read_is_named_and_left_as_it_is(read_only, tmp_path):
    before = {path: path.read_bytes() for path in read_only.rglob("*") if path.is_file()}
    new = tmp_path / "probe-202606-2.csv"
    new.write_text("\r\n".join([HEADER, *NEW]) + "\r\n", encoding="utf-8")
    for words in (["ingest", new], ["restore", tmp_path / "none.tar.gz"]):
        done = mingzhang(*words, "--data", read_only)
        assert done.returncode in {1, 2}, (words, done.stdout)
        assert is_sentence(done), (words, done.stderr)
    backup = mingzhang("backup", read_only / "b.tar.gz", "--data", read_only)
    assert (backup.returncode, is_sentence(backup)) == (1, True), backup.stderr
    assert {path: path.read_bytes() for path in read_only.rglob("*") if path.is_file()} == before


# ---------------------------------------------------------------- two at once

# Reads a file, says so, waits for the word, then publishes: two of these go at the warehouse together.
LOADER = r"""
import sys
from pathlib import Path
from test_app_kill import NOW
from backup_ground import house_on
from app import loading, reading

data, url, path = sys.argv[1:4]
house = house_on(Path(data), url, clock=lambda: NOW)
prepare = reading.prepare_delivery

def prepared(*arguments, **more):
    found = prepare(*arguments, **more)
    print("ready", flush=True)
    sys.stdin.readline()
    return found

reading.prepare_delivery = prepared
(one,) = loading.load_files(house, [Path(path)], actor="test")
print(one.status)
"""


def load_together(house, url: str, *paths: Path) -> list[str]:
    """Load files in a process each, let go at the same moment; return what became of them."""
    known = KNOWN | {"PYTHONPATH": f"{REPOSITORY}:{Path(__file__).parent}"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": known}
    loaders = [subprocess.Popen([sys.executable, "-c", LOADER, house.data, url, path], **pipes) for path in paths]
    assert [one.stdout.readline() for one in loaders] == ["ready\n"] * len(paths)
    for one in loaders:
        one.stdin.write("go\n")
        one.stdin.flush()
    told = [one.communicate(timeout=60)[0].strip() for one in loaders]
    assert [one.returncode for one in loaders] == [0] * len(paths)
    return sorted(told)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def shared(request, tmp_path):
    url = request.getfixturevalue("postgres_warehouse") if request.param == "postgres" else ""
    house = house_with_old(tmp_path / "data", url)
    yield house, url
    house.engine.dispose()


def csv(folder: Path, name: str, lines: list[str]) -> Path:
    path = folder / name
    path.write_text("\r\n".join([HEADER, *lines]) + "\r\n", encoding="utf-8")
    return path


def test_of_two_loads_of_one_file_at_once_one_publishes_and_the_other_finds_it_there(shared, tmp_path):
    house, url = shared
    new = csv(tmp_path, "probe-202606-2.csv", NEW)
    assert load_together(house, url, new, new) == ["published", "unchanged"]
    assert state(house) == AFTER
    assert_bytes_are_there(house)


def test_two_files_loaded_at_once_are_as_if_loaded_one_after_the_other(shared, tmp_path):
    house, url = shared
    july = csv(tmp_path, "probe-202607.csv", [line.replace("2026-6-", "2026-7-").replace(",V", ",J") for line in MANY])
    again = csv(tmp_path, "probe-202606-3.csv", [*NEW, "教育局,V6,2026-6-6,60.00"])
    assert load_together(house, url, july, again) == ["published"] * 2
    tables, feeds = tallies(house)
    assert (tables["batch"]["rows"], tables["payment"]["rows"]) == (3, 3 + len(MANY) + len(NEW) + 1)
    assert feeds["payments"] == {"rows": len(MANY) + len(NEW) + 1, "payment_fen": sum(range(1, 3001)) * 100 + 21_000}
    assert_bytes_are_there(house)


def test_a_load_that_waited_in_vain_is_refused_by_name_and_goes_through_later(tmp_path, monkeypatch):
    house = house_with_old(tmp_path / "data")
    new = csv(tmp_path, "probe-202606-2.csv", NEW)
    monkeypatch.setattr("warehouse.engine.BUSY_TIMEOUT_MS", 50)
    hasty = house_on(house.data)
    with writing(house.engine):
        (refused,) = load_or_stop(hasty, [new], feed=None, actor="test")
    assert refused.status == "refused"
    assert "probe-202606-2.csv was not taken in" in refused.reason
    assert "another process is writing it and was not done in 0.05 seconds" in refused.reason
    assert state(house) == BEFORE
    assert [one.status for one in load_or_stop(hasty, [new], feed=None, actor="test")] == ["published"]
    assert state(house) == AFTER


def test_two_looks_at_one_inbox_take_each_file_once(shared):
    house, url = shared
    for number in range(2, 8):
        deliver(
            house,
            f"probe-20260{number}.csv",
            [line.replace("2026-6-", f"2026-{number}-").replace(",V", f",N{number}V") for line in NEW],
        )
    words = [sys.executable, "-m", "app", "ingest", "--inbox", "--json", "--data", house.data]
    known = KNOWN | ({"MINGZHANG_WAREHOUSE_URL": url} if url else {})
    looks = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=known) for _ in range(2)]
    told = [one.communicate(timeout=60)[0] for one in looks]
    assert [one.returncode for one in looks] == [0, 0]
    assert sum(text.count('"published"') for text in told) == 6
    assert sum(text.count('"unchanged"') for text in told) == 0
    assert len(list((house.inbox / "done").glob("*.csv"))) == 6
