"""Writing a delivery: landing row, batch, slices, facts, checks and rejected rows, all in the caller's transaction."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any

import polars as pl
import sqlalchemy as sa

from budget import frames
from budget.refusals import Refusal
from warehouse.bulk import insert_frames
from warehouse.schema import table


@dataclass(frozen=True, kw_only=True)
class NewBatch:
    """What a batch says of itself; ``totals`` are fen by measure, over accepted rows."""

    feed: str
    mapping_name: str
    mapping_sha256: str
    landing_sha256: str
    file_name: str
    status: str
    known_at: dt.datetime
    recorded_at: dt.datetime
    row_count: int
    accepted_count: int
    rejected_count: int
    totals: dict[str, int]
    distinct_keys: int | None
    signs: dict[str, dict[str, int]]  # amounts written as negative or zero, by measure
    origin_batch_id: int | None
    reason: str | None
    recorded_by: str | None
    control: dict[str, Any] = field(default_factory=dict)  # what file and side file stated of the whole
    refusals: tuple[Refusal, ...] = ()  # those of the reasons that come before any check, as codes and parts


def text_limits(feed: str) -> dict[str, int | None]:
    """Return how many characters each text column of a feed's table holds; None for no limit."""
    columns = table(frames.FACT_TABLE[feed]).c
    return {name: getattr(columns[name].type, "length", None) for name in frames.FEEDS[feed]}


def save_landing(
    connection: sa.Connection, sha256: str, file_name: str, byte_count: int, received_at: dt.datetime
) -> None:
    """Note that the bytes of a delivery, or of its control file, are kept; the same bytes again change nothing."""
    if not is_landed(connection, sha256):
        values = {"sha256": sha256, "file_name": file_name, "byte_count": byte_count, "received_at": received_at}
        connection.execute(table("landing").insert().values(values))


def landed(connection: sa.Connection) -> list[str]:
    """Return the sha256 of every delivery whose bytes are kept, in order."""
    landing = table("landing")
    return list(connection.execute(sa.select(landing.c.sha256).order_by(landing.c.sha256)).scalars())


def is_landed(connection: sa.Connection, sha256: str) -> bool:
    """Tell whether the bytes of a hash are among those kept."""
    landing = table("landing")
    return connection.execute(sa.select(landing.c.sha256).where(landing.c.sha256 == sha256)).first() is not None


def save_batch(connection: sa.Connection, batch: NewBatch) -> int:
    """Write a batch and return its number."""
    batch_id = _next(connection, "batch", "batch_id")
    told = asdict(batch)
    counts = {name: told.pop(name) for name in ("distinct_keys", "signs", "control")}
    counts["refusals"] = [one._asdict() for one in batch.refusals]
    del told["refusals"]
    texts = {"totals_json": json.dumps(told.pop("totals")), "counts_json": json.dumps(counts)}
    connection.execute(table("batch").insert().values(batch_id=batch_id, **told, **texts))
    return batch_id


def save_slices(
    connection: sa.Connection,
    batch_id: int,
    feed: str,
    known_at: dt.datetime,
    slices: pl.DataFrame,
    *,
    given: Mapping[str, int] = MappingProxyType({}),
) -> dict[str, int]:
    """Write a batch's slices and return slice_key -> slice_id; those whose facts are written keep the ``given`` one."""
    slice_ids = dict(given)
    first = next_slice_id(connection)
    for key in slices["slice_key"]:
        slice_ids.setdefault(key, first + len(slice_ids))
    shared = {"batch_id": batch_id, "feed": feed, "known_at": known_at}
    rows = [{**row, **shared, "slice_id": slice_ids[row["slice_key"]]} for row in slices.iter_rows(named=True)]
    if rows:
        connection.execute(table("batch_slice").insert(), rows)
    return slice_ids


def next_slice_id(connection: sa.Connection) -> int:
    """Return the number of the next slice."""
    return _next(connection, "batch_slice", "slice_id")


def save_facts(
    connection: sa.Connection, feed: str, parts: Iterable[pl.DataFrame], slice_ids: Mapping[str, int]
) -> None:
    """Write the facts of some slices, part by part; ``row_no`` counts from 1 in each slice.

    A column that no row fills is best left out of every part: it costs time and says nothing.
    """
    slice_id = pl.col("slice_key").replace_strict(dict(slice_ids), return_dtype=pl.Int64)
    insert_facts(connection, feed, (part.with_columns(slice_id=slice_id) for part in parts))


def insert_facts(connection: sa.Connection, feed: str, parts: Iterable[pl.DataFrame]) -> None:
    """Write facts that know the slice_id of their slice beside its slice_key."""
    insert_frames(connection, frames.FACT_TABLE[feed], (part.drop("slice_key") for part in parts))


def save_checks(connection: sa.Connection, batch_id: int, checks: Sequence[Mapping[str, Any]]) -> None:
    """Write the checks made before publishing, numbered from 1."""
    rows = [{"batch_id": batch_id, "check_no": n, **check} for n, check in enumerate(checks, start=1)]
    if rows:
        connection.execute(table("batch_check").insert(), rows)


def save_rejected(connection: sa.Connection, batch_id: int, rejected: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows held back, numbered from 1."""
    rows = [{"batch_id": batch_id, "reject_no": n, **row} for n, row in enumerate(rejected, start=1)]
    if rows:
        connection.execute(table("rejected_row").insert(), rows)


def _next(connection: sa.Connection, name: str, column: str) -> int:
    """Return the next free number of a table; safe because writers of one warehouse queue (engine.writing)."""
    last = connection.execute(sa.select(sa.func.max(table(name).c[column]))).scalar()
    return 1 + (last or 0)
