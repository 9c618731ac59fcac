"""Every feed as of a day: what lies ahead is left out, what is not done yet is blank, old units are followed."""

import datetime as dt

import polars as pl
import pytest
from ingest_ground import FOREVER, House, built_in, csv_bytes, mapping_of
from test_ingest_feeds import mapping_text, zero_row

from budget import frames
from budget.classification import code_name
from budget.facts import execution, movements
from budget.units import with_departments
from warehouse.engine import reading
from warehouse.facts import load_facts
from warehouse.scope import Scope

JUNE = dt.date(2026, 6, 30)
BEFORE, ON, AFTER = "2026-6-29", "2026-6-30", "2026-7-1"


class Ground(House):
    """A warehouse, its landing folder, and mappings that take every column by its name."""

    def __init__(self, engine, folder):
        super().__init__(engine, folder / "landing")
        self.folder = folder

    def deliver(self, feed, *rows, name="rows.csv"):
        """Load rows of a feed; what a row does not say is what the feed needs at least."""
        base = dict(zip(frames.FEEDS[feed], zero_row(feed)[0], strict=True))
        cells = [
            ",".join({**base, "fiscal_year": "2026", "division_code": "990101010", **row}.values()) for row in rows
        ]
        mapping = mapping_of(self.folder, mapping_text(feed), feed)
        done = self.load(mapping, name, csv_bytes(",".join(base), *cells))
        assert (done.status, done.rejected) == ("published", 0), done.messages

    def as_of(self, day=JUNE, scope=None):
        with reading(self.engine) as connection:
            return load_facts(connection, self.folder / "snapshots", day, FOREVER, scope or Scope.everything())


@pytest.fixture
def ground(warehouse_engine, tmp_path):
    return Ground(warehouse_engine, tmp_path)


BEGINS = [(feed, day) for feed, days in frames.BEGINS.items() for day in days if len(days) == 1]


@pytest.mark.parametrize(("feed", "day"), BEGINS)
def test_a_row_that_begins_after_the_day_judged_is_left_out(ground, feed, day):
    ground.deliver(feed, {day: BEFORE}, {day: ON}, {day: AFTER})
    found = getattr(ground.as_of(), feed)
    assert found[day].to_list() == [JUNE - dt.timedelta(days=1), JUNE]
    assert getattr(ground.as_of(dt.date(2026, 7, 1)), feed).height == 3


DONE_BY = [(feed, done, names) for feed, days in frames.DONE_BY.items() for done, names in days.items()]
TEXTS = {"target": "目标", "grade": "优", "evaluator": "self", "document_no": "文1", "released_fen": "7.00"}


@pytest.mark.parametrize(("feed", "done", "names"), DONE_BY)
def test_what_is_done_after_the_day_judged_is_not_done_yet(ground, feed, done, names):
    known = {name: TEXTS.get(name, "95") for name in names}
    begun = {day: BEFORE for day in frames.BEGINS.get(feed, ())[:1] if day != done}
    begun |= {"base_on": BEFORE} if feed == "documents" else {}
    begun |= {"released_on": BEFORE} if (feed, done) == ("transfers", "received_on") else {}
    ground.deliver(feed, begun | known | {done: ON}, begun | known | {done: AFTER})
    found = getattr(ground.as_of(), feed)
    assert found[done].to_list() == [JUNE, None]
    for name in names:
        assert found[name].is_null().to_list() == [False, True], name
    assert getattr(ground.as_of(dt.date(2026, 7, 1)), feed)[done].null_count() == 0


def test_an_act_that_is_owed_is_there_from_its_base_day_on(ground):
    owed, ahead, meeting = {"base_on": ON}, {"base_on": AFTER}, {"base_on": AFTER, "event_on": BEFORE}
    kind = {"document_kind": "budget_reply"}
    ground.deliver("documents", kind | owed, kind | ahead, kind | meeting, kind)
    found = ground.as_of().documents.select("base_on", "event_on").rows()
    assert found == [
        (JUNE, None),
        (dt.date(2026, 7, 1), JUNE - dt.timedelta(days=1)),
        (None, None),
    ]


