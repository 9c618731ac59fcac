"""Held deliveries: what they state, what became of them since, and what stands in force meanwhile."""

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from warehouse.batches import Batch, batch_of, find_batch, rejected_rows, seen_by
from warehouse.schema import table
from warehouse.scope import Scope
from warehouse.standing import Standing, standing_slices


@dataclass(frozen=True, kw_only=True)
class HeldSlice:
    """A slice that a held delivery states; ``totals`` are fen by measure over its accepted rows."""

    slice_key: str
    division_code: str | None
    fiscal_year: int | None
    first_on: dt.date | None
    last_on: dt.date | None
    row_count: int
    delivered_count: int | None
    totals: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Held:
    """A held delivery with everything that is told of it.

    ``checks`` are the rows of batch_check; ``standing`` is what is in force under its slice keys.
    """

    batch: Batch
    slices: tuple[HeldSlice, ...]
    checks: tuple[dict[str, Any], ...]
    rejected: tuple[dict[str, Any], ...]
    standing: dict[str, Standing]


def save_held_slices(connection: sa.Connection, batch_id: int, slices: Sequence[Mapping[str, Any]]) -> None:
    """Write what a held delivery states, numbered from 1; ``totals`` of a slice are fen by measure."""
    rows = [
        {"batch_id": batch_id, "slice_no": n, **piece, "totals_json": json.dumps(piece["totals"])}
        for n, piece in enumerate(slices, start=1)
    ]
    for row in rows:
        del row["totals"]
    if rows:
        connection.execute(table("held_slice").insert(), rows)


def held_slices(connection: sa.Connection, batch_id: int) -> tuple[HeldSlice, ...]:
    """Return what a held delivery states, in the order of its file; none where nothing in it could be read."""
    piece = table("held_slice")
    query = sa.select(piece).where(piece.c.batch_id == batch_id).order_by(piece.c.slice_no)
    return tuple(_held_slice(dict(row)) for row in connection.execute(query).mappings())


def _held_slice(row: dict[str, Any]) -> HeldSlice:
    totals = json.loads(row.pop("totals_json"))
    return HeldSlice(**{name: row[name] for name in row if name not in {"batch_id", "slice_no"}}, totals=totals)


def batch_checks(connection: sa.Connection, batch_id: int) -> list[dict[str, Any]]:
    """Return the checks made before a batch was published or held, in the order they were made."""
    check = table("batch_check")
    query = sa.select(check).where(check.c.batch_id == batch_id).order_by(check.c.check_no)
    return [dict(row) for row in connection.execute(query).mappings()]


def count_warnings(connection: sa.Connection) -> dict[int, int]:
    """Return how many checks of each batch ended in a warning; a batch without any is left out."""
    check = table("batch_check")
    query = sa.select(check.c.batch_id, sa.func.count()).where(check.c.outcome == "warn").group_by(check.c.batch_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def read_held(connection: sa.Connection, scope: Scope, batch_id: int, known_at: dt.datetime) -> Held | None:
    """Return a held delivery that the reader may see, with what is in force beside it at known_at; None else."""
    batch = find_batch(connection, scope, batch_id)
    if batch is None or batch.status != "held":
        return None
    slices = held_slices(connection, batch_id)
    keys = [piece.slice_key for piece in slices]
    return Held(
        batch=batch,
        slices=slices,
        checks=tuple(batch_checks(connection, batch_id)),
        rejected=tuple(rejected_rows(connection, scope, batch_id)),
        standing=standing_slices(connection, batch.feed, keys, known_at),
    )


def followers(connection: sa.Connection, batch_id: int) -> list[Batch]:
    """Return the batches made of a batch's bytes since, by release or replay, the oldest first."""
    batch = table("batch")
    query = sa.select(batch.c.batch_id).where(batch.c.origin_batch_id == batch_id).order_by(batch.c.batch_id)
    found = (find_batch(connection, Scope.everything(), number) for number in connection.execute(query).scalars())
    return [one for one in found if one is not None]


def waiting_batches(connection: sa.Connection, scope: Scope) -> list[Batch]:
    """Return the held batches that still wait for a person, the newest first.

    One waits no longer when it was released or read again, when a later delivery of its mapping bears the same
    file name, or when later deliveries were published for every slice it states.
    """
    batch = table("batch")
    query = sa.select(batch).where(
        batch.c.status == "held", seen_by(scope), ~_was_followed(batch), ~_was_replaced(batch)
    )
    return [batch_of(row) for row in connection.execute(query.order_by(batch.c.batch_id.desc()))]


def _was_followed(batch: sa.Table) -> sa.ColumnElement[bool]:
    later = batch.alias("later")
    same_name = (later.c.mapping_name == batch.c.mapping_name) & (later.c.file_name == batch.c.file_name)
    made_of_it = later.c.origin_batch_id == batch.c.batch_id
    return sa.exists().where(later.c.batch_id > batch.c.batch_id, sa.or_(made_of_it, same_name))


def _was_replaced(batch: sa.Table) -> sa.ColumnElement[bool]:
    held, piece = table("held_slice"), table("batch_slice")
    newer = sa.exists().where(
        piece.c.feed == batch.c.feed, piece.c.slice_key == held.c.slice_key, piece.c.batch_id > batch.c.batch_id
    )
    own = held.c.batch_id == batch.c.batch_id
    return sa.exists().where(own) & ~sa.exists().where(own, ~newer.correlate(batch, held))


def released_because(batch: Batch) -> str | None:
    """Return the reason a person gave for releasing a batch; None where it was not released."""
    found = re.fullmatch(r"released: (.*) \(held because .*\)", batch.reason or "", re.DOTALL)
    return found[1] if found else None
