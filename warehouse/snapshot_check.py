"""Holding Parquet snapshots against the warehouse, which is the truth, and making anew what differs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import sqlalchemy as sa

from budget import frames
from warehouse.facts import places_of, read_slices
from warehouse.in_force import every_slice
from warehouse.snapshots import Place, columns_of, save_part

_PART = ".part"  # ending of what a writer that was killed leaves behind


@dataclass(frozen=True, kw_only=True)
class SnapshotFault:
    """Files of a snapshot that do not say what the warehouse says, and in what; the first file names it."""

    file: str  # below the folder of snapshots
    why: str
    paths: Sequence[Path] = field(repr=False)
    place: Place | None = field(default=None, repr=False)  # the slice it should hold, where that can be told
    feed: str = ""


def check_snapshots(connection: sa.Connection, folder: Path) -> tuple[int, list[SnapshotFault]]:
    """Hold every snapshot of a folder against the warehouse; return how many files there are, and what differs.

    Compared are the columns, the row count, the sum of each measure, and every row of a slice; one slice at a time, so
    that memory stays small. A snapshot that is missing is no fault: the next reader makes it.
    """
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".parquet", _PART})
    by_base: dict[tuple[Path, str], list[Path]] = {}
    for path in files:
        by_base.setdefault((path.parent, path.name.partition(".")[0]), []).append(path)
    known = _known(connection, folder)
    faults = [_checked(connection, folder, own, known.get(base)) for base, own in by_base.items()]
    return len(files), [fault for fault in faults if fault is not None]


def rebuild_snapshots(connection: sa.Connection, folder: Path, faults: Sequence[SnapshotFault]) -> None:
    """Delete snapshots that differ and make them anew; files of no slice are only deleted."""
    for fault in faults:
        for path in fault.paths:
            path.unlink(missing_ok=True)
        if fault.place is not None:
            rows = read_slices(connection, fault.feed, [fault.place.slice_id])
            save_part(folder, fault.place, fault.feed, 0, rows)


def _known(connection: sa.Connection, folder: Path) -> dict[tuple[Path, str], tuple[str, Place]]:
    """Return the snapshots there may be, by folder and name without its part."""
    pieces = every_slice(connection)
    return {
        (path.parent, path.name.partition(".")[0]): (feed, place)
        for feed in frames.FEEDS
        for place in places_of(connection, feed, pieces.filter(pl.col("feed") == feed))
        for path in [place.file(folder, feed, 0)]
    }


def _checked(
    connection: sa.Connection, folder: Path, paths: list[Path], known: tuple[str, Place] | None
) -> SnapshotFault | None:
    name = paths[0].relative_to(folder).as_posix()
    left = [path for path in paths if path.suffix == _PART]
    if left:
        return SnapshotFault(file=name, why="left behind by a writer that was cut short", paths=left)
    if known is None:
        return SnapshotFault(file=name, why="belongs to no slice of the warehouse", paths=paths)
    feed, place = known
    try:
        kept = [pl.read_parquet(path) for path in paths]
    except (pl.exceptions.PolarsError, OSError) as error:
        why = f"cannot be read: {str(error).strip().splitlines()[0]}"
        return SnapshotFault(file=name, why=why, paths=paths, place=place, feed=feed)
    found = _difference(feed, kept, read_slices(connection, feed, [place.slice_id]))
    return SnapshotFault(file=name, why=found, paths=paths, place=place, feed=feed) if found else None


def _difference(feed: str, kept: Sequence[pl.DataFrame], stated: pl.DataFrame) -> str | None:
    columns = columns_of(feed)
    if any({name: part.schema.get(name) for name in columns} != columns for part in kept):
        return "its columns are not those of the feed"
    mine, truth = pl.concat(part.select(*columns) for part in kept), stated.select(*columns)
    if mine.height != truth.height:
        return f"holds {mine.height} rows, the warehouse {truth.height}"
    for name in frames.MEASURES[feed]:
        sums = [int(side[name].cast(pl.Int128).sum() or 0) for side in (mine, truth)]
        if sums[0] != sums[1]:
            return f"its {name} sum to {sums[0]} fen, the warehouse's to {sums[1]}"
    return None if mine.sort("row_no").equals(truth) else "its rows say something else, with the same sums"
