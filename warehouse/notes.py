"""Small facts about the warehouse itself, by name: since when it stands, whether it holds the sample."""

import sqlalchemy as sa

from warehouse.schema import table

CREATED_AT = "created_at"  # instant the warehouse was made; jobs due before it are not caught up
SAMPLE_UNTIL = "sample_until"  # last day of the sample district; absent where real data is kept
SAMPLE_SCALE = "sample_scale"  # its size, so that an interrupted load goes on with the same files
SAMPLE_LOADED = "sample_loaded"  # present once the first load of the sample is complete
DISTRICT_CODE = "district_code"


def read_note(connection: sa.Connection, key: str) -> str | None:
    """Return a note; None where it was never written."""
    note = table("warehouse_note")
    return connection.scalar(sa.select(note.c.note_value).where(note.c.note_key == key))


def save_note(connection: sa.Connection, key: str, value: str) -> None:
    """Write a note over the one before it."""
    note = table("warehouse_note")
    connection.execute(sa.delete(note).where(note.c.note_key == key))
    connection.execute(sa.insert(note).values(note_key=key, note_value=value))
