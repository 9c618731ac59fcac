"""schema.sql is the only DDL: both engines load it, and the migrations arrive at the same tables."""

import datetime as dt
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from budget import frames
from warehouse.engine import open_engine, reading, writing
from warehouse.migrations import create, is_empty, pending, upgrade
from warehouse.opening import WarehouseError, make_ready, require_ready, warehouse_state
from warehouse.schema import METADATA, SCHEMA_PATH, UtcDateTime

DDL = SCHEMA_PATH.read_text(encoding="utf-8")
OURS = set(METADATA.tables)


def _checked_columns(table: sa.Table) -> list[str]:
    """Return the columns of a table whose values are listed in schema.sql."""
    (body,) = re.findall(rf"CREATE TABLE {table.name} \((.*?)\n\);", DDL, re.DOTALL)
    return re.findall(r"CHECK \((\w+) IN", body)


def _filler(kind: sa.types.TypeEngine[object]) -> object:
    if isinstance(kind, UtcDateTime):
        return dt.datetime(2026, 6, 30, tzinfo=dt.UTC)
    if isinstance(kind, sa.Date):
        return dt.date(2026, 6, 30)
    if isinstance(kind, sa.Boolean):
        return False
    return 1 if isinstance(kind, sa.Integer) else "1"


def shape(engine: sa.Engine) -> dict[str, object]:
    """Describe every table in words that do not depend on the engine."""
    found = sa.inspect(engine)
    # SQLite reports the columns of a primary key as nullable; they are left out of that comparison.
    keys = {name: found.get_pk_constraint(name)["constrained_columns"] for name in OURS}
    return {
        name: {
            "columns": [
                (column["name"], _kind(column["type"]), column["nullable"] and column["name"] not in keys[name])
                for column in found.get_columns(name)
            ],
            "primary key": keys[name],
            "foreign keys": sorted(
                (key["constrained_columns"], key["referred_table"], key["referred_columns"])
                for key in found.get_foreign_keys(name)
            ),
            # The engines write a condition each in its own way; the values it allows are the same.
            "checks": sorted(
                (str(check["name"]), sorted(re.findall(r"'(\w+)'", str(check["sqltext"]))))
                for check in found.get_check_constraints(name)
            ),
            "unique": sorted(
                (str(one["name"]), tuple(one["column_names"])) for one in found.get_unique_constraints(name)
            ),
            "defaults": [column["name"] for column in found.get_columns(name) if column.get("default") is not None],
            "indexes": sorted(
                (str(one["name"]), tuple(one["column_names"]), bool(one["unique"]))
                for one in found.get_indexes(name)
                if not one.get("duplicates_constraint")
            ),
        }
        for name in sorted(OURS)
    }


def _kind(kind: sa.types.TypeEngine[object]) -> str:
    length = getattr(kind, "length", None)
    base = type(kind.as_generic()).__name__
    return f"{base}({length})" if length else base


def made(url: str, *, by_migrations: bool) -> sa.Engine:
    engine = open_engine(url)
    with writing(engine) as connection:
        (upgrade if by_migrations else create)(connection)
    return engine


@pytest.mark.postgres
def test_schema_sql_gives_the_same_tables_on_both_engines(tmp_path: Path, postgres_warehouse: str) -> None:
    embedded = made(f"sqlite+pysqlite:///{tmp_path}/warehouse.db", by_migrations=False)
    server = made(postgres_warehouse, by_migrations=False)
    assert shape(embedded) == shape(server)
    embedded.dispose()
    server.dispose()


def test_all_migrations_together_give_the_tables_of_schema_sql(empty_warehouse_url: str) -> None:
    migrated = made(empty_warehouse_url, by_migrations=True)
    by_migrations = shape(migrated)
    with migrated.begin() as connection:
        for table in reversed(METADATA.sorted_tables):
            table.drop(connection)
        connection.exec_driver_sql("DROP TABLE alembic_version")
    migrated.dispose()
    from_schema = made(empty_warehouse_url, by_migrations=False)
    assert by_migrations == shape(from_schema)
    from_schema.dispose()


