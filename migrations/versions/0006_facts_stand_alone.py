"""Facts no longer name their slice by a foreign key: looking it up cost more than writing the row.

``mingzhang check`` holds the rows of every slice against the count written with it instead.

Revision ID: 0006
"""

from alembic import op

revision = "0006"
down_revision = "0005"

TABLES = ("budget_unit", "classification", "allotment", "adjustment", "payment", "execution_month")
KEY = " REFERENCES batch_slice (slice_id)"


def upgrade() -> None:
    """Drop the key of the tables that were made with one."""
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_slice_id_fkey")
        return
    # As SQLite's own manual has it: nothing on the disk changes, only what the schema says of it.
    version = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    for table in TABLES:
        op.execute(
            f"UPDATE sqlite_master SET sql = replace(sql, '{KEY}', '') WHERE type = 'table' AND name = '{table}'"
        )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")
