"""Judge everything, then again after one division delivered half a percent of the payments anew; print both times."""

import json
import sys
import time
from pathlib import Path

import polars as pl

from bench.budgets import AS_OF, division_code
from bench.findings import CODES, facts_in, files
from rules.again import evaluate_again
from rules.evaluate import evaluate
from rules.params import default_params

CHANGED = 7  # the number of the division; its payments of the year are a two-hundredth of all


def main(folder: Path) -> None:
    """Replace the division's payments of the year and judge it again."""
    params = {code: one for code, one in default_params().items() if code in {*CODES, "H01", "H04"}}
    began = time.perf_counter()
    before = evaluate(facts_in(folder), params)
    whole = time.perf_counter() - began
    (delivered,) = (path for path in files(folder, "payments", CHANGED) if f"-{AS_OF.year}-" in path.name)
    rows = pl.read_parquet(delivered)
    raised = pl.when(pl.col("row_no") % 50 == 0).then(pl.col("payment_fen") * 9).otherwise("payment_fen")
    rows.with_columns(payment_fen=raised).write_parquet(delivered, compression="lz4")
    began = time.perf_counter()
    after = evaluate_again(before, facts_in(folder, [CHANGED]), params, {division_code(CHANGED)})
    again = time.perf_counter() - began
    if not after.findings.equals(evaluate(facts_in(folder), params).findings):
        raise SystemExit("judging the changed division alone does not give what judging everything gives")
    print(json.dumps({"whole": whole, "again": again, "delivered": rows.height, "new": after.findings.height}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
