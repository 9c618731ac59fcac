"""A real SMTP server on loopback that does as each recipient's first letters say, and dispatchers to meet it."""
# ruff: noqa: N802 - aiosmtpd calls its handlers by these names

import asyncio
import datetime as dt
import json
import socket
import threading
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default

import sqlalchemy as sa
from aiosmtpd.controller import Controller

from alerts.channels.smtp import SmtpChannel, SmtpSettings
from warehouse import outbox
from warehouse.engine import writing
from warehouse.schema import table

NOW = dt.datetime(2026, 10, 1, 1, 0, tzinfo=dt.UTC)


class Post:
    """Keeps what the server took; ``hold`` names the stage at which the next mail hangs for good."""

    def __init__(self):
        self.taken = []
        self.answers = {}
        self.hold = None
        self.reached = threading.Event()

    def answer(self, recipient, stage, words):
        self.answers[recipient, stage] = words

    async def _meet(self, stage):
        if self.hold == stage:
            self.hold = None
            self.reached.set()
            await asyncio.Event().wait()

    async def handle_MAIL(self, server, session, envelope, address, options):
        await self._meet("mail")
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        await self._meet("rcpt")
        words = self.answers.get((address, "rcpt"))
        if words:
            return words
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        await self._meet("data")
        recipient = envelope.rcpt_tos[0]
        words = self.answers.get((recipient, "data"), "250 taken as 4711")
        if words == "drop":
            server.transport.abort()
            return "250 never read"
        if words.startswith("250"):
            self.taken.append((recipient, envelope.content))
        await self._meet("taken")
        return words

    async def handle_QUIT(self, server, session, envelope):
        return self.answers.get(("*", "quit"), "221 Bye")

    def ids(self, recipient):
        return [mail["Message-ID"] for mail in self.mails(recipient)]

    def mails(self, recipient):
        return [message_from_bytes(content, policy=default) for to, content in self.taken if to == recipient]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(post, **options):
    """Run a server for a post and yield its port."""
    server = Controller(post, hostname="127.0.0.1", port=free_port(), **options)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


def channel(port, **more):
    given = {"host": "127.0.0.1", "security": "plain", "sender": "mingzhang@example.test", "timeout_seconds": 20.0}
    return SmtpChannel(SmtpSettings(port=port, **(given | more)))


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        return self.now

    def move(self, **delta):
        self.now += dt.timedelta(**delta)


def message(recipient, *, subject="【明账】石桥街道: 新增 2 条线索 (截至 2026-09-30)", division="990101010"):
    content = {"text": "今天要看的\n 1. 道路养护 −10.42\n", "html": "<p>今天要看的</p>"}
    return outbox.NewMessage(
        message_id=f"<digest.1.{recipient.partition('@')[0]}@mz.example.test>",
        kind="digest",
        division_code=division,
        recipient=recipient,
        run_id=1,
        subject=subject,
        payload_json=json.dumps(content, ensure_ascii=False),
    )


def owe(engine, *recipients, now=NOW):
    with writing(engine) as connection:
        outbox.add_messages(connection, [message(one) for one in recipients], now)


def state(engine, *columns):
    """Return recipient -> its columns of the outbox (one column bare, several as a tuple)."""
    box = table("outbox")
    with engine.connect() as connection:
        rows = connection.execute(sa.select(box.c.recipient, *(box.c[name] for name in columns))).all()
    return {row[0]: row[1] if len(columns) == 1 else tuple(row[1:]) for row in rows}
