"""Of very many rejected rows the first are kept and all are counted; nothing is lost, as the bytes are kept."""

import pytest
from ingest_ground import HEADER, NOW, PAYMENTS, House, csv_bytes, mapping_of

import ingest.rejections
from budget.holding import find_causes, in_chinese, told_cause
from ingest.again import replay
from ingest.prepare import prepare_content
from ingest.prepared import Rejected
from ingest.readers import Limits
from warehouse.batches import find_batch, rejected_rows
from warehouse.engine import reading, writing
from warehouse.scope import Scope

LENIENT = PAYMENTS + "[checks]\nmax_rejected_percent = 100\n"
FEW = Limits(rejected=7)


@pytest.fixture
def embedded(sqlite_engine, tmp_path):
    return House(sqlite_engine, tmp_path / "landing")


def rows_of(good: int, bad: int) -> bytes:
    """Return a file whose bad rows come last."""
    rows = [f"301001,V{n},2026-6-1,{n + 1}.00,x" for n in range(good)]
    return csv_bytes(HEADER, *rows, *(f"301001,W{n},30/06/2026,1.00,x" for n in range(bad)))


@pytest.mark.parametrize(("bad", "kept"), [(0, 0), (6, 6), (7, 7), (8, 7), (500, 7)])
def test_the_first_are_kept_in_file_order_and_all_are_counted(tmp_path, bad, kept):
    done = prepare_content(mapping_of(tmp_path, LENIENT), "pay-202606.csv", rows_of(3, bad), limits=FEW)
    assert done.rejected_count == bad
    assert [one.source_row for one in done.rejected] == [5 + n for n in range(kept)]
    assert (done.store.height, done.row_count) == (3, 3 + bad)


def test_the_share_of_rejected_rows_is_that_of_all_of_them(tmp_path):
    done = prepare_content(mapping_of(tmp_path, PAYMENTS), "pay-202606.csv", rows_of(100, 90), limits=FEW)
    assert done.hold_reasons == ("90 of 190 rows were rejected, more than 5 in 100",)


@pytest.mark.parametrize(
    ("mapping", "content", "told"),
    [
        (PAYMENTS, rows_of(100, 90), "190 行中有 90 行读不通, 超过允许的 5%"),
        (PAYMENTS, csv_bytes(HEADER), "表里一行数据也没有"),
        (PAYMENTS.replace(r"(?:-\d+)?", r"-(?P<sent>\d{8})") + '[delivery]\non = "sent"\n', rows_of(3, 0),
         "文件名说它在 2027-01-01 送来, 而那一天还没有到"),
    ],
)  # fmt: skip
def test_why_all_of_a_delivery_is_held_is_kept_as_codes_and_not_read_out_of_english(
    embedded, tmp_path, mapping, content, told
):
    name = "pay-202606-20270101.csv" if "sent" in mapping else "pay-202606.csv"
    outcome = embedded.publish(prepare_content(mapping_of(tmp_path, mapping), name, content))
    assert outcome.status == "held"
    with reading(embedded.engine) as connection:
        batch = find_batch(connection, Scope.everything(), outcome.batch)
    assert batch is not None
    assert [told_cause(one, in_chinese) for one in find_causes("other words", [], "m", batch.refusals)] == [told]


def test_over_many_parts_no_more_are_made_than_are_kept_in_each_that_is_read(tmp_path, monkeypatch):
    made = []

    def counted(**told: object) -> Rejected:
        made.append(1)
        return Rejected(**told)  # type: ignore[arg-type]

    monkeypatch.setattr(ingest.rejections, "Rejected", counted)
    monkeypatch.setattr("ingest.delimited.BLOCK", 10_000)
    done = prepare_content(mapping_of(tmp_path, LENIENT), "pay-202606.csv", rows_of(1, 30_000), limits=FEW)
    assert (done.rejected_count, len(done.rejected), done.rejected[-1].source_row) == (30_000, 7, 9)
    assert 7 <= len(made) <= 7 * 6  # a few parts are read ahead before the first is taken


def test_a_batch_says_how_many_there_were_and_a_replay_reads_every_row_again(embedded, tmp_path):
    mapping = mapping_of(tmp_path, LENIENT)
    outcome = embedded.publish(prepare_content(mapping, "pay-202606.csv", rows_of(3, 40), limits=FEW))
    assert (outcome.accepted, outcome.rejected) == (3, 40)
    assert outcome.messages[-1] == (
        f"and 33 more rejected rows: mingzhang rejected {outcome.batch} lists the first 7, which are kept"
    )
    with reading(embedded.engine) as connection:
        kept = rejected_rows(connection, Scope.everything(), outcome.batch)
        batch = find_batch(connection, Scope.everything(), outcome.batch)
    assert [one["rejected"] for one in kept] == [f"{outcome.batch}-{n}" for n in range(1, 8)]
    assert batch is not None
    assert batch.rejected_count == 40
    corrected = mapping_of(
        tmp_path, LENIENT.replace('{ from = "日期" }', '{ from = "日期", formats = ["ymd", "dmy"] }')
    )
    with writing(embedded.engine) as connection:
        again = replay(connection, embedded.landing, [corrected], outcome.batch, now=NOW, actor="test", limits=FEW)
    assert (again.accepted, again.rejected, again.status) == (43, 0, "published")
