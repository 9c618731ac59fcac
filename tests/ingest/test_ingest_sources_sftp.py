"""Files over SFTP: from a known host only, wholly there, each version once, and gone on with where it was cut."""

import re
import subprocess
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_disk import mount_small, unmount
from source_shell import Shell, put, shell
from source_trips import Trip, contents

from ingest.sources.errand import FetchError, HereError, PassingError, sweep
from ingest.sources.sftp import fetch
from ingest.sources.spec import SftpSource

OTHER_KEY = "SHA256:" + "A" * 43


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    with shell(tmp_path_factory.mktemp("sshd")) as started:
        yield started


@pytest.fixture
def given(server: Shell, request: pytest.FixtureRequest) -> Path:
    """Return a folder of the server for this test alone."""
    folder = server.folder / str(abs(hash(request.node.name)))
    folder.mkdir()
    return folder


@pytest.fixture
def trip(tmp_path: Path) -> Trip:
    return Trip(tmp_path / "fetched")


def spec(server: Shell, folder: Path, **changed: object) -> SftpSource:
    told = {
        "name": "probe",
        "kind": "sftp",
        "mapping": "m",
        "host": "127.0.0.1",
        "port": server.port,
        "username": server.username,
        "folder": str(folder),
        "file_names": r"pay-\d{6}\.csv",
        "host_key": [server.fingerprint],
        "key_file": str(server.key_file),
        "timeout_seconds": 20,
    }
    return SftpSource.model_validate({key: value for key, value in {**told, **changed}.items() if value is not None})


def test_files_that_fit_come_by_name_and_others_are_left(server: Shell, given: Path, trip: Trip) -> None:
    for name in ("pay-202602.csv", "pay-202601.csv", "notes.txt", "pay-202603.csv.part", ".pay-202604.csv"):
        put(given / name, name.encode())
    (given / "pay-202605.csv").mkdir()
    assert list(contents(trip.go(fetch, spec(server, given)))) == ["pay-202601.csv", "pay-202602.csv"]
    assert trip.waited == [5], "two looks, so far apart"
    assert min(one.name for one in given.iterdir()) == ".pay-202604.csv", "nothing is taken away"


def test_a_version_is_taken_once(server: Shell, given: Path, trip: Trip) -> None:
    put(given / "pay-202601.csv", b"one")
    assert contents(trip.go(fetch, spec(server, given))) == {"pay-202601.csv": b"one"}
    assert trip.go(fetch, spec(server, given)) == []
    put(given / "pay-202601.csv", b"two", at=1_790_000_001)
    assert contents(trip.go(fetch, spec(server, given))) == {"pay-202601.csv": b"two"}


def test_a_file_touched_but_not_changed_is_nothing_new(server: Shell, given: Path, trip: Trip) -> None:
    put(given / "pay-202601.csv", b"one")
    trip.go(fetch, spec(server, given))
    put(given / "pay-202601.csv", b"one", at=1_790_000_099)
    (again,) = trip.go(fetch, spec(server, given))
    assert again.path is None
    assert trip.go(fetch, spec(server, given)) == [], "the new time is remembered"


def test_a_file_still_written_to_between_two_looks_is_left_for_later(server: Shell, given: Path, trip: Trip) -> None:
    put(given / "pay-202601.csv", b"half a ")
    put(given / "pay-202602.csv", b"whole")
    trip.on_wait = lambda _seconds: put(given / "pay-202601.csv", b"half a row", at=1_790_000_005)
    assert list(contents(trip.go(fetch, spec(server, given)))) == ["pay-202602.csv"]
    trip.on_wait = lambda _seconds: None
    assert contents(trip.go(fetch, spec(server, given))) == {"pay-202601.csv": b"half a row"}


def test_a_file_with_a_done_marker_is_taken_at_once(server: Shell, given: Path, trip: Trip) -> None:
    put(given / "pay-202601.csv", b"one")
    put(given / "pay-202601.csv.done", b"")
    assert list(contents(trip.go(fetch, spec(server, given)))) == ["pay-202601.csv"]
    assert trip.waited == []


def test_where_only_marked_files_count_others_wait_for_their_marker(server: Shell, given: Path, trip: Trip) -> None:
    put(given / "pay-202601.csv", b"one")
    marked = spec(server, given, done_only=True)
    assert trip.go(fetch, marked) == []
    put(given / "pay-202601.csv.done", b"")
    assert list(contents(trip.go(fetch, marked))) == ["pay-202601.csv"]


