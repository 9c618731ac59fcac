"""The first warehouse: every table of 0001_first_light.sql.

Revision ID: 0001
"""

from pathlib import Path

from alembic import op

from warehouse.migrations import statements

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    for statement in statements(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")):
        op.execute(statement)
