"""What the pages ask about single facts: the voucher or allotment, its batch, and the deliveries that touched it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import polars as pl
import sqlalchemy as sa

from budget import frames
from warehouse.bulk import read_frame
from warehouse.facts import fact_schema
from warehouse.in_force import slices_in_force
from warehouse.queries import INSTANT
from warehouse.schema import table
from warehouse.scope import Scope

PLACE: frames.Schema = {
    "slice_id": pl.Int64(),
    "batch_id": pl.Int64(),
    "feed": frames.TEXT,
    "slice_key": frames.TEXT,
    "division_code": frames.TEXT,
    "fiscal_year": frames.YEAR,
    "known_at": INSTANT,
    "mapping_name": frames.TEXT,
    "landing_sha256": frames.TEXT,
    "file_name": frames.TEXT,
    "recorded_at": INSTANT,
}


NAMED: frames.Schema = dict.fromkeys(("scheme", "code", "name"), frames.TEXT)


def classification_names(connection: sa.Connection, year: int, known_at: dt.datetime) -> pl.DataFrame:
    """Return scheme, code and name of the codes valid in a year (inclusive), by the tables in force at a moment.

    Classifications are public and the same for every reader.
    """
    pieces = slices_in_force(connection, known_at, Scope.everything())
    slice_ids = pieces.filter(pl.col("feed") == "classifications")["slice_id"].to_list()
    row = table("classification")
    query = (
        sa.select(*(row.c[name] for name in NAMED))
        .where(
            row.c.slice_id.in_(slice_ids),
            row.c.valid_from_year <= year,
            sa.or_(row.c.valid_to_year.is_(None), row.c.valid_to_year >= year),
        )
        .order_by(row.c.valid_from_year)
    )
    return read_frame(connection, query, NAMED)


def find_slice(connection: sa.Connection, scope: Scope, slice_id: int) -> dict[str, Any] | None:
    """Return a slice with the delivery it came in, or None where there is none that the reader may see.

    Slices without a division (the district's unit table) are for readers of the whole district.
    """
    return next(_slices(connection, scope, table("batch_slice").c.slice_id == slice_id).iter_rows(named=True), None)


def _slices(connection: sa.Connection, scope: Scope, condition: sa.ColumnElement[bool]) -> pl.DataFrame:
    piece, batch = table("batch_slice"), table("batch")
    columns = [piece.c[name] if name in piece.c else batch.c[name] for name in PLACE]
    query = (
        sa.select(*columns)
        .join(batch, batch.c.batch_id == piece.c.batch_id)
        .where(condition, scope.condition(piece.c.division_code))
        .order_by(piece.c.known_at, piece.c.batch_id)
    )
    return read_frame(connection, query, PLACE)


def list_deliveries_of(connection: sa.Connection, scope: Scope, feed: str, slice_key: str) -> pl.DataFrame:
    """Return every delivery of one slice, oldest first: the later ones replaced the earlier."""
    piece = table("batch_slice")
    return _slices(connection, scope, sa.and_(piece.c.feed == feed, piece.c.slice_key == slice_key))


def find_fact(connection: sa.Connection, scope: Scope, slice_id: int, row_no: int) -> dict[str, Any] | None:
    """Return one fact with the columns of its feed and its lineage, or None where the reader may not see it."""
    place = find_slice(connection, scope, slice_id)
    if place is None:
        return None
    return next(iter(_facts(connection, scope, place, [row_no])), None)


def list_facts(connection: sa.Connection, scope: Scope, pairs: Sequence[tuple[int, int]]) -> list[dict[str, Any]]:
    """Return facts by (slice_id, row_no) with the columns of their feeds, in the order asked; unseen ones left out."""
    wanted: dict[int, list[int]] = {}
    for slice_id, row_no in pairs:
        wanted.setdefault(slice_id, []).append(row_no)
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for slice_id, row_nos in wanted.items():
        place = find_slice(connection, scope, slice_id)
        if place is None:
            continue
        for row in _facts(connection, scope, place, row_nos):
            found[slice_id, row["row_no"]] = row
    return [found[pair] for pair in pairs if pair in found]


def _facts(
    connection: sa.Connection, scope: Scope, place: dict[str, Any], row_nos: Sequence[int]
) -> list[dict[str, Any]]:
    fact = table(frames.FACT_TABLE[place["feed"]])
    schema = {name: kind for name, kind in fact_schema(place["feed"]).items() if name != "batch_id"}
    query = sa.select(*(fact.c[name] for name in schema)).where(
        fact.c.slice_id == place["slice_id"], fact.c.row_no.in_(list(row_nos))
    )
    if "division_code" in fact.c:
        query = query.where(scope.condition(fact.c.division_code))
    return [row | {"feed": place["feed"]} for row in read_frame(connection, query, schema).iter_rows(named=True)]
