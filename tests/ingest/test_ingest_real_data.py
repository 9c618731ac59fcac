"""Published data of real governments load by mapping files alone, to the last digit of shared/data/README.md."""

import datetime as dt

import polars as pl
import pytest
from ingest_ground import NOW, House, built_in
from real_data_ground import DEVON, EXETER, JEREZ, UKRAINE

from budget.facts import execution, movements
from ingest.mapping import reference_files
from warehouse.batches import list_batches
from warehouse.engine import open_engine, reading, sqlite_url
from warehouse.facts import load_facts
from warehouse.migrations import create
from warehouse.scope import Scope

pytestmark = pytest.mark.real_data

PUTUO = "cn-putuo-dept-budget/expenditure_by_function.csv"
# signs of amounts below a millionth of a penny
BINARY_TAILS = {"jul-2024-sep-2024-csv.csv": ["+", "+"], "jan-2024-mar-2025-csv.csv": ["-"]}
BLANK_RECORDS = 261  # of the delivery of 2022-11-06: records whose every field is empty


@pytest.fixture(scope="module")
def house(real_data, tmp_path_factory):
    """Load every real file once; the two final-account tables overlap and only the whole one is loaded."""
    folder = tmp_path_factory.mktemp("real")
    engine = open_engine(sqlite_url(folder / "warehouse.db"))
    with engine.begin() as connection:
        create(connection)
    loaded = House(engine, folder / "landing")
    for name in ("putuo-budgets", "putuo-finals"):
        assert loaded.load_file(real_data / PUTUO, built_in(name)).status == "published"
    for place in (
        "uk-devon-payments/*.csv",
        "uk-exeter-payments/*.csv",
        "es-jerez-execution-snapshots/*LiqGas*.gz",
        "ua-city-monthly/expenses*.csv",
    ):
        for path in sorted(real_data.glob(place), reverse=True):  # the latest first: the order must not matter
            assert loaded.load_file(path).status == "published"
    return loaded


@pytest.fixture(scope="module")
def batches(house):
    with reading(house.engine) as connection:
        return {(one["mapping"], one["file"]): one for one in list_batches(connection, Scope.everything())}


def the_slice(batches, mapping, start):
    pieces = batches[mapping, "expenditure_by_function.csv"]["slices"]
    return next(piece for piece in pieces if piece["slice_key"].startswith(start))


@pytest.mark.parametrize(("year", "rows", "yuan"), [(2024, 67, 156211123), (2023, 67, 164978640)])
def test_putuo_street_leaves_classes_and_printed_total_are_equal(batches, year, rows, yuan):
    start = f"{year}-budget-dept-万里街道办事处"
    piece = the_slice(batches, "putuo-budgets", start)
    assert (piece["rows"], piece["division"], piece["fiscal_year"]) == (rows, "310107021", year)
    assert piece["totals"] == {"appropriation_fen": yuan * 100}
    checks = [
        one
        for one in batches["putuo-budgets", "expenditure_by_function.csv"]["checks"]
        if one["slice_key"] == piece["slice_key"]
    ]
    assert {one["outcome"] for one in checks} == {"ok"}
    total = next(one for one in checks if one["part"] == "total")
    assert (total["expected_fen"], total["actual_fen"]) == (yuan * 100, yuan * 100)
    assert sum(one["expected_fen"] for one in checks if len(one["part"]) == 3) == yuan * 100  # the 类 rows


def test_putuo_final_accounts_in_wan_to_the_fen(batches):
    assert the_slice(batches, "putuo-finals", "2024-final-dept-普陀区规划资源局")["totals"] == {
        "payment_fen": 9759380000
    }


def test_putuo_final_accounts_of_the_general_budget(real_data, sqlite_engine, tmp_path):
    own = House(sqlite_engine, tmp_path / "landing")
    done = own.load_file(real_data / PUTUO, built_in("putuo-finals-general"))
    with reading(own.engine) as connection:
        pieces = list_batches(connection, Scope.everything())[0]["slices"]
    totals = {piece["slice_key"].split("/")[0]: piece["totals"]["payment_fen"] for piece in pieces}
    assert done.status == "published"
    assert totals["2024-final-dept-普陀区规划资源局"] == 9746500000
    assert own.facts("execution_months")["fund_type_code"].unique().to_list() == ["11"]


def test_putuo_rounding_is_reported_and_not_corrected(batches):
    piece = the_slice(batches, "putuo-finals", "2024-final-dept-普陀区财政局")
    assert piece["totals"] == {"payment_fen": 2940_06 * 10000}
    check = next(
        one
        for one in batches["putuo-finals", "expenditure_by_function.csv"]["checks"]
        if one["slice_key"] == piece["slice_key"] and one["part"] == "total"
    )
    assert (check["expected_fen"], check["actual_fen"]) == (2940_05 * 10000, 2940_06 * 10000)
    assert check["outcome"] == "rounding"


