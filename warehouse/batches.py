"""Reading deliveries back: batches with their slices and checks, rejected rows, and what a slice said last year."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from budget import frames
from budget.refusals import refusals_told
from warehouse.deliveries import NewBatch
from warehouse.in_force import slices_in_force
from warehouse.schema import table
from warehouse.scope import Scope


@dataclass(frozen=True, kw_only=True)
class Batch(NewBatch):
    """One batch as recorded."""

    batch_id: int


def batch_of(row: Any) -> Batch:
    """Return the batch of a row of the table."""
    told = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for a row's dictionary
    totals, counts = json.loads(told.pop("totals_json")), json.loads(told.pop("counts_json") or "{}")
    counted = {"distinct_keys": counts.get("distinct_keys"), **{n: counts.get(n) or {} for n in ("signs", "control")}}
    return Batch(**told, totals=totals, refusals=refusals_told(counts.get("refusals") or ()), **counted)


def seen_by(scope: Scope) -> sa.ColumnElement[bool]:
    """Return the condition for batches a reader may see: all of their slices lie in the scope, and they have some.

    The slices of a held batch are those it would put in force.
    """
    batch, piece, held = table("batch"), table("batch_slice"), table("held_slice")
    if scope.divisions is None:
        return sa.true()
    stated = sa.union_all(
        sa.select(piece.c.batch_id, piece.c.division_code), sa.select(held.c.batch_id, held.c.division_code)
    ).subquery()
    own = sa.exists().where(stated.c.batch_id == batch.c.batch_id, scope.condition(stated.c.division_code))
    others = sa.exists().where(
        stated.c.batch_id == batch.c.batch_id,
        sa.or_(stated.c.division_code.is_(None), sa.not_(scope.condition(stated.c.division_code))),
    )
    return sa.and_(own, sa.not_(others))


def find_batch(connection: sa.Connection, scope: Scope, batch_id: int) -> Batch | None:
    """Return a batch by its number; None where there is none that the reader may see."""
    batch = table("batch")
    row = connection.execute(sa.select(batch).where(batch.c.batch_id == batch_id, seen_by(scope))).first()
    return None if row is None else batch_of(row)


def read_batches(
    connection: sa.Connection, scope: Scope, *, status: str | None = None, known_at: dt.datetime | None = None
) -> list[Batch]:
    """Return the batches, the newest first; a reader of some divisions sees those wholly of its own.

    With ``known_at`` only those known by then (inclusive).
    """
    batch = table("batch")
    query = sa.select(batch).where(seen_by(scope)).order_by(batch.c.batch_id.desc())
    if status is not None:
        query = query.where(batch.c.status == status)
    if known_at is not None:
        query = query.where(batch.c.known_at <= known_at)
    return [batch_of(row) for row in connection.execute(query)]


def newest_batch(connection: sa.Connection) -> int:
    """Return the number of the batch recorded last; 0 where there is none."""
    return connection.execute(sa.select(sa.func.max(table("batch").c.batch_id))).scalar() or 0


def batches_of_landing(connection: sa.Connection, sha256: str, mapping_name: str) -> list[Batch]:
    """Return what was made of some bytes by a mapping, the newest first."""
    batch = table("batch")
    mine = (batch.c.landing_sha256 == sha256) & (batch.c.mapping_name == mapping_name)
    rows = connection.execute(sa.select(batch).where(mine).order_by(batch.c.batch_id.desc()))
    return [batch_of(row) for row in rows]


def released_as(connection: sa.Connection, origin: Batch) -> int | None:
    """Return the batch that published a held one's bytes since, by release or replay; None where none did."""
    batch = table("batch")
    query = sa.select(sa.func.min(batch.c.batch_id)).where(
        batch.c.origin_batch_id == origin.batch_id, batch.c.status == "published"
    )
    return connection.execute(query).scalar()


def is_in_force(connection: sa.Connection, batch_id: int, known_at: dt.datetime) -> bool:
    """Tell whether every slice of a batch is in force at a moment."""
    piece = table("batch_slice")
    own = set(connection.execute(sa.select(piece.c.slice_id).where(piece.c.batch_id == batch_id)).scalars())
    return own <= set(slices_in_force(connection, known_at, Scope.everything())["slice_id"])


def newest_delivery(connection: sa.Connection, feed: str, slice_keys: Iterable[str]) -> dt.datetime | None:
    """Return since when the latest slice under any of some keys is known; None where there is none."""
    piece = table("batch_slice")
    query = sa.select(sa.func.max(piece.c.known_at)).where(
        piece.c.feed == feed, piece.c.slice_key.in_(list(slice_keys))
    )
    return connection.execute(query).scalar()


