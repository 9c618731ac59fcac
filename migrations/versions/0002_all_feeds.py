"""Tables of the feeds beside the budget line, and what payments and allotments lacked.

Revision ID: 0002
"""

from pathlib import Path

from alembic import op

from warehouse.migrations import statements

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the new tables and add the new columns."""
    for statement in statements(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")):
        op.execute(statement)
