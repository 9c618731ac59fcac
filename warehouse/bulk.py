"""Moving whole frames in and out of tables, on SQLite and PostgreSQL."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import sqlalchemy as sa

from warehouse.schema import table


def insert_frame(connection: sa.Connection, name: str, frame: pl.DataFrame) -> None:
    """Insert every row of a frame into a table; columns are matched by name, in the caller's transaction."""
    if frame.is_empty():
        return
    columns = frame.columns
    unknown = set(columns) - set(table(name).c.keys())
    if unknown:
        raise KeyError(f"table {name} has no column {', '.join(sorted(unknown))}")
    quoted = ", ".join(f'"{column}"' for column in columns)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {name} ({quoted}) FROM STDIN", frame)
        return
    marks = ", ".join("?" * len(columns))
    cursor = connection.connection.cursor()
    cursor.executemany(f"INSERT INTO {name} ({quoted}) VALUES ({marks})", _as_text(frame).rows())
    cursor.close()


def _copy(connection: sa.Connection, statement: str, frame: pl.DataFrame) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in frame.iter_rows():
            copy.write_row(row)


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
