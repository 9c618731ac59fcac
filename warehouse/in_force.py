"""Which slices are in force at a moment: the latest delivery per feed and slice key, never a changed row."""

import datetime as dt
import hashlib
from collections.abc import Iterable

import polars as pl
import sqlalchemy as sa

from budget import frames
from warehouse.bulk import read_frame
from warehouse.schema import table
from warehouse.scope import Scope

SLICE: frames.Schema = {"slice_id": pl.Int64()} | frames.DELIVERIES


def slices_in_force(
    connection: sa.Connection, known_at: dt.datetime, scope: Scope, *, feeds: Iterable[str] | None = None
) -> pl.DataFrame:
    """Return the slices in force at known_at (inclusive), one row a slice, with the columns of SLICE.

    A slice is replaced by a later one of the same feed and key; "later" is by known_at, then by batch number, so
    the order in which history is loaded does not matter. Slices without a division belong to everybody.
    """
    piece = table("batch_slice")
    last = (
        sa.func.row_number()
        .over(
            partition_by=(piece.c.feed, piece.c.slice_key),
            order_by=(piece.c.known_at.desc(), piece.c.batch_id.desc()),
        )
        .label("age")
    )
    query = sa.select(*(piece.c[name] for name in SLICE), last).where(piece.c.known_at <= known_at)
    if feeds is not None:
        query = query.where(piece.c.feed.in_(list(feeds)))
    ranked = query.subquery()
    newest = (
        sa.select(*(ranked.c[name] for name in SLICE))
        .where(ranked.c.age == 1, scope.condition(ranked.c.division_code, shared=True))
        .order_by(ranked.c.slice_id)
    )
    return read_frame(connection, newest, SLICE)


def every_slice(connection: sa.Connection) -> pl.DataFrame:
    """Return every slice ever published, superseded ones too, with the columns of SLICE: for checks of the house."""
    piece = table("batch_slice")
    return read_frame(connection, sa.select(*(piece.c[name] for name in SLICE)).order_by(piece.c.slice_id), SLICE)


def stamp_of(slice_ids: Iterable[int]) -> str:
    """Return a short hash that names a set of slices."""
    text = ",".join(str(one) for one in sorted(slice_ids))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
