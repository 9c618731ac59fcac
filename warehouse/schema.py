"""The tables of schema.sql, loaded from that file: no other module declares a column."""

import datetime as dt
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

SCHEMA_PATH = Path(__file__).resolve().parent.parent / "schema.sql"


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An instant: refuses naive values, stores UTC, returns aware UTC."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        """Store the UTC wall clock of an aware instant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"instant {value.isoformat()} has no time zone; an aware instant was expected")
        return value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> dt.datetime | None:
        """Return the stored instant as aware UTC."""
        return None if value is None else value.replace(tzinfo=dt.UTC)


def load_metadata(ddl: str) -> sa.MetaData:
    """Return the tables that a DDL script declares, with instants typed as UtcDateTime."""
    scratch = sa.create_engine("sqlite://")
    raw = scratch.raw_connection()
    raw.executescript(ddl)
    raw.close()
    metadata = sa.MetaData()

    @sa.event.listens_for(metadata, "column_reflect")
    def _type_instants(_inspector: Any, _table: Any, column: Any) -> None:
        if isinstance(column["type"], sa.DateTime):
            column["type"] = UtcDateTime()

    metadata.reflect(scratch)
    scratch.dispose()
    return metadata


METADATA = load_metadata(SCHEMA_PATH.read_text(encoding="utf-8"))


def table(name: str) -> sa.Table:
    """Return one table of schema.sql; KeyError names it where there is none."""
    return METADATA.tables[name]
