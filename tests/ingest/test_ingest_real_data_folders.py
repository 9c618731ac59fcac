"""All ten folders of published data load by the command with mapping files only, figures as their notices state.

What no notice states is held against the file read by plain means: csv, json and exact decimals.
"""

import datetime as dt
from collections import Counter

import polars as pl
import pytest
from real_data_ground import csv_rows, fen, json_of, load_all, run

from warehouse.engine import open_engine, reading, sqlite_url
from warehouse.facts import read_slices
from warehouse.in_force import slices_in_force
from warehouse.scope import Scope

pytestmark = pytest.mark.real_data

YI = 100_000_000
DIVISIONS = {"provinces": 31, "cities": 342, "areas": 2978, "streets": 41352}  # NOTICE.md
HOLIDAYS = 678  # NOTICE.md
MOF_ROWS, MOF_PERIODS = 180, 18  # NOTICE.md
MOF_MISSING = (dt.date(2021, 11, 30), dt.date(2021, 12, 31), dt.date(2022, 1, 31), dt.date(2022, 2, 28))
PUEBLA_ROWS, PUEBLA_TOTAL_ROWS = 5450, 632  # NOTICE.md; rows that say 1.- PROGRAMA PRESUPUESTARIO
RAMO_LINES, RAMO_RECORDS = 6208, 6176  # NOTICE.md counts lines; 32 line breaks stand within quotes
TOKYO_ROWS = 25  # NOTICE.md
PUEBLA = "Gasto Federalizado_Avance Financiero_Puebla_Q1_2016.xlsx"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("folders") / "data"


@pytest.fixture(scope="module")
def batches(real_data, data):
    return load_all(real_data, data)


def facts(data, feed, division):
    """Return the facts in force of one division."""
    engine = open_engine(sqlite_url(data / "warehouse.db"))
    with reading(engine) as connection:
        pieces = slices_in_force(connection, dt.datetime(2100, 1, 1, tzinfo=dt.UTC), Scope.everything(), feeds=[feed])
        found = read_slices(connection, feed, pieces["slice_id"].to_list())
    engine.dispose()
    return found if division is None else found.filter(pl.col("division_code") == division)


def whole(batch, rows):
    """Tell whether every row of a delivery became a fact."""
    return (batch["status"], batch["rows"], batch["accepted"], batch["rejected"]) == ("published", rows, rows, 0)


def test_every_file_is_published_but_the_year_that_has_no_days_yet(batches):
    held = {name: one["reason"] for (_, name), one in batches.items() if one["status"] == "held"}
    assert list(held) == ["2027.json"]
    assert all(one["rejected"] == 0 for one in batches.values())


def test_no_check_of_any_folder_fails(batches):
    outcomes = Counter(check["outcome"] for one in batches.values() for check in one["checks"])
    assert set(outcomes) <= {"ok", "rounding"}
    assert outcomes["ok"] > 2500


def test_loading_every_folder_again_changes_nothing(batches, real_data, data):
    # The long and the wide national table state the same slices and take each other's place: one of them again is news.
    load_all(real_data, data, but="cn-mof-monthly")
    assert len(run(data, "batches")) == len(batches)


@pytest.mark.parametrize("level", DIVISIONS)
def test_divisions_of_every_level(batches, level):
    assert whole(batches["divisions", f"{level}.csv"], DIVISIONS[level])


def test_every_division_hangs_below_one_that_is_there(batches, data, real_data):
    found = facts(data, "classifications", None).filter(pl.col("scheme") == "division")
    assert found.height == sum(DIVISIONS.values())
    assert found["code"].n_unique() == found.height
    above = dict(found.select("code", "parent_code").iter_rows())
    assert all(parent in above and code.startswith(parent) for code, parent in above.items() if len(code) > 2)
    assert all(above[code] is None for code in above if len(code) == 2)
    streets = {row["code"]: row["areaCode"] for row in csv_rows(real_data / "cn-admin-divisions/streets.csv")}
    assert {code: parent for code, parent in above.items() if len(code) == 9} == streets


