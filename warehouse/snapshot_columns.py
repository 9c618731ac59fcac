"""A few columns of many facts, read from the snapshots alone: what a row group cannot hold is not even read."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from budget import frames
from warehouse.snapshots import Place, files_of, scan_files


def read_columns_kept(
    snapshots: Path, feed: str, places: Sequence[Place], names: Sequence[str], condition: pl.Expr
) -> tuple[pl.DataFrame, list[Place]]:
    """Return slice_id and some columns of the facts that fulfil a condition, and the slices that have no snapshot."""
    files = files_of(snapshots, feed, places)
    try:
        return _read(feed, places, files, names, condition)
    except (pl.exceptions.PolarsError, OSError):
        # A damaged file: whoever reads whole slices finds it and makes it anew.
        return _nothing(feed, names), list(places)


def _read(
    feed: str, places: Sequence[Place], files: dict[int, list[Path]], names: Sequence[str], condition: pl.Expr
) -> tuple[pl.DataFrame, list[Place]]:
    missing = [place for place in places if _counted(files[place.slice_id]) != place.row_count]
    bad = {place.slice_id for place in missing}
    whole = [path for place in places if place.slice_id not in bad for path in files[place.slice_id]]
    if not whole:
        return _nothing(feed, names), missing
    found = scan_files(feed, whole, files).filter(condition).select("slice_id", *names).collect()
    return found, missing


def _nothing(feed: str, names: Sequence[str]) -> pl.DataFrame:
    return frames.empty({"slice_id": pl.Int64()} | {name: frames.FEEDS[feed][name] for name in names})


def without_snapshot(snapshots: Path, feed: str, places: Sequence[Place]) -> list[Place]:
    """Return the slices whose snapshot is missing or does not have the rows it should, by the count each file keeps."""
    files = files_of(snapshots, feed, places)
    try:
        return [place for place in places if _counted(files[place.slice_id]) != place.row_count]
    except (pl.exceptions.PolarsError, OSError):
        return list(places)


def scan_snapshots(snapshots: Path, feed: str, places: Sequence[Place]) -> pl.LazyFrame:
    """Return the facts of some slices unread, in their order; every one of them must have its snapshot."""
    wanted = [place for place in places if place.row_count]
    files = files_of(snapshots, feed, wanted)
    paths = [path for place in wanted for path in files[place.slice_id]]
    owners = {place.slice_id: place.batch_id for place in wanted}
    batch_id = pl.col("slice_id").replace_strict(owners, return_dtype=pl.Int64)
    return scan_files(feed, paths, files).with_columns(batch_id=batch_id)


def _counted(files: Sequence[Path]) -> int:
    return sum(pl.scan_parquet(path).select(pl.len()).collect().item() for path in files)