def declared() -> list[tuple[str, str, list[str]]]:
    """Return each table of schema.sql with the line above it and its own lines."""
    found = re.finditer(r"^([^\n]*)\nCREATE TABLE (\w+) \(\n(.*?)^\);", DDL, re.MULTILINE | re.DOTALL)
    return [(one[2], one[1], one[3].splitlines()) for one in found]


def test_every_table_of_schema_sql_says_what_it_holds() -> None:
    tables = declared()
    assert {name for name, _, _ in tables} == OURS
    silent = [name for name, above, _ in tables if not re.match(r"-- \w", above)]
    assert silent == [], "tables without a line of comment above them"


def test_every_group_of_columns_says_what_it_is() -> None:
    for name, _, lines in declared():
        columns = [line for line in lines if re.match(r'    "?[a-z_]+"? [A-Z]+', line)]
        said = [line for line in lines if re.match(r"    -- \w", line)]
        assert len(columns) <= 6 or said, f"table {name} has {len(columns)} columns and no comment among them"
        runs = re.split(r"^    -- .*$", "\n".join(lines), flags=re.MULTILINE)
        longest = max(len(re.findall(r'^    "?[a-z_]+"? [A-Z]', run, re.MULTILINE)) for run in runs)
        assert longest <= 14, f"table {name} has {longest} columns in a row without a comment"


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("name", "column"),
    [(name, check) for name, table in METADATA.tables.items() for check in _checked_columns(table)],
)
def test_a_value_that_is_not_foreseen_is_refused_on_both_engines(
    warehouse_engine: sa.Engine, name: str, column: str
) -> None:
    table = METADATA.tables[name]
    row = {one.name: _filler(one.type) for one in table.columns} | {column: "never"}
    with pytest.raises(sa.exc.IntegrityError, match=f"{name}_"), writing(warehouse_engine) as connection:
        connection.execute(sa.insert(table), row)


@pytest.mark.parametrize(
    "word",
    [
        "AUTOINCREMENT",
        "SERIAL",
        "IDENTITY",
        "JSONB",
        "ARRAY",
        "ON CONFLICT",
        "COMMENT ON",
        "NULLS NOT DISTINCT",
        "ENUM",
    ],
)
def test_schema_sql_keeps_to_what_both_engines_know(word: str) -> None:
    plain = "\n".join(line.partition("--")[0] for line in DDL.splitlines())
    assert not re.search(rf"\b{word}\b", plain, re.IGNORECASE), f"schema.sql uses {word}"


def test_every_table_says_what_it_is_and_every_fact_table_what_its_columns_are() -> None:
    told = re.findall(r"(^-- .*)\nCREATE TABLE (\w+)", DDL, re.MULTILINE)
    assert {name for text, name in told if "----" not in text} == OURS
    for name in frames.FACT_TABLE.values():
        body = DDL.split(f"CREATE TABLE {name} (")[1].split("\n);")[0]
        columns = [line for line in body.splitlines() if re.match(r"    [a-z_]+ ", line)][4:]
        notes = [line for line in body.splitlines() if line.startswith("    -- ")]
        assert len(notes) * 15 >= len(columns), name


def test_every_feed_has_a_table_with_its_columns_and_lineage() -> None:
    for feed, schema in frames.FEEDS.items():
        own = METADATA.tables[frames.FACT_TABLE[feed]].columns
        assert set(own.keys()) == {*schema, *frames.LINEAGE} - {"batch_id"}, feed
        assert all(not own[name].nullable for name in frames.REQUIRED[feed]), feed


def test_instants_are_utc_days_are_dates_and_money_is_whole_fen() -> None:
    for table in METADATA.tables.values():
        for column in table.columns:
            kind = type(column.type).__name__
            if column.name.endswith("_at"):
                assert kind == "UtcDateTime", column
            if column.name.endswith("_on"):
                assert kind == "DATE", column
            if column.name.endswith("_fen"):
                assert kind == "BIGINT", column


