"""What deciding about alerts writes, in bulk: alerts, clues and events, and the numbers they get.

Numbers are handed out here (the portable schema has no identity columns), so callers hold the one writing
transaction (``warehouse.engine.writing``).
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from warehouse.alert_state import AlertRow, ClueRow, EventRow
from warehouse.schema import table


def next_alert_id(connection: sa.Connection) -> int:
    """Return the number of the next alert."""
    return _highest(connection, table("alert").c.alert_id) + 1


def next_clue_number(connection: sa.Connection, year: int) -> int:
    """Return the number of the year's next clue, counted from 1."""
    clue = table("clue")
    query = (
        sa.select(clue.c.clue_id)
        .where(clue.c.clue_id.like(f"{year:04d}-XS-%"))
        .order_by(sa.func.length(clue.c.clue_id).desc(), clue.c.clue_id.desc())
        .limit(1)
    )
    last = connection.execute(query).scalar()
    return 1 if last is None else int(str(last).rpartition("-")[2]) + 1


def latest_applied_run(connection: sa.Connection) -> int:
    """Return the highest run that alerts were judged by; 0 before the first."""
    return _highest(connection, table("alert").c.run_id)


def add_alerts(connection: sa.Connection, rows: Sequence[AlertRow]) -> None:
    """Insert new alerts."""
    _insert(connection, "alert", [row._asdict() for row in rows])


def change_alerts(connection: sa.Connection, rows: Sequence[AlertRow]) -> None:
    """Write alerts back as they now stand."""
    _change(connection, "alert", "alert_id", rows)


def add_clues(connection: sa.Connection, rows: Sequence[ClueRow]) -> None:
    """Insert new clues."""
    _insert(connection, "clue", [row._asdict() for row in rows])


def change_clues(connection: sa.Connection, rows: Sequence[ClueRow]) -> None:
    """Write clues back as they now stand."""
    _change(connection, "clue", "clue_id", rows)


def add_events(connection: sa.Connection, rows: Sequence[EventRow]) -> None:
    """Append events, numbered in the order given."""
    first = _highest(connection, table("alert_event").c.event_id) + 1
    numbered = [{"event_id": number, **row._asdict()} for number, row in enumerate(rows, start=first)]
    _insert(connection, "alert_event", numbered)


def _highest(connection: sa.Connection, column: sa.ColumnElement[Any]) -> int:
    return int(connection.execute(sa.select(sa.func.max(column))).scalar() or 0)


def _insert(connection: sa.Connection, name: str, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(sa.insert(table(name)), list(rows))


def _change(connection: sa.Connection, name: str, key: str, rows: Iterable[NamedTuple]) -> None:
    """Update whole rows by key with one prepared statement."""
    changed = table(name)
    given = [{f"new_{column}": value for column, value in row._asdict().items()} for row in rows]
    if not given:
        return
    columns = [str(name) for name in given[0] if name != f"new_{key}"]
    values: dict[str, Any] = {column.removeprefix("new_"): sa.bindparam(column) for column in columns}
    connection.execute(sa.update(changed).where(changed.c[key] == sa.bindparam(f"new_{key}")).values(values), given)
