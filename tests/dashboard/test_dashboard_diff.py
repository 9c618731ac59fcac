"""The page of two deliveries: its figures add up, it names rows on both sides, and it is nobody else's."""

import dataclasses
import datetime as dt

import district
import pytest
import sqlalchemy as sa
from dashboard_cast import PEOPLE
from district import Writer
from district_written import write_district

from dashboard.desk import NotShownError, open_desk
from dashboard.ledger import LedgerShelf
from dashboard.pages import clues, delivery_diff, source, system
from dashboard.routes import find_page, find_table
from dashboard.view import Asked
from warehouse.diff import diff_batches
from warehouse.engine import open_engine, reading, sqlite_url
from warehouse.migrations import create
from warehouse.schema import table
from warehouse.scope import Scope

AT = district.NOW + dt.timedelta(days=2)
KNOWN = f"known={district.NOW:%Y-%m-%d}"


@dataclasses.dataclass
class Pair:
    """Two deliveries of the street's payments of 2026, and the services over them."""

    services: object
    before: int
    after: int


@pytest.fixture(scope="module")
def pair(house, tmp_path_factory):
    """Deliver the street's payments again: one gone, one new, one to another payee, one of another amount."""
    folder = tmp_path_factory.mktemp("diff")
    engine = open_engine(sqlite_url(folder / "warehouse.db"))
    with engine.begin() as connection:
        create(connection)
    write_district(engine, folder / "snapshots")
    piece, payment = table("batch_slice"), table("payment")
    with engine.begin() as connection:
        own = (piece.c.feed == "payments") & (piece.c.division_code == district.STREET) & (piece.c.fiscal_year == 2026)
        before = connection.execute(sa.select(piece.c.batch_id, piece.c.slice_id).where(own)).one()
        found = connection.execute(sa.select(payment).where(payment.c.slice_id == before.slice_id)).mappings()
        lineage = ("slice_id", "row_no", "source_sheet", "source_row")
        rows = [{key: value for key, value in row.items() if key not in lineage} for row in found]
        again = [dict(row) for row in rows[1:]] + [rows[0] | {"voucher_no": "NEW-1", "payment_fen": 12345}]
        again[0] |= {"payee_name": "王小明", "payee_account": "6222020200112233445"}
        again[1] |= {"payment_fen": again[1]["payment_fen"] + 7}
        writer = Writer.__new__(Writer)
        writer.connection, writer.facts = connection, {}
        writer.slice_id = connection.scalar(sa.select(sa.func.max(piece.c.slice_id)))
        writer.deliver("payments", "payment", again, division=district.STREET, year=2026, at=AT)
    services = dataclasses.replace(
        house.services, engine=engine, snapshots=folder / "snapshots", clock=lambda: AT + dt.timedelta(days=1)
    )
    return Pair(services, before.batch_id, writer.slice_id)


@pytest.fixture
def see(pair):
    """Return a function that opens a desk and reads something from it."""

    def read(what, who="caijing", search="", language="zh", path="/system"):
        shelf = LedgerShelf(pair.services.snapshots, "day")
        with open_desk(pair.services, shelf, PEOPLE[who], Asked.of(path, search), language) as desk:
            return what(desk)

    return read


def test_the_table_tells_every_row_that_differs_and_adds_up(pair, see):
    rows = see(lambda desk: delivery_diff.table(desk, str(pair.before), str(pair.after))).rows
    assert sorted(row["kind"] for row in rows) == ["变更", "变更", "撤销", "新增"]
    moved = sum(row.get("after") or 0 for row in rows) - sum(row.get("before") or 0 for row in rows)
    with reading(pair.services.engine) as connection:
        total = diff_batches(connection, Scope.everything(), pair.before, pair.after).rows.totals["payment_fen"]
    assert moved == total.after_fen - total.before_fen
    assert all(row.get("before_row:href") or row.get("after_row:href") for row in rows)


def test_persons_and_accounts_are_masked_in_it_too(pair, see):
    text = str(see(lambda desk: delivery_diff.page(desk, str(pair.before), str(pair.after)).body))
    assert "王小明" not in text
    assert "6222020200112233445" not in text
    assert "王" in text


def test_a_row_number_leads_to_the_row_as_it_was_delivered(pair, see):
    rows = see(lambda desk: delivery_diff.table(desk, str(pair.before), str(pair.after))).rows
    gone = next(row for row in rows if row["kind"] == "撤销")
    page = see(lambda desk: find_page(desk, gone["before_row:href"].partition("?")[0]))
    assert gone["name"] in page.title


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_drawn_in_both_languages_and_reached_by_its_path(pair, see, language):
    path = f"/system/batches/{pair.before}/diff/{pair.after}"
    page = see(lambda desk: find_page(desk, path), language=language)
    assert page.title in {
        f"批次 #{pair.before} 与 #{pair.after} 的差异",
        f"Differences between batches #{pair.before} and #{pair.after}",
    }
    assert see(lambda desk: find_table(desk, page.export)).rows


def test_an_earlier_and_a_later_delivery_lead_to_each_other(pair, see):
    way = f"/system/batches/{pair.before}/diff/{pair.after}"
    for batch, word in ((pair.after, "较早"), (pair.before, "较晚")):
        text = str(see(lambda desk, batch=batch: system.batch_page(desk, str(batch)).body))
        assert way in text
        assert word in text
    assert "diff" not in str(see(lambda desk: system.batch_page(desk, "1").body)), "what came once has no other"


def test_a_delivery_that_was_not_known_yet_is_not_spoken_of(pair, see):
    assert "diff" not in str(see(lambda desk: system.batch_page(desk, str(pair.before)).body, search=KNOWN))
    numbers = [row["batch_id"] for row in see(system.batches_table, search=KNOWN).rows]
    assert pair.before in numbers
    assert pair.after not in numbers
    place = {"feed": "payments", "slice_key": f"{district.STREET}/2026", "slice_id": pair.before}
    for search, states in ((KNOWN, ["所看时点之后才送达", "在用"]), ("", ["在用", "已被更新的批次取代"])):
        told = see(lambda desk: source.deliveries(desk, place), search=search)
        assert [row["state"] for row in told.rows] == states


def test_clues_of_now_say_so_where_an_earlier_moment_is_looked_at(see):
    told = "按现在的状态显示"
    assert told in str(see(lambda desk: clues.page(desk).body, search=KNOWN))
    assert told not in str(see(lambda desk: clues.page(desk).body))


def test_a_reader_of_a_street_sees_its_own_and_nothing_of_the_district(pair, see):
    assert see(lambda desk: delivery_diff.table(desk, str(pair.before), str(pair.after)), who="shiqiao").rows
    for before, after in ((1, 2), (pair.before, 1), (pair.before, 9999)):
        with pytest.raises(NotShownError):
            see(lambda desk, one=before, two=after: delivery_diff.page(desk, str(one), str(two)), who="shiqiao")
        shown = see(
            lambda desk, one=before, two=after: find_page(desk, f"/system/batches/{one}/diff/{two}"), who="shiqiao"
        )
        assert shown.title == "没有这个页面"