def test_a_file_that_changes_while_it_is_read_is_left_for_later(server: Shell, given: Path, trip: Trip) -> None:
    big = b"x" * 3_000_000
    put(given / "pay-202601.csv", big)
    put(given / "pay-202601.csv.done", b"")
    calls = []

    def meddle() -> None:
        calls.append(1)
        if len(calls) == 6:
            put(given / "pay-202601.csv", big + b"y", at=1_790_000_007)

    trip.alive = meddle
    assert trip.go(fetch, spec(server, given)) == []
    assert len(calls) > 6
    trip.alive = lambda: None
    assert contents(trip.go(fetch, spec(server, given))) == {"pay-202601.csv": big + b"y"}


def test_a_download_cut_short_is_gone_on_with(server: Shell, given: Path, trip: Trip) -> None:
    content = b"".join(b"%09d\n" % n for n in range(300_000))
    put(given / "pay-202601.csv", content)
    calls = []

    def stop() -> None:
        calls.append(1)
        if len(calls) == 7:
            raise FetchError("killed")

    trip.alive = stop
    with pytest.raises(FetchError, match="killed"):
        trip.go(fetch, spec(server, given))
    (part,) = trip.folder.glob("*.part")
    got = part.stat().st_size
    assert 0 < got < len(content)
    calls.clear()
    trip.alive = lambda: calls.append(1)
    assert contents(trip.go(fetch, spec(server, given))) == {"pay-202601.csv": content}
    assert len(calls) < 3 + -(-len(content) // (256 * 1024)), "only the rest was read"


def test_the_rest_of_another_version_is_never_joined_on(server: Shell, given: Path, trip: Trip) -> None:
    put(given / "pay-202601.csv", b"a" * 2_000_000)
    calls = []

    def stop() -> None:
        calls.append(1)
        if len(calls) == 5:
            raise FetchError("killed")

    trip.alive = stop
    with pytest.raises(FetchError):
        trip.go(fetch, spec(server, given))
    trip.alive = lambda: None
    put(given / "pay-202601.csv", b"b" * 2_000_000, at=1_790_000_009)
    assert contents(trip.go(fetch, spec(server, given))) == {"pay-202601.csv": b"b" * 2_000_000}


def test_a_host_may_be_known_by_a_known_hosts_file(server: Shell, given: Path, trip: Trip) -> None:
    put(given / "pay-202601.csv", b"one")
    known = spec(server, given, host_key=None, known_hosts=str(server.known_hosts))
    assert list(contents(trip.go(fetch, known))) == ["pay-202601.csv"]


def test_another_host_key_is_refused_with_both_named(server: Shell, given: Path, trip: Trip, tmp_path: Path) -> None:
    empty, wrong = tmp_path / "empty", tmp_path / "wrong"
    empty.write_text("")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "k")], check=True)
    kind, key = (tmp_path / "k.pub").read_text().split()[:2]
    wrong.write_text(f"[127.0.0.1]:{server.port} {kind} {key}\n")
    for changed in (
        {"host_key": [OTHER_KEY]},
        {"host_key": None, "known_hosts": str(empty)},
        {"host_key": None, "known_hosts": str(wrong)},
    ):
        with pytest.raises(FetchError, match="is not the host that was meant") as refused:
            trip.go(fetch, spec(server, given, **changed))
        assert not isinstance(refused.value, PassingError), "a man in the middle does not pass by itself"
    with pytest.raises(FetchError, match=re.escape(server.fingerprint)):
        trip.go(fetch, spec(server, given, host_key=[OTHER_KEY]))


def test_a_wrong_password_is_not_tried_twice_and_not_told(server: Shell, given: Path, trip: Trip) -> None:
    trip.secret = "s3cret-geheim"
    with pytest.raises(FetchError, match=f"does not let {server.username} in") as refused:
        trip.go(fetch, spec(server, given, key_file=None))
    assert trip.waited == []
    assert "s3cret" not in "".join(traceback.format_exception(refused.value))


