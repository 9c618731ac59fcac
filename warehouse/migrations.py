"""Bringing a warehouse to the schema of this version: made from schema.sql when empty, upgraded by Alembic else."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from warehouse.schema import METADATA, SCHEMA_PATH

MIGRATIONS = SCHEMA_PATH.parent / "migrations"


def statements(ddl: str) -> list[str]:
    """Split a DDL script into its statements, comments left out."""
    plain = "\n".join(line.partition("--")[0] for line in ddl.splitlines())
    return [part.strip() for part in plain.split(";") if part.strip()]


def is_empty(connection: sa.Connection) -> bool:
    """Tell whether the database has none of our tables yet."""
    return not set(sa.inspect(connection).get_table_names()) & set(METADATA.tables)


def revision_of(connection: sa.Connection) -> str | None:
    """Return the revision of the tables as they are; None where they were never marked."""
    return MigrationContext.configure(connection).get_current_revision()


def is_known_revision(connection: sa.Connection, revision: str) -> bool:
    """Tell whether this version has the migrations up to a revision."""
    script = ScriptDirectory.from_config(_config(connection))
    return revision in {one.revision for one in script.walk_revisions()}


def pending(connection: sa.Connection) -> bool:
    """Tell whether the warehouse is older than this version's schema."""
    script = ScriptDirectory.from_config(_config(connection))
    return MigrationContext.configure(connection).get_current_revision() != script.get_current_head()


def create(connection: sa.Connection) -> None:
    """Make every table of schema.sql in an empty database and mark it as up to date."""
    for statement in statements(SCHEMA_PATH.read_text(encoding="utf-8")):
        connection.exec_driver_sql(statement)
    command.stamp(_config(connection), "head")


def prepare_revision(connection: sa.Connection, revision: str) -> None:
    """Make the tables of a revision in an empty database."""
    if revision == ScriptDirectory.from_config(_config(connection)).get_current_head():
        create(connection)
    else:
        upgrade(connection, revision)


def upgrade(connection: sa.Connection, revision: str = "head") -> None:
    """Run the migrations a warehouse has not seen yet."""
    command.upgrade(_config(connection), revision)


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(MIGRATIONS)))
    config.attributes["connection"] = connection
    return config
