"""Publishing: all or nothing, once, superseding slice by slice, and never behind a person's back."""

import datetime as dt

import polars as pl
import pytest
from ingest_ground import FOREVER, HEADER, NOW, PAYMENTS, House, csv_bytes, mapping_of

from ingest.again import release, replay
from ingest.known import year_before
from ingest.landing import landing_path
from ingest.mapping import reference_files
from ingest.problems import BatchError, UnreadableError
from ingest.source_row import read_source_row
from warehouse.batches import list_batches, rejected_rows
from warehouse.engine import reading, writing
from warehouse.scope import Scope

GOOD = [f"教育局,V{n},2026-6-{n},{n}.00,办公" for n in range(1, 25)]
DATED = PAYMENTS.replace(r"(?:-\d+)?\.csv", r"-(?P<sent>\d{8})\.csv") + '[delivery]\non = "sent"\n'


@pytest.fixture
def house(warehouse_engine, tmp_path):
    return House(warehouse_engine, tmp_path / "landing")


@pytest.fixture
def embedded(sqlite_engine, tmp_path):
    return House(sqlite_engine, tmp_path / "landing")


def batches(house, scope=None):
    with reading(house.engine) as connection:
        return list_batches(connection, scope or Scope.everything())


def test_a_delivery_is_published_with_lineage(house, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    done = house.load(mapping, "pay-202606.csv", csv_bytes(HEADER, *GOOD))
    assert (done.status, done.rows, done.accepted, done.rejected) == ("published", 24, 24, 0)
    assert done.totals == {"payment_fen": 30000}
    facts = house.facts("payments")
    assert facts.select("batch_id", "row_no", "source_row", "voucher_no").row(2) == (done.batch, 3, 4, "V3")
    assert facts["paid_on"][2] == dt.date(2026, 6, 3)
    told = batches(house)[0]
    assert (told["known_at"], told["slices"][0]["slice_key"]) == (NOW, "990101010/202606")
    assert told["slices"][0]["totals"] == {"payment_fen": 30000}


def test_the_delivered_bytes_are_kept_as_they_came(embedded, tmp_path):
    content = csv_bytes(HEADER, *GOOD, encoding="gb18030")
    embedded.load(mapping_of(tmp_path, PAYMENTS), "pay-202606.csv", content)
    sha = batches(embedded)[0]["sha256"]
    assert landing_path(embedded.landing, sha).read_bytes() == content
    assert landing_path(embedded.landing, sha).parent.name == sha[:2]
    assert [path.name for path in embedded.landing.rglob("*.part")] == []


def test_the_same_file_twice_publishes_nothing_new(house, tmp_path):
    mapping, content = mapping_of(tmp_path, PAYMENTS), csv_bytes(HEADER, *GOOD)
    first = house.load(mapping, "pay-202606.csv", content)
    again = house.load(mapping, "pay-202606.csv", content)
    assert (again.status, again.batch, again.totals) == ("unchanged", first.batch, first.totals)
    assert [house.count(name) for name in ("landing", "batch", "batch_slice", "payment")] == [1, 1, 1, 24]


def test_the_same_bytes_under_a_changed_mapping_are_read_anew(embedded, tmp_path):
    content = csv_bytes(HEADER, *GOOD)
    embedded.load(mapping_of(tmp_path, PAYMENTS), "pay-202606.csv", content)
    changed = mapping_of(tmp_path, PAYMENTS.replace('unit = "元"', 'unit = "百元"'))
    assert embedded.load(changed, "pay-202606.csv", content).status == "published"
    assert embedded.facts("payments")["payment_fen"].sum() == 3_000_000


def test_a_redelivery_supersedes_its_slice_and_a_missing_key_is_gone(house, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    house.load(mapping, "pay-202605.csv", csv_bytes(HEADER, "教育局,W1,2026-5-1,1.00,x"))
    house.load(mapping, "pay-202606.csv", csv_bytes(HEADER, *GOOD))
    house.load(mapping, "pay-202606-2.csv", csv_bytes(HEADER, *GOOD[:3]))
    assert house.facts("payments")["voucher_no"].to_list() == ["W1", "V1", "V2", "V3"]
    assert house.count("payment") == 28  # nothing published is deleted


def test_each_moment_is_answered_with_what_was_known_then(house, tmp_path):
    mapping = mapping_of(tmp_path, DATED)
    # Loaded the later one first: the order of loading does not matter, the days of delivery do.
    house.load(mapping, "pay-202606-20260801.csv", csv_bytes(HEADER, *GOOD[:3]))
    house.load(mapping, "pay-202606-20260708.csv", csv_bytes(HEADER, *GOOD))
    counts = {
        day: house.facts("payments", dt.datetime(2026, *day, 12, tzinfo=dt.UTC)).height
        for day in [(7, 8), (7, 31), (8, 1), (11, 1)]
    }
    assert counts == {(7, 8): 24, (7, 31): 24, (8, 1): 3, (11, 1): 3}
    # 18:00 in Shanghai is 10:00 UTC, inclusive.
    assert house.facts("payments", dt.datetime(2026, 7, 8, 10, 0, tzinfo=dt.UTC)).height == 24
    assert house.facts("payments", dt.datetime(2026, 7, 8, 9, 59, 59, tzinfo=dt.UTC)).height == 0


def test_sending_the_first_version_again_takes_a_correction_back(embedded, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    first = csv_bytes(HEADER, *GOOD)
    embedded.load(mapping, "pay-202606.csv", first)
    embedded.load(mapping, "pay-202606.csv", csv_bytes(HEADER, *GOOD[:3]))
    assert embedded.load(mapping, "pay-202606.csv", first).status == "published"
    assert embedded.facts("payments").height == 24


def test_a_delivery_dated_ahead_is_held(embedded, tmp_path):
    done = embedded.load(mapping_of(tmp_path, DATED), "pay-202606-20991231.csv", csv_bytes(HEADER, *GOOD))
    assert (done.status, embedded.count("payment")) == ("held", 0)
    assert "its name says it was delivered on 2099-12-31, which lies ahead" in done.messages[0]


def test_a_held_delivery_publishes_nothing_and_the_previous_one_stays(house, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    house.load(mapping, "pay-202606.csv", csv_bytes(HEADER, *GOOD))
    bad = csv_bytes(HEADER, *GOOD[:4], "教育局,V9,2026-6-9,x,y")
    held = house.load(mapping, "pay-202606.csv", bad)
    assert (held.status, held.accepted, held.rejected) == ("held", 4, 1)
    assert house.facts("payments").height == 24
    assert house.load(mapping, "pay-202606.csv", bad).batch == held.batch  # held once, not again and again
    assert batches(house)[0]["reason"] == "1 of 5 rows were rejected, more than 5 in 100"


def test_a_rejected_row_is_told_in_one_sentence(house, tmp_path):
    done = house.load(
        mapping_of(tmp_path, PAYMENTS), "pay-202606.csv", csv_bytes(HEADER, *GOOD, '教育局,V30,2026-6-30,"1,2O0.00",x')
    )
    said = 'pay-202606.csv row 26: 金额 "1,2O0.00" is not a number; the row was held (rejected 1-1)'
    assert done.messages == (said,)
    with reading(house.engine) as connection:
        row = rejected_rows(connection, Scope.everything(), done.batch)[0]
    assert (row["rejected"], row["message"]) == ("1-1", said)
    assert row["cells"] == ["教育局", "V30", "2026-6-30", "1,2O0.00", "x"]


def test_of_many_rejected_rows_the_first_are_told_and_the_others_counted(embedded, tmp_path):
    good = [f"教育局,V{n},2026-6-1,1.00,x" for n in range(600)]
    bad = [f"教育局,W{n},2026-6-1,x,x" for n in range(25)]
    done = embedded.load(mapping_of(tmp_path, PAYMENTS), "pay-202606.csv", csv_bytes(HEADER, *good, *bad))
    assert (done.status, done.rejected, len(done.messages)) == ("published", 25, 21)
    assert done.messages[-1] == "and 5 more rejected rows: mingzhang rejected 1 lists them"


def test_another_divisions_reader_sees_neither_batch_nor_rejected_rows(embedded, tmp_path):
    lines = [*GOOD, "教育局,V30,2026-6-30,x,x"]
    done = embedded.load(mapping_of(tmp_path, PAYMENTS), "pay-202606.csv", csv_bytes(HEADER, *lines))
    own, other = Scope.of(["990101010"]), Scope.of(["990101011"])
    assert [len(batches(embedded, scope)) for scope in (own, other)] == [1, 0]
    with reading(embedded.engine) as connection:
        assert [len(rejected_rows(connection, scope, done.batch)) for scope in (own, other)] == [1, 0]


def test_a_slip_of_units_against_last_year_is_held(house, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    house.load(mapping, "pay-202506.csv", csv_bytes(HEADER, "教育局,V1,2025-6-1,30000.00,x"))
    done = house.load(mapping, "pay-202606.csv", csv_bytes(HEADER, "教育局,V1,2026-6-1,3.00,x"))
    assert done.status == "held"
    assert "payment_fen of 990101010/202606 is 3.00 元, last year 30,000.00 元" in done.messages[0]
    fine = house.load(mapping, "pay-202606.csv", csv_bytes(HEADER, "教育局,V1,2026-6-1,30001.00,x"))
    assert fine.status == "published"
    assert {check["outcome"] for check in batches(house)[0]["checks"]} == {"ok"}


@pytest.mark.parametrize(
    ("names", "key", "before"),
    [
        (("division_code", "fiscal_year"), "990101010/2026", "990101010/2025"),
        (("division_code", "period"), "990101010/202601", "990101010/202501"),
        (("scheme",), "function", None),
        (("division_code", "period"), "990101010/上半年", None),
        (("doc",), "a/b", None),
    ],
)
def test_the_same_slice_a_year_before(names, key, before):
    assert year_before(names, key) == before


def test_release_publishes_a_held_batch_on_somebodys_word(house, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    held = house.load(mapping, "pay-202606.csv", csv_bytes(HEADER, *GOOD[:4], "教育局,V9,2026-6-9,x,y"))
    with writing(house.engine) as connection:
        done = release(connection, house.landing, [mapping], held.batch, "电话核实", now=NOW, actor="zhang")
    assert (done.status, house.facts("payments").height) == ("published", 4)
    told = batches(house)[0]
    assert (told["origin"], told["recorded_by"]) == (held.batch, "zhang")
    assert told["reason"].startswith("released: 电话核实 (held because 1 of 5 rows were rejected")


def test_what_was_released_is_neither_released_nor_held_again(embedded, tmp_path):
    mapping, content = mapping_of(tmp_path, PAYMENTS), csv_bytes(HEADER, *GOOD[:4], "教育局,V9,2026-6-9,x,y")
    held = embedded.load(mapping, "pay-202606.csv", content)
    with writing(embedded.engine) as connection:
        done = release(connection, embedded.landing, [mapping], held.batch, "电话核实", now=NOW, actor="zhang")
    with (
        writing(embedded.engine) as connection,
        pytest.raises(BatchError, match=f"batch {held.batch} was released as batch {done.batch} already"),
    ):
        release(connection, embedded.landing, [mapping], held.batch, "再次", now=NOW, actor="zhang")
    again = embedded.load(mapping, "pay-202606.csv", content)
    assert (again.status, again.batch) == ("unchanged", done.batch)


def test_release_is_refused_where_there_is_nothing_to_release(embedded, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    good = embedded.load(mapping, "pay-202606.csv", csv_bytes(HEADER, *GOOD))
    unreadable = embedded.load(mapping, "pay-202607.csv", b"\xff\xfe\xff nothing")
    cases = [
        (good.batch, "x", "batch 1 is published; only a held batch"),
        (unreadable.batch, " ", "say why"),
        (unreadable.batch, "x", "nothing in it could be read"),
        (99, "x", "there is no batch 99"),
    ]
    for batch, reason, told in cases:
        with writing(embedded.engine) as connection, pytest.raises(BatchError, match=told):
            release(connection, embedded.landing, [mapping], batch, reason, now=NOW, actor="zhang")
    assert embedded.count("batch") == 2


def test_replay_reads_the_same_bytes_with_the_mapping_of_today(house, tmp_path):
    wrong = mapping_of(tmp_path, DATED.replace('from = "金额"', 'from = "金额", dash = "refuse"'))
    lines = csv_bytes(HEADER, *GOOD, "教育局,V30,2026-6-30,—,x")
    first = house.load(wrong, "pay-202606-20260708.csv", lines)
    assert first.rejected == 1
    right = mapping_of(tmp_path, DATED.replace('from = "金额"', 'from = "金额", dash = "zero"'))
    with writing(house.engine) as connection:
        done = replay(connection, house.landing, [right], first.batch, now=NOW, actor="zhang")
    assert (done.status, done.accepted, done.rejected) == ("published", 25, 0)
    told = batches(house)[0]
    assert (told["origin"], told["known_at"]) == (first.batch, NOW)
    # The past answers as it did; from now on the new reading is in force.
    counts = [house.facts("payments", at).height for at in (NOW - dt.timedelta(seconds=1), NOW)]
    assert counts == [24, 25]


def test_replay_and_release_do_not_push_a_later_delivery_aside(embedded, tmp_path):
    mapping = mapping_of(tmp_path, DATED)
    held = embedded.load(mapping, "pay-202606-20260701.csv", csv_bytes(HEADER, *GOOD[:4], "教育局,V9,2026-6-9,x,y"))
    embedded.load(mapping, "pay-202606-20260708.csv", csv_bytes(HEADER, *GOOD))
    with writing(embedded.engine) as connection:
        done = release(connection, embedded.landing, [mapping], held.batch, "电话核实", now=NOW, actor="zhang")
    assert done.status == "published"
    assert embedded.facts("payments").height == 24
    assert embedded.facts("payments", dt.datetime(2026, 7, 2, tzinfo=dt.UTC)).height == 4


def test_replay_of_a_published_batch_under_the_same_mapping_changes_nothing(embedded, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    first = embedded.load(mapping, "pay-202606.csv", csv_bytes(HEADER, *GOOD))
    with writing(embedded.engine) as connection:
        done = replay(connection, embedded.landing, [mapping], first.batch, now=NOW, actor="zhang")
    assert (done.status, embedded.count("batch")) == ("unchanged", 1)


def test_replay_refuses_bytes_that_rotted(embedded, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    embedded.load(mapping, "pay-202606.csv", csv_bytes(HEADER, *GOOD))
    landing_path(embedded.landing, batches(embedded)[0]["sha256"]).write_bytes(b"changed")
    with writing(embedded.engine) as connection, pytest.raises(UnreadableError, match="no longer holds what was"):
        replay(connection, embedded.landing, [mapping], 1, now=NOW, actor="zhang")


def test_append_keeps_every_file_and_replaces_only_its_own(embedded, tmp_path):
    text = PAYMENTS.replace('key = ["division_code", "period"]', 'key = ["division_code", "period"]\nmode = "append"')
    mapping = mapping_of(tmp_path, text)
    embedded.load(mapping, "pay-202606-1.csv", csv_bytes(HEADER, GOOD[0]))
    embedded.load(mapping, "pay-202606-2.csv", csv_bytes(HEADER, GOOD[1]))
    embedded.load(mapping, "pay-202606-2.csv", csv_bytes(HEADER, GOOD[2]))
    assert embedded.facts("payments")["voucher_no"].to_list() == ["V1", "V3"]


def test_a_delivered_row_is_shown_as_it_stood(embedded, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    embedded.load(mapping, "pay-202606.csv", csv_bytes(HEADER, *GOOD, encoding="gb18030"))
    fact = embedded.facts("payments", FOREVER).row(2, named=True)
    sha = batches(embedded)[0]["sha256"]
    shown = read_source_row(embedded.landing, mapping, sha, "pay-202606.csv", fact["source_sheet"], fact["source_row"])
    assert shown.header == ["单位", "凭证", "日期", "金额", "用途"]
    assert shown.cells == ["教育局", "V3", "2026-6-3", "3.00", "办公"]
    with pytest.raises(UnreadableError, match=r"pay-202606\.csv has no row 99 below its header"):
        read_source_row(embedded.landing, mapping, sha, "pay-202606.csv", None, 99)


def test_text_that_no_database_keeps_is_held_back_and_told(house, tmp_path):
    bad = "教育局,V30,2026-6-30,1.00,a\x00b"
    done = house.load(mapping_of(tmp_path, PAYMENTS), "pay-202606.csv", csv_bytes(HEADER, *GOOD, bad))
    assert (done.accepted, done.rejected) == (24, 1)
    assert '用途 "a␀b" is not text without NUL characters' in done.messages[0]


def test_half_a_surrogate_pair_in_json_does_not_crash(house, tmp_path):
    text = PAYMENTS.replace('"csv"', '"json"').replace(r"\.csv", r"\.json")
    content = rb'[{"\u5355\u4f4d":"A\ud800","\u51ed\u8bc1":"V\u0000","\u65e5\u671f":"2026-6-1","\u91d1\u989d":1}]'
    done = house.load(mapping_of(tmp_path, text), "pay-202606.json", content)
    assert (done.status, done.rejected) == ("held", 1)


def test_an_empty_delivery_is_a_tombstone_once_released(embedded, tmp_path):
    mapping = mapping_of(tmp_path, PAYMENTS)
    embedded.load(mapping, "pay-202606.csv", csv_bytes(HEADER, *GOOD))
    held = embedded.load(mapping, "pay-202606.csv", csv_bytes(HEADER))
    assert (held.status, embedded.facts("payments").height) == ("held", 24)
    with writing(embedded.engine) as connection:
        release(connection, embedded.landing, [mapping], held.batch, "全部撤销", now=NOW, actor="zhang")
    assert embedded.facts("payments").height == 0


def test_a_classification_table_and_a_workbook_publish_too(house, tmp_path):
    for path in reference_files():
        assert house.load_file(path).status == "published"
    told = house.facts("classifications").filter(pl.col("code") == "207")
    assert told.select("name", "valid_from_year", "valid_to_year").rows() == [
        ("文化体育与传媒支出", 2014, 2018),
        ("文化旅游体育与传媒支出", 2019, None),
    ]
