"""Sources: who fetches each one, how its last attempts ended, and what was taken of it.

Revision ID: 0004
"""

from pathlib import Path

from alembic import op

from warehouse.migrations import statements

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    for statement in statements(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")):
        op.execute(statement)
