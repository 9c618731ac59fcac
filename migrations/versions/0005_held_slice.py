"""What held deliveries state, kept beside them.

Revision ID: 0005
"""

from pathlib import Path

from alembic import op

from warehouse.migrations import statements

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    for statement in statements(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")):
        op.execute(statement)
