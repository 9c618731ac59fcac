"""Control figures beside the table: read from cells and side files, in whatever order these come."""

import datetime as dt
import os

import pytest
import sqlalchemy as sa
from ingest_ground import HEADER, NOW, PAYMENTS, House, csv_bytes, mapping_of, read, write_xlsx

from ingest.again import release, replay
from ingest.control import read_side_file, side_file_of, side_name, with_side_file
from ingest.delivery import Delivery
from ingest.dry_run import dry_run
from ingest.inbox import DONE_MARK, waiting_files
from ingest.landing import kept_delivery, landing_path
from ingest.prepare import prepare
from ingest.problems import BatchError, MappingError, UnreadableError
from ingest.side_files import plan_inbox, take_late
from warehouse.batches import find_batch, list_batches
from warehouse.deliveries import landed
from warehouse.engine import reading, writing
from warehouse.scope import Scope

ROWS = ["教育局,V1,2026-6-1,1200.00,x", "教育局,V2,2026-6-2,34.56,x"]
NAME = "pay-202606.csv"
AWAITED = '[checks.control]\nside_file = "{name}.total"\nwait_minutes = 30\n'


@pytest.fixture
def house(sqlite_engine, tmp_path):
    return House(sqlite_engine, tmp_path / "landing")


def figures(prepared):
    return [(one.measure, one.value) for one in prepared.control.figures]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("合计金额：1,234.56", [("payment_fen", 123_456)]),
        ("合计金额:１，２３４．５６元 共 2 笔", [("payment_fen", 123_456), ("rows", 2)]),
        ("总金额 0.123456万元", [("payment_fen", 123_456)]),
        ("共2条", [("rows", 2)]),
        ("合计 1，234 笔", [("rows", 1234)]),
        ("控制金额：(5.00)", [("payment_fen", -500)]),
        ("合计金额：1.2.3", [("payment_fen", None)]),
        ("本月共支出很多", []),
        ("共计三笔", []),
    ],
)
def test_figures_are_read_from_a_line_below_the_table(tmp_path, words, found):
    done = read(mapping_of(tmp_path, PAYMENTS), NAME, csv_bytes(HEADER, *ROWS, f'"{words}",,,,'))
    assert figures(done) == found
    # What states figures is no row of the table; what does not is one, and not readable.
    assert (done.facts.height, len(done.rejected)) == (2, 0 if found else 1)


def test_figures_are_read_from_a_cell_above_the_table(tmp_path):
    done = read(mapping_of(tmp_path, PAYMENTS), NAME, csv_bytes("支付明细,合计金额：9.00,共3笔,,", HEADER, *ROWS))
    assert figures(done) == [("payment_fen", 900), ("rows", 3)]


def test_a_payment_for_three_of_something_is_a_payment(tmp_path):
    row = "教育局,V3,2026-6-3,5.00,采购电脑共 3 条 合计金额：5.00"
    done = read(mapping_of(tmp_path, PAYMENTS), NAME, csv_bytes(HEADER, *ROWS, row))
    assert (done.facts.height, done.control.figures) == (3, ())


def test_a_stated_amount_is_in_the_unit_of_the_file(tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS.replace('unit = "元"', 'unit = "万元"'))
    assert figures(read(mapping, NAME, csv_bytes(HEADER, *ROWS, "合计金额：1.00,,,,"))) == [("payment_fen", 1_000_000)]


@pytest.mark.parametrize(
    ("footer", "status", "said"),
    [
        ("合计金额：1234.56 共 2 笔", "published", None),
        ("合计金额：1234.57", "held", "says 1,234.57 元 of payment_fen, the rows sum to 1,234.56 元"),
        ("共 3 笔", "held", "共 3 笔 says 3 rows, the file has 2 accepted rows"),
    ],
)
def test_a_delivery_that_is_not_what_it_says_is_held(house, tmp_path, footer, status, said):
    done = house.load(mapping_of(tmp_path, PAYMENTS), NAME, csv_bytes(HEADER, *ROWS, f"{footer},,,,"))
    assert (done.status, house.count("payment")) == (status, 2 if said is None else 0)
    assert said is None or said in done.messages[0]


