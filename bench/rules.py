"""How fast facts are judged, beside plain DuckDB SQL over the same Parquet files, in one run.

``python -m bench.rules --json`` prints duckdb_ratio, catalogue_s, incremental_ratio: our engine over DuckDB for twelve
rules on ten million payments and a million budget lines (both from files to findings with the facts behind them, which
must be equal); the seconds that the whole catalogue takes for the sample district, read from its warehouse; and the
evaluation after a delivery of half a percent of the payments over a full one.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from bench.budgets import write_budgets

ROOT = Path(__file__).resolve().parent.parent
TIMES = 3


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--payments", type=int, default=10_000_000)
    parser.add_argument("--lines", type=int, default=1_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mingzhang-bench-") as folder:
        measured = measure(Path(folder), given.payments, given.lines)
    print(json.dumps(measured, indent=None if given.json else 2))


def measure(folder: Path, payments: int, lines: int) -> dict[str, float]:
    """Return the ratios; every measurement has a process of its own, ours and DuckDB's in turn."""
    catalogue = run("bench.rules_sample", folder / "sample")
    write_budgets(folder / "facts", payments, lines)
    theirs, ours = [], []
    for time in range(TIMES):
        theirs.append(run("bench.rules_duckdb", folder / "facts", folder / f"duckdb-{time}.parquet"))
        ours.append(run("bench.rules_own", folder / "facts", folder / f"own-{time}.parquet"))
    same(folder / "duckdb-0.parquet", folder / "own-0.parquet")
    again = run("bench.rules_again", folder / "facts")
    print({"duckdb": theirs, "own": ours, "again": again, "catalogue": catalogue}, file=sys.stderr)
    return {
        "duckdb_ratio": round(min(one["seconds"] for one in ours) / min(one["seconds"] for one in theirs), 2),
        "catalogue_s": round(catalogue["seconds"], 2),
        "incremental_ratio": round(again["again"] / again["whole"], 3),
    }


def run(module: str, *words: object) -> dict[str, Any]:
    """Return what a module prints as JSON."""
    command = [sys.executable, "-m", module, *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, env=dict(os.environ), check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def same(theirs: Path, ours: Path) -> None:
    """Stop where the two do not find the same, to the last fact behind a finding."""
    left, right = (pl.read_parquet(file).sort("rule", "subject", "period") for file in (theirs, ours))
    if not left.equals(right):
        odd = left.join(right, on=left.columns, how="anti", nulls_equal=True)
        raise SystemExit(f"DuckDB and the rules differ: {left.height} and {right.height} findings, first {odd.head(1)}")


if __name__ == "__main__":
    main()