def test_every_holiday_and_make_up_workday(batches, data, real_data):
    own = [one for (mapping, _), one in batches.items() if mapping == "holidays" and one["status"] == "published"]
    assert sum(one["accepted"] for one in own) == HOLIDAYS
    said = [day for path in sorted((real_data / "cn-holidays").glob("20*.json")) for day in json_of(path)["days"]]
    found = facts(data, "documents", "100000000")
    kinds = {True: "holiday", False: "makeup_workday"}
    assert sorted(found.select("event_on", "document_kind", "title").rows()) == sorted(
        (dt.date.fromisoformat(day["date"]), kinds[day["isOffDay"]], day["name"]) for day in said
    )


def test_national_months_long_and_wide_say_the_same(batches, data, real_data):
    rows = list(csv_rows(real_data / "cn-mof-monthly/long.csv"))
    expected = fen((row["ytd_yi_yuan"] for row in rows), YI)
    for mapping, name in (("mof-months", "long.csv"), ("mof-months-wide", "wide.csv")):
        one = batches[mapping, name]
        assert whole(one, MOF_ROWS), name
        assert one["totals"] == {"payment_fen": expected}, name
        assert len(one["slices"]) == MOF_PERIODS, name
    found = facts(data, "execution_months", "100000000")
    assert sorted(
        found.select(pl.col("as_of_on").dt.strftime("%Y-%m"), "function_code", "payment_fen").rows()
    ) == sorted((row["period"], row["lei"], fen([row["ytd_yi_yuan"]], YI)) for row in rows)


def test_missing_national_months_stay_missing(batches, data):
    days = set(facts(data, "execution_months", "100000000")["as_of_on"])
    assert len(days) == MOF_PERIODS
    assert not days & set(MOF_MISSING)


def test_central_and_local_spending_are_the_national_total_in_every_month(batches, data, real_data):
    assert whole(batches["mof-totals", "wide.csv"], 2 * MOF_PERIODS)
    found = facts(data, "execution_months", "100000001").group_by("as_of_on").agg(pl.col("payment_fen").sum())
    printed = {row["period"]: fen([row["pub_exp_ytd"]], YI) for row in csv_rows(real_data / "cn-mof-monthly/wide.csv")}
    assert {f"{day:%Y-%m}": total for day, total in found.iter_rows()} == printed


def test_putuo_basic_spending_by_economic_class(batches, data, real_data):
    rows = list(csv_rows(real_data / "cn-putuo-dept-budget/basic_expenditure_by_economic_class.csv"))
    leaves = [row for row in rows if row["kuan"]]
    one = batches["putuo-basic", "basic_expenditure_by_economic_class.csv"]
    assert (one["rows"], one["accepted"]) == (len(rows), len(leaves))
    assert one["totals"] == {"appropriation_fen": fen(row["total"] for row in leaves)}
    # The class rows of the file are held against their parts, and were left out of the facts.
    classes = [row for row in rows if not row["kuan"]]
    totals = [check["expected_fen"] for check in one["checks"] if check["check_name"] == "totals"]
    assert sum(totals) == fen(row["total"] for row in classes)
    by_table = Counter[str]()
    for row in leaves:
        by_table[f"{row['doc']}/{row['table']}"] += fen([row["total"]])
    assert {piece["slice_key"]: piece["totals"]["appropriation_fen"] for piece in one["slices"]} == by_table


def test_putuo_final_accounts_by_item_add_up_to_the_table_of_the_general_budget(batches, real_data):
    rows = list(csv_rows(real_data / "cn-putuo-dept-budget/final_vs_budget_by_item.csv"))
    one = batches["putuo-final-items", "final_vs_budget_by_item.csv"]
    assert whole(one, len(rows))
    assert one["totals"] == {
        "appropriation_fen": fen((row["initial_budget"] for row in rows), 10_000),
        "outturn_fen": fen((row["final_actual"] for row in rows), 10_000),
    }
    assert one["totals"]["outturn_fen"] == 9746_50 * 10_000  # README.md: 一般公共预算财政拨款支出决算表


def test_putuo_items_get_the_codes_that_the_same_department_printed(data, batches, real_data):
    printed = {
        (row["lei"] + row["kuan"] + row["xiang"], row["name"])
        for row in csv_rows(real_data / "cn-putuo-dept-budget/expenditure_by_function.csv")
        if row["unit"] == "普陀区规划资源局" and row["table"] == "一般公共预算财政拨款支出决算表" and row["xiang"]
    }
    codes = set(facts(data, "final_accounts", "310107000")["function_code"])
    assert codes == {code for code, _ in printed}