def slice_sums(connection: sa.Connection, feed: str, slice_id: int) -> dict[str, int]:
    """Return the sum of each measure over a slice, in fen; a measure no row has is left out."""
    fact, measures = table(frames.FACT_TABLE[feed]), frames.MEASURES[feed]
    if not measures:
        return {}
    sums = sa.select(*(sa.func.sum(fact.c[name]).label(name) for name in measures)).where(fact.c.slice_id == slice_id)
    row = connection.execute(sums).one()
    return {name: int(value) for name, value in row._mapping.items() if value is not None}  # noqa: SLF001


def list_batches(
    connection: sa.Connection, scope: Scope, *, known_at: dt.datetime | None = None
) -> list[dict[str, Any]]:
    """Return the batches a reader may see, the newest first, as dictionaries with their slices and checks."""
    slices, checks = _slices(connection), _checks(connection)
    return [
        _told(one, slices.get(one.batch_id, []), checks.get(one.batch_id, []))
        for one in read_batches(connection, scope, known_at=known_at)
    ]


def _told(one: Batch, slices: list[dict[str, Any]], checks: list[dict[str, Any]]) -> dict[str, Any]:
    keys = {piece["slice_key"] for piece in slices}
    return {
        "batch": one.batch_id,
        "feed": one.feed,
        "mapping": one.mapping_name,
        "file": one.file_name,
        "sha256": one.landing_sha256,
        "status": one.status,
        "known_at": one.known_at,
        "recorded_at": one.recorded_at,
        "rows": one.row_count,
        "accepted": one.accepted_count,
        "rejected": one.rejected_count,
        "totals": one.totals,
        "distinct_keys": one.distinct_keys,
        "signs": one.signs,
        "origin": one.origin_batch_id,
        "reason": one.reason,
        "recorded_by": one.recorded_by,
        "slices": slices,
        "checks": [check for check in checks if not keys or check["slice_key"] in {*keys, "*"}],
    }


def _slices(connection: sa.Connection) -> dict[int, list[dict[str, Any]]]:
    piece = table("batch_slice")
    query = sa.select(piece).order_by(piece.c.slice_id)
    found: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(query):
        found.setdefault(row.batch_id, []).append(
            {
                "slice": row.slice_id,
                "slice_key": row.slice_key,
                "division": row.division_code,
                "fiscal_year": row.fiscal_year,
                "first_on": row.first_on,
                "last_on": row.last_on,
                "rows": row.delivered_count,
                "facts": row.row_count,
                "totals": slice_sums(connection, row.feed, row.slice_id),
            }
        )
    return found


def _checks(connection: sa.Connection) -> dict[int, list[dict[str, Any]]]:
    check = table("batch_check")
    found: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(sa.select(check).order_by(check.c.batch_id, check.c.check_no)):
        told = dict(row._mapping)  # noqa: SLF001
        told["sample"] = json.loads(told.pop("sample_json") or "[]")
        found.setdefault(told.pop("batch_id"), []).append(told)
    return found


def rejected_rows(connection: sa.Connection, scope: Scope, batch_id: int) -> list[dict[str, Any]]:
    """Return the rows a batch held back, in file order, each with the sentence that says where, what and why.

    There are none where the reader may not see the batch.
    """
    one, held = find_batch(connection, scope, batch_id), table("rejected_row")
    if one is None:
        return []
    query = sa.select(held).where(held.c.batch_id == batch_id).order_by(held.c.reject_no)
    return [_rejection(one.file_name, dict(row._mapping)) for row in connection.execute(query)]  # noqa: SLF001


def _rejection(file_name: str, row: dict[str, Any]) -> dict[str, Any]:
    name = f"{row['batch_id']}-{row['reject_no']}"
    told = told_rejection(file_name, row)
    return {
        "rejected": name,
        "file": file_name,
        **told,
        "message": f"{told['message']}; the row was held (rejected {name})",
    }


def told_rejection(file_name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row held back as people are told of it; its message says where, what was found and expected."""
    where = f"{file_name} sheet {row['source_sheet']}" if row["source_sheet"] else file_name
    column, found, expected = row["column_name"], row["found"], row["expected"]
    said = f"{column} is blank, not {expected}" if found is None else f'{column} "{found}" is not {expected}'
    return {
        "sheet": row["source_sheet"],
        "row": row["source_row"],
        "column": column,
        "found": found,
        "expected": expected,
        "cells": json.loads(row["raw_json"]),
        "message": f"{where} row {row['source_row']}: {said}",
    }
