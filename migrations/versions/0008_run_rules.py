"""Which version of each rule judged in a run, and how much of what it looked at it flagged.

Revision ID: 0008
"""

from pathlib import Path

from alembic import op

from warehouse.migrations import statements

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table; runs from before have no rows in it."""
    for statement in statements(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")):
        op.execute(statement)
