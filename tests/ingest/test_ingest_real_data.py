"""Published data of real governments load by mapping files alone, to the last digit of shared/data/README.md."""

import datetime as dt

import polars as pl
import pytest
from ingest_ground import NOW, House, built_in, mapping_of

from budget.facts import execution, movements
from ingest.mapping import reference_files
from ingest.prepare import prepare
from warehouse.batches import list_batches
from warehouse.engine import open_engine, reading, sqlite_url
from warehouse.facts import load_facts
from warehouse.migrations import create
from warehouse.scope import Scope

pytestmark = pytest.mark.real_data

PUTUO = "cn-putuo-dept-budget/expenditure_by_function.csv"
DEVON = {
    "202504": (237, 284542121),
    "202505": (1495, 2355943478),
    "202506": (2107, 2995936099),
    "202507": (2199, 3647029362),
    "202508": (1770, 2814934872),
    "202509": (1767, 4216908644),
    "202510": (2416, 3759082000),
}
# file: rows, sum in pence, negative amounts, zeros
EXETER = {
    "apr-2024-jun-2024-csv.csv": (3133, 1929747344, 47, 3),
    "jul-2024-sep-2024-csv.csv": (2754, 1809953063, 22, 1),
    "oct-2024-dec-2024-csv.csv": (2898, 1534417788, 22, 2),
    "jan-2024-mar-2025-csv.csv": (3110, 1581161555, 27, 5),
}
# signs of amounts below a millionth of a penny
BINARY_TAILS = {"jul-2024-sep-2024-csv.csv": ["+", "+"], "jan-2024-mar-2025-csv.csv": ["-"]}
# day of the commit: lines, distinct keys, initial and definitive in euros
JEREZ = {
    "2022-06-05": (2662, 2660, 224276417, 0),
    "2022-07-15": (2668, 2668, 213081725, 303313740),
    "2022-09-06": (2683, 2683, 213081725, 303604745),
    "2022-10-05": (2691, 2691, 213081725, 308421189),
    "2022-11-06": (2691, 2431, 224591046, 318711289),
    "2022-12-09": (2459, 2459, 224591046, 319830594),
    "2023-11-01": (2510, 2510, 224591046, 333584536),
}
# city: actual and plan in kopecks, 2024-12-31, fund T
UKRAINE = {
    "Lviv": (1730327002256, 1931714550664),
    "Mukachevo": (167043290130, 180013417038),
    "R_Rivne": (375011202468, 388117222768),
}
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


TOKYO = r"""
feed = "payments"
title = "公金支出情報"
owner = "東京都"
file_name = 'tokyo_(?P<month>\d{4}-\d{2})_first_rows\.csv'
[table]
format = "csv"
encodings = ["utf-8-sig", "cp932"]
[amounts]
unit = "元"
[constants]
division_code = "JP1300000"
fiscal_year = 2025
[columns]
unit_code = { from = "局名", type = "text" }
unit_name = { from = ["局名", "部名", "課名"] }
paid_on = { from = "支払日", formats = ["reiwa"] }
purpose = { from = "支払内容（件名）" }
payment_fen = { from = "支払額（円）" }
[slice]
key = ["division_code", "month"]
"""
PUEBLA = r"""
feed = "execution_months"
title = "Gasto federalizado"
owner = "Puebla"
file_name = '.*_Puebla_Q1_(?P<year>\d{4})\.xlsx'
[table]
format = "excel"
header_rows = 2
nulls = ["N/R", "N/A"]
select = [{ column = "Tipo de Registro", matches = '^2' }]
[amounts]
unit = "元"
[constants]
division_code = "MX2100000"
as_of_on = "2016-03-31"
[columns]
fiscal_year = { group = "year" }
unit_code = { from = "Municipio", type = "text", extract = '^(.{1,38})' }
project_name = { from = "Partida" }
project_category = { from = "Tipo de Gasto" }
appropriation_fen = { from = "Aprobado" }
adjusted_appropriation_fen = { from = "Modificado" }
payment_fen = { from = "Pagado" }
[slice]
key = ["division_code", "year"]
"""
RAMO = r"""
feed = "allotments"
title = "Ramo 23"
owner = "SHCP"
file_name = 'RAMO_23_general(?P<fiscal_year>\d{4})\.csv'
[table]
format = "csv"
encodings = ["utf-8-sig", "cp1252"]
[amounts]
unit = "元"
[constants]
division_code = "MX0000000"
[columns]
fiscal_year = { group = "fiscal_year" }
unit_code = { from = ["Clave de la entidad federativa", "Clave del municipio"], widths = [2, 3] }
project_code = { from = "Número de proyecto" }
summary = { from = "Nombre del proyecto" }
appropriation_fen = { from = "Monto aprobado" }
[slice]
key = ["division_code", "fiscal_year"]
"""


@pytest.mark.parametrize(
    ("text", "place", "rows", "measure"),
    [
        (TOKYO, "jp-tokyo-payments-sample/tokyo_2025-05_first_rows.csv", 25, "payment_fen"),
        (PUEBLA, "mx-puebla-projects-2016q1/*.xlsx", None, "payment_fen"),
        (
            RAMO,
            "mx-puebla-projects-2016q1/RAMO_23_general2015.csv",
            6176,
            "appropriation_fen",
        ),  # 6,208 lines, 32 within quotes
    ],
)
def test_a_table_nobody_has_seen_needs_a_mapping_and_no_code(  # noqa: PLR0917
    real_data, tmp_path, text, place, rows, measure
):
    path = next(real_data.glob(place))
    done = prepare(mapping_of(tmp_path, text), path)
    assert (done.hold_reasons, done.rejected) == ((), ())
    assert rows is None or done.facts.height == rows
    assert done.totals[measure] > 0
