"""As known at a moment: what was delivered by then is the answer, whatever came later and in whatever order it came."""

import datetime as dt
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_ground import FOREVER, HEADER, NOW, PAYMENTS, House, csv_bytes, mapping_of

from warehouse.diff import diff_batches
from warehouse.engine import open_engine, reading, sqlite_url
from warehouse.migrations import create
from warehouse.scope import Scope

DATED = PAYMENTS.replace(
    r"file_name = 'pay-(?P<period>\d{6})(?:-\d+)?\.csv'",
    r"file_name = 'pay-(?P<period>\d{6})(?P<part>[a-z]?)-(?P<sent>\d{8})\.csv'",
).replace("[slice]", '[delivery]\non = "sent"\n[slice]')
KEY = 'key = ["division_code", "period"]'
APPEND = DATED.replace(KEY, f'{KEY}\nmode = "append"')
CUMULATIVE = DATED.replace(KEY, 'key = ["division_code", "fiscal_year"]\nmode = "cumulative"')


@pytest.fixture
def house(warehouse_engine, tmp_path):
    return House(warehouse_engine, tmp_path / "landing")


def lines(*vouchers, month=6):
    """Rows are a voucher and its yuan, as in V1=100."""
    split = (one.split("=") for one in vouchers)
    return csv_bytes(HEADER, *(f"教育局,{name},2026-{month}-3,{yuan}.00,用途" for name, yuan in split))


def known(house, day):
    """Return the vouchers in force as known at the end of a day, with their fen."""
    moment = dt.datetime.fromisoformat(f"2026-{day}T23:59:59+08:00") if day else FOREVER
    return dict(sorted(house.facts("payments", moment).select("voucher_no", "payment_fen").rows()))


def test_a_key_that_a_full_slice_no_longer_holds_is_gone_and_still_there_as_known_before(house, tmp_path):
    mapping = mapping_of(tmp_path, DATED)
    house.load(mapping, "pay-202606-20260701.csv", lines("V1=1", "V2=2"))
    house.load(mapping, "pay-202606-20260710.csv", lines("V1=1"))
    assert known(house, "06-30") == {}
    assert known(house, "07-01") == known(house, "07-09") == {"V1": 100, "V2": 200}
    assert known(house, "07-10") == known(house, None) == {"V1": 100}
    assert house.count("payment") == 3, "nothing published is deleted"


def test_a_redelivery_takes_the_place_of_its_own_slice_only(house, tmp_path):
    mapping = mapping_of(tmp_path, DATED)
    house.load(mapping, "pay-202606-20260701.csv", lines("V1=1"))
    house.load(mapping, "pay-202607-20260801.csv", lines("W1=5", month=7))
    house.load(mapping, "pay-202606-20260810.csv", lines("V1=3"))
    assert known(house, "08-01") == {"V1": 100, "W1": 500}
    assert known(house, "08-10") == {"V1": 300, "W1": 500}


def test_appended_files_stand_side_by_side_and_only_one_of_the_same_name_replaces_another(house, tmp_path):
    mapping = mapping_of(tmp_path, APPEND)
    house.load(mapping, "pay-202606a-20260701.csv", lines("V1=1", "V2=2"))
    house.load(mapping, "pay-202606b-20260705.csv", lines("V3=3"))
    assert known(house, "07-01") == {"V1": 100, "V2": 200}
    assert known(house, "07-05") == {"V1": 100, "V2": 200, "V3": 300}
    house.load(mapping, "pay-202606b-20260705.csv", lines("V4=4"), now=NOW + dt.timedelta(days=1))
    assert known(house, "07-05") == {"V1": 100, "V2": 200, "V4": 400}, "of one day the one loaded last"


def test_a_cumulative_file_takes_the_place_of_the_year_so_far(house, tmp_path):
    mapping = mapping_of(tmp_path, CUMULATIVE)
    house.load(mapping, "pay-202605-20260601.csv", lines("V1=1", month=5))
    house.load(mapping, "pay-202606-20260701.csv", lines("V1=1", "V2=2"))
    house.load(mapping, "pay-202607-20260801.csv", lines("V2=2", "V3=3"))
    assert known(house, "06-30") == {"V1": 100}
    assert known(house, "07-31") == {"V1": 100, "V2": 200}
    assert known(house, "08-01") == {"V2": 200, "V3": 300}, "what the later file leaves out is gone"


def test_sending_the_first_version_again_leaves_the_first_facts_and_the_story_of_all_three(house, tmp_path):
    mapping = mapping_of(tmp_path, DATED)
    first, correction = lines("V1=1", "V2=2"), lines("V1=9")
    batches = [
        house.load(mapping, f"pay-202606-2026{day}.csv", content).batch
        for day, content in (("0701", first), ("0705", correction), ("0709", first))
    ]
    assert [known(house, day) for day in ("07-01", "07-05", "07-09")] == [
        {"V1": 100, "V2": 200},
        {"V1": 900},
        {"V1": 100, "V2": 200},
    ]
    with reading(house.engine) as connection:
        there_and_back = diff_batches(connection, Scope.everything(), batches[0], batches[2]).rows
    assert (there_and_back.unchanged_count, there_and_back.before_count, there_and_back.after_count) == (2, 2, 2)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_history_loaded_in_any_order_gives_the_same_answers(sqlite_engine, tmp_path, order):
    house, mapping = House(sqlite_engine, tmp_path / "landing"), mapping_of(tmp_path, DATED)
    sent = [("0701", lines("V1=1", "V2=2")), ("0705", lines("V1=9")), ("0709", lines("V1=9", "V3=3"))]
    for number in order:
        day, content = sent[number]
        house.load(mapping, f"pay-202606-2026{day}.csv", content)
    assert [known(house, day) for day in ("06-30", "07-01", "07-05", "07-09")] == [
        {},
        {"V1": 100, "V2": 200},
        {"V1": 900},
        {"V1": 900, "V3": 300},
    ]


# Of one size, so that no version looks like another in the wrong unit (H04), which would hold it.
YUAN = st.just(0) | st.integers(10**6, 4 * 10**6)
VERSION = st.dictionaries(st.sampled_from(["V1", "V2", "V3", "V4"]), YUAN, min_size=1)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(VERSION, min_size=2, max_size=5))
def test_every_version_can_be_asked_for_and_the_versions_differ_by_what_diff_says(tmp_path_factory, versions):
    folder = tmp_path_factory.mktemp("versions")
    engine = open_engine(sqlite_url(folder / "warehouse.db"))
    with engine.begin() as connection:
        create(connection)
    house, mapping, batches = House(engine, folder / "landing"), mapping_of(folder, DATED), []
    for day, version in enumerate(versions, start=1):
        content = lines(*(f"{name}={yuan}" for name, yuan in version.items()))
        batches.append(house.load(mapping, f"pay-202606-202607{day:02d}.csv", content).batch)
    for day, version in enumerate(versions, start=1):
        assert known(house, f"07-{day:02d}") == {name: yuan * 100 for name, yuan in version.items()}
    with reading(engine) as connection:
        found = diff_batches(connection, Scope.everything(), batches[0], batches[-1]).rows
    first, last = versions[0], versions[-1]
    total = found.totals["payment_fen"]
    assert total.added_fen == sum(last[name] for name in last if name not in first) * 100
    assert total.removed_fen == -sum(first[name] for name in first if name not in last) * 100
    assert total.before_fen + total.added_fen + total.changed_fen + total.removed_fen == total.after_fen
    engine.dispose()
