"""H03: a street that stands where only a budget level can: a budget, a final account, a transfer to a government."""

from collections.abc import Iterator

import polars as pl

from budget.divisions import LEVEL_FEEDS, not_a_level
from ingest.checks.case import Case
from ingest.checks.outcome import Wrong, counted
from ingest.prepared import Check


def divisions(case: Case) -> Iterator[Check]:
    """Count the rows that give a street what only a budget level has: a town's or district's was meant.

    ``budget.divisions.not_a_level`` tells them. A feed that names streets freely is not judged, nor is a file whose
    mapping does not fill the columns that tell.
    """
    column, needed = LEVEL_FEEDS.get(case.feed, ("", ()))
    if not column or not {column, *needed} <= case.columns:
        return
    rows = case.facts.filter(pl.col(column).is_not_null()).collect()
    wrong = not_a_level(case.feed, rows).select(
        "source_sheet", "source_row", about=column, expected="belongs_to", actual="what"
    )
    says = (
        f"{wrong.height:,} of {rows.height:,} rows give a street what only a budget level has; "
        "a street's money and acts are its district's"
    )
    yield counted(
        case,
        Wrong(
            code="H03",
            name="divisions",
            part=column,
            rows=wrong,
            concerned=wrong.height,
            checked=rows.height,
            says=says,
        ),
    )