def test_a_key_with_a_passphrase_opens_with_the_secret(server: Shell, given: Path, trip: Trip, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.write_bytes(server.key_file.read_bytes())
    locked.chmod(0o600)
    subprocess.run(["ssh-keygen", "-q", "-p", "-P", "", "-N", "s3cret-geheim", "-f", str(locked)], check=True)
    put(given / "pay-202601.csv", b"one")
    trip.secret = "s3cret-geheim"
    assert list(contents(trip.go(fetch, spec(server, given, key_file=str(locked))))) == ["pay-202601.csv"]
    trip.secret = "wrong-geheim"
    with pytest.raises(FetchError, match=r"locked does not open with the passphrase in MINGZHANG_SOURCE_") as refused:
        trip.go(fetch, spec(server, given, key_file=str(locked)))
    assert "wrong-geheim" not in "".join(traceback.format_exception(refused.value))
    trip.secret = None
    with pytest.raises(FetchError, match=r"locked has a passphrase; put it into MINGZHANG_SOURCE_"):
        trip.go(fetch, spec(server, given, key_file=str(locked)))
    assert trip.waited.count(1) + trip.waited.count(2) == 0  # waiting heals no key
    locked.write_text("no key")
    with pytest.raises(FetchError, match="locked is no private key"):
        trip.go(fetch, spec(server, given, key_file=str(locked)))


def test_a_key_without_passphrase_opens_whatever_the_secret(server: Shell, given: Path, trip: Trip) -> None:
    put(given / "pay-202601.csv", b"one")
    trip.secret = "not-needed"
    assert list(contents(trip.go(fetch, spec(server, given)))) == ["pay-202601.csv"]


def test_what_is_not_there_is_named(server: Shell, given: Path, trip: Trip) -> None:
    with pytest.raises(FetchError, match=r"nowhere: No such file"):
        trip.go(fetch, spec(server, given / "nowhere"))
    with pytest.raises(FetchError, match=r"nokey: No such file"):
        trip.go(fetch, spec(server, given, key_file=str(given / "nokey")))


def test_a_file_that_cannot_be_had_is_named_and_keeps_no_other_away(server: Shell, given: Path, trip: Trip) -> None:
    put(given / "pay-202601.csv", b"x" * (1024 * 1024 + 1))
    put(given / "pay-202602.csv", b"two")
    brought = iter(fetch(spec(server, given, max_mib=1), trip.errand()))
    assert contents([next(brought)]) == {"pay-202602.csv": b"two"}
    with pytest.raises(FetchError, match=r"pay-202601\.csv is larger than max_mib = 1"):
        next(brought)


def test_a_note_cut_short_by_a_crash_is_no_obstacle(server: Shell, given: Path, trip: Trip) -> None:
    put(given / "pay-202601.csv", b"one")
    part = trip.errand().part("pay-202601.csv")
    part.write_bytes(b"old")
    part.with_suffix(".json").write_bytes(b"[3, 17")
    assert contents(trip.go(fetch, spec(server, given))) == {"pay-202601.csv": b"one"}


def test_a_server_that_is_away_is_tried_again(server: Shell, given: Path, trip: Trip) -> None:
    with pytest.raises(PassingError):
        trip.go(fetch, spec(server, given, port=9))
    assert trip.waited == [1, 2]


def test_trouble_of_the_own_disk_is_not_put_down_to_the_server(server: Shell, given: Path, trip: Trip) -> None:
    put(given / "pay-202601.csv", b"one")
    put(given / "pay-202602.csv", b"two")
    trip.folder.write_text("in the way")
    with pytest.raises(HereError) as told:
        trip.go(fetch, spec(server, given))
    assert str(told.value).startswith(f"source probe: {trip.folder}: File exists; make room, or let the service write")
    assert "sftp://" not in str(told.value)
    assert trip.waited == [5], "it is not tried again within the attempt"


def test_a_disk_that_fills_up_midway_is_told_as_such(server: Shell, given: Path, trip: Trip) -> None:
    put(given / "pay-202601.csv", b"x" * 2_000_000)
    trip.folder.mkdir()
    if not mount_small(trip.folder, 1 << 20):
        pytest.skip("a small disk cannot be mounted here")
    try:
        with pytest.raises(HereError, match="No space left on device; make room"):
            trip.go(fetch, spec(server, given))
        sweep(trip.folder)
        assert list(trip.folder.iterdir()) == []
    finally:
        unmount(trip.folder)
