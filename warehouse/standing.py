"""What stands under some slice keys: the slice in force of each, with the delivery it came in and its sums."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from warehouse.batches import slice_sums
from warehouse.schema import table


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A slice in force; ``totals`` are fen by measure over its rows."""

    slice_key: str
    slice_id: int
    division_code: str | None
    batch: int
    file: str
    known_at: dt.datetime
    rows: int
    totals: dict[str, int]


def standing_slices(
    connection: sa.Connection, feed: str, slice_keys: Iterable[str], known_at: dt.datetime
) -> dict[str, Standing]:
    """Return by key the slice in force at known_at (inclusive), for every key that has one.

    All divisions are looked at: the caller has checked whose keys these are.
    """
    piece, batch = table("batch_slice"), table("batch")
    query = (
        sa.select(piece, batch.c.file_name)
        .join(batch, batch.c.batch_id == piece.c.batch_id)
        .where(piece.c.feed == feed, piece.c.slice_key.in_(list(slice_keys)), piece.c.known_at <= known_at)
        .order_by(piece.c.known_at, piece.c.batch_id)
    )
    newest = {row.slice_key: row for row in connection.execute(query)}  # the later of two takes the key's place
    return {
        key: Standing(
            slice_key=key,
            slice_id=row.slice_id,
            division_code=row.division_code,
            batch=row.batch_id,
            file=row.file_name,
            known_at=row.known_at,
            rows=row.row_count,
            totals=slice_sums(connection, feed, row.slice_id),
        )
        for key, row in newest.items()
    }


def divisions_of(connection: sa.Connection, feed: str, slice_keys: Iterable[str]) -> frozenset[str | None]:
    """Return the divisions that slices under some keys ever belonged to; None among them for several at once."""
    piece = table("batch_slice")
    query = sa.select(piece.c.division_code).where(piece.c.feed == feed, piece.c.slice_key.in_(list(slice_keys)))
    return frozenset(connection.execute(query.distinct()).scalars())
