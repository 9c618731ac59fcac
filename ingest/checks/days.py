"""H07: something that happened after the file that tells of it was delivered."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from budget import frames
from ingest.checks.case import Case
from ingest.checks.outcome import Wrong, counted
from ingest.prepared import Check

# Events only: a monthly report of 31 March may well be drawn up on the 28th.
FEEDS: Final = ("allotments", "adjustments", "payments")
_NAMED: Final = {"allotments": "allotment_code", "adjustments": "adjustment_code", "payments": "voucher_no"}


def days(case: Case) -> Iterator[Check]:
    """Count the rows dated after the day of delivery (that day itself is fine); tolerance in days."""
    if case.feed not in FEEDS:
        return
    dated = frames.DATED[case.feed]
    rule = case.rule("days")
    last = pl.lit(case.delivered_on) + pl.duration(days=int(rule.tolerance or 0))
    rows = case.facts.filter(pl.col(dated).is_not_null())
    wrong = (
        rows.filter(pl.col(dated) > last)
        .select(
            "source_sheet",
            "source_row",
            about=pl.coalesce(_NAMED[case.feed], pl.lit(dated)),
            expected=pl.lit(f"<= {case.delivered_on}"),
            actual=pl.col(dated).cast(pl.String),
        )
        .collect()
    )
    checked = int(rows.select(pl.len()).collect().item())
    says = f"{wrong.height:,} of {checked:,} rows have a {dated} after the day of delivery, {case.delivered_on}"
    yield counted(
        case,
        Wrong(
            code="H07",
            name="days",
            part=dated,
            rows=wrong,
            concerned=wrong.height,
            checked=checked,
            allowed=0,
            says=says,
        ),
    )
