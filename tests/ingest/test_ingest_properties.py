"""What must not matter does not: the order of rows, how a delivery is cut into files, how often it is loaded."""

import datetime as dt
import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_ground import FOREVER, HEADER, NOW, PAYMENTS, House, csv_bytes, mapping_of, read

from budget import frames
from ingest import delimited
from ingest.mapping import load_mapping
from warehouse.engine import open_engine, sqlite_url
from warehouse.migrations import create

FEW = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
AMOUNTS = st.integers(-(10**9), 10**11)
PURPOSES = st.sampled_from(["", "办公费", "“差旅”, 第一批", "\u3000培训费 "])
ROWS = st.lists(
    st.tuples(st.sampled_from(["教育局", "水利局", "档案馆"]), st.integers(1, 28), AMOUNTS, PURPOSES),
    min_size=1,
    max_size=30,
)
COLUMNS = tuple(frames.FEEDS["payments"])
_KEPT = tempfile.TemporaryDirectory(prefix="mingzhang-properties-")
FOLDER = Path(_KEPT.name)
# Made-up corrections may well be ten thousand times what they correct, which is a slip of units elsewhere.
ANY_SIZE = PAYMENTS.replace("[slice]", "[checks]\nlast_delivery = false\n[slice]")
MAPPING = mapping_of(FOLDER, ANY_SIZE)
BY_FILE = mapping_of(FOLDER, ANY_SIZE.replace('"period"]', '"period"]\nmode = "append"'), "by-file")
MONTH = "pay-202606.csv"


def yuan(fen):
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def lines_of(rows):
    return [f'{unit},V{n},2026-6-{day},{yuan(fen)},"{purpose}"' for n, (unit, day, fen, purpose) in enumerate(rows)]


def delivery(lines):
    return csv_bytes(HEADER, *lines)


BAD_ROWS = st.lists(
    st.sampled_from(["教育局,V,2026-6-3,1O0,", "合计,,,5,", ",,,,", "教育局,V,2026-6-3,1,x,y,z"]), max_size=3
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, BAD_ROWS, st.integers(16, 200))
def test_the_pieces_a_delivery_is_read_in_change_nothing(monkeypatch, rows, bad, size):
    content = delivery([*lines_of(rows), *bad, *lines_of(rows[:2])])
    whole = read(MAPPING, MONTH, content)
    monkeypatch.setattr(delimited, "BLOCK", size)
    pieces = read(MAPPING, MONTH, content)
    monkeypatch.undo()
    assert pieces.facts.equals(whole.facts)
    assert (pieces.rejected, pieces.checks, pieces.hold_reasons) == (whole.rejected, whole.checks, whole.hold_reasons)
    assert (pieces.totals, pieces.signs, pieces.row_count) == (whole.totals, whole.signs, whole.row_count)
    assert pieces.slices.equals(whole.slices)


