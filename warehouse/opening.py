"""Whether a warehouse is there and of this version, and making an empty one."""

import datetime as dt
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from warehouse import migrations
from warehouse.engine import StorageError, reading, writing
from warehouse.notes import CREATED_AT, save_note
from warehouse.schema import table

State = Literal["empty", "old", "ready"]


class WarehouseError(RuntimeError):
    """The warehouse cannot be used as it is; the message says what to do."""


def warehouse_state(engine: sa.Engine) -> State:
    """Tell whether the database is empty, of an older version, or ready; WarehouseError where it cannot be read.

    An embedded warehouse whose file is not there is empty; looking does not make the file.
    """
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").exists():
        return "empty"
    try:
        with reading(engine) as connection:
            if migrations.is_empty(connection):
                return "empty"
            return "old" if migrations.pending(connection) else "ready"
    except StorageError as error:
        raise WarehouseError(str(error)) from error
    except sa.exc.DBAPIError as error:
        where = engine.url.render_as_string(hide_password=True)
        reason = str(error.orig).strip().splitlines()[0]
        raise WarehouseError(f"warehouse {where} cannot be read: {reason}") from error


def require_ready(engine: sa.Engine) -> None:
    """Refuse a warehouse that is missing or of another version."""
    state = warehouse_state(engine)
    if state == "empty":
        where = engine.url.render_as_string(hide_password=True)
        raise WarehouseError(f'there is no warehouse in {where} yet; "serve", "ingest" or "migrate" makes one')
    if state == "old":
        raise WarehouseError('the warehouse is of another version; keep a copy of it, then run "mingzhang migrate"')


def make_ready(engine: sa.Engine, now: dt.datetime, *, upgrade: bool = False) -> State:
    """Make an empty warehouse; upgrade an older one where asked for, else refuse it; return what was found."""
    found = warehouse_state(engine)
    if found == "old" and not upgrade:
        require_ready(engine)
    if found == "ready":
        return found
    with writing(engine) as connection:
        # Asked again now that the lock is held: another start may have made it meanwhile.
        if migrations.is_empty(connection):
            migrations.create(connection)
            save_note(connection, CREATED_AT, now.astimezone(dt.UTC).isoformat())
        elif migrations.pending(connection):
            migrations.upgrade(connection)
    return found


def holds_deliveries(connection: sa.Connection) -> bool:
    """Tell whether anything but the shipped classification tables was ever published or held."""
    batch = table("batch")
    delivered = sa.select(batch.c.batch_id).where(batch.c.feed != "classifications").limit(1)
    return connection.execute(delivered).first() is not None
