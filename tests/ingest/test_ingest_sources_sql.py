"""A view of another database becomes a delivered file: read only, names checked, the same rows the same bytes."""

import datetime as dt
import sqlite3
import traceback
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from ingest_ground import PAYMENTS, mapping_of, read
from source_trips import Trip, contents

from ingest.sources.errand import FetchError, PassingError
from ingest.sources.spec import SqlViewSource
from ingest.sources.sql_view import fetch
from warehouse.foreign import ForeignError, ViewRequest, open_view

ROWS = [
    (2, "教育局", "V2", dt.date(2026, 11, 3), Decimal("10.10"), None),
    (1, "教育局", "V1", dt.date(2026, 11, 2), Decimal("1234567890123.45"), '说 "好", 收'),
    (3, "水利局", "V3", dt.date(2026, 11, 4), Decimal("-0.01"), "龘"),
]
COLUMNS = ["单位", "凭证", "日期", "金额", "用途"]
CSV = (
    "单位,凭证,日期,金额,用途\n"
    '教育局,V1,2026-11-02,1234567890123.45,"说 ""好"", 收"\n'
    "教育局,V2,2026-11-03,10.10,\n"
    "水利局,V3,2026-11-04,-0.01,龘\n"
)


@pytest.fixture
def trip(tmp_path: Path) -> Trip:
    return Trip(tmp_path / "fetched")


@pytest.fixture
def lite(tmp_path: Path) -> Path:
    """Return a SQLite file of another department: money and days are text there."""
    path = tmp_path / "财政 100%.db"
    with sqlite3.connect(path) as made:
        made.execute('CREATE TABLE pay (id INTEGER, "单位" TEXT, "凭证" TEXT, "日期" DATE, "金额" TEXT, "用途" TEXT)')
        made.executemany(
            "INSERT INTO pay VALUES (?, ?, ?, ?, ?, ?)", [[_plain(value) for value in row] for row in ROWS]
        )
        made.execute("CREATE VIEW v_pay AS SELECT * FROM pay")
    made.close()
    return path


def _plain(value: object) -> object:
    return str(value) if isinstance(value, dt.date | Decimal) else value


@pytest.fixture
def server(postgres_warehouse: str) -> str:
    """Return a PostgreSQL database of another department: money is NUMERIC, days are DATE."""
    engine = sa.create_engine(postgres_warehouse)
    with engine.begin() as made:
        made.exec_driver_sql("CREATE SCHEMA finance")
        made.exec_driver_sql(
            'CREATE TABLE finance.pay (id INTEGER, "单位" TEXT, "凭证" TEXT, "日期" DATE, "金额" NUMERIC, "用途" TEXT)'
        )
        for row in ROWS:
            made.exec_driver_sql("INSERT INTO finance.pay VALUES (%s, %s, %s, %s, %s, %s)", row)
        made.exec_driver_sql("CREATE VIEW finance.v_pay AS SELECT * FROM finance.pay")
        made.exec_driver_sql("CREATE MATERIALIZED VIEW finance.m_pay AS SELECT * FROM finance.pay")
    engine.dispose()
    return postgres_warehouse


def spec(url: str, **given: object) -> SqlViewSource:
    told = {"name": "probe", "kind": "sql_view", "mapping": "m", "url": url, "view": "v_pay", "columns": COLUMNS}
    return SqlViewSource.model_validate(
        {**told, "order_by": ["id"], "file_name": "pay-{month}.csv", "timeout_seconds": 20, **given}
    )


def lite_spec(path: Path, **given: object) -> SqlViewSource:
    return spec(f"sqlite:///{path}", **given)


def test_a_sqlite_view_becomes_a_csv_that_its_mapping_loads(lite: Path, trip: Trip, tmp_path: Path) -> None:
    (content,) = contents(trip.go(fetch, lite_spec(lite))).values()
    assert content.decode() == CSV
    done = read(mapping_of(tmp_path, PAYMENTS), "pay-202611.csv", content)
    assert done.rejected == ()
    assert done.facts["payment_fen"].to_list() == [123_456_789_012_345, 1010, -1]


@pytest.mark.postgres
@pytest.mark.parametrize("view", ["v_pay", "m_pay", "pay"])
def test_a_postgresql_view_becomes_the_same_csv(server: str, trip: Trip, view: str) -> None:
    (content,) = contents(trip.go(fetch, spec(server, schema="finance", view=view))).values()
    assert content.decode() == CSV


def test_it_is_written_in_the_encoding_and_form_that_are_stated(lite: Path, trip: Trip) -> None:
    (content,) = contents(trip.go(fetch, lite_spec(lite, encoding="gb18030"))).values()
    assert content == CSV.encode("gb18030")
    lines = contents(trip.go(fetch, lite_spec(lite, format="jsonl", columns=["凭证", "用途"], file_name="p.jsonl")))
    assert lines["p.jsonl"].decode() == (
        '{"凭证": "V1", "用途": "说 \\"好\\", 收"}\n{"凭证": "V2", "用途": null}\n{"凭证": "V3", "用途": "龘"}\n'
    )


