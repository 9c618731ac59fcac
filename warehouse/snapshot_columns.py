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
    missing, whole = [], list[Path]()
    for place in places:
        own = files[place.slice_id]
        count = sum(pl.scan_parquet(path).select(pl.len()).collect().item() for path in own)
        if count == place.row_count:
            whole += own
        else:
            missing.append(place)
    if not whole:
        return _nothing(feed, names), missing
    found = scan_files(feed, whole, files).filter(condition).select("slice_id", *names).collect()
    return found, missing


def _nothing(feed: str, names: Sequence[str]) -> pl.DataFrame:
    return frames.empty({"slice_id": pl.Int64()} | {name: frames.FEEDS[feed][name] for name in names})
