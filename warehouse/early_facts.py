"""Facts written before it is known whether their delivery may be published: behind a savepoint, undone where not."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl
import sqlalchemy as sa

from warehouse.deliveries import insert_facts, next_slice_id


@dataclass(frozen=True)
class EarlyFacts:
    """What was written, by slice_key -> slice_id; either undone or settled, once."""

    slice_ids: dict[str, int]
    savepoint: sa.NestedTransaction

    def undo(self) -> None:
        """Take everything out again that was written since."""
        self.savepoint.rollback()

    def settle(self) -> None:
        """Leave it in the transaction."""
        self.savepoint.commit()


def save_early(connection: sa.Connection, feed: str, parts: Iterable[pl.DataFrame]) -> EarlyFacts:
    """Write facts part by part; slices are numbered as they appear and written by whoever publishes them."""
    savepoint = connection.begin_nested()
    first, slice_ids = next_slice_id(connection), dict[str, int]()
    insert_facts(connection, feed, (_numbered(part, slice_ids, first) for part in parts))
    return EarlyFacts(slice_ids, savepoint)


def _numbered(part: pl.DataFrame, slice_ids: dict[str, int], first: int) -> pl.DataFrame:
    for key in part["slice_key"].unique(maintain_order=True):
        slice_ids.setdefault(key, first + len(slice_ids))
    return part.with_columns(slice_id=pl.col("slice_key").replace_strict(slice_ids, return_dtype=pl.Int64))
