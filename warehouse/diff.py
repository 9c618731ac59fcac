"""What a redelivery added, changed and removed: the slices that two batches both state, held side by side."""

from dataclasses import dataclass

import polars as pl
import sqlalchemy as sa

from budget import frames
from budget.compare import PLACE, Comparison, compare_rows
from budget.keys import natural_keys
from warehouse.batches import Batch, find_batch
from warehouse.facts import read_slices
from warehouse.schema import table
from warehouse.scope import Scope

_COUNTED = "_counted"


class DiffError(ValueError):
    """Two batches cannot be compared; the sentence says why."""


@dataclass(frozen=True, kw_only=True)
class Diff:
    """Two batches of one feed; ``rows`` compares the slices that both state, in the order of their keys."""

    before: Batch
    after: Batch
    shared: list[str]
    only_before: list[str]
    only_after: list[str]
    rows: Comparison


def diff_batches(connection: sa.Connection, scope: Scope, before_id: int, after_id: int) -> Diff:
    """Compare what two batches state; DiffError where one is not there for this reader, held, or of another feed."""
    before, after = _published(connection, scope, before_id), _published(connection, scope, after_id)
    if before.feed != after.feed:
        raise DiffError(
            f"batch {before_id} is a delivery of {before.feed}, batch {after_id} of {after.feed}; "
            "only deliveries of one feed can be compared"
        )
    old, new = _slices(connection, before_id), _slices(connection, after_id)
    shared = sorted(set(old) & set(new))
    columns = list(frames.FEEDS[before.feed])
    rows = compare_rows(
        _facts(connection, before.feed, {old[key]: key for key in shared}),
        _facts(connection, before.feed, {new[key]: key for key in shared}),
        natural_keys(before.feed),
        columns,
        {name: name + _COUNTED for name in frames.MEASURES[before.feed]},
    )
    return Diff(
        before=before,
        after=after,
        shared=shared,
        only_before=sorted(set(old) - set(new)),
        only_after=sorted(set(new) - set(old)),
        rows=rows,
    )


def other_deliveries(connection: sa.Connection, scope: Scope, batch_id: int) -> list[Batch]:
    """Return the published batches that state one of this batch's slices too, in the order in which they are known."""
    mine, others = table("batch_slice").alias("mine"), table("batch_slice").alias("others")
    same = sa.and_(others.c.feed == mine.c.feed, others.c.slice_key == mine.c.slice_key)
    query = (
        sa.select(others.c.batch_id)
        .join(mine, same)
        .where(mine.c.batch_id == batch_id, others.c.batch_id != batch_id)
        .distinct()
    )
    found = [find_batch(connection, scope, one) for one in connection.execute(query).scalars()]
    return sorted((one for one in found if one is not None), key=lambda one: (one.known_at, one.batch_id))


def _published(connection: sa.Connection, scope: Scope, batch_id: int) -> Batch:
    found = find_batch(connection, scope, batch_id)
    if found is None:
        raise DiffError(f"there is no batch {batch_id}; mingzhang batches lists them")
    if found.status != "published":
        raise DiffError(f"batch {batch_id} is held: nothing of it is in the warehouse to compare")
    return found


def _slices(connection: sa.Connection, batch_id: int) -> dict[str, int]:
    piece = table("batch_slice")
    query = sa.select(piece.c.slice_key, piece.c.slice_id).where(piece.c.batch_id == batch_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def _facts(connection: sa.Connection, feed: str, keys: dict[int, str]) -> pl.DataFrame:
    """Return the facts of some slices with PLACE, the feed's own columns, and what counts of each measure.

    A voided line is kept and counts nothing, as in every other sum: voiding one is a change in money.
    """
    named = pl.col("slice_id").replace_strict(keys, return_dtype=pl.String, default=None).alias("slice_key")
    is_void = pl.col("is_voided").fill_null(value=False) if "is_voided" in frames.FEEDS[feed] else pl.lit(value=False)
    counted = [pl.when(~is_void).then(pl.col(name)).alias(name + _COUNTED) for name in frames.MEASURES[feed]]
    return read_slices(connection, feed, keys).with_columns(named).select(*PLACE, *frames.FEEDS[feed], *counted)
