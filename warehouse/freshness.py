"""What has arrived and what is held, for the feed calendar."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from budget.expected import Arrival
from warehouse.held import HeldSlice, held_slices
from warehouse.schema import table
from warehouse.scope import Scope

_HELD = ("batch_id", "feed", "mapping_name", "file_name", "known_at")
_SLICE = ("feed", "slice_key", "division_code", "fiscal_year", "first_on", "last_on", "known_at", "batch_id")


@dataclass(frozen=True, kw_only=True)
class HeldBatch:
    """A held delivery that nobody has released or replayed with success since."""

    batch_id: int
    feed: str
    mapping_name: str
    file_name: str
    known_at: dt.datetime
    slices: tuple[HeldSlice, ...] = ()  # what it states; none where nothing in it could be read


def read_arrivals(connection: sa.Connection, scope: Scope, known_at: dt.datetime, zone: ZoneInfo) -> list[Arrival]:
    """Return every slice published by a moment, superseded ones too: when something came first stays so.

    Slices without a division are everybody's. One that was released or replayed came when it was first delivered.
    """
    piece, batch, origin = table("batch_slice"), table("batch"), table("batch").alias("origin")
    came = sa.func.coalesce(origin.c.known_at, piece.c.known_at, type_=piece.c.known_at.type).label("came_at")
    query = (
        sa.select(*(piece.c[name] for name in _SLICE), came)
        .join(batch, batch.c.batch_id == piece.c.batch_id)
        .outerjoin(origin, origin.c.batch_id == batch.c.origin_batch_id)
        .where(piece.c.known_at <= known_at, scope.condition(piece.c.division_code, shared=True))
        .order_by(piece.c.known_at, piece.c.slice_id)
    )
    return [
        Arrival(**{name: getattr(row, name) for name in _SLICE}, came_on=row.came_at.astimezone(zone).date())
        for row in connection.execute(query)
    ]


def read_held(connection: sa.Connection, known_at: dt.datetime) -> list[HeldBatch]:
    """Return the deliveries held at a moment, the oldest first, with what each states.

    The caller leaves out what the reader may not see: of one that could not be read only its name tells whose it is.
    """
    batch, again = table("batch"), table("batch").alias("again")
    released = sa.exists().where(
        again.c.origin_batch_id == batch.c.batch_id, again.c.status == "published", again.c.recorded_at <= known_at
    )
    query = (
        sa.select(*(batch.c[name] for name in _HELD))
        .where(batch.c.status == "held", batch.c.known_at <= known_at, batch.c.recorded_at <= known_at, ~released)
        .order_by(batch.c.known_at, batch.c.batch_id)
    )
    return [
        HeldBatch(**row._mapping, slices=held_slices(connection, row.batch_id))  # noqa: SLF001
        for row in connection.execute(query)
    ]
