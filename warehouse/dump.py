"""Every table as Parquet files and back, alike on SQLite and PostgreSQL, with the counts and sums that prove it."""

import io
from pathlib import Path
from typing import Any

import polars as pl
import sqlalchemy as sa

from budget import frames
from warehouse.bulk import insert_frame, read_frame
from warehouse.in_force import slices_in_force
from warehouse.schema import METADATA, UtcDateTime, table
from warehouse.scope import Scope

ROWS_PER_FILE = 50_000
# Who acts as scheduler just now is no fact about the district; a restored warehouse starts without it.
LEFT_OUT = frozenset({"lease"})
Tally = dict[str, dict[str, int]]  # name -> "rows" and each measure -> count and sums in fen


class DumpError(RuntimeError):
    """A table cannot be taken in; the sentence says which and why."""


def dumped_tables() -> list[str]:
    """Return the tables of a backup, each after those it refers to, and facts after the slices they name."""
    names = [one.name for one in METADATA.sorted_tables if one.name not in LEFT_OUT]
    return sorted(names, key=lambda name: name in frames.FACT_TABLE.values())


def dump_table(connection: sa.Connection, name: str, folder: Path) -> list[Path]:
    """Write a table's rows in key order into numbered files of a folder; none where it has no rows."""
    source = table(name)
    query = sa.select(source).order_by(*source.primary_key.columns)
    schema = _schema(source)
    written = []
    streamed = connection.execute(query.execution_options(stream_results=True, yield_per=ROWS_PER_FILE))
    for number, rows in enumerate(streamed.partitions(), start=1):
        path = folder / f"{name}-{number:05d}.parquet"
        frame = pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")
        write_whole(path, frame)
        written.append(path)
    return written


def write_whole(path: Path, frame: pl.DataFrame) -> None:
    """Write a frame as Parquet; OSError, as of any other file, where the disk is full."""
    content = io.BytesIO()
    frame.write_parquet(content)
    path.write_bytes(content.getbuffer())


def _schema(source: sa.Table) -> frames.Schema:
    return {column.name: _kind(column.type) for column in source.columns}


def _kind(kind: sa.types.TypeEngine[Any]) -> pl.DataType:
    if isinstance(kind, UtcDateTime):
        return pl.Datetime("us", "UTC")
    if isinstance(kind, sa.Date):
        return pl.Date()
    if isinstance(kind, sa.Boolean):
        return pl.Boolean()
    return pl.Int64() if isinstance(kind, sa.Integer) else pl.String()


def load_table(connection: sa.Connection, name: str, files: list[Path]) -> None:
    """Insert the rows of some files, in their order, in the caller's transaction; DumpError where they do not fit."""
    driver: Any = connection.dialect.loaded_dbapi
    for path in sorted(files):
        try:
            insert_frame(connection, name, pl.read_parquet(path))
        except (pl.exceptions.PolarsError, KeyError) as error:
            raise DumpError(f"{path.name} is no part of table {name}: {error}") from error
        except (driver.Error, sa.exc.StatementError) as error:
            reason = str(error).strip().splitlines()[0]
            raise DumpError(f"table {name} cannot take the rows of {path.name}: {reason}") from error


def count_tables(connection: sa.Connection) -> Tally:
    """Return the rows of every table of a backup, and the sum of each of its columns in fen."""
    return {name: _counted(connection, table(name)) for name in dumped_tables()}


def _counted(connection: sa.Connection, source: sa.Table) -> dict[str, int]:
    money = [column for column in source.columns if column.name.endswith("_fen")]
    row = connection.execute(sa.select(sa.func.count(), *(sa.func.sum(one) for one in money)).select_from(source)).one()
    return {"rows": row[0]} | {one.name: int(value or 0) for one, value in zip(money, row[1:], strict=True)}


def count_in_force(connection: sa.Connection) -> Tally:
    """Return rows and sums of each feed's facts that are in force by all that is known; feeds without any left out."""
    latest = connection.scalar(sa.select(sa.func.max(table("batch_slice").c.known_at)))
    if latest is None:
        return {}
    pieces = slices_in_force(connection, latest, Scope.everything())
    return {feed: _in_force(connection, feed, pieces) for feed in sorted(pieces["feed"].unique())}


def _in_force(connection: sa.Connection, feed: str, pieces: pl.DataFrame) -> dict[str, int]:
    fact, measures = table(frames.FACT_TABLE[feed]), frames.MEASURES[feed]
    sums = [sa.cast(sa.func.sum(fact.c[name]), sa.String).label(name) for name in measures]
    query = sa.select(fact.c.slice_id, sa.func.count().label("rows"), *sums).group_by(fact.c.slice_id)
    schema: frames.Schema = {"slice_id": pl.Int64(), "rows": pl.Int64()} | dict.fromkeys(measures, frames.TEXT)
    # Sums come as text: PostgreSQL gives decimals, SQLite whole numbers.
    found = read_frame(connection, query, schema).join(pieces, on="slice_id", how="semi")
    totals = found.select("rows", pl.col(*measures).cast(pl.Int128)) if measures else found.select("rows")
    return {name: int(totals[name].sum() or 0) for name in totals.columns}