def test_control_rows_of_a_workbook_are_read_too(tmp_path):
    text = PAYMENTS.replace('format = "csv"', 'format = "excel"').replace(r"\.csv", r"\.xlsx")
    rows = [HEADER.split(","), ["教育局", "V1", dt.date(2026, 6, 1), 5, "x"], ["合计金额：5.00", "共 1 笔"]]
    done = prepare(mapping_of(tmp_path, text), write_xlsx(tmp_path / "pay-202606.xlsx", rows))
    assert (figures(done), done.facts.height) == ([("payment_fen", 500), ("rows", 1)], 1)


def test_switched_off_nothing_is_read_from_cells(tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS + '[checks.control]\nseverity = "off"\n')
    done = read(mapping, NAME, csv_bytes(HEADER, *ROWS, "共 9 笔,,,,"))
    assert (done.control.figures, len(done.rejected)) == ((), 1)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("合计金额：1,234.56\n共 2 笔\n", [("payment_fen", 123_456), ("rows", 2)]),
        ('文件名,笔数,金额\npay-202605.csv,9,9\npay-202606.csv,2,"1,234.56"\n',
         [("payment_fen", 123_456), ("rows", 2)]),
        ("文件名,笔数,金额\npay-202606,2,1234.56\n", [("payment_fen", 123_456), ("rows", 2)]),
        ("笔数\t金额\n2\t1234.56\n", [("payment_fen", 123_456), ("rows", 2)]),
        ("rows,total\n2,1234.56\n", [("payment_fen", 123_456), ("rows", 2)]),
        ("文件名,笔数\npay-202605.csv,9\n", [("rows", None)]),  # says nothing of this file
        ("文件名,笔数,金额\npay-202606.csv,zwei,x\n", [("payment_fen", None), ("rows", None)]),
        ("", [("rows", None)]),
        ("\x00\x01\x02", [("rows", None)]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_side_files_in_all_their_forms(tmp_path, content, found, encoding):
    prepared = read(mapping_of(tmp_path, PAYMENTS), NAME, csv_bytes(HEADER, *ROWS))
    stated = read_side_file(prepared, f"{NAME}.total", content.encode(encoding))
    assert [(one.measure, one.value) for one in stated.figures] == found
    assert (stated.side_file, len(stated.side_sha256)) == (f"{NAME}.total", 64)


def test_a_side_file_that_is_no_text_states_nothing_readable(tmp_path):
    prepared = read(mapping_of(tmp_path, PAYMENTS), NAME, csv_bytes(HEADER, *ROWS))
    (figure,) = read_side_file(prepared, "x", b"\xff\xfe\x80\x00\xff").figures
    assert figure.value is None


def test_the_side_file_of_a_delivery_is_named_by_the_mapping(tmp_path):
    usual, own = mapping_of(tmp_path, PAYMENTS), mapping_of(
        tmp_path, PAYMENTS + '[checks.control]\nside_file = "控制数-{period}.csv"\n', "own"
    )  # fmt: skip
    assert (side_name(usual, NAME), side_name(own, NAME)) == (f"{NAME}.total", "控制数-202606.csv")
    assert side_file_of([own], "控制数-202606.csv") is own
    assert side_file_of([usual], f"{NAME}.total") is usual
    assert side_file_of([usual], "other.csv.total") is None
    assert side_file_of([usual, own], NAME) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('side_file = "控制数-{month}.csv"', "file_name has no group month"),
        ('measure = "appropriation_fen"', "appropriation_fen is no amount of feed payments"),
        ('amount_cell = "合计"', "needs a group"),
        ('amount_cell = "(a)(b)(c)"', "more than two groups"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(tmp_path, text, said):
    with pytest.raises(MappingError, match=said):
        mapping_of(tmp_path, PAYMENTS + f"[checks.control]\n{text}\n")


class Desk:
    """An inbox with a mapping, and what a round over it does."""

    def __init__(self, house, folder, mapping):
        self.house, self.inbox, self.mapping = house, folder / "inbox", mapping
        self.inbox.mkdir()

    def put(self, name, content, at=NOW, *, done=True):
        path = self.inbox / name
        path.write_bytes(content)
        os.utime(path, (at.timestamp(), at.timestamp()))
        if done:
            (self.inbox / f"{name}{DONE_MARK}").touch()
        return path

    def plan(self, now=NOW):
        plan = plan_inbox(self.inbox, waiting_files(self.inbox, now), [self.mapping], now)
        return [[path.name for path in part] for part in (plan.load, plan.used, plan.late)]

    def take(self, path, now=NOW):
        return self.house.publish(with_side_file(prepare(self.mapping, path), path.parent), now)

    def late(self, path, now=NOW):
        with writing(self.house.engine) as connection:
            return take_late(connection, self.house.landing, self.mapping, path, now=now, actor="test")


@pytest.fixture
def desk(house, tmp_path):
    return Desk(house, tmp_path, mapping_of(tmp_path, PAYMENTS + AWAITED))


GOOD, SIDE = csv_bytes(HEADER, *ROWS), f"{NAME}.total"


def test_a_side_file_that_came_first_waits_and_goes_with_its_data_file(desk):
    desk.put(SIDE, "共 2 笔".encode())
    assert desk.plan() == [[], [], [SIDE]]
    path = desk.put(NAME, GOOD)
    assert desk.plan() == [[NAME], [SIDE], []]
    assert desk.take(path).status == "published"


def test_a_data_file_waits_for_its_side_file_so_many_minutes(desk):
    path = desk.put(NAME, GOOD)
    waiting_files(desk.inbox, NOW)
    assert desk.plan(NOW + dt.timedelta(minutes=29, seconds=59)) == [[], [], []]
    later = NOW + dt.timedelta(minutes=30)
    assert desk.plan(later) == [[NAME], [], []]
    done = desk.take(path, later)
    assert done.status == "held"
    assert f"the control file {SIDE} has not come (in the inbox a file waits 30 minutes for it)" in done.messages[0]


def test_a_side_file_that_came_in_time_ends_the_wait(desk):
    path = desk.put(NAME, GOOD)
    assert desk.plan() == [[], [], []]
    desk.put(SIDE, "共 2 笔 合计金额：1234.56".encode())
    assert desk.plan() == [[NAME], [SIDE], []]
    assert desk.take(path).status == "published"


def test_a_side_file_that_is_still_being_written_is_waited_for(desk):
    desk.put(NAME, GOOD)
    desk.put(SIDE, "共".encode(), done=False)
    assert desk.plan(NOW + dt.timedelta(hours=2)) != [[], [], []]  # quiet for long: whole
    desk.put(SIDE, "共 2".encode(), at=NOW + dt.timedelta(hours=3), done=False)
    assert desk.plan(NOW + dt.timedelta(hours=3)) == [[], [], []]


def test_where_no_side_file_is_expected_nothing_is_waited_for(house, tmp_path):
    desk = Desk(house, tmp_path, mapping_of(tmp_path, PAYMENTS))
    desk.put(NAME, GOOD)
    assert desk.plan() == [[NAME], [], []]
    desk.put(SIDE, b"x")
    assert desk.plan() == [[NAME], [SIDE], []]


def test_a_side_file_too_late_publishes_the_held_delivery_it_agrees_with(desk):
    held = desk.take(desk.put(NAME, GOOD))
    done = desk.late(desk.put(SIDE, "共 2 笔".encode()))
    assert (held.status, done.status, desk.house.count("payment")) == ("held", "published", 2)
    with reading(desk.house.engine) as connection:
        told = list_batches(connection, Scope.everything())[0]
    assert told["origin"] == held.batch


def test_a_side_file_too_late_that_disagrees_leaves_it_held(desk):
    desk.take(desk.put(NAME, GOOD))
    done = desk.late(desk.put(SIDE, "共 3 笔".encode()))
    assert (done.status, desk.house.count("payment")) == ("held", 0)
    assert "says 3 rows, the file has 2 accepted rows" in done.messages[0]


def test_a_side_file_after_a_published_delivery_agrees_or_is_refused(house, tmp_path):
    desk = Desk(house, tmp_path, mapping_of(tmp_path, PAYMENTS))
    assert desk.late(desk.put(SIDE, "共 2 笔".encode())) is None  # its delivery has not come
    desk.take(desk.put("pay-202605.csv", csv_bytes(HEADER, *ROWS)))
    house.load(desk.mapping, NAME, csv_bytes(HEADER, "教育局,V5,2026-6-1,1.00,x"))
    assert desk.late(desk.put(SIDE, "共 1 笔".encode())).status == "unchanged"
    with pytest.raises(BatchError, match=r"published as batch 2, and its control file disagrees: .* says 2 rows"):
        desk.late(desk.put(SIDE, "共 2 笔".encode()))
    assert house.count("batch") == 2


def test_a_held_delivery_sent_again_with_its_side_file_is_judged_anew(desk):
    path = desk.put(NAME, GOOD)
    assert desk.take(path).status == "held"
    desk.put(SIDE, "共 2 笔".encode())
    assert desk.take(path).status == "published"


def test_the_bytes_of_the_side_file_are_kept_beside_those_of_the_delivery(desk):
    path, said = desk.put(NAME, GOOD), "共 2 笔".encode()
    desk.put(SIDE, said)
    desk.take(path)
    with reading(desk.house.engine) as connection:
        kept = {kept_delivery(desk.house.landing, sha256).read() for sha256 in landed(connection)}
    assert kept == {GOOD, said}


def test_a_side_file_too_late_is_kept_too(house, tmp_path):
    desk = Desk(house, tmp_path, mapping_of(tmp_path, PAYMENTS))
    desk.take(desk.put(NAME, GOOD))
    said = "共 2 笔".encode()
    desk.late(desk.put(SIDE, said))
    with reading(house.engine) as connection:
        assert said in {kept_delivery(house.landing, sha256).read() for sha256 in landed(connection)}


def test_a_replay_reads_the_kept_side_file_with_the_mapping_as_it_is_now(desk, tmp_path):
    path = desk.put(NAME, GOOD)
    desk.put(SIDE, "本批 2 张".encode())  # words that the mapping does not know yet
    held = desk.take(path)
    assert held.status == "held"
    for one in desk.inbox.iterdir():
        one.unlink()
    better = mapping_of(tmp_path, PAYMENTS + AWAITED + "count_cell = '本批 (\\d+) 张'\n")
    with writing(desk.house.engine) as connection:
        again = replay(connection, desk.house.landing, [better], held.batch, now=NOW, actor="zhang")
    assert (again.status, desk.house.count("payment")) == ("published", 2)


def test_what_a_release_would_do_is_told_by_the_kept_side_file_too(desk):
    path = desk.put(NAME, GOOD)
    desk.put(SIDE, "共 3 笔".encode())
    held = desk.take(path)
    with reading(desk.house.engine) as connection:
        origin = find_batch(connection, Scope.everything(), held.batch)
        run = dry_run(
            connection,
            desk.mapping,
            NAME,
            Delivery.of_bytes(GOOD),
            now=NOW,
            origin=origin,
            landing_dir=desk.house.landing,
        )
    assert any("says 3 rows, the file has 2 accepted rows" in reason for reason in run.hold_reasons)


def test_a_kept_side_file_that_was_damaged_is_no_side_file_any_more(desk):
    path, said = desk.put(NAME, GOOD), "共 3 笔".encode()
    desk.put(SIDE, said)
    held = desk.take(path)
    landing_path(desk.house.landing, Delivery.of_bytes(said).sha256).write_bytes("共 2 笔".encode())
    with writing(desk.house.engine) as connection, pytest.raises(UnreadableError, match="no longer holds what was"):
        replay(connection, desk.house.landing, [desk.mapping], held.batch, now=NOW, actor="zhang")


def test_of_a_batch_from_before_side_files_were_kept_the_words_of_then_count(desk):
    path, said = desk.put(NAME, GOOD), "共 3 笔".encode()
    desk.put(SIDE, said)
    held = desk.take(path)
    with writing(desk.house.engine) as connection:
        connection.execute(sa.text("DELETE FROM landing WHERE file_name = :name"), {"name": SIDE})
        again = replay(connection, desk.house.landing, [desk.mapping], held.batch, now=NOW, actor="zhang")
    assert "says 3 rows" in again.messages[0]


def test_a_side_file_too_large_to_be_one_says_nothing_and_is_kept_whole(desk):
    path, said = desk.put(NAME, GOOD), "共 2 笔\n".encode() * 200_000
    desk.put(SIDE, said)
    done = desk.take(path)
    assert "says an unreadable count" in done.messages[0]
    assert landing_path(desk.house.landing, Delivery.of_bytes(said).sha256).read_bytes() == said


def test_replay_and_release_remember_what_the_side_file_said(desk):
    path = desk.put(NAME, GOOD)
    desk.put(SIDE, "共 3 笔".encode())
    held = desk.take(path)
    with writing(desk.house.engine) as connection:
        again = replay(connection, desk.house.landing, [desk.mapping], held.batch, now=NOW, actor="zhang")
    assert again.status == "held"
    assert "says 3 rows" in again.messages[0]
    with writing(desk.house.engine) as connection:
        done = release(connection, desk.house.landing, [desk.mapping], again.batch, "电话核实", now=NOW, actor="zhang")
    assert (done.status, desk.house.count("payment")) == ("published", 2)