@pytest.mark.parametrize(("unit", "fen"), [("普陀区商务委", 37151465500), ("普陀区政府办公室", 9101677535)])
def test_putuo_department_and_its_only_unit_carry_the_same_money_counted_once(house, batches, tmp_path, unit, fen):
    for level in ("dept", "unit"):
        assert the_slice(batches, "putuo-budgets", f"2025-budget-{level}-{unit}")["totals"] == {
            "appropriation_fen": fen
        }
    with reading(house.engine) as connection:
        facts = load_facts(
            connection, tmp_path / "snapshots", dt.date(2025, 12, 31), NOW, Scope.of(["310107000"]), history_years=0
        )
    moved = movements(facts, 2025, dt.date(2025, 12, 31))
    told = dict(execution(moved, ["unit_code"]).select("unit_code", "appropriation_fen").iter_rows())
    assert told[unit] == fen
    assert sum(told.values()) == 37151465500 + 9101677535 + 3121420580  # with 财政局, which has one table only


@pytest.mark.parametrize("month", DEVON)
def test_devon_rows_and_sums(batches, month):
    one = batches["devon", f"DCCSpendingOver500_{month}.csv"]
    rows, pence = DEVON[month]
    assert (one["rows"], one["accepted"], one["rejected"], one["totals"]) == (rows, rows, 0, {"payment_fen": pence})
    assert f"{one['slices'][0]['first_on']:%Y%m}" == month


@pytest.mark.parametrize("name", EXETER)
def test_exeter_rows_sums_refunds_and_zeros(house, batches, name):
    one = batches["exeter", name]
    rows, pence, negative, zeros = EXETER[name]
    assert (one["rows"], one["accepted"], one["rejected"], one["totals"]) == (rows, rows, 0, {"payment_fen": pence})
    assert one["signs"] == {"payment_fen": {"negative": negative, "zero": zeros}}
    # In fen three binary tails such as -6.82121E-13 are nothing: neither negative nor positive.
    facts = house.facts("payments").filter(pl.col("batch_id") == one["batch"])
    tails = BINARY_TAILS.get(name, [])
    assert facts.filter(pl.col("payment_fen") < 0).height == negative - tails.count("-")
    assert facts.filter(pl.col("payment_fen") == 0).height == zeros + len(tails)


def jerez_batch(batches, day):
    return next(one for (mapping, name), one in batches.items() if mapping == "jerez" and f"-{day}_" in name)


@pytest.mark.parametrize("day", JEREZ)
def test_jerez_lines_keys_and_totals(batches, day):
    one, (lines, keys, initial, definitive) = jerez_batch(batches, day), JEREZ[day]
    blank = BLANK_RECORDS if day == "2022-11-06" else 0
    assert (one["rows"], one["accepted"], one["rejected"]) == (lines, lines - blank, 0)
    assert one["distinct_keys"] == keys
    assert one["totals"]["appropriation_fen"] == initial * 100
    assert one["totals"]["adjusted_appropriation_fen"] == definitive * 100


@pytest.mark.parametrize("day", JEREZ)
def test_jerez_as_known_at_each_delivery(house, day):
    known_at = dt.datetime.fromisoformat(f"{day}T10:00:00+00:00")
    _, _, initial, definitive = JEREZ[day]
    facts = house.facts("execution_months", known_at).filter(pl.col("division_code") == "ES1102000")
    assert facts["batch_id"].n_unique() == 1
    assert facts["appropriation_fen"].sum() == initial * 100
    assert facts["adjusted_appropriation_fen"].sum() == definitive * 100


def test_jerez_was_not_known_before_its_first_delivery(house):
    before = dt.datetime(2022, 6, 5, 9, 59, tzinfo=dt.UTC)
    assert house.facts("execution_months", before).filter(pl.col("division_code") == "ES1102000").is_empty()


def test_loading_everything_again_changes_nothing(house, real_data):
    before = {name: house.count(name) for name in ("batch", "batch_slice", "payment", "allotment", "execution_month")}
    assert house.load_file(real_data / PUTUO, built_in("putuo-budgets")).status == "unchanged"
    for path in sorted(real_data.glob("es-jerez-execution-snapshots/*LiqGas*.gz")):
        assert house.load_file(path).status == "unchanged"
    assert before == {name: house.count(name) for name in before}


def test_codes_that_putuo_used_are_in_the_built_in_classes(house, sqlite_engine, tmp_path):
    own = House(sqlite_engine, tmp_path / "landing")
    for path in reference_files():
        assert own.load_file(path).status == "published"
    known = set(own.facts("classifications").filter(pl.col("scheme") == "function")["code"])
    used = {code[:3] for code in house.facts("allotments")["function_code"]}
    assert used <= known


def test_ukraine_by_city_of_one_fund(house, batches):
    one = batches["ua-cities", "expenses_3cities_2023-2024.csv"]
    assert (one["rows"], one["accepted"], one["rejected"], len(one["slices"])) == (5477, 5477, 0, 72)
    year_end = house.facts("execution_months").filter(
        (pl.col("as_of_on") == dt.date(2024, 12, 31)) & (pl.col("fund_type_code") == "T")
    )
    sums = year_end.group_by("unit_name").agg(pl.col("payment_fen", "adjusted_appropriation_fen").sum())
    assert {city: (paid, plan) for city, paid, plan in sums.iter_rows()} == UKRAINE
