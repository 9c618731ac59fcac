"""Sources: who fetches one now, how its attempts ended, and what was last taken of it.

A claim is compare-and-set inside ``warehouse.engine.writing``, where writers queue: two processes never hold one
source at the same time, and whoever lost its claim meanwhile publishes nothing.
"""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Literal

import sqlalchemy as sa

from warehouse.schema import table

Result = Literal["taken", "unchanged", "failed"]


class LostClaimError(RuntimeError):
    """Somebody else has taken a source over meanwhile; nothing of this attempt may be published."""


@dataclass(frozen=True, kw_only=True)
class SourceState:
    """What is known of a source; a source that was never tried has only its name."""

    source_name: str
    claimed_by: str | None = None
    claimed_until_at: dt.datetime | None = None
    last_tried_at: dt.datetime | None = None
    last_taken_at: dt.datetime | None = None
    last_result: Result | None = None
    last_message: str | None = None
    failures: int = 0
    next_try_at: dt.datetime | None = None

    def is_due(self, now: dt.datetime) -> bool:
        """Tell whether the next attempt is due; one that was never tried is."""
        return self.next_try_at is None or self.next_try_at <= now

    def is_claimed(self, now: dt.datetime) -> bool:
        """Tell whether somebody fetches it now."""
        return self.claimed_by is not None and self.claimed_until_at is not None and self.claimed_until_at > now


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What was last taken under one address or remote file name."""

    resource: str
    sha256: str
    byte_count: int
    etag: str | None = None
    last_modified: str | None = None
    modified_seconds: int | None = None


def read_state(connection: sa.Connection, name: str) -> SourceState:
    """Return what is known of a source."""
    state = table("source_state")
    row = connection.execute(sa.select(state).where(state.c.source_name == name)).first()
    return SourceState(**row._mapping) if row else SourceState(source_name=name)  # noqa: SLF001


def read_failures(connection: sa.Connection) -> dict[str, int]:
    """Return the failed attempts of each source since its last good one."""
    state = table("source_state")
    query = sa.select(state.c.source_name, state.c.failures).order_by(state.c.source_name)
    return {name: failures for name, failures in connection.execute(query)}  # noqa: C416  dict() cannot be typed here


def claim_source(
    connection: sa.Connection, name: str, worker: str, now: dt.datetime, seconds: int, *, gone: str | None = None
) -> bool:
    """Claim a source for so many seconds; False while another worker's claim has not expired.

    ``gone`` is a worker known to have ended: its claim counts for nothing.
    """
    state = table("source_state")
    held = connection.execute(sa.select(state).where(state.c.source_name == name)).first()
    if held is None:
        connection.execute(sa.insert(state).values(source_name=name, failures=0))
    elif held.claimed_by not in {None, worker, gone} and held.claimed_until_at > now:
        return False
    _update(connection, name, claimed_by=worker, claimed_until_at=now + dt.timedelta(seconds=seconds))
    return True


def renew_claim(connection: sa.Connection, name: str, worker: str, now: dt.datetime, seconds: int) -> None:
    """Hold a claim for longer; LostClaimError where it is another's now."""
    require_claim(connection, name, worker)
    _update(connection, name, claimed_until_at=now + dt.timedelta(seconds=seconds))


def require_claim(connection: sa.Connection, name: str, worker: str) -> None:
    """Go on only where a source is still claimed by a worker; else LostClaimError, which undoes the transaction."""
    holder = read_state(connection, name).claimed_by
    if holder != worker:
        raise LostClaimError(f"source {name} was taken over by {holder or 'nobody'}; nothing of this attempt is kept")


def finish_attempt(
    connection: sa.Connection,
    name: str,
    worker: str,
    *,
    result: Result,
    message: str,
    now: dt.datetime,
    next_try_at: dt.datetime,
) -> None:
    """Write how an attempt ended and give the claim back; LostClaimError where it is another's now."""
    require_claim(connection, name, worker)
    failures = read_state(connection, name).failures + 1 if result == "failed" else 0
    _update(
        connection,
        name,
        claimed_by=None,
        claimed_until_at=None,
        last_tried_at=now,
        last_result=result,
        last_message=message,
        failures=failures,
        next_try_at=next_try_at,
        **({"last_taken_at": now} if result == "taken" else {}),
    )


def _update(connection: sa.Connection, name: str, **values: object) -> None:
    state = table("source_state")
    connection.execute(sa.update(state).where(state.c.source_name == name).values(**values))


def read_marks(connection: sa.Connection, name: str) -> dict[str, Mark]:
    """Return what was last taken of a source, by resource."""
    mark = table("source_mark")
    columns = [mark.c[field] for field in Mark.__dataclass_fields__]
    rows = connection.execute(sa.select(*columns).where(mark.c.source_name == name))
    return {row.resource: Mark(**row._mapping) for row in rows}  # noqa: SLF001


def save_mark(connection: sa.Connection, name: str, mark: Mark, now: dt.datetime) -> None:
    """Write what was taken, in place of what was taken under the same address before."""
    kept = table("source_mark")
    same = (kept.c.source_name == name) & (kept.c.resource == mark.resource)
    connection.execute(sa.delete(kept).where(same))
    connection.execute(sa.insert(kept).values(source_name=name, taken_at=now, **asdict(mark)))