def test_every_moment_of_every_table_is_an_instant_whatever_its_column_is_called() -> None:
    moments = [column for table in METADATA.tables.values() for column in table.columns]
    naive = [f"{one.table.name}.{one.name}" for one in moments if isinstance(one.type, sa.DateTime)]
    assert naive == []
    assert isinstance(METADATA.tables["job_run"].c.scheduled_for.type, UtcDateTime)


def test_an_empty_database_becomes_a_warehouse_once(empty_warehouse_url: str, now: dt.datetime) -> None:
    engine = open_engine(empty_warehouse_url)
    assert warehouse_state(engine) == "empty"
    with pytest.raises(WarehouseError, match="no warehouse"):
        require_ready(engine)
    assert make_ready(engine, now) == "empty"
    assert make_ready(engine, now) == "ready"
    require_ready(engine)
    engine.dispose()


def test_a_warehouse_of_another_version_is_refused_until_it_is_migrated(
    warehouse_engine: sa.Engine, now: dt.datetime
) -> None:
    with writing(warehouse_engine) as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    with reading(warehouse_engine) as connection:
        assert pending(connection)
        assert not is_empty(connection)
    with pytest.raises(WarehouseError, match="mingzhang migrate"):
        make_ready(warehouse_engine, now)


def test_what_is_no_database_is_told_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "warehouse.db"
    file.write_bytes(b"this is a text file, " * 100)
    engine = open_engine(f"sqlite+pysqlite:///{file}")
    with pytest.raises(WarehouseError, match="cannot be read: file is not a database") as refused:
        warehouse_state(engine)
    assert "\n" not in str(refused.value)


@pytest.mark.postgres
def test_a_server_that_is_not_there_is_told_in_one_line_without_its_password() -> None:
    engine = open_engine("postgresql+psycopg://li:s3cret@127.0.0.1:1/none?connect_timeout=2")
    with pytest.raises(WarehouseError, match="cannot be read") as refused:
        warehouse_state(engine)
    assert "s3cret" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_older_warehouse_keeps_its_facts_and_gets_the_new_feeds(empty_warehouse_url: str) -> None:
    engine = open_engine(empty_warehouse_url)
    with writing(engine) as connection:
        upgrade(connection, "0001")
    with writing(engine) as connection:
        for statement in _one_old_payment():
            connection.exec_driver_sql(statement)
    assert warehouse_state(engine) != "ready"
    with writing(engine) as connection:
        upgrade(connection)
    with reading(engine) as connection:
        assert not pending(connection)
        paid = METADATA.tables["payment"]
        old = connection.execute(sa.select(paid.c.payment_fen, paid.c.failure_reason, paid.c.contract_no)).all()
        assert old == [(123, None, None)]
        assert connection.execute(sa.select(sa.func.count()).select_from(METADATA.tables["debt"])).scalar_one() == 0
    engine.dispose()


def _one_old_payment() -> list[str]:
    at = "2026-01-01 00:00:00.000000"
    rows = {
        "landing": {"sha256": "a", "file_name": "p.csv", "byte_count": 1, "received_at": at},
        "batch": {"batch_id": 1, "feed": "payments", "mapping_name": "m", "mapping_sha256": "m", "landing_sha256": "a"}
        | {"file_name": "p.csv", "status": "published", "known_at": at, "recorded_at": at, "totals_json": "{}"}
        | {"row_count": 1, "accepted_count": 1, "rejected_count": 0},
        "batch_slice": {"slice_id": 1, "batch_id": 1, "feed": "payments", "slice_key": "k", "row_count": 1}
        | {"known_at": at},
        "payment": {"slice_id": 1, "row_no": 1, "source_row": 2, "fiscal_year": 2026, "division_code": "990101010"}
        | {"unit_code": "101001", "paid_on": "2026-01-01", "payment_fen": 123},
    }
    return [
        f"INSERT INTO {name} ({', '.join(row)}) VALUES ({', '.join(repr(value) for value in row.values())})"
        for name, row in rows.items()
    ]
