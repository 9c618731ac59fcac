"""The accepted rows of one delivery, in memory while they are few and in Parquet files aside beyond that."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from budget import frames

SLICE_KEY = "slice_key"
ROW_NO = "row_no"
ORIGIN: frames.Schema = {
    SLICE_KEY: pl.String(),
    ROW_NO: pl.Int64(),  # 1-based within the slice
    "source_sheet": pl.String(),
    "source_row": pl.Int64(),
}
IN_MEMORY_BYTES = 48 << 20
_PREFIX = "facts-"


class FactStore:
    """Facts in the order they were delivered; columns: ORIGIN, then the feed's own.

    What goes aside lies in a folder of its own until ``discard``; the store may be sent to another process. A ``watch``
    sees the rows as they come in.
    """

    def __init__(
        self,
        feed: str,
        spool: Path | None = None,
        in_memory_bytes: int = IN_MEMORY_BYTES,
        watch: Callable[[pl.DataFrame], None] | None = None,
    ) -> None:
        self._schema = ORIGIN | frames.FEEDS[feed]
        self._spool, self._most = spool, in_memory_bytes
        self._watch = watch
        self._folder: Path | None = None
        self._files: list[Path] = []
        self._frames: list[pl.DataFrame] = []
        self._bytes = 0
        self._counts: dict[str, int] = {}
        self._filled: set[str] = set()
        self.height = 0

    def add(self, facts: pl.DataFrame) -> None:
        """Take in some rows (every column but ``row_no``); numbers go on where the slice's last row stopped."""
        if facts.is_empty():
            return
        counts = dict(facts.group_by(SLICE_KEY).len().iter_rows())
        before = pl.lit(0, pl.Int64)
        if any(key in self._counts for key in counts):
            known = {key: self._counts.get(key, 0) for key in counts}
            before = pl.col(SLICE_KEY).replace_strict(known, return_dtype=pl.Int64)
        number = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
        within = number if len(counts) == 1 else number.over(SLICE_KEY)
        self._keep(facts.with_columns((within + before).alias(ROW_NO)).select(*self._schema))
        for key, count in counts.items():
            self._counts[key] = self._counts.get(key, 0) + count

    def _keep(self, facts: pl.DataFrame) -> None:
        self.height += facts.height
        self._filled |= {one.name for one in facts if one.null_count() < facts.height}
        if self._watch is not None:
            self._watch(facts)
        self._frames.append(facts)
        self._bytes += int(facts.estimated_size())
        if self._bytes > self._most:
            self._put_aside()

    def _put_aside(self) -> None:
        if self._folder is None:
            if self._spool is not None:
                self._spool.mkdir(parents=True, exist_ok=True)
            self._folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=self._spool))
        path = self._folder / f"{len(self._files):05d}.parquet"
        pl.concat(self._frames).write_parquet(path, compression="lz4")
        self._files.append(path)
        self._frames, self._bytes = [], 0

    def parts(self) -> Iterator[pl.DataFrame]:
        """Yield the rows part by part, in order."""
        for path in self._files:
            yield pl.read_parquet(path)
        if self._frames:
            yield pl.concat(self._frames)

    def filled(self) -> Iterator[pl.DataFrame]:
        """Yield the rows part by part, without the columns that no row of any part fills."""
        columns = [name for name in self._schema if name in self._filled]
        return (part.select(columns) for part in self.parts())

    def kept(self) -> Iterator[tuple[int, str, Path | pl.DataFrame]]:
        """Yield the rows of each slice as (part, slice_key, rows); a file where it holds one slice and nothing else."""
        is_one = len(self._counts) == 1
        parts: list[Path | pl.DataFrame] = [*self._files]
        if self._frames:
            parts.append(pl.concat(self._frames))
        for part, held in enumerate(parts):
            if is_one:
                yield part, next(iter(self._counts)), held
                continue
            rows = pl.read_parquet(held) if isinstance(held, Path) else held
            for (key,), own in rows.partition_by(SLICE_KEY, as_dict=True).items():
                yield part, str(key), own

    def lazy(self) -> pl.LazyFrame:
        """Return all rows for a query; select few columns, there may be millions of rows."""
        parts = [pl.scan_parquet(self._files)] if self._files else []
        rest = pl.concat(self._frames) if self._frames else frames.empty(self._schema)
        return pl.concat([*parts, rest.lazy()])

    def frame(self) -> pl.DataFrame:
        """Return all rows at once: for deliveries that are known to be small."""
        return self.lazy().collect()

    def slice_counts(self) -> dict[str, int]:
        """Return how many rows each slice has, in order of first appearance."""
        return dict(self._counts)

    def discard(self) -> None:
        """Remove what lies aside."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def sweep(spool: Path) -> None:
    """Remove what processes that are gone left aside."""
    for folder in spool.glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not _lives(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _lives(process: int) -> bool:
    with contextlib.suppress(PermissionError):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
    return True
