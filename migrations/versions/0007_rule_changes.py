"""Thresholds as data: proposed rule changes, and what was decided of them.

Revision ID: 0007
"""

from pathlib import Path

from alembic import op

from warehouse.migrations import statements

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables."""
    for statement in statements(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")):
        op.execute(statement)
