"""What must not matter does not: the order of rows, how a delivery is cut into files, how often it is loaded."""

import datetime as dt
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_ground import HEADER, PAYMENTS, House, csv_bytes, mapping_of, read

from ingest.mapping import load_mapping
from warehouse.engine import open_engine, sqlite_url
from warehouse.migrations import create

FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
AMOUNTS = st.integers(-(10**9), 10**11)
ROWS = st.lists(
    st.tuples(st.sampled_from(["教育局", "水利局", "档案馆"]), st.integers(1, 28), AMOUNTS), min_size=1, max_size=30
)
CONTENT = ("unit_code", "voucher_no", "paid_on", "payment_fen", "purpose")
FOLDER = Path(tempfile.mkdtemp(prefix="mingzhang-properties-"))
MAPPING = mapping_of(FOLDER, PAYMENTS)
BY_FILE = mapping_of(FOLDER, PAYMENTS.replace('"period"]', '"period"]\nmode = "append"'), "by-file")


def lines_of(rows):
    def yuan(fen):
        return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"

    return [f"{unit},V{n},2026-6-{day},{yuan(fen)},第{n}笔" for n, (unit, day, fen) in enumerate(rows)]


def fresh_house(folder):
    engine = open_engine(sqlite_url(folder / "warehouse.db"))
    with engine.begin() as connection:
        create(connection)
    return House(engine, folder / "landing")


def content(house):
    return sorted(house.facts("payments").select(CONTENT).rows())


def loaded(mapping, *files):
    """Return what is in force after loading some files into an empty warehouse."""
    with tempfile.TemporaryDirectory() as folder:
        house = fresh_house(Path(folder))
        for number, lines in enumerate(files):
            assert house.load(mapping, f"pay-202606-{number}.csv", csv_bytes(HEADER, *lines)).status == "published"
        found = content(house)
        house.engine.dispose()
    return found


@FEW
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_change_the_facts(rows, random):
    lines = lines_of(rows)
    mixed = random.sample(lines, len(lines))
    assert loaded(MAPPING, mixed) == loaded(MAPPING, lines)


@FEW
@given(ROWS, st.integers(0, 30))
def test_cutting_a_delivery_into_files_does_not_change_the_facts(rows, cut):
    lines = lines_of(rows)
    parts = [part for part in (lines[:cut], lines[cut:]) if part]
    assert loaded(BY_FILE, *parts) == loaded(MAPPING, lines)


@FEW
@given(ROWS)
def test_loading_twice_leaves_the_same_facts(rows):
    lines = lines_of(rows)
    with tempfile.TemporaryDirectory() as folder:
        house = fresh_house(Path(folder))
        first = house.load(MAPPING, "pay-202606.csv", csv_bytes(HEADER, *lines))
        before = content(house)
        again = house.load(MAPPING, "pay-202606.csv", csv_bytes(HEADER, *lines))
        assert (first.status, again.status, content(house)) == ("published", "unchanged", before)
        assert house.count("payment") == len(rows)
        house.engine.dispose()


@FEW
@given(ROWS)
def test_no_fen_is_lost_on_the_way(rows):
    done = read(MAPPING, "pay-202606.csv", csv_bytes(HEADER, *lines_of(rows)))
    assert done.totals == {"payment_fen": sum(fen for *_, fen in rows)}
    assert done.facts["paid_on"].to_list() == [dt.date(2026, 6, day) for _, day, _ in rows]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_held_and_never_crash(content):
    if content:
        done = read(MAPPING, "pay-202606.csv", content)
        assert done.facts.height or done.hold_reasons


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), min_size=5, max_size=5), max_size=8))
def test_any_cells_are_read_or_rejected_and_counted(rows):
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    done = read(MAPPING, "pay-202606.csv", csv_bytes(HEADER, *lines))
    assert done.facts.height + len(done.rejected) <= done.row_count <= len(rows)


EXCEL = FOLDER / "workbook.toml"
EXCEL.write_text(PAYMENTS.replace('"csv"', '"excel"').replace(r"\.csv", r"\.xlsx?"), encoding="utf-8")


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"), b"", b"\x1f\x8b"]), st.binary(max_size=300))
def test_any_damaged_workbook_is_held_and_never_crashes(magic, rest):
    if magic + rest:
        done = read(load_mapping(EXCEL), "pay-202606.xls", magic + rest)
        assert done.hold_reasons
