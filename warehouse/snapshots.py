"""Holding Parquet snapshots against the warehouse, which is the truth, and making anew what differs."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import sqlalchemy as sa

from budget import frames
from warehouse.dump import write_whole
from warehouse.facts import fact_schema, read_slices
from warehouse.schema import table

_PART = ".part"  # ending of what a writer that was killed leaves behind


@dataclass(frozen=True, kw_only=True)
class SnapshotFault:
    """A snapshot that does not say what the warehouse says, and in what."""

    file: str  # below the folder of snapshots
    why: str
    slice_ids: Sequence[int] = field(default=(), repr=False)  # what it should hold, where that can be told


def check_snapshots(connection: sa.Connection, folder: Path) -> tuple[int, list[SnapshotFault]]:
    """Hold every snapshot of a folder against the warehouse; return how many there are, and those that differ.

    A snapshot holds one feed's facts of the slices it names, whole. Compared are its columns, its row count, the sum
    of each measure, and every row; one file at a time, so that memory stays small.
    """
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".parquet", _PART})
    found = (_checked(connection, folder, path) for path in files)
    return len(files), [fault for fault in found if fault is not None]


def rebuild_snapshots(connection: sa.Connection, folder: Path, faults: Sequence[SnapshotFault]) -> None:
    """Delete snapshots that differ and make them anew; one that does not tell its slices is left to the next reader."""
    for fault in faults:
        path = folder / fault.file
        path.unlink(missing_ok=True)
        if fault.slice_ids:
            _write(path, read_slices(connection, path.name.partition("-")[0], fault.slice_ids))


def _write(path: Path, rows: pl.DataFrame) -> None:
    aside = path.with_suffix(f".{os.getpid()}{_PART}")
    try:
        write_whole(aside, rows)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _checked(connection: sa.Connection, folder: Path, path: Path) -> SnapshotFault | None:
    name, feed = path.relative_to(folder).as_posix(), path.name.partition("-")[0]
    if path.suffix == _PART:
        return SnapshotFault(file=name, why="left behind by a writer that was cut short")
    if feed not in frames.FACT_TABLE:
        return SnapshotFault(file=name, why=f"{feed} is no feed")
    named = _known_slices(connection, feed, _slices_named(path))
    try:
        kept = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        why = f"cannot be read: {str(error).strip().splitlines()[0]}"
        return SnapshotFault(file=name, why=why, slice_ids=named)
    if dict(kept.schema) != fact_schema(feed):
        return SnapshotFault(file=name, why="its columns are not those of the feed", slice_ids=named)
    slice_ids = _known_slices(connection, feed, set(kept["slice_id"].unique()) | set(named))
    found = _difference(feed, kept, read_slices(connection, feed, slice_ids))
    return SnapshotFault(file=name, why=found, slice_ids=slice_ids) if found else None


def _slices_named(path: Path) -> set[int]:
    """Return the slice a file name states, as payments-17-5f2c.parquet does; none where it states only a stamp."""
    steps = path.stem.split("-")
    return {int(steps[1])} if len(steps) > 2 and steps[1].isdigit() else set()


def _known_slices(connection: sa.Connection, feed: str, slice_ids: set[int]) -> list[int]:
    piece = table("batch_slice")
    query = sa.select(piece.c.slice_id).where(piece.c.slice_id.in_(sorted(slice_ids)), piece.c.feed == feed)
    return sorted(connection.execute(query).scalars())


def _difference(feed: str, kept: pl.DataFrame, stated: pl.DataFrame) -> str | None:
    if kept.height != stated.height:
        return f"holds {kept.height} rows, the warehouse {stated.height}"
    for name in frames.MEASURES[feed]:
        mine, truth = (int(side[name].cast(pl.Int128).sum() or 0) for side in (kept, stated))
        if mine != truth:
            return f"its {name} sum to {mine} fen, the warehouse's to {truth}"
    place = ["slice_id", "row_no"]
    if not kept.sort(place).equals(stated.sort(place)):
        return "its rows say something else, with the same sums"
    return None
