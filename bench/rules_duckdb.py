"""Judge the twelve rules by DuckDB and print the seconds that each took."""

import json
import sys
import time
from pathlib import Path

import duckdb
import polars as pl

from bench.findings import FINDING
from bench.rules_sql import STATEMENTS

FEEDS = ("allotments", "adjustments", "payments", "units")


def main(folder: Path, out: Path) -> None:
    """Write what was found to a Parquet file."""
    seconds, found = {}, []
    connection = duckdb.connect()
    for feed in FEEDS:
        connection.execute(f"CREATE VIEW {feed} AS SELECT * FROM read_parquet('{folder}/{feed}-*.parquet')")
    for code, statement in STATEMENTS.items():
        began = time.perf_counter()
        rows = connection.execute(statement).fetchall()
        seconds[code] = time.perf_counter() - began
        found += [(code, *row[:6], [list(pair) for pair in row[6] if pair[0] is not None], row[7]) for row in rows]
    pl.DataFrame(found, schema=FINDING, orient="row").write_parquet(out)
    print(json.dumps({"seconds": sum(seconds.values()), "by_rule": seconds}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
