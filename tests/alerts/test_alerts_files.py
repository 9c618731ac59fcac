"""The files channel: whole files, stable names, the same bytes again, and reading them back by scope."""

import datetime as dt

import pytest
from smtp_ground import NOW, Clock, message, owe, state

from alerts.channels.files import FilesChannel
from alerts.channels.files.read import list_mails, read_mail
from alerts.dispatch import Dispatched, dispatch
from warehouse import outbox
from warehouse.engine import writing
from warehouse.scope import Scope

A, B = "a@example.test", "b@example.test"
ALL = Scope.everything()


def send(engine, folder, now=NOW):
    return dispatch(engine, FilesChannel(folder), now=Clock(now), worker="w")


def test_each_mail_is_a_file_that_reads_back_as_it_was_owed(warehouse_engine, tmp_path):
    folder = tmp_path / "mail"
    owe(warehouse_engine, A, B)
    assert send(warehouse_engine, folder) == Dispatched(sent=2)
    assert send(warehouse_engine, folder) == Dispatched()
    first, second = list_mails(folder, ALL)
    assert {first.recipient, second.recipient} == {A, B}
    assert (first.subject, first.written_at) == ("【明账】石桥街道: 新增 2 条线索 (截至 2026-09-30)", NOW)
    mail = read_mail(folder, first.mail_id, ALL)
    assert mail.text == "今天要看的\n 1. 道路养护 −10.42\n"
    assert mail.html.strip() == "<p>今天要看的</p>"
    assert state(warehouse_engine, "last_response")[first.recipient] == first.mail_id


def test_a_repeated_attempt_overwrites_the_same_file_with_the_same_bytes(sqlite_engine, tmp_path):
    owe(sqlite_engine, A)
    with writing(sqlite_engine) as connection:
        claimed = outbox.claim(connection, message(A).message_id, "w", NOW)
    once = FilesChannel(tmp_path).send(claimed)
    before = (tmp_path / once).read_bytes()
    assert FilesChannel(tmp_path).send(claimed._replace(attempt=2)) == once
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".eml"] == [once]
    assert (tmp_path / once).read_bytes() == before


def test_names_sort_by_the_time_owed_and_the_newest_is_listed_first(sqlite_engine, tmp_path):
    owe(sqlite_engine, A, now=NOW)
    owe(sqlite_engine, B, now=NOW + dt.timedelta(microseconds=1))
    folder = tmp_path / "mail"
    send(sqlite_engine, folder, NOW + dt.timedelta(hours=1))
    assert [one.recipient for one in list_mails(folder, ALL)] == [B, A]
    assert [one.recipient for one in list_mails(folder, ALL, limit=1)] == [B]


def test_a_folder_that_cannot_be_written_defers_and_leaves_no_part_of_a_file(sqlite_engine, tmp_path):
    blocked = tmp_path / "mail"
    blocked.write_text("a file where the folder should be")
    owe(sqlite_engine, A)
    assert send(sqlite_engine, blocked) == Dispatched(deferred=1)
    assert "无法写入邮件文件夹" in state(sqlite_engine, "last_response")[A]
    blocked.unlink()
    assert send(sqlite_engine, blocked, NOW + dt.timedelta(hours=1)) == Dispatched(sent=1)
    assert [path.suffix for path in blocked.iterdir()] == [".eml"]


def test_a_reader_sees_the_mail_of_its_own_division_only(sqlite_engine, tmp_path):
    with writing(sqlite_engine) as connection:
        outbox.add_messages(connection, [message(A), message(B, division="990101100")], NOW)
    folder = tmp_path / "mail"
    send(sqlite_engine, folder)
    street, nobody = Scope.of(["990101010"]), Scope.of([])
    assert [one.recipient for one in list_mails(folder, street)] == [A]
    assert list_mails(folder, nobody) == []
    theirs = next(one for one in list_mails(folder, ALL) if one.recipient == B)
    assert read_mail(folder, theirs.mail_id, street) is None


@pytest.mark.parametrize("name", ["../secret.eml", "/etc/passwd", "", ".", "absent.eml", "sub/x.eml"])
def test_only_the_names_of_mails_in_the_folder_are_read(tmp_path, name):
    (tmp_path / "secret.eml").write_text("Subject: x\n\n")
    folder = tmp_path / "mail"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "x.eml").write_text("Subject: x\n\n")
    assert read_mail(folder, name, ALL) is None


def test_an_absent_folder_holds_no_mail(tmp_path):
    assert list_mails(tmp_path / "none", ALL) == []


@pytest.mark.parametrize(
    "content", [b"", b"junk", b"Subject: x\n\n", b"Date: never\nX-Mingzhang-Division: 1\n\n", b"\xff\x00"]
)
def test_a_file_that_is_none_of_ours_is_left_out(tmp_path, content):
    (tmp_path / "other.eml").write_bytes(content)
    assert list_mails(tmp_path, ALL) == []
    assert read_mail(tmp_path, "other.eml", ALL) is None
