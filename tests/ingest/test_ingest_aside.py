"""Bytes that wait aside: whole or not at all, for their owner, for an hour, whatever their name."""

import datetime as dt
import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import aside
from ingest.problems import FileRefusedError, NameRefusedError
from ingest.readers import Limits

NOW = dt.datetime(2026, 7, 20, 2, 0, tzinfo=dt.UTC)
LIMITS = Limits(delivered_bytes=10)


def put(folder, content=b"0123456789", name="六月.csv", owner="wang", now=NOW):
    return aside.put_aside(folder, owner, name, io.BytesIO(content), now=now, limits=LIMITS)


def test_what_was_put_aside_is_found_whole(tmp_path):
    kept = put(tmp_path)
    assert aside.find_aside(tmp_path, "wang", kept.token, NOW) == kept
    assert aside.list_aside(tmp_path, "wang", NOW) == [kept]
    assert (aside.delivery_aside(tmp_path, kept).read(), kept.byte_count) == (b"0123456789", 10)
    assert aside.list_aside(tmp_path, "li", NOW) == []


@pytest.mark.parametrize("content", [b"", b"01234567890", b"x" * 5_000_000])
def test_what_is_refused_leaves_nothing(tmp_path, content):
    with pytest.raises(FileRefusedError):
        put(tmp_path, content)
    assert list(tmp_path.iterdir()) == []


def test_a_source_that_breaks_leaves_nothing(tmp_path):
    class Broken(io.BytesIO):
        def read(self, *_size):
            raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        aside.put_aside(tmp_path, "wang", "六月.csv", Broken(), now=NOW, limits=LIMITS)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("六月.csv", "六月.csv"),
        ("/etc/passwd", "passwd"),
        (r"C:\fakepath\a b.xls", "a b.xls"),
        ("..\\../x.csv ", "x.csv"),
    ],
)
def test_folders_before_a_name_are_cut(given_name, name):
    assert aside.clean_name(given_name) == name


@pytest.mark.parametrize(
    "given_name", [None, "", " ", ".", "..", "a/", "a\x00b", "a\u202eb.csv", "x" * 256, "a\ud800.csv"]
)
def test_what_is_no_name_is_refused(given_name):
    with pytest.raises(NameRefusedError):
        aside.clean_name(given_name)


@given(st.text(max_size=300))
def test_a_name_is_refused_or_one_step_of_a_path(given_name):
    try:
        name = aside.clean_name(given_name)
    except NameRefusedError:
        return
    assert not set(name) & set("/\\\0")
    assert name not in {"", ".", ".."}


@pytest.mark.parametrize("token", ["", ".", "..", "../" * 10, "x" * 31, "x" * 32, "ü" * 32])
def test_a_token_that_was_never_given_finds_nothing(tmp_path, token):
    put(tmp_path)
    assert aside.find_aside(tmp_path, "wang", token, NOW) is None


def test_after_an_hour_it_is_gone_half_made_places_too(tmp_path):
    kept = put(tmp_path)
    half = tmp_path / ".half.part"
    half.mkdir()
    os.utime(half, (NOW.timestamp(), NOW.timestamp()))
    late = NOW + aside.KEPT
    assert aside.find_aside(tmp_path, "wang", kept.token, late) is None
    assert aside.drop_old(tmp_path, late - dt.timedelta(seconds=1)) == 0
    assert aside.drop_old(tmp_path, late) == 2
    assert list(tmp_path.iterdir()) == []


def test_once_published_the_bytes_are_gone_and_the_batch_is_known(tmp_path):
    kept = put(tmp_path)
    with aside.alone_with(tmp_path, kept) as now_kept:
        aside.note_batch(tmp_path, now_kept, 7)
    with aside.alone_with(tmp_path, kept) as again:
        assert again.batch == 7
    assert aside.list_aside(tmp_path, "wang", NOW) == []
    with pytest.raises(FileRefusedError, match="no longer waits"):
        aside.delivery_aside(tmp_path, kept).read()


def test_what_was_dropped_can_no_longer_be_acted_on(tmp_path):
    kept = put(tmp_path)
    aside.drop_aside(tmp_path, kept)
    with pytest.raises(FileRefusedError, match="no longer waits"), aside.alone_with(tmp_path, kept):
        pass
