"""The engines that every test stands on are the real ones."""

import sqlalchemy as sa

from warehouse.schema import METADATA


def test_the_warehouse_fixture_has_every_table_and_no_rows(warehouse_engine: sa.Engine) -> None:
    with warehouse_engine.connect() as connection:
        present = set(sa.inspect(connection).get_table_names())
        assert present - {"alembic_version"} == set(METADATA.tables)
        assert all(
            connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0 for table in METADATA.tables.values()
        )