@pytest.mark.parametrize(("kind", "scheme"), [("function", "putuo_function"), ("economic", "putuo_economic")])
def test_putuo_codes(batches, data, real_data, kind, scheme):
    rows = list(csv_rows(real_data / f"cn-putuo-dept-budget/{kind}_codes_seen.csv"))
    assert whole(batches["putuo-codes", f"{kind}_codes_seen.csv"], len(rows))
    found = facts(data, "classifications", None).filter(pl.col("scheme") == scheme)
    assert dict(found.select("code", "name").iter_rows()) == {row["code"]: row["name"] for row in rows}


def test_putuo_final_table_of_the_general_budget(batches):
    pieces = batches["putuo-finals-general", "expenditure_by_function.csv"]["slices"]
    totals = {piece["slice_key"].split("/")[0]: piece["totals"]["payment_fen"] for piece in pieces}
    assert totals["2024-final-dept-普陀区规划资源局"] == 9746_50 * 10_000  # README.md


@pytest.mark.parametrize(
    ("mapping", "name", "code", "label", "scheme"),
    [
        ("jerez-economic", "gastosEconomicaEconomicos.json", "CodEco", "DesEco", "jerez_economic"),
        ("jerez-units", "gastosOrganicosInfo.json", "codigo", "descripcion", "jerez_unit"),
        ("jerez-units", "programasInfo.json", "codigo", "descripcion", "jerez_programme"),
    ],
)
def test_jerez_codes(batches, data, real_data, mapping, name, code, label, scheme):  # noqa: PLR0917
    rows = json_of(real_data / "es-jerez-execution-snapshots" / name)
    assert whole(batches[mapping, name], len(rows))
    found = facts(data, "classifications", None).filter(pl.col("scheme") == scheme)
    assert found.select("code", "name").rows() == [(str(row[code]), row[label].strip()) for row in rows]


def test_tokyo_payments(batches, data, real_data):
    name = "tokyo_2025-05_first_rows.csv"
    rows = list(csv_rows(real_data / "jp-tokyo-payments-sample" / name, skip=3))
    one = batches["tokyo", name]
    assert whole(one, TOKYO_ROWS)
    assert one["totals"] == {"payment_fen": fen(row["支払額（円）"] for row in rows)}
    days = facts(data, "payments", "JP1300000")["paid_on"]
    assert (days.min(), days.max()) == (dt.date(2025, 5, 7), dt.date(2025, 5, 30))


def test_mexican_projects_in_windows_1252(batches, data, real_data):
    path = real_data / "mx-puebla-projects-2016q1/RAMO_23_general2015.csv"
    rows = list(csv_rows(path, encoding="cp1252"))
    one = batches["puebla-ramo", path.name]
    assert path.read_bytes().rstrip(b"\r\n").count(b"\n") == RAMO_LINES
    assert whole(one, RAMO_RECORDS)
    assert one["totals"] == {"planned_fen": fen(row["Monto aprobado"] for row in rows)}
    names = facts(data, "projects", "MX0000000").sort("source_row")["project_name"].to_list()
    assert names == [row["Nombre del proyecto"].strip()[:255].strip() or None for row in rows]


def test_puebla_totals_within_the_table_hold_and_are_no_facts(batches):
    one = batches["puebla", PUEBLA]
    assert (one["rows"], one["accepted"], one["rejected"]) == (PUEBLA_ROWS, PUEBLA_ROWS - PUEBLA_TOTAL_ROWS, 0)
    assert {check["outcome"] for check in one["checks"]} == {"ok"}
    assert len(one["totals"]) == 5
    for measure, total in one["totals"].items():
        said = [check["expected_fen"] for check in one["checks"] if check["measure"] == measure]
        assert sum(said) == total, measure


def test_ukraine_rows_and_devon_and_exeter_and_jerez_by_the_command(batches):
    """Their figures are held in test_ingest_real_data; here that the command loads every file of theirs."""
    counted = Counter(mapping for mapping, _ in batches)
    assert (counted["ua-cities"], counted["devon"], counted["exeter"], counted["jerez"]) == (1, 7, 4, 7)
    assert whole(batches["ua-cities", "expenses_3cities_2023-2024.csv"], 5477)
