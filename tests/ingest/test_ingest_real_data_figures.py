"""Every figure that shared/data/README.md states, as ``ingest --json`` and ``batches --json`` tell it."""

import pytest
from real_data_ground import DEVON, EXETER, JEREZ, load_all, run

pytestmark = pytest.mark.real_data

FUNCTION = "cn-putuo-dept-budget/expenditure_by_function.csv"
# mapping, document: 元 of its whole table
PUTUO = {
    ("putuo-budgets", "2024-budget-dept-万里街道办事处"): ("appropriation_fen", 156_211_123_00),
    ("putuo-budgets", "2023-budget-dept-万里街道办事处"): ("appropriation_fen", 164_978_640_00),
    ("putuo-budgets", "2025-budget-dept-普陀区商务委"): ("appropriation_fen", 371_514_655_00),
    ("putuo-budgets", "2025-budget-unit-普陀区商务委"): ("appropriation_fen", 371_514_655_00),
    ("putuo-budgets", "2025-budget-dept-普陀区政府办公室"): ("appropriation_fen", 91_016_775_35),
    ("putuo-budgets", "2025-budget-unit-普陀区政府办公室"): ("appropriation_fen", 91_016_775_35),
    ("putuo-finals", "2024-final-dept-普陀区规划资源局"): ("payment_fen", 97_593_800_00),
    ("putuo-finals-general", "2024-final-dept-普陀区规划资源局"): ("payment_fen", 97_465_000_00),
    ("putuo-finals", "2024-final-dept-普陀区财政局"): ("payment_fen", 29_400_600_00),
}


@pytest.fixture(scope="module")
def batches(real_data, tmp_path_factory):
    return load_all(real_data, tmp_path_factory.mktemp("figures") / "data")


def read(batch):
    return batch["rows"], batch["accepted"], batch["rejected"]


@pytest.mark.parametrize(("mapping", "document"), PUTUO)
def test_putuo_tables(batches, mapping, document):
    measure, fen = PUTUO[mapping, document]
    pieces = batches[mapping, "expenditure_by_function.csv"]["slices"]
    (piece,) = [one for one in pieces if one["slice_key"].startswith(f"{document}/")]
    assert piece["totals"] == {measure: fen}
    checks = [
        one
        for one in batches[mapping, "expenditure_by_function.csv"]["checks"]
        if one["slice_key"] == piece["slice_key"] and one["part"] == "total" and one["check_code"] == "H02"
    ]
    printed = fen - 100_00 if document == "2024-final-dept-普陀区财政局" else fen  # a last printed place of 万元
    assert {(one["expected_fen"], one["actual_fen"]) for one in checks} == {(printed, fen)}
    assert {one["outcome"] for one in checks} == {"ok" if printed == fen else "rounding"}


@pytest.mark.parametrize("month", DEVON)
def test_devon(batches, month):
    rows, pence = DEVON[month]
    one = batches["devon", f"DCCSpendingOver500_{month}.csv"]
    assert (read(one), one["totals"]) == ((rows, rows, 0), {"payment_fen": pence})


@pytest.mark.parametrize("name", EXETER)
def test_exeter(batches, name):
    rows, pence, negative, zero = EXETER[name]
    one = batches["exeter", name]
    assert (read(one), one["totals"]) == ((rows, rows, 0), {"payment_fen": pence})
    assert one["signs"] == {"payment_fen": {"negative": negative, "zero": zero}}


@pytest.mark.parametrize("day", JEREZ)
def test_jerez(batches, day):
    lines, keys, initial, definitive = JEREZ[day]
    (one,) = [found for (mapping, name), found in batches.items() if mapping == "jerez" and f"-{day}_" in name]
    assert (one["rows"], one["distinct_keys"], one["rejected"]) == (lines, keys, 0)
    assert one["totals"]["appropriation_fen"] == initial * 100
    assert one["totals"]["adjusted_appropriation_fen"] == definitive * 100


def test_one_file_tells_what_its_batch_tells(batches, real_data, tmp_path):
    told = run(tmp_path / "data", "ingest", "--feed", "putuo-budgets", str(real_data / FUNCTION))
    one = batches["putuo-budgets", "expenditure_by_function.csv"]
    assert told["status"] == "published"
    assert {key: told[key] for key in ("rows", "accepted", "rejected", "totals")} == {
        key: one[key] for key in ("rows", "accepted", "rejected", "totals")
    }
