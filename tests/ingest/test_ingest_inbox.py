"""The inbox takes whole files only, and puts them aside with a word when something was wrong."""

import datetime as dt
import os

import pytest
from ingest_ground import NOW

from ingest.inbox import put_aside, waiting_files

LATER = NOW + dt.timedelta(seconds=5)


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def deliver(inbox, name, content=b"x", written=NOW):
    path = inbox / name
    path.write_bytes(content)
    os.utime(path, ns=(int(written.timestamp()) * 10**9,) * 2)
    return path


def names(paths):
    return [path.name for path in paths]


def test_a_file_with_its_marker_is_ready_at_once(inbox):
    deliver(inbox, "a.csv")
    deliver(inbox, "a.csv.done", b"")
    assert names(waiting_files(inbox, NOW)) == ["a.csv"]


def test_a_file_is_ready_when_two_looks_saw_the_same(inbox):
    deliver(inbox, "a.csv")
    assert names(waiting_files(inbox, NOW)) == []
    assert names(waiting_files(inbox, LATER)) == ["a.csv"]


def test_two_looks_within_a_second_prove_nothing(inbox):
    deliver(inbox, "a.csv")
    assert names(waiting_files(inbox, NOW)) == []
    assert names(waiting_files(inbox, NOW)) == []


def test_a_growing_file_is_left_alone(inbox):
    deliver(inbox, "a.csv", b"x")
    waiting_files(inbox, NOW)
    deliver(inbox, "a.csv", b"xy", LATER)
    assert names(waiting_files(inbox, LATER)) == []
    assert names(waiting_files(inbox, LATER + dt.timedelta(seconds=2))) == ["a.csv"]


def test_a_file_nobody_wrote_to_for_a_minute_is_ready_at_the_first_look(inbox):
    deliver(inbox, "a.csv", written=NOW - dt.timedelta(minutes=1))
    assert names(waiting_files(inbox, NOW)) == ["a.csv"]


def test_uploads_under_way_hidden_files_and_folders_are_left_alone(inbox):
    for name in ("a.csv.part", "b.tmp", ".hidden"):
        deliver(inbox, name)
    (inbox / "done").mkdir()
    waiting_files(inbox, NOW)
    assert names(waiting_files(inbox, LATER)) == []


def test_a_state_file_cut_short_is_looked_over(inbox):
    deliver(inbox, "a.csv")
    (inbox / ".seen.json").write_text("{", encoding="utf-8")
    assert names(waiting_files(inbox, NOW)) == []
    assert names(waiting_files(inbox, LATER)) == ["a.csv"]


def test_no_inbox_means_nothing_waits(tmp_path):
    assert waiting_files(tmp_path / "none", NOW) == []


def test_a_published_file_goes_to_done_with_its_marker_gone(inbox):
    path = deliver(inbox, "a.csv")
    deliver(inbox, "a.csv.done", b"")
    assert put_aside(path, NOW) == inbox / "done" / "a.csv"
    assert sorted(one.name for one in inbox.iterdir() if one.is_file()) == []


def test_a_refused_file_goes_to_failed_with_the_reason_beside_it(inbox):
    place = put_aside(deliver(inbox, "a.csv"), NOW, reason="a.csv: no mapping knows this name")
    assert place == inbox / "failed" / "a.csv"
    told = place.with_name("a.csv.reason.txt").read_text(encoding="utf-8")
    assert told == "2026-11-20 03:00:00 UTC\na.csv: no mapping knows this name\n"


def test_an_earlier_file_of_the_same_name_is_not_overwritten(inbox):
    put_aside(deliver(inbox, "a.csv", b"first"), NOW)
    place = put_aside(deliver(inbox, "a.csv", b"second"), LATER)
    assert (inbox / "done" / "a.csv").read_bytes() == b"first"
    assert place.read_bytes() == b"second"
