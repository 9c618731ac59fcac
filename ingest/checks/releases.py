"""H07: a payment before the budget it is paid from was released."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from budget.payments import is_money
from ingest.checks.case import RELEASES, Case
from ingest.checks.outcome import Wrong, counted
from ingest.prepared import Check

_LINE: Final = ("fiscal_year", "allotment_code", "unit_code", "project_code")


def releases(case: Case) -> Iterator[Check]:
    """Count the payments dated before the first release of their allotment, else of their unit and project.

    Payments on a line that is not known, or has no day, are not judged here (A07 judges payments without a budget);
    tolerance in days, the day of release itself is fine.
    """
    if case.feed != "payments" or case.known.releases.is_empty():
        return
    keys = [name for name in _LINE if name in case.columns]
    if not {"allotment_code", "project_code"} & set(keys):
        return
    positive = case.facts.filter(is_money(), pl.col("payment_fen") > 0)
    lines = positive.group_by(keys).agg(rows=pl.len(), first_on=pl.col("paid_on").min()).collect()
    dated = _dated(lines, case.known.releases).filter(pl.col("release_on").is_not_null())
    limit = pl.col("release_on") - pl.duration(days=int(case.rule("releases").tolerance or 0))
    early = dated.filter(pl.col("first_on") < limit).select(*keys, "release_on", limit_on=limit)
    wrong = (
        positive.join(early.lazy(), on=keys, how="inner", nulls_equal=True, maintain_order="left")
        .filter(pl.col("paid_on") < pl.col("limit_on"))
        .select(
            "source_sheet",
            "source_row",
            about=pl.coalesce("voucher_no", pl.lit("payment")),
            expected=pl.concat_str(pl.lit(">= "), pl.col("release_on").cast(pl.String)),
            actual=pl.col("paid_on").cast(pl.String),
        )
        .collect()
    )
    checked = int(dated["rows"].sum())
    says = f"{wrong.height:,} of {checked:,} payments are dated before their budget was released"
    found = Wrong(
        code="H07",
        name="releases",
        part="paid_on",
        rows=wrong,
        concerned=wrong.height,
        checked=checked,
        allowed=0,
        says=says,
    )
    yield counted(case, found)


def _dated(lines: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Give each line the day its budget was first released: by allotment code, else by unit and project."""
    full = lines.with_columns(pl.lit(None, RELEASES[name]).alias(name) for name in _LINE if name not in lines.columns)
    for name, by in (("by_code", ["fiscal_year", "allotment_code"]), ("by_line", ["fiscal_year", *_LINE[2:]])):
        first = (
            known.filter(pl.all_horizontal(pl.col(key).is_not_null() for key in by))
            .group_by(by)
            # A release without a day may have been the first.
            .agg(pl.when(~pl.col("released_on").is_null().any()).then(pl.col("released_on").min()).alias(name))
            .with_columns(pl.lit(value=True).alias(f"has {name}"))
        )
        full = full.join(first, on=by, how="left")
    return full.with_columns(release_on=pl.when(pl.col("has by_code")).then("by_code").otherwise("by_line"))