def test_failed_and_voided_payments_are_kept_and_are_in_no_sum(ground):
    base = {"unit_code": "101001", "paid_on": BEFORE}
    ground.deliver(
        "payments",
        base | {"voucher_no": "V1", "payment_kind": "normal", "payment_fen": "100.00", "is_voided": "否"},
        base | {"voucher_no": "V2", "payment_fen": "50.00", "is_voided": "是"},
        base | {"voucher_no": "V3", "payment_fen": "0.00", "failure_reason": "账号户名不符", "is_voided": ""},
        base | {"voucher_no": "V4", "payment_kind": "refund", "payment_fen": "-30.00", "original_voucher_no": "V1"},
        base
        | {"voucher_no": "V5", "payment_kind": "correction", "payment_fen": "-20.00", "dept_economic_code": "30299"},
        base
        | {"voucher_no": "V6", "payment_kind": "correction", "payment_fen": "20.00", "dept_economic_code": "30201"},
        base | {"voucher_no": "V7", "payment_fen": "0.00"},
    )
    assert ground.count("payment") == 7
    facts = ground.as_of()
    assert facts.payments["voucher_no"].to_list() == ["V1", "V4", "V5", "V6", "V7"]
    moved = movements(facts, 2026, JUNE)
    assert execution(moved, ["unit_code"])["payment_fen"].to_list() == [7_000]
    by_item = dict(execution(moved, ["dept_economic_code"]).select("dept_economic_code", "payment_fen").iter_rows())
    assert by_item == {None: 7_000, "30299": -2_000, "30201": 2_000}


OF_UNITS = [feed for feed, schema in frames.FEEDS.items() if "unit_code" in schema and feed != "units"]


@pytest.mark.parametrize("feed", OF_UNITS)
def test_a_reorganised_unit_is_followed_to_its_successor_in_every_feed(ground, feed):
    unit = {"unit_level": "unit", "division_code": "990101010", "parent_code": "101"}
    ground.deliver(
        "units",
        unit | {"unit_code": "101002", "valid_to": "2026-3-31", "successor_code": "201001"},
        unit | {"unit_code": "201001", "parent_code": "201", "division_code": "990101011", "valid_from": "2026-4-1"},
    )
    days = dict.fromkeys((*frames.BEGINS.get(feed, ()), *frames.DONE_BY.get(feed, {})), "2026-1-5")
    ground.deliver(feed, days | {"unit_code": "101002"})

    def placed(day):
        facts = ground.as_of(day)
        found = with_departments(getattr(facts, feed), facts.units, facts.as_of)
        return found.select("unit_code", "department_code", "division_code").row(0)

    assert placed(JUNE) == ("201001", "201", "990101011")
    assert placed(dt.date(2026, 3, 31)) == ("101002", "101", "990101010")


@pytest.mark.parametrize("feed", [feed for feed in frames.FEEDS if feed not in {"units", "classifications"}])
def test_a_reader_of_one_division_sees_its_own_rows_of_every_feed(ground, feed):
    ground.deliver(feed, {"division_code": "990101010"}, {"division_code": "990101011"})
    seen = getattr(ground.as_of(dt.date(2026, 12, 31), Scope.of(["990101011"])), feed)
    assert seen["division_code"].to_list() == ["990101011"]
    assert dict(seen.schema) == frames.LINEAGE | frames.FEEDS[feed]


def test_a_snapshot_that_an_earlier_version_kept_is_made_anew(ground):
    ground.deliver("payments", {"contract_no": "HT1", "paid_on": BEFORE})
    assert ground.as_of().payments["contract_no"].to_list() == ["HT1"]
    (kept,) = (ground.folder / "snapshots").rglob("payments-*.parquet")
    pl.read_parquet(kept).drop("contract_no").write_parquet(kept)
    assert ground.as_of().payments["contract_no"].to_list() == ["HT1"]


def test_a_new_years_classification_leaves_earlier_years_alone(ground):
    header = "分类,编码,名称,上级编码,启用年度,停用年度"
    old = csv_bytes(header, "function,215,资源勘探信息等支出,,2014,", "function,21501,资源勘探开发,215,2014,")
    new = csv_bytes(header, "function,215,资源勘探工业信息等支出,,2026,")
    mapping = built_in("classifications")
    ground.load(mapping, "classification-function-20190101.csv", old)
    ground.load(mapping, "classification-function-20260101.csv", new)
    table = ground.as_of().classifications
    assert code_name(table, "function", 2025, "21501") == "资源勘探开发"
    assert code_name(table, "function", 2026, "21501") is None
    assert code_name(table, "function", 2025, "215") == "资源勘探信息等支出"
    assert code_name(table, "function", 2026, "215") == "资源勘探工业信息等支出"
    # The same year's table again replaces that year's, and only that.
    ground.load(mapping, "classification-function-20260301.csv", csv_bytes(header, "function,215,改,,2026,"))
    table = ground.as_of().classifications
    assert code_name(table, "function", 2026, "215") == "改"
    assert code_name(table, "function", 2025, "215") == "资源勘探信息等支出"
