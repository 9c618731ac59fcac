"""Another department's database, read only: one view in batches, every name checked against what is really there."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

Row = tuple[Any, ...]


class ForeignError(RuntimeError):
    """The other database does not give what was asked; the message holds no password."""


class ForeignAwayError(ForeignError):
    """The other database does not answer, or broke off: trouble that may pass by itself."""


@dataclass(frozen=True, kw_only=True)
class ViewRequest:
    """What is read of another database; ``equals`` keeps the rows whose columns have these values, as text or number.

    No columns means all of them, no order means the order of the columns: the same rows always come in the same order.
    """

    url: str
    view: str
    schema: str | None = None
    columns: Sequence[str] = ()
    order_by: Sequence[str] = ()
    equals: Mapping[str, str | int] = field(default_factory=dict)
    max_rows: int = 2_000_000
    batch_rows: int = 10_000
    timeout_seconds: int = 60


def url_trouble(url: str) -> str | None:
    """Return what is wrong with a database address, without repeating it; None where it can be used."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        return "is not a database address like postgresql+psycopg://reader@host/name"
    if parsed.password is not None:
        return "holds a password; give it in the environment"
    if parsed.get_backend_name() not in {"postgresql", "sqlite"}:
        return f"is of a kind that cannot be read ({parsed.get_backend_name()}); postgresql+psycopg and sqlite can"
    return None


@contextmanager
def open_view(request: ViewRequest, password: str | None) -> Iterator[tuple[list[str], Iterator[Sequence[Row]]]]:
    """Open a view and yield its column names and its rows in batches; ForeignError says what is missing or failed.

    The connection may only read: the server, or for SQLite the file itself, refuses anything else. More rows than
    ``max_rows`` are an error, not a shorter answer.
    """
    engine = _engine(request, password)
    # The driver's own errors come through while rows are fetched.
    driver: Any = engine.dialect.loaded_dbapi
    try:
        with engine.connect().execution_options(stream_results=True, yield_per=request.batch_rows) as connection:
            names, query = _query(connection, request)
            yield names, _batches(connection, query, request)
    except (sa.exc.SQLAlchemyError, driver.Error) as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise ForeignAwayError(f"{_place(request)} cannot be read: {reason}") from None
    finally:
        engine.dispose()


def _engine(request: ViewRequest, password: str | None) -> sa.Engine:
    url = sa.make_url(request.url)
    seconds = request.timeout_seconds
    if url.get_backend_name() == "sqlite":
        place = f"file:{quote(url.database or '')}?mode=ro"
        return sa.create_engine(
            "sqlite+pysqlite://", creator=lambda: sqlite3.connect(place, uri=True, timeout=seconds), poolclass=NullPool
        )
    options = f"-c default_transaction_read_only=on -c statement_timeout={seconds * 1000}"
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg", password=password),
        connect_args={"connect_timeout": seconds, "options": options},
        execution_options={"postgresql_readonly": True},
        poolclass=NullPool,
    )


def _query(connection: sa.Connection, request: ViewRequest) -> tuple[list[str], sa.Select[Any]]:
    kinds = _columns(connection, request)
    there = list(kinds)
    names = list(request.columns) or there
    order = list(request.order_by) or names
    _require(request, [*names, *order, *request.equals], there)
    # Without types: what the driver gives is what is delivered, and no cell is read twice.
    source = sa.table(request.view, *(sa.column(name) for name in there), schema=request.schema)
    query = sa.select(*(source.c[name] for name in names)).order_by(*(source.c[name] for name in order))
    for name, value in request.equals.items():
        query = query.where(source.c[name] == _like_column(value, kinds[name]))
    return names, query.limit(request.max_rows + 1)


def _like_column(value: str | int, kind: Any) -> str | int:
    """Write a year that came as text as a number where the column holds numbers."""
    is_number = isinstance(kind, sa.Numeric | sa.Integer)
    return int(value) if is_number and isinstance(value, str) and value.isdigit() else value


def _columns(connection: sa.Connection, request: ViewRequest) -> dict[str, Any]:
    found, schema = sa.inspect(connection), request.schema
    if schema is not None and schema not in found.get_schema_names():
        raise ForeignError(f'{_place(request)}: there is no schema "{schema}"')
    there = {*found.get_view_names(schema), *found.get_table_names(schema)}
    if connection.dialect.name == "postgresql":
        there |= set(found.get_materialized_view_names(schema))
    if request.view not in there:
        listed = ", ".join(sorted(there)) or "none"
        raise ForeignError(f'{_place(request)}: there is no view "{request.view}"; there are: {listed}')
    return {str(column["name"]): column["type"] for column in found.get_columns(request.view, schema)}


def _require(request: ViewRequest, wanted: Sequence[str], there: Sequence[str]) -> None:
    missing = sorted(set(wanted) - set(there))
    if missing:
        raise ForeignError(
            f'{_place(request)}: view "{request.view}" has no column {", ".join(missing)}; it has: {", ".join(there)}'
        )


def _batches(connection: sa.Connection, query: sa.Select[Any], request: ViewRequest) -> Iterator[Sequence[Row]]:
    read = 0
    for batch in connection.execute(query).partitions(request.batch_rows):
        read += len(batch)
        if read > request.max_rows:
            raise ForeignError(
                f'{_place(request)}: view "{request.view}" has more than {request.max_rows:,} rows; '
                "narrow it with [equals], or raise max_rows"
            )
        yield [tuple(row) for row in batch]


def _place(request: ViewRequest) -> str:
    url = sa.make_url(request.url)
    return f"database {url.database}" + (f" on {url.host}" if url.host else "")
