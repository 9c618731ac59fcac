"""Parquet copies of facts for reading: one slice a file or a few, written with its batch, made anew where missing.

A published slice never changes, so neither does its snapshot. The name carries a stamp of the delivery it was read from
and of the feed's columns: what another transaction left behind, or an older version wrote, is never taken for it. Rows
are counted against the warehouse at every read. Delete the folder and it is rebuilt; it is never the truth.
"""

import contextlib
import datetime as dt
import hashlib
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from budget import frames

_LOG = logging.getLogger(__name__)
_PATH = "\x01path"
# What a slice's rows share is not written into every one of them.
_SHARED = ("slice_id", "batch_id")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Which slice a snapshot is of, and the stamp of what it was read from."""

    slice_id: int
    batch_id: int
    division_code: str | None
    fiscal_year: int | None
    row_count: int
    stamp: str

    def folder(self, snapshots: Path) -> Path:
        """Return the folder of the slice's division and year."""
        return snapshots / (self.division_code or "shared") / str(self.fiscal_year or "every-year")

    def file(self, snapshots: Path, feed: str, part: int) -> Path:
        """Return where a part of the snapshot lies."""
        return self.folder(snapshots) / f"{feed}-{self.slice_id}-{self.stamp}.{part:03d}.parquet"


def stamp_of_delivery(feed: str, landing_sha256: str, mapping_sha256: str, recorded_at: dt.datetime) -> str:
    """Return the stamp of what a slice was read from and of the columns it is kept in."""
    columns = ",".join(f"{name}:{dtype}" for name, dtype in columns_of(feed).items())
    moment = recorded_at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    text = f"{landing_sha256}/{mapping_sha256}/{moment}/{columns}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def columns_of(feed: str) -> frames.Schema:
    """Return the columns a snapshot holds: lineage within the slice, then the feed's own."""
    lineage = {name: dtype for name, dtype in frames.LINEAGE.items() if name not in _SHARED}
    return lineage | frames.FEEDS[feed]


def save_part(snapshots: Path, place: Place, feed: str, part: int, content: pl.DataFrame | Path) -> None:
    """Keep a part of a snapshot: rows, or a Parquet file that has them; a disk that takes none makes reading slower.

    A file is linked, not copied, where it lies on the same disk.
    """
    path = place.file(snapshots, feed, part)
    # Written aside and renamed: a reader never meets half a file, and two writers leave the same one.
    aside = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if part == 0:
            _sweep(path.parent, f"{feed}-{place.slice_id}-", place.stamp)
        if isinstance(content, Path):
            _link(content, aside)
        else:
            content.select(*columns_of(feed)).write_parquet(aside, compression="lz4")
        aside.replace(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        _LOG.warning("snapshot %s could not be kept: %s", path, error)
    finally:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


def _sweep(folder: Path, slice_name: str, stamp: str) -> None:
    """Delete what a load that never came to its end left of the same slice number, under a stamp of its own."""
    for name in [path.name for path in folder.iterdir()]:
        if name.startswith(slice_name) and not name.startswith(slice_name + stamp):
            (folder / name).unlink(missing_ok=True)


def _link(file: Path, place: Path) -> None:
    try:
        place.hardlink_to(file)
    except OSError:
        shutil.copyfile(file, place)


def read_snapshots(
    snapshots: Path, feed: str, places: Iterable[Place], make: Callable[[int], pl.DataFrame]
) -> pl.DataFrame:
    """Return the facts of some slices, in their order; ``make`` reads a slice whose snapshot is missing or damaged.

    Columns are those of ``columns_of``, with slice_id and batch_id.
    """
    wanted = [place for place in places if place.row_count]
    files = files_of(snapshots, feed, wanted)
    kept = _read([path for place in wanted for path in files[place.slice_id]], feed, wanted, files)
    counted: dict[int, int] = dict(kept.group_by("slice_id").len().iter_rows())
    missing = [place for place in wanted if counted.get(place.slice_id) != place.row_count]
    if not missing:
        return kept
    bad = [place.slice_id for place in missing]
    anew = [_made(snapshots, place, feed, files[place.slice_id], make) for place in missing]
    order = {place.slice_id: n for n, place in enumerate(wanted)}
    together = pl.concat([kept.filter(~pl.col("slice_id").is_in(bad)), *anew])
    return together.sort(pl.col("slice_id").replace_strict(order, return_dtype=pl.Int64), maintain_order=True)


def _made(
    snapshots: Path, place: Place, feed: str, left: Iterable[Path], make: Callable[[int], pl.DataFrame]
) -> pl.DataFrame:
    for path in left:
        path.unlink(missing_ok=True)
    facts = make(place.slice_id)
    save_part(snapshots, place, feed, 0, facts)
    return facts.select(*columns_of(feed), *_SHARED)


def files_of(snapshots: Path, feed: str, places: Iterable[Place]) -> dict[int, list[Path]]:
    """Return the files of each slice's snapshot, in the order of its parts; none where it has no snapshot."""
    listed: dict[Path, list[str]] = {}
    found: dict[int, list[Path]] = {}
    for place in places:
        folder = place.folder(snapshots)
        if folder not in listed:
            listed[folder] = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
        found[place.slice_id] = []
    by_name = {f"{feed}-{place.slice_id}-{place.stamp}": (place.slice_id, place.folder(snapshots)) for place in places}
    for folder, names in listed.items():
        for name in names:
            slice_id, own = by_name.get(name.partition(".")[0], (0, folder))
            if slice_id and own == folder and name.endswith(".parquet"):
                found[slice_id].append(folder / name)
    return found


def _read(paths: list[Path], feed: str, places: Iterable[Place], files: Mapping[int, list[Path]]) -> pl.DataFrame:
    """Read the snapshots that are whole; a damaged one is left out."""
    try:
        return _scan(paths, feed, places, files)
    except pl.exceptions.PolarsError:
        sound = [path for path in paths if _is_sound(path, feed)]
        return _scan(sound, feed, places, files)


def _is_sound(path: Path, feed: str) -> bool:
    try:
        pl.read_parquet(path, columns=list(columns_of(feed)))
    except pl.exceptions.PolarsError as error:
        _LOG.warning("snapshot %s is damaged and made anew: %s", path, error)
        return False
    return True


def _scan(paths: list[Path], feed: str, places: Iterable[Place], files: Mapping[int, list[Path]]) -> pl.DataFrame:
    schema = columns_of(feed) | {name: frames.LINEAGE[name] for name in _SHARED}
    if not paths:
        return frames.empty(schema)
    owners = {place.slice_id: place.batch_id for place in places}
    batch_id = pl.col("slice_id").replace_strict(owners, return_dtype=pl.Int64)
    return scan_files(feed, paths, files).with_columns(batch_id=batch_id).select(*schema).collect()


def scan_files(feed: str, paths: list[Path], files: Mapping[int, list[Path]]) -> pl.LazyFrame:
    """Return what some files of snapshots hold, with the slice_id that ``files`` has them under."""
    slices = {str(path): slice_id for slice_id, own in files.items() for path in own}
    slice_id = pl.col(_PATH).replace_strict(slices, return_dtype=pl.Int64)
    found = pl.scan_parquet(paths, include_file_paths=_PATH, extra_columns="ignore", schema=columns_of(feed))
    return found.with_columns(slice_id=slice_id)
