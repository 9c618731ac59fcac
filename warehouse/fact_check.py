"""Holding the rows of every slice against the count written with it: what a foreign key would say, and more."""

from dataclasses import dataclass

import polars as pl
import sqlalchemy as sa

from budget import frames
from warehouse.bulk import read_frame
from warehouse.in_force import every_slice
from warehouse.schema import table

_COUNTED = {"slice_id": pl.Int64(), "found": pl.Int64()}


@dataclass(frozen=True, kw_only=True)
class FactFault:
    """A slice whose rows are not those it was published with; ``expected`` is null where there is no such slice."""

    table: str
    slice_id: int
    found: int
    expected: int | None

    def __str__(self) -> str:
        """Say what is wrong and what to do."""
        if self.expected is None:
            return f"{self.table}: {self.found} rows name slice {self.slice_id}, which there is not; restore a backup"
        stated = f"slice {self.slice_id} has {self.found} rows and was published with {self.expected}"
        return f"{self.table}: {stated}; restore a backup"


def check_facts(connection: sa.Connection) -> list[FactFault]:
    """Return every slice of the warehouse whose rows are more or fewer than were published with it, by table."""
    slices = every_slice(connection).select("slice_id", "feed", expected="row_count")
    faults = []
    for feed, name in frames.FACT_TABLE.items():
        fact = table(name)
        query = sa.select(fact.c.slice_id, sa.func.count()).group_by(fact.c.slice_id)
        counted = read_frame(connection, query, _COUNTED)
        stated = slices.filter(pl.col("feed") == feed).drop("feed")
        both = counted.join(stated, on="slice_id", how="full", coalesce=True).with_columns(pl.col("found").fill_null(0))
        differ = both.filter(pl.col("found").ne_missing(pl.col("expected"))).sort("slice_id")
        faults += [FactFault(table=name, **row) for row in differ.iter_rows(named=True)]
    return faults
