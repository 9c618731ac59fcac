"""Facts in force at (as_of, known_at), read through the Parquet snapshots of their slices."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
import sqlalchemy as sa

from budget import frames
from budget.at_day import at_day
from budget.calendar import TimeProgressBy
from budget.facts import Facts
from warehouse.bulk import read_frame
from warehouse.in_force import slices_in_force, stamp_of
from warehouse.schema import table
from warehouse.scope import Scope
from warehouse.snapshot_columns import scan_snapshots, without_snapshot
from warehouse.snapshots import Place, read_snapshots, stamp_of_delivery

HISTORY_YEARS = 3
# From so many rows on a feed is not read whole: rules read the columns they need from its snapshots.
SCANNED_ROWS = 1_000_000
SCANNED_FEEDS = frozenset({"allotments", "adjustments", "payments"})
FACT_FEEDS = tuple(feed for feed in frames.FEEDS if feed not in {"units", "classifications"})


def load_facts(
    connection: sa.Connection,
    snapshots: Path,
    as_of: dt.date,
    known_at: dt.datetime,
    scope: Scope,
    *,
    history_years: int = HISTORY_YEARS,
    scan_from: int = SCANNED_ROWS,
    time_progress_by: TimeProgressBy = "day",
) -> Facts:
    """Load the facts of the fiscal year of as_of and of ``history_years`` years before it.

    Rows dated after as_of are left out and rows without a date are kept; voided and failed payments are left out.
    Of a feed with ``scan_from`` rows or more only what is asked for is read, when it is asked for.
    """
    pieces = slices_in_force(connection, known_at, scope)
    years = range(as_of.year - history_years, as_of.year + 1)
    wanted = pieces.filter(pl.col("fiscal_year").is_null() | pl.col("fiscal_year").is_in(years))
    loaded: dict[str, Any] = {
        feed: _at_day(connection, snapshots, feed, wanted, as_of=as_of, scan_from=scan_from) for feed in FACT_FEEDS
    }
    return Facts(
        as_of=as_of,
        known_at=known_at,
        units=_feed(connection, snapshots, "units", pieces),
        classifications=_feed(connection, snapshots, "classifications", pieces),
        **loaded,
        deliveries=wanted.select(*frames.DELIVERIES),
        checks=_checks(connection, wanted),
        time_progress_by=time_progress_by,
        stamp=stamp_of(wanted["slice_id"]),
        divisions=tuple(sorted(wanted["division_code"].drop_nulls().unique())),
    )


def _feed(connection: sa.Connection, snapshots: Path, feed: str, pieces: pl.DataFrame) -> pl.DataFrame:
    """Return one feed's facts of the given slices, in slice and row order."""
    return _read(connection, snapshots, feed, places_of(connection, feed, pieces.filter(pl.col("feed") == feed)))


def _at_day(
    connection: sa.Connection, snapshots: Path, feed: str, pieces: pl.DataFrame, *, as_of: dt.date, scan_from: int
) -> pl.DataFrame | pl.LazyFrame:
    """Return one feed's facts at a day: a scan of the snapshots of a feed with very many rows."""
    places = places_of(connection, feed, pieces.filter(pl.col("feed") == feed))
    if feed in SCANNED_FEEDS and sum(place.row_count for place in places) >= scan_from:
        if missing := without_snapshot(snapshots, feed, places):
            _read(connection, snapshots, feed, missing)
        if not without_snapshot(snapshots, feed, places):
            return at_day(feed, scan_snapshots(snapshots, feed, places).select(*fact_schema(feed)), as_of)
    return at_day(feed, _read(connection, snapshots, feed, places), as_of)


def _read(connection: sa.Connection, snapshots: Path, feed: str, places: list[Place]) -> pl.DataFrame:
    found = read_snapshots(snapshots, feed, places, lambda slice_id: read_slices(connection, feed, [slice_id]))
    return found.select(*fact_schema(feed))


def places_of(connection: sa.Connection, feed: str, pieces: pl.DataFrame) -> list[Place]:
    """Return where the snapshots of some slices of a feed lie; ``pieces`` has the columns of ``in_force.SLICE``."""
    if pieces.is_empty():
        return []
    batch = table("batch")
    columns = (batch.c.batch_id, batch.c.landing_sha256, batch.c.mapping_sha256, batch.c.recorded_at)
    query = sa.select(*columns).where(batch.c.feed == feed)
    stamps = {row[0]: stamp_of_delivery(feed, *row[1:]) for row in connection.execute(query)}
    names = ("slice_id", "batch_id", "division_code", "fiscal_year", "row_count")
    rows = pieces.select(*names).iter_rows(named=True)
    return [Place(**row, stamp=stamps[row["batch_id"]]) for row in rows]


def fact_schema(feed: str) -> frames.Schema:
    """Return the schema of a feed's facts as loaded: lineage first, then the feed's own columns."""
    return frames.LINEAGE | frames.FEEDS[feed]


def read_slices(connection: sa.Connection, feed: str, slice_ids: Iterable[int]) -> pl.DataFrame:
    """Read the facts of some slices straight from the warehouse, in slice and row order."""
    fact, piece = table(frames.FACT_TABLE[feed]), table("batch_slice")
    schema = fact_schema(feed)
    query = (
        sa.select(*(piece.c.batch_id if name == "batch_id" else fact.c[name] for name in schema))
        .join(piece, piece.c.slice_id == fact.c.slice_id)
        .where(fact.c.slice_id.in_(list(slice_ids)))
        .order_by(fact.c.slice_id, fact.c.row_no)
    )
    return read_frame(connection, query, schema)


def _checks(connection: sa.Connection, pieces: pl.DataFrame) -> pl.DataFrame:
    check = table("batch_check")
    own = [name for name in frames.CHECKS if name in check.c]
    query = sa.select(*(check.c[name] for name in own)).where(
        check.c.batch_id.in_(pieces["batch_id"].unique().to_list())
    )
    known = pieces.select("batch_id", "feed", "slice_key", "division_code", "fiscal_year")
    found = read_frame(connection, query, {name: frames.CHECKS[name] for name in own})
    return found.join(known, on=["batch_id", "slice_key"], how="inner").select(*frames.CHECKS)
