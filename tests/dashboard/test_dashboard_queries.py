"""What the pages read, alike on SQLite and PostgreSQL, and always within the scope."""

import datetime as dt
import re
from pathlib import Path

import district
import pytest
import sqlalchemy as sa
from dashboard_cast import PEOPLE, House
from district_written import Seed, write_district

from dashboard.desk import open_desk
from dashboard.ledger import LedgerShelf
from dashboard.routes import PAGES, find_page, find_table
from dashboard.view import Asked
from warehouse import queries, queries_clues, queries_facts
from warehouse.batches import find_batch, read_batches, rejected_rows
from warehouse.engine import reading, writing
from warehouse.findings import latest_run, read_coverage, read_findings
from warehouse.jobs import claim_run
from warehouse.offices import list_offices
from warehouse.scope import Scope

ALL, STREET, NOBODY = Scope.everything(), Scope.of([district.STREET]), Scope.of([])


@pytest.fixture
def seed(warehouse_engine: sa.Engine, tmp_path: Path) -> Seed:
    """Write the compact district into each kind of database."""
    return write_district(warehouse_engine, tmp_path)


def test_every_read_answers_within_the_scope_on_either_database(seed: Seed) -> None:
    slice_id, row_no = seed.facts["V2026E05"]
    own = seed.facts["V202609801002P801002"]
    with reading(seed.engine) as connection:
        assert [len(read_batches(connection, scope)) for scope in (ALL, STREET, NOBODY)] == [41, 12, 0]
        assert len(read_batches(connection, ALL, status="held")) == 0
        assert find_batch(connection, STREET, 2) is None
        assert [len(rejected_rows(connection, scope, 2)) for scope in (ALL, STREET)] == [1, 0]
        run = latest_run(connection, include_history=False)
        assert run is not None
        assert (run.run_id, run.as_of) == (1, district.AS_OF)
        assert latest_run(connection, known_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)) is None
        assert [read_coverage(connection, scope, 1)["scope"].n_unique() for scope in (ALL, STREET, NOBODY)] == [
            7,
            2,
            0,
        ]
        assert queries.last_delivered_on(connection, district.NOW) == dt.date(2026, 9, 30)
        assert queries.fiscal_years(connection, STREET) == [2026, 2025, 2024, 2023]
        assert queries.fiscal_years(connection, NOBODY) == []
        assert [one.division_name for one in list_offices(connection, STREET)] == ["石桥街道"]
        assert queries.delivery_instants(connection, ALL)[0] == dt.datetime(2026, 10, 2, 10, tzinfo=dt.UTC)
        assert [len(queries.list_reports(connection, scope)) for scope in (ALL, STREET, NOBODY)] == [1, 1, 0]
        assert queries.list_job_runs(connection)["outcome"].to_list() == ["done"]
        assert len(read_findings(connection, ALL, 1, rule="H01")) == 1
        assert len(read_findings(connection, STREET, 1, rule="H01")) == 0
        evidence = queries_clues.list_clue_evidence(connection, STREET, ["2026-XS-0001", "2026-XS-0002"])
        assert evidence["clue_id"].to_list() == ["2026-XS-0001"]
        assert queries_facts.find_fact(connection, STREET, slice_id, row_no) is None
        found = queries_facts.find_fact(connection, ALL, slice_id, row_no)
        assert found is not None
        assert (found["payment_fen"], found["payee_name"]) == (6_000_000, district.PERSON)
        pairs = [own, (slice_id, row_no), (10**6, 1)]
        assert [row["voucher_no"] for row in queries_facts.list_facts(connection, ALL, pairs)] == [
            "V202609801002P801002",
            "V2026E05",
        ]
        assert len(queries_facts.list_facts(connection, STREET, pairs)) == 1
        assert len(queries_facts.list_deliveries_of(connection, ALL, "payments", f"{district.STREET}/2026")) == 1


@pytest.mark.parametrize("path", ["/", "/execution", "/clues", "/clues/2026-XS-0001", "/reports", "/system"])
def test_what_a_page_offers_to_export_can_be_exported(house: House, path: str) -> None:
    shelf = LedgerShelf(house.services.snapshots, "day")
    with open_desk(house.services, shelf, PEOPLE["caijing"], Asked(path), "zh") as desk:
        page = find_page(desk, path)
        assert page.export is not None
        assert find_table(desk, page.export).columns


def test_every_section_of_a_batch_that_can_be_taken_along_can_be_exported(house: House) -> None:
    shelf = LedgerShelf(house.services.snapshots, "day")
    with open_desk(house.services, shelf, PEOPLE["caijing"], Asked("/system/batches/2"), "zh") as desk:
        drawn = str(find_page(desk, "/system/batches/2").body)
        names = set(re.findall(r"/export/([^.]+)[.]csv", drawn))
        assert names
        assert all(find_table(desk, name).rows for name in names)


def test_every_page_can_be_asked_for_by_some_path() -> None:
    known = ["/", "/execution", "/source/1/2", "/clues", "/clues/2026-XS-0001", "/search", "/reports", "/system"]
    known += ["/system/batches/1", "/system/batches/1/release", "/system/batches/1/rows/2"]
    known += ["/system/batches/1/diff/2", "/system/arrivals", "/system/upload", "/system/upload/a-token"]
    known += ["/system/rules", "/system/rules/changes/1", "/system/rules/A01"]
    known += ["/system/mails", "/system/mails/a.eml", "/system/jobs"]
    reached = [next(i for i, (pattern, _page) in enumerate(PAGES) if pattern.fullmatch(path)) for path in known]
    assert sorted(reached) == list(range(len(PAGES)))


def test_a_job_that_runs_every_minute_does_not_push_the_others_out_of_sight(seed: Seed) -> None:
    with writing(seed.engine) as connection:
        for minute in range(1, 6):
            now = district.NOW + dt.timedelta(minutes=minute)
            assert claim_run(connection, "dispatch", now, "w", now)
    with reading(seed.engine) as connection:
        listed = queries.list_job_runs(connection, limit=2)
    assert listed["job"].value_counts().sort("job").rows() == [("dispatch", 2), ("evaluate", 1)]
    assert listed["started_at"].is_sorted(descending=True)
