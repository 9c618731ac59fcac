"""What is in force at a moment, who may see it, and snapshots that are never the truth."""

import datetime as dt
import shutil
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from budget import frames
from warehouse.bulk import insert_frame
from warehouse.engine import reading, writing
from warehouse.facts import load_facts
from warehouse.in_force import slices_in_force
from warehouse.schema import table
from warehouse.scope import Scope

STREET, TOWN = "990101010", "990101100"
JULY = dt.datetime(2026, 7, 8, 10, tzinfo=dt.UTC)
AUGUST = dt.datetime(2026, 8, 8, 10, tzinfo=dt.UTC)
SEPTEMBER = dt.datetime(2026, 9, 8, 10, tzinfo=dt.UTC)
END_OF_JUNE = dt.date(2026, 6, 30)


class Deliveries:
    """Puts deliveries of payments into a warehouse, the way publishing does."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.count = 0

    def deliver(self, division: str | None, known_at: dt.datetime, *fen: int, year: int = 2026, key: str = "") -> int:
        self.count += 1
        number, digest = self.count, f"{self.count:064d}"
        key = key or f"{division}/{year}"
        with writing(self.engine) as connection:
            connection.execute(
                sa.insert(table("landing")).values(sha256=digest, file_name="p.csv", byte_count=1, received_at=JULY)
            )
            connection.execute(
                sa.insert(table("batch")).values(
                    batch_id=number,
                    feed="payments",
                    mapping_name="m",
                    mapping_sha256="m",
                    landing_sha256=digest,
                    file_name="p.csv",
                    status="published",
                    known_at=known_at,
                    recorded_at=SEPTEMBER,
                    row_count=len(fen),
                    accepted_count=len(fen),
                    rejected_count=0,
                    totals_json="{}",
                )
            )
            connection.execute(
                sa.insert(table("batch_slice")).values(
                    slice_id=number,
                    batch_id=number,
                    feed="payments",
                    slice_key=key,
                    division_code=division,
                    fiscal_year=year,
                    row_count=len(fen),
                    delivered_count=len(fen),
                    known_at=known_at,
                )
            )
            insert_frame(connection, "payment", payments(number, division or STREET, year, fen))
        return number

    def in_force(self, known_at: dt.datetime, scope: Scope | None = None) -> list[int]:
        with reading(self.engine) as connection:
            return slices_in_force(connection, known_at, scope or Scope.everything())["slice_id"].to_list()


def payments(slice_id: int, division: str, year: int, fen: tuple[int, ...]) -> pl.DataFrame:
    days = [dt.date(year, 6, 28) + dt.timedelta(days=n) for n in range(len(fen))]
    return pl.DataFrame(
        {
            "slice_id": slice_id,
            "row_no": range(1, len(fen) + 1),
            "source_row": range(2, len(fen) + 2),
            "fiscal_year": year,
            "division_code": division,
            "unit_code": f"{division}001",
            "paid_on": days,
            "is_voided": [amount == 0 for amount in fen],
            "payment_fen": fen,
        },
        schema_overrides={"payment_fen": pl.Int64(), "paid_on": pl.Date()},
    )


@pytest.fixture
def feeds(warehouse_engine: sa.Engine) -> Deliveries:
    return Deliveries(warehouse_engine)


def paid(feeds: Deliveries, snapshots: Path, known_at: dt.datetime, scope: Scope | None = None) -> list[int]:
    with reading(feeds.engine) as connection:
        facts = load_facts(connection, snapshots, END_OF_JUNE, known_at, scope or Scope.everything())
    return facts.payments["payment_fen"].to_list()


def test_a_later_delivery_supersedes_the_whole_slice(feeds: Deliveries, tmp_path: Path) -> None:
    feeds.deliver(STREET, JULY, 100, 200, 300)
    feeds.deliver(STREET, AUGUST, 100)
    assert paid(feeds, tmp_path, JULY) == [100, 200, 300], "as known in July"
    assert paid(feeds, tmp_path, AUGUST) == [100], "rows the redelivery leaves out are gone"


def test_the_order_of_loading_does_not_matter(feeds: Deliveries) -> None:
    late = feeds.deliver(STREET, AUGUST, 1)
    early = feeds.deliver(STREET, JULY, 2)
    assert feeds.in_force(AUGUST) == [late]
    assert feeds.in_force(JULY) == [early]


def test_of_two_deliveries_of_one_moment_the_one_loaded_last_is_in_force(feeds: Deliveries) -> None:
    feeds.deliver(STREET, JULY, 1)
    second = feeds.deliver(STREET, JULY, 2)
    assert feeds.in_force(JULY) == [second]


def test_a_delivery_is_known_from_its_own_moment_on(feeds: Deliveries) -> None:
    number = feeds.deliver(STREET, JULY, 1)
    assert feeds.in_force(JULY) == [number]
    assert feeds.in_force(JULY - dt.timedelta(microseconds=1)) == []


def test_scope_fails_closed(feeds: Deliveries, tmp_path: Path) -> None:
    street, town = feeds.deliver(STREET, JULY, 1), feeds.deliver(TOWN, JULY, 2)
    shared = feeds.deliver(None, JULY, key="units/2026")
    assert feeds.in_force(JULY) == [street, town, shared]
    assert feeds.in_force(JULY, Scope.of({STREET})) == [street, shared], "what has no division belongs to everybody"
    assert feeds.in_force(JULY, Scope.of({"990101999"})) == [shared]
    assert feeds.in_force(JULY, Scope.of(())) == [shared], "nobody's scope holds no division's data"
    assert paid(feeds, tmp_path, JULY, Scope.of({STREET})) == [1]
    assert paid(feeds, tmp_path, JULY, Scope.of(())) == []


def test_rows_after_the_day_judged_and_voided_rows_are_left_out(feeds: Deliveries, tmp_path: Path) -> None:
    feeds.deliver(STREET, JULY, 28, 0, 30, 31)  # paid on 28, 29, 30 June and 1 July; the second is voided
    assert paid(feeds, tmp_path, JULY) == [28, 30]


def test_snapshots_are_rebuilt_when_they_are_deleted(feeds: Deliveries, tmp_path: Path) -> None:
    feeds.deliver(STREET, JULY, 1, 2)
    snapshots = tmp_path / "snapshots"
    before = paid(feeds, snapshots, JULY)
    written = sorted(path.relative_to(snapshots) for path in snapshots.rglob("*.parquet"))
    assert written
    shutil.rmtree(snapshots)
    assert paid(feeds, snapshots, JULY) == before
    assert sorted(path.relative_to(snapshots) for path in snapshots.rglob("*.parquet")) == written


def test_a_snapshot_is_used_and_a_new_delivery_gets_one_of_its_own(feeds: Deliveries, tmp_path: Path) -> None:
    feeds.deliver(STREET, JULY, 1)
    paid(feeds, tmp_path, JULY)
    (first,) = tmp_path.rglob("payments-*.parquet")
    feeds.deliver(STREET, AUGUST, 2)
    assert paid(feeds, tmp_path, AUGUST) == [2]
    assert len(list(tmp_path.rglob("payments-*.parquet"))) == 2
    pl.read_parquet(first).with_columns(payment_fen=pl.lit(77, pl.Int64)).write_parquet(first)
    assert paid(feeds, tmp_path, JULY) == [77], "the snapshot of July is read, not the warehouse"


def test_facts_come_back_with_the_types_of_their_feed(feeds: Deliveries, tmp_path: Path) -> None:
    feeds.deliver(STREET, JULY, 1)
    with reading(feeds.engine) as connection:
        facts = load_facts(connection, tmp_path, END_OF_JUNE, JULY, Scope.everything())
    assert dict(facts.payments.schema) == frames.LINEAGE | frames.PAYMENTS
    assert dict(facts.allotments.schema) == frames.LINEAGE | frames.ALLOTMENTS, "also where there are none"
    assert facts.divisions == (STREET,)


def test_a_snapshot_that_was_cut_short_is_made_anew(feeds: Deliveries, tmp_path: Path) -> None:
    feeds.deliver(STREET, JULY, 100, 200)
    before = paid(feeds, tmp_path, JULY)
    (kept,) = tmp_path.rglob("payments-*.parquet")
    whole = kept.read_bytes()
    for half in (b"", whole[: len(whole) // 2]):
        kept.write_bytes(half)
        assert paid(feeds, tmp_path, JULY) == before
        assert kept.read_bytes() == whole


def test_snapshots_that_cannot_be_written_are_done_without(feeds: Deliveries, tmp_path: Path) -> None:
    feeds.deliver(STREET, JULY, 100, 200)
    nowhere = tmp_path / "a file"
    nowhere.write_text("", encoding="utf-8")
    assert paid(feeds, nowhere, JULY) == paid(feeds, tmp_path / "snapshots", JULY)
