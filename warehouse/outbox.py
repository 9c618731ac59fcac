"""Messages owed to people: added with the change they report, claimed once, kept until the server has taken them.

pending -> sending (claimed) -> sent | dead, or back to pending with a later ``next_attempt_at``. Every change of
state is one UPDATE that names the state it expects; whoever changes no row has lost the race and steps back.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from warehouse.schema import table

STATUSES: Final = ("pending", "sending", "sent", "dead")
RESPONSE_LIMIT: Final = 500


class NewMessage(NamedTuple):
    """A message to one recipient, before it is owed; payload is JSON text that a channel understands."""

    message_id: str
    kind: str
    division_code: str
    recipient: str
    run_id: int | None
    subject: str
    payload_json: str


class Claimed(NamedTuple):
    """A message that this worker, and nobody else, may send now; ``attempt`` counts from 1."""

    message_id: str
    kind: str
    division_code: str
    recipient: str
    subject: str
    payload_json: str
    created_at: dt.datetime
    attempt: int


def add_messages(connection: sa.Connection, messages: Sequence[NewMessage], now: dt.datetime) -> int:
    """Owe messages from now on and return how many were new; one whose number is known is owed already."""
    outbox = table("outbox")
    ids = [message.message_id for message in messages]
    known = set(connection.execute(sa.select(outbox.c.message_id).where(outbox.c.message_id.in_(ids))).scalars())
    fresh = [message._asdict() for message in messages if message.message_id not in known]
    state = {"status": "pending", "attempts": 0, "created_at": now, "next_attempt_at": now}
    if fresh:
        connection.execute(sa.insert(outbox), [row | state for row in fresh])
    return len(fresh)


def due_messages(connection: sa.Connection, now: dt.datetime, limit: int | None = None) -> list[str]:
    """Return the numbers of messages whose time has come, the longest due first."""
    outbox = table("outbox")
    query = (
        sa.select(outbox.c.message_id)
        .where(outbox.c.status == "pending", outbox.c.next_attempt_at <= now)
        .order_by(outbox.c.next_attempt_at, outbox.c.message_id)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def claim(connection: sa.Connection, message_id: str, worker: str, now: dt.datetime) -> Claimed | None:
    """Take a pending message for sending; None where somebody else has it or it is no longer due."""
    outbox = table("outbox")
    taken = connection.execute(
        sa.update(outbox)
        .where(outbox.c.message_id == message_id, outbox.c.status == "pending", outbox.c.next_attempt_at <= now)
        .values(status="sending", claimed_by=worker, claimed_at=now, attempts=outbox.c.attempts + 1)
    )
    if taken.rowcount != 1:
        return None
    columns = [outbox.c[name] for name in Claimed._fields if name != "attempt"]
    row = connection.execute(sa.select(*columns, outbox.c.attempts).where(outbox.c.message_id == message_id)).one()
    return Claimed._make(row)


def mark_sent(connection: sa.Connection, message_id: str, now: dt.datetime, response: str) -> bool:
    """Record that the server took the message, whoever holds it by now: its final 250 is a fact."""
    outbox = table("outbox")
    return _changed(
        connection,
        sa.update(outbox)
        .where(outbox.c.message_id == message_id, outbox.c.status != "sent")
        .values(status="sent", sent_at=now, last_response=response[:RESPONSE_LIMIT]),
    )


def defer(connection: sa.Connection, claimed: Claimed, worker: str, next_attempt_at: dt.datetime, why: str) -> bool:
    """Put a message back for a later attempt; False where this worker's claim has run out meanwhile."""
    return _release(connection, claimed, worker, why, status="pending", next_attempt_at=next_attempt_at)


def bury(connection: sa.Connection, claimed: Claimed, worker: str, why: str) -> bool:
    """Give a message up with the server's words; False where this worker's claim has run out meanwhile."""
    return _release(connection, claimed, worker, why, status="dead")


def revive(connection: sa.Connection, message_id: str, now: dt.datetime) -> bool:
    """Let a dead message be tried again, as a person decided; False where it is not dead."""
    outbox = table("outbox")
    return _changed(
        connection,
        sa.update(outbox)
        .where(outbox.c.message_id == message_id, outbox.c.status == "dead")
        .values(status="pending", next_attempt_at=now, claimed_by=None, claimed_at=None),
    )


def release_expired(connection: sa.Connection, now: dt.datetime, lease: dt.timedelta) -> int:
    """Put back messages whose worker has been silent for the lease (inclusive); return how many."""
    outbox = table("outbox")
    done = connection.execute(
        sa.update(outbox)
        .where(outbox.c.status == "sending", outbox.c.claimed_at <= now - lease)
        .values(status="pending", next_attempt_at=now, claimed_by=None, claimed_at=None)
    )
    return int(done.rowcount)


def count_messages(connection: sa.Connection) -> dict[str, int]:
    """Count messages by status; every status is there, also with zero."""
    outbox = table("outbox")
    query = sa.select(outbox.c.status, sa.func.count()).group_by(outbox.c.status)
    return dict.fromkeys(STATUSES, 0) | {row[0]: row[1] for row in connection.execute(query)}


def oldest_unsent_at(connection: sa.Connection) -> dt.datetime | None:
    """Return since when the longest waiting message is owed, pending or being sent; None where nothing waits."""
    outbox = table("outbox")
    query = sa.select(sa.func.min(outbox.c.created_at, type_=outbox.c.created_at.type)).where(
        outbox.c.status.in_(("pending", "sending"))
    )
    oldest: dt.datetime | None = connection.execute(query).scalar()
    return oldest


def _release(connection: sa.Connection, claimed: Claimed, worker: str, why: str, **values: Any) -> bool:
    """Leave a claim, provided it is still this worker's and this attempt's."""
    outbox = table("outbox")
    return _changed(
        connection,
        sa.update(outbox)
        .where(
            outbox.c.message_id == claimed.message_id,
            outbox.c.status == "sending",
            outbox.c.claimed_by == worker,
            outbox.c.attempts == claimed.attempt,
        )
        .values(last_response=why[:RESPONSE_LIMIT], claimed_by=None, claimed_at=None, **values),
    )


def _changed(connection: sa.Connection, statement: sa.Update) -> bool:
    return bool(connection.execute(statement).rowcount == 1)
