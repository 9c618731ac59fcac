"""Ground of the tests on published data: every folder loaded once by the command, and files read by plain means."""

import csv
import gzip
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from app.cli import cli

# Files that several mappings can read are named with the mapping; the others are known by their names.
BY_NAME = (
    "cn-admin-divisions/*.csv",
    "cn-holidays/20*.json",
    "cn-mof-monthly/*.csv",
    "cn-putuo-dept-budget/*_by_economic_class.csv",
    "cn-putuo-dept-budget/*_by_item.csv",
    "cn-putuo-dept-budget/*_codes_seen.csv",
    "es-jerez-execution-snapshots/*.json",
    "es-jerez-execution-snapshots/*.gz",
    "jp-tokyo-payments-sample/*.csv",
    "mx-puebla-projects-2016q1/*.csv",
    "mx-puebla-projects-2016q1/*.xlsx",
    "ua-city-monthly/expenses*.csv",
    "uk-devon-payments/*.csv",
    "uk-exeter-payments/*.csv",
)
NAMED = (
    ("putuo-budgets", "cn-putuo-dept-budget/expenditure_by_function.csv"),
    ("putuo-finals", "cn-putuo-dept-budget/expenditure_by_function.csv"),
    ("putuo-finals-general", "cn-putuo-dept-budget/expenditure_by_function.csv"),
    ("mof-totals", "cn-mof-monthly/wide.csv"),
)

# The figures of shared/data/README.md. month: rows, sum in pence
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


def run(data: Path, *words: str) -> Any:
    """Run a command on a data folder and return what it prints as JSON."""
    done = CliRunner().invoke(cli, [*words, "--data", str(data), "--json"])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return json.loads(done.stdout)


def load_all(real_data: Path, data: Path, but: str = "none") -> dict[tuple[str, str], dict[str, Any]]:
    """Load every file of every folder ``but`` one by the command and return its batches by mapping and file."""
    wanted = [place for place in BY_NAME if not place.startswith(but)]
    run(data, "ingest", *(str(path) for place in wanted for path in sorted(real_data.glob(place))))
    for mapping, place in (one for one in NAMED if not one[1].startswith(but)):
        run(data, "ingest", "--feed", mapping, str(real_data / place))
    return {(one["mapping"], one["file"]): one for one in run(data, "batches")}


def csv_rows(path: Path, encoding: str = "utf-8-sig", skip: int = 0) -> Iterator[dict[str, str]]:
    """Read a csv file by Python's own means, some lines above its header skipped."""
    with path.open(encoding=encoding, newline="") as file:
        for _ in range(skip):
            next(file)
        yield from csv.DictReader(file)


def fen(texts: Any, unit: int = 1) -> int:
    """Add up amounts in so many 元, exactly; blank ones are nothing, separators are left out."""
    total = sum((Decimal(text.strip().replace(",", "")) for text in texts if text and text.strip()), Decimal(0))
    whole = total * unit * 100
    assert whole == whole.to_integral_value(), whole
    return int(whole)


def json_of(path: Path) -> Any:
    """Read a JSON file, packed or not, with exact numbers."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return json.loads(content, parse_float=Decimal)
