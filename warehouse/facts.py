"""Facts in force at (as_of, known_at), read through Parquet snapshots that are rebuilt when missing.

A snapshot holds one feed of one division and fiscal year and is named by the slices it was made from, so it is
never stale and two moments share it where nothing changed. Delete the folder and it is rebuilt; it is never the
truth.
"""

import datetime as dt
import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
import sqlalchemy as sa

from budget import frames
from budget.at_day import at_day
from budget.facts import Facts
from warehouse.bulk import read_frame
from warehouse.in_force import slices_in_force, stamp_of
from warehouse.schema import table
from warehouse.scope import Scope

HISTORY_YEARS = 3
_LOG = logging.getLogger(__name__)
FACT_FEEDS = tuple(feed for feed in frames.FEEDS if feed not in {"units", "classifications"})


def load_facts(
    connection: sa.Connection,
    snapshots: Path,
    as_of: dt.date,
    known_at: dt.datetime,
    scope: Scope,
    *,
    history_years: int = HISTORY_YEARS,
) -> Facts:
    """Load the facts of the fiscal year of as_of and of ``history_years`` years before it.

    Rows dated after as_of are left out and rows without a date are kept; voided and failed payments are left out.
    """
    pieces = slices_in_force(connection, known_at, scope)
    years = range(as_of.year - history_years, as_of.year + 1)
    wanted = pieces.filter(pl.col("fiscal_year").is_null() | pl.col("fiscal_year").is_in(years))
    loaded: dict[str, Any] = {
        feed: at_day(feed, _feed(connection, snapshots, feed, wanted), as_of) for feed in FACT_FEEDS
    }
    return Facts(
        as_of=as_of,
        known_at=known_at,
        units=_feed(connection, snapshots, "units", pieces),
        classifications=_feed(connection, snapshots, "classifications", pieces),
        **loaded,
        deliveries=wanted.select(*frames.DELIVERIES),
        checks=_checks(connection, wanted),
        stamp=stamp_of(wanted["slice_id"]),
        divisions=tuple(sorted(wanted["division_code"].drop_nulls().unique())),
    )


def _feed(connection: sa.Connection, snapshots: Path, feed: str, pieces: pl.DataFrame) -> pl.DataFrame:
    """Return one feed's facts of the given slices, snapshot by snapshot."""
    own = pieces.filter(pl.col("feed") == feed)
    parts = [
        _snapshot(connection, snapshots / _place(division, year), feed, group["slice_id"].to_list())
        for (division, year), group in own.group_by("division_code", "fiscal_year", maintain_order=True)
    ]
    return pl.concat(parts) if parts else frames.empty(fact_schema(feed))


def _place(division: object, year: object) -> str:
    return f"{division or 'shared'}/{year or 'every-year'}"


def _snapshot(connection: sa.Connection, folder: Path, feed: str, slice_ids: list[int]) -> pl.DataFrame:
    path = folder / f"{feed}-{stamp_of(slice_ids)}.parquet"
    kept = _read_kept(path)
    # One that an earlier version kept lacks the columns the feed has got since.
    if kept is not None and dict(kept.schema) == fact_schema(feed):
        return kept
    frame = read_slices(connection, feed, slice_ids)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _keep(path, frame)
    except (OSError, pl.exceptions.PolarsError) as error:
        # A full disk makes reading slower, not impossible.
        _LOG.warning("snapshot %s could not be kept: %s", path, error)
    return frame


def _read_kept(path: Path) -> pl.DataFrame | None:
    """Return a kept snapshot; None where there is none or a power cut left half of one."""
    if not path.exists():
        return None
    try:
        return pl.read_parquet(path)
    except pl.exceptions.PolarsError as error:
        _LOG.warning("snapshot %s is damaged and made anew: %s", path, error)
        return None


def _keep(path: Path, frame: pl.DataFrame) -> None:
    # Written aside and renamed: a reader never meets half a file, and two writers leave the same one.
    aside = path.with_suffix(f".{os.getpid()}.part")
    try:
        frame.write_parquet(aside)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


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
