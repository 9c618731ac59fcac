"""An outbox row as an internet mail: headers survive every fold, and every attempt is the same bytes."""

from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smtp_ground import NOW, message

from alerts.channels.channel import ChannelError
from alerts.channels.message import build_message
from warehouse.outbox import Claimed

SENDER = "mingzhang@example.test"


def claimed(recipient="a@example.test", **more):
    row = message(recipient, **more)
    return Claimed(
        message_id=row.message_id,
        kind=row.kind,
        division_code=row.division_code,
        recipient=row.recipient,
        subject=row.subject,
        payload_json=row.payload_json,
        created_at=NOW,
        attempt=1,
    )


def sent(**more):
    return build_message(claimed(**more), sender=SENDER).as_bytes()


@given(st.lists(st.text("石桥街道新增加重办结条线索12, :【】()−", min_size=1, max_size=12), min_size=1, max_size=20))
def test_every_character_of_a_subject_survives_folding(parts):
    subject = " ".join(" ".join(parts).split()) or "明账"
    read = message_from_bytes(sent(subject=subject), policy=default)
    assert read["Subject"] == subject


def test_the_subject_that_once_lost_a_space():
    subject = "【明账】白鹭镇: 新增 4 条线索, 加重 12 条 (截至 2026-09-30)"
    assert message_from_bytes(sent(subject=subject), policy=default)["Subject"] == subject


def test_no_line_is_longer_than_mail_allows_and_all_is_ascii():
    content = sent(subject="石桥街道 " * 60)
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 78
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_the_same_row_is_the_same_bytes():
    assert sent() == sent()


@pytest.mark.parametrize("subject", ["x\r\nBcc: evil@example.test", "x\nBcc: evil@example.test", "x\r\n\r\nbody"])
def test_a_line_break_in_a_stored_subject_makes_no_header(subject):
    read = message_from_bytes(sent(subject=subject), policy=default)
    assert read["Bcc"] is None
    assert read["Subject"] == " ".join(subject.split())


@pytest.mark.parametrize(
    "address", ["", "@", "a", "a@", "a b@example.test", "a@example.test, b@example.test", "两@x.test"]
)
def test_what_is_no_address_is_refused_for_good(address):
    with pytest.raises(ChannelError, match="地址") as refused:
        sent(recipient=address)
    assert refused.value.is_permanent