def test_a_sign_that_the_encoding_lacks_is_named_and_nothing_is_delivered(lite: Path, trip: Trip) -> None:
    with pytest.raises(FetchError, match='"龘" cannot be written in gb2312'):
        trip.go(fetch, lite_spec(lite, encoding="gb2312"))
    assert not (trip.folder / "whole").exists()


def test_a_view_without_news_is_seen_to_have_none_whatever_its_file_would_be_called(lite: Path, trip: Trip) -> None:
    daily = lite_spec(lite, file_name="pay-{month}-{today}.csv", order_by=[])
    trip.go(fetch, daily)
    trip.today += dt.timedelta(days=1)
    (again,) = trip.go(fetch, daily)
    assert again.path is None
    with sqlite3.connect(lite) as made:
        made.execute("DELETE FROM pay WHERE id = 3")
    made.close()
    assert list(contents(trip.go(fetch, daily))) == ["pay-202611-20261121.csv"]


@pytest.mark.postgres
@pytest.mark.parametrize("place", ["lite", "server"])
def test_rows_are_picked_by_what_their_columns_equal(request: pytest.FixtureRequest, trip: Trip, place: str) -> None:
    given = request.getfixturevalue(place)
    asked = lite_spec(given) if place == "lite" else spec(given, schema="finance")
    picked = asked.model_copy(update={"equals": {"id": "2", "单位": "教育局"}})
    (content,) = contents(trip.go(fetch, picked)).values()
    assert content.decode().splitlines()[1:] == ["教育局,V2,2026-11-03,10.10,"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({"view": "v_pau"}, 'there is no view "v_pau"; there are: pay, v_pay', id="a view"),
        pytest.param({"view": "pay; DROP TABLE pay"}, "there is no view", id="no statement hides in a name"),
        pytest.param({"columns": ["凭证", "credit"]}, "has no column credit; it has: id, 单位", id="a column"),
        pytest.param({"order_by": ["id desc"]}, "has no column id desc", id="an order"),
        pytest.param({"equals": {"1=1 --": "x"}}, "has no column 1=1 --", id="a condition"),
        pytest.param({"schema": "finance"}, 'there is no schema "finance"', id="a schema"),
        pytest.param({"max_rows": 2}, 'view "v_pay" has more than 2 rows', id="a view above the limit is not cut off"),
    ],
)
def test_names_are_checked_against_what_is_there(lite: Path, trip: Trip, given: dict[str, object], says: str) -> None:
    with pytest.raises(FetchError, match=says) as refused:
        trip.go(fetch, lite_spec(lite, **given))
    assert not isinstance(refused.value, PassingError)
    assert trip.waited == []
    assert not (trip.folder / "whole").exists()


def test_a_view_of_exactly_the_limit_comes_whole(lite: Path, trip: Trip) -> None:
    assert contents(trip.go(fetch, lite_spec(lite, max_rows=3)))


@pytest.mark.postgres
def test_the_server_itself_refuses_to_be_written_to(server: str) -> None:
    engine = sa.create_engine(server)
    with engine.begin() as made:
        made.exec_driver_sql(
            "CREATE FUNCTION finance.spoil() RETURNS INTEGER LANGUAGE SQL AS 'DELETE FROM finance.pay RETURNING id'"
        )
        made.exec_driver_sql("CREATE VIEW finance.v_spoil AS SELECT finance.spoil() AS id")
    engine.dispose()
    request = ViewRequest(url=server, view="v_spoil", schema="finance")
    with pytest.raises(ForeignError, match="read-only transaction"), open_view(request, None) as (_, batches):
        list(batches)


def test_a_sqlite_file_is_opened_to_read_and_never_made(lite: Path, trip: Trip, tmp_path: Path) -> None:
    missing = tmp_path / "missing.db"
    with pytest.raises(PassingError, match="unable to open database file"):
        trip.go(fetch, lite_spec(missing))
    assert not missing.exists()
    assert trip.waited == [1, 2]
    before = lite.stat().st_mtime_ns
    trip.go(fetch, lite_spec(lite))
    assert lite.stat().st_mtime_ns == before


@pytest.mark.postgres
def test_no_error_says_the_password(server: str, trip: Trip) -> None:
    trip.secret = "s3cret/geheim"
    nobody = sa.make_url(server).set(username="nobody").render_as_string()
    with pytest.raises(PassingError, match='role "nobody" does not exist') as refused:
        trip.go(fetch, spec(nobody, attempts=1))
    told = "".join(traceback.format_exception(refused.value))
    assert "s3cret" not in told


@pytest.mark.postgres
def test_many_rows_come_in_batches(server: str) -> None:
    request = ViewRequest(url=server, view="pay", schema="finance", columns=["id"], batch_rows=2)
    with open_view(request, None) as (names, batches):
        assert (names, [list(batch) for batch in batches]) == (["id"], [[(1,), (2,)], [(3,)]])
