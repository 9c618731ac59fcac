"""Moving whole frames in and out of tables, on SQLite and PostgreSQL."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from typing import Any

import polars as pl
import sqlalchemy as sa

from warehouse.schema import table
from warehouse.staging import database_file, insert_staged

# Below so many rows the driver's own way is faster than a file beside the warehouse.
_WORTH_STAGING = 5_000
_ROWS_A_COPY = 100_000
_NULL = r"\N"


def insert_frame(connection: sa.Connection, name: str, frame: pl.DataFrame) -> None:
    """Insert every row of a frame into a table; columns are matched by name, in the caller's transaction."""
    insert_frames(connection, name, [frame])


def insert_frames(connection: sa.Connection, name: str, frames: Iterable[pl.DataFrame]) -> None:
    """Insert every row of some frames of the same columns, one after the other, in the caller's transaction."""
    filled = (frame for frame in frames if not frame.is_empty())
    first = next(filled, None)
    if first is None:
        return
    unknown = set(first.columns) - set(table(name).c.keys())
    if unknown:
        raise KeyError(f"table {name} has no column {', '.join(sorted(unknown))}")
    every = chain([first], filled)
    if connection.dialect.name == "postgresql":
        _copy(connection, name, every)
        return
    database = database_file(connection)
    if first.height < _WORTH_STAGING or database is None:
        _insert_rows(connection, name, every)
    else:
        insert_staged(connection, name, (_as_text(frame) for frame in every), database)


def _insert_rows(connection: sa.Connection, name: str, frames: Iterable[pl.DataFrame]) -> None:
    cursor = connection.connection.cursor()
    for frame in frames:
        marks = ", ".join("?" * frame.width)
        cursor.executemany(f"INSERT INTO {name} ({_quoted(frame)}) VALUES ({marks})", _as_text(frame).rows())
    cursor.close()


def _copy(connection: sa.Connection, name: str, frames: Iterable[pl.DataFrame]) -> None:
    """Send rows as the server's own CSV: every text is quoted, so that the bare mark can only mean null."""
    first, frames = _peek(frames)
    statement = f"COPY {name} ({_quoted(first)}) FROM STDIN (FORMAT csv, NULL '{_NULL}')"
    driver: Any = connection.connection.driver_connection
    pieces = (piece for frame in frames for piece in frame.iter_slices(_ROWS_A_COPY))
    with driver.cursor() as cursor, cursor.copy(statement) as copy, ThreadPoolExecutor(1) as pool:
        # The next piece is written out while the server takes this one in.
        waiting: Future[bytes] | None = None
        for piece in pieces:
            ready, waiting = waiting, pool.submit(_as_csv, piece)
            if ready is not None:
                copy.write(ready.result())
        if waiting is not None:
            copy.write(waiting.result())


def _peek(frames: Iterable[pl.DataFrame]) -> tuple[pl.DataFrame, Iterable[pl.DataFrame]]:
    left = iter(frames)
    first = next(left)
    return first, chain([first], left)


def _quoted(frame: pl.DataFrame) -> str:
    return ", ".join(f'"{column}"' for column in frame.columns)


def _as_csv(frame: pl.DataFrame) -> bytes:
    plain = frame.with_columns(
        pl.selectors.datetime().dt.convert_time_zone("UTC").dt.to_string("%Y-%m-%d %H:%M:%S.%6f")
    )
    return plain.write_csv(include_header=False, quote_style="non_numeric", null_value=_NULL).encode()


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Write dates and instants the way SQLite's SQLAlchemy types read them back."""
    return frame.with_columns(
        pl.selectors.date().dt.to_string("%Y-%m-%d"),
        pl.selectors.datetime().dt.convert_time_zone("UTC").dt.to_string("%Y-%m-%d %H:%M:%S.%6f"),
    )


def read_frame(
    connection: sa.Connection,
    query: sa.Select[Any],
    schema: Mapping[str, pl.DataType],
) -> pl.DataFrame:
    """Run a query and return its rows with exactly these columns and types, also where there are none.

    Types are always given: a frame inferred from zero rows would have no types at all.
    """
    rows: Sequence[Any] = connection.execute(query).fetchall()
    if not rows:
        return pl.DataFrame(schema=schema)
    return pl.DataFrame([tuple(row) for row in rows], schema=dict(schema), orient="row")
