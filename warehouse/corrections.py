"""Which facts that a finding rested on were replaced by a later delivery that says otherwise."""

import datetime as dt
from collections.abc import Collection

import polars as pl
import sqlalchemy as sa

from budget import frames
from warehouse.facts import read_slices
from warehouse.in_force import slices_in_force
from warehouse.schema import table
from warehouse.scope import Scope

FactKey = tuple[int, int]


def changed_facts(connection: sa.Connection, facts: Collection[FactKey], known_at: dt.datetime) -> set[FactKey]:
    """Return the facts, as (slice_id, row_no), that the deliveries in force at known_at no longer state.

    A slice delivered again with the same row is no correction: a cumulative file grows without changing its past.
    A row is the same when every column but its place in the file is. A slice nothing replaced is in force.
    """
    if not facts:
        return set()
    in_force = slices_in_force(connection, known_at, Scope.everything())
    gone = {slice_id for slice_id, _ in facts} - set(in_force["slice_id"])
    changed: set[FactKey] = set()
    for slice_id, feed, slice_key in _slices(connection, gone):
        now = in_force.filter((pl.col("feed") == feed) & (pl.col("slice_key") == slice_key))["slice_id"].to_list()
        rows = [row for piece, row in facts if piece == slice_id]
        old = read_slices(connection, feed, [slice_id]).filter(pl.col("row_no").is_in(rows))
        new = read_slices(connection, feed, now)
        lost = old.join(new, on=list(frames.FEEDS[feed]), how="anti", nulls_equal=True)
        changed |= {(slice_id, row) for row in lost["row_no"]}
    return changed


def _slices(connection: sa.Connection, slice_ids: Collection[int]) -> list[tuple[int, str, str]]:
    piece = table("batch_slice")
    query = sa.select(piece.c.slice_id, piece.c.feed, piece.c.slice_key).where(piece.c.slice_id.in_(sorted(slice_ids)))
    return [(row[0], row[1], row[2]) for row in connection.execute(query) if row[1] in frames.FACT_TABLE]
