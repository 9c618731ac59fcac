"""Checks before publishing that are no sums.

Revision ID: 0003
"""

from pathlib import Path

from alembic import op

from warehouse.migrations import statements

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns."""
    for statement in statements(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")):
        op.execute(statement)
