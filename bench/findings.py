"""Facts from the benchmark's files, and findings in the form that DuckDB's and ours are held against each other."""

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from bench.budgets import AS_OF, DIVISIONS, division_code
from budget import frames
from budget.at_day import at_day
from budget.facts import Facts

CODES = ("A03", "A06", "A07", "A08", "B02", "B03", "B04", "B06", "D01", "E05", "E07", "E08")
FINDING = {
    "rule": pl.String,
    "subject": pl.String,
    "period": pl.String,
    "level": pl.String,
    "measured": pl.Int64,
    "limit": pl.Int64,
    "amount_fen": pl.Int64,
    "facts": pl.List(pl.List(pl.Int64)),
    "facts_total": pl.Int64,
}


def facts_in(folder: Path, divisions: Iterable[int] = range(DIVISIONS)) -> Facts:
    """Return the facts of some divisions, the large feeds unread, as ``warehouse.facts`` gives those of a province."""
    own = list(divisions)
    scans = {
        feed: at_day(feed, pl.scan_parquet([path for one in own for path in files(folder, feed, one)]), AS_OF)
        for feed in ("allotments", "adjustments", "payments")
    }
    codes = [division_code(one) for one in own]
    units = pl.read_parquet(folder / "units-all-000.parquet").filter(pl.col("division_code").is_in(codes))
    told = [
        {"feed": "payments", "division_code": code, "fiscal_year": AS_OF.year, "last_on": AS_OF, "batch_id": 1}
        for code in codes
    ]
    deliveries = [{name: one.get(name) for name in frames.DELIVERIES} for one in told]
    return Facts(
        as_of=AS_OF,
        known_at=dt.datetime.combine(AS_OF, dt.time(16), dt.UTC),
        units=units,
        execution_months=frames.empty(frames.LINEAGE | frames.EXECUTION_MONTHS),
        deliveries=pl.DataFrame(deliveries, schema=frames.DELIVERIES),
        checks=frames.empty(frames.CHECKS),
        divisions=tuple(codes),
        **scans,
    )


def files(folder: Path, feed: str, division: int) -> list[Path]:
    """Return the files of one division, all years."""
    return sorted(folder.glob(f"{feed}-*-{division:03d}.parquet"))


def told(findings: pl.DataFrame) -> pl.DataFrame:
    """Return findings with the facts behind them taken out of their evidence."""
    behind = [json.loads(text) for text in findings["evidence"]]
    return findings.select(
        *(
            pl.col({"rule": "rule_code"}.get(name, name)).alias(name)
            for name in FINDING
            if not name.startswith("facts")
        ),
        facts=pl.Series([one["facts"] for one in behind], dtype=FINDING["facts"]),
        facts_total=pl.Series([one["facts_total"] for one in behind], dtype=pl.Int64),
    )
