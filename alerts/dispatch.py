"""Sending what is owed: claim in one short transaction, send outside any, record in another.

A message is sent at least once, whatever dies when; a repeated one carries the same Message-ID.
"""

import datetime as dt
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from alerts.channels.channel import Channel, ChannelError
from warehouse import outbox
from warehouse.engine import Engine, reading, writing
from warehouse.outbox import Claimed

LEASE: Final = dt.timedelta(minutes=10)
FIRST_PAUSE: Final = dt.timedelta(minutes=1)
LONGEST_PAUSE: Final = dt.timedelta(hours=4)
Outcome = Literal["sent", "deferred", "dead"]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Dispatched:
    """How many messages this round sent, put back for later, and gave up."""

    sent: int = 0
    deferred: int = 0
    dead: int = 0

    def plus(self, outcome: Outcome | None) -> "Dispatched":
        """Count one more message; None counts nothing: somebody else had it."""
        return Dispatched(
            self.sent + (outcome == "sent"), self.deferred + (outcome == "deferred"), self.dead + (outcome == "dead")
        )


def dispatch(
    engine: Engine,
    channel: Channel,
    *,
    now: Callable[[], dt.datetime],
    worker: str,
    limit: int | None = None,
    lease: dt.timedelta = LEASE,
) -> Dispatched:
    """Send every message that is due, at most ``limit``, each on its own, and say what came of them.

    ``worker`` must be a name no other running dispatcher has. The lease must be longer than a send can take.
    """
    start = now()
    with writing(engine) as connection:
        outbox.release_expired(connection, start, lease)
    with reading(engine) as connection:
        due = outbox.due_messages(connection, start, limit)
    done = Dispatched()
    for message_id in due:
        done = done.plus(_dispatch_one(engine, channel, message_id, now=now, worker=worker))
    return done


def _dispatch_one(
    engine: Engine, channel: Channel, message_id: str, *, now: Callable[[], dt.datetime], worker: str
) -> Outcome | None:
    taken_at = now()
    with writing(engine) as connection:
        claimed = outbox.claim(connection, message_id, worker, taken_at)
    if claimed is None:
        return None
    try:
        words = channel.send(claimed)
    except ChannelError as error:
        return _not_taken(engine, claimed, error, now=now, worker=worker)
    except Exception as error:
        # A message that cannot even be built must not hold up the ones after it.
        log.exception("%s could not be offered at all", message_id)
        fault = ChannelError(f"内部错误 {type(error).__name__}，见日志", is_permanent=False)
        return _not_taken(engine, claimed, fault, now=now, worker=worker)
    with writing(engine) as connection:
        outbox.mark_sent(connection, message_id, now(), words)
    return "sent"


def _not_taken(
    engine: Engine, claimed: Claimed, error: ChannelError, *, now: Callable[[], dt.datetime], worker: str
) -> Outcome:
    log.warning("%s not taken at attempt %d: %s", claimed.message_id, claimed.attempt, error)
    with writing(engine) as connection:
        if error.is_permanent:
            outbox.bury(connection, claimed, worker, str(error))
        else:
            outbox.defer(connection, claimed, worker, now() + pause(claimed.message_id, claimed.attempt), str(error))
    return "dead" if error.is_permanent else "deferred"


def pause(message_id: str, attempt: int) -> dt.timedelta:
    """Return how long to wait after an attempt (counted from 1): doubling from a minute to four hours.

    Up to a quarter is added by the message's own number, so that messages deferred together do not return together
    and a test can say when each returns.
    """
    plain: dt.timedelta = min(FIRST_PAUSE * (1 << min(attempt - 1, 16)), LONGEST_PAUSE)
    share = int(hashlib.sha256(message_id.encode()).hexdigest()[:4], 16)
    return plain + plain / 4 * share / 0xFFFF