@contextmanager
def fresh_house():
    """Give a house of its own, empty, for one example."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(sqlite_url(Path(folder) / "warehouse.db"))
        with engine.begin() as connection:
            create(connection)
        yield House(engine, Path(folder) / "landing")
        engine.dispose()


def in_force(house, known_at=FOREVER):
    """Return the facts in force as a multiset of every canonical column, and their sum in fen."""
    facts = house.facts("payments", known_at)
    return Counter(facts.select(COLUMNS).rows()), facts["payment_fen"].sum()


def loaded(mapping, *files):
    """Return what is in force after loading some files into an empty warehouse."""
    with fresh_house() as house:
        for number, lines in enumerate(files):
            assert house.load(mapping, f"pay-202606-{number}.csv", delivery(lines)).status == "published"
        return in_force(house)


@FEW
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_change_the_facts(rows, random):
    lines = lines_of(rows)
    mixed = random.sample(lines, len(lines))
    assert loaded(MAPPING, mixed) == loaded(MAPPING, lines)


@FEW
@given(ROWS, st.integers(0, 30), st.booleans())
def test_cutting_a_delivery_into_files_does_not_change_the_facts(rows, cut, is_turned):
    lines = lines_of(rows)
    parts = [part for part in (lines[:cut], lines[cut:]) if part]
    assert loaded(BY_FILE, *(reversed(parts) if is_turned else parts)) == loaded(MAPPING, lines)


@FEW
@given(ROWS, st.integers(1, 3))
def test_loading_again_is_no_operation(rows, times):
    content = delivery(lines_of(rows))
    with fresh_house() as house:
        first = house.load(MAPPING, MONTH, content)
        before = in_force(house)
        tables = {
            name: house.count(name) for name in ("batch", "batch_slice", "payment", "rejected_row", "batch_check")
        }
        for hours in range(1, times + 1):
            again = house.load(MAPPING, MONTH, content, NOW + dt.timedelta(hours=hours))
            assert (again.status, again.batch, again.totals) == ("unchanged", first.batch, first.totals)
        assert first.status == "published"
        assert before[0].total() == len(rows)
        assert in_force(house) == before
        assert tables == {name: house.count(name) for name in tables}


@FEW
@given(ROWS, ROWS)
def test_a_correction_that_is_taken_back_leaves_the_facts_of_before(rows, corrected):
    first, second = delivery(lines_of(rows)), delivery(lines_of(corrected))
    one, two, three = (NOW + dt.timedelta(hours=hours) for hours in range(3))
    with fresh_house() as house:
        loaded_first = house.load(MAPPING, MONTH, first, one)
        before = in_force(house)
        house.load(MAPPING, MONTH, second, two)
        between = in_force(house)
        taken_back = house.load(MAPPING, MONTH, first, three)
        assert in_force(house) == before
        assert taken_back.totals == loaded_first.totals
        assert taken_back.status == ("unchanged" if first == second else "published")
        assert between == loaded(MAPPING, lines_of(corrected))


@FEW
@given(ROWS, ROWS)
def test_what_was_known_before_a_correction_is_still_answered(rows, corrected):
    first, second = delivery(lines_of(rows)), delivery(lines_of(corrected))
    later = NOW + dt.timedelta(days=1)
    with fresh_house() as house:
        house.load(MAPPING, MONTH, first, NOW)
        before = in_force(house)
        house.load(MAPPING, MONTH, second, later)
        assert in_force(house, later - dt.timedelta(microseconds=1)) == before
        assert in_force(house, later) == loaded(MAPPING, lines_of(corrected))
        assert in_force(house, NOW - dt.timedelta(microseconds=1))[0].total() == 0


@FEW
@given(ROWS)
def test_no_fen_is_lost_on_the_way(rows):
    done = read(MAPPING, "pay-202606.csv", csv_bytes(HEADER, *lines_of(rows)))
    assert done.totals == {"payment_fen": sum(fen for _, _, fen, _ in rows)}
    assert done.facts["paid_on"].to_list() == [dt.date(2026, 6, day) for _, day, _, _ in rows]


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_held_and_never_crash(content):
    if content:
        done = read(MAPPING, "pay-202606.csv", content)
        assert done.facts.height or done.hold_reasons


@settings(max_examples=60)
@given(st.lists(st.lists(st.text(max_size=12), min_size=5, max_size=5), max_size=8))
def test_any_cells_are_read_or_rejected_and_counted(rows):
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    done = read(MAPPING, "pay-202606.csv", csv_bytes(HEADER, *lines))
    assert done.facts.height + len(done.rejected) <= done.row_count <= len(rows)


EXCEL = FOLDER / "workbook.toml"
EXCEL.write_text(PAYMENTS.replace('"csv"', '"excel"').replace(r"\.csv", r"\.xlsx?"), encoding="utf-8")


@settings(max_examples=40)
@given(st.sampled_from([b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"), b"", b"\x1f\x8b"]), st.binary(max_size=300))
def test_any_damaged_workbook_is_held_and_never_crashes(magic, rest):
    if magic + rest:
        done = read(load_mapping(EXCEL), "pay-202606.xls", magic + rest)
        assert done.hold_reasons
