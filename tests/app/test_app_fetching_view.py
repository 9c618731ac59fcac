"""A view of a real database, fetched as CSV or as JSON lines, becomes the same facts through a mapping."""

import datetime as dt
import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from test_app_fetching import MAPPING, Ground, ground, no_wait  # noqa: F401  # the fixture

from app.fetching import fetch_source, find_source
from warehouse.engine import reading
from warehouse.facts import read_slices
from warehouse.in_force import slices_in_force
from warehouse.scope import Scope

COLUMNS = ("区划", "单位", "凭证", "日期", "金额", "用途")
ROWS = [
    ("990101010", "101001", "V1", dt.date(2026, 11, 2), Decimal("1234567890123.45"), '说 "好", 收\n二行'),
    ("990101010", "101002", "V2", dt.date(2026, 11, 3), Decimal("-0.01"), None),
    ("990101010", "0101003", "V3", dt.date(2026, 11, 4), Decimal("10.10"), "龘"),
]
FACTS = [
    ("101001", "V1", dt.date(2026, 11, 2), 123_456_789_012_345, '说 "好", 收\n二行'),
    ("101002", "V2", dt.date(2026, 11, 3), -1, None),
    ("0101003", "V3", dt.date(2026, 11, 4), 1010, "龘"),
]
FORMS = [("csv", "csv", "csv"), ("jsonl", "json_lines", "jsonl")]


def lite(folder: Path) -> str:
    path = folder / "treasury.db"
    with sqlite3.connect(path) as made:
        columns = ", ".join(f'"{name}" TEXT' for name in COLUMNS)
        made.execute(f"CREATE TABLE pay ({columns})")
        plain = [[None if value is None else str(value) for value in row] for row in ROWS]
        made.executemany(f"INSERT INTO pay VALUES ({', '.join('?' * len(COLUMNS))})", plain)
        made.execute("CREATE VIEW v_pay AS SELECT * FROM pay")
    made.close()
    return f"sqlite:///{path}"


def server(url: str) -> str:
    engine = sa.create_engine(url)
    kinds = ("TEXT", "TEXT", "TEXT", "DATE", "NUMERIC", "TEXT")
    with engine.begin() as made:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in zip(COLUMNS, kinds, strict=True))
        made.exec_driver_sql(f"CREATE TABLE pay ({columns})")
        for row in ROWS:
            made.exec_driver_sql("INSERT INTO pay VALUES (%s, %s, %s, %s, %s, %s)", row)
        made.exec_driver_sql("CREATE VIEW v_pay AS SELECT * FROM pay")
    engine.dispose()
    return url


def facts_by_view(ground: Ground, url: str, form: str, reads: str, ending: str) -> list[tuple[object, ...]]:  # noqa: F811
    text = MAPPING.replace(r"\.csv", rf"\.{ending}").replace('format = "csv"', f'format = "{reads}"')
    text = text.replace("[slice]", 'purpose = { from = "用途", optional = true }\n[slice]', 1)
    (ground.house.data / "feeds" / "pay.toml").write_text(text, encoding="utf-8")
    source = (
        f'kind = "sql_view"\nmapping = "pay"\nurl = "{url}"\nview = "v_pay"\nformat = "{form}"\norder_by = ["凭证"]\n'
    )
    (ground.house.sources / "finance.toml").write_text(source + f'file_name = "pay-{{month}}.{ending}"\n', "utf-8")
    done = fetch_source(ground.house, find_source(ground.house, "finance"), no_wait)
    assert (done.status, done.message) == ("taken", f"pay-202611.{ending} published")
    assert ground.fetch().status == "unchanged", "the same rows are no news"
    with reading(ground.house.engine) as connection:
        pieces = slices_in_force(connection, ground.clock(), Scope.everything(), feeds=["payments"])
        found = read_slices(connection, "payments", pieces["slice_id"].to_list())
    return found.sort("voucher_no").select("unit_code", "voucher_no", "paid_on", "payment_fen", "purpose").rows()


@pytest.mark.parametrize(("form", "reads", "ending"), FORMS)
def test_a_sqlite_view_becomes_facts(ground: Ground, tmp_path: Path, form: str, reads: str, ending: str) -> None:  # noqa: F811
    assert facts_by_view(ground, lite(tmp_path), form, reads, ending) == FACTS


@pytest.mark.postgres
@pytest.mark.parametrize(("form", "reads", "ending"), FORMS)
def test_a_postgresql_view_becomes_the_same_facts(  # a form is three words
    ground: Ground,  # noqa: F811
    postgres_warehouse: str,
    form: str,
    reads: str,
    ending: str,
) -> None:
    assert facts_by_view(ground, server(postgres_warehouse), form, reads, ending) == FACTS
