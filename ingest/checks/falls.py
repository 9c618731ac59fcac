"""H10: figures since 1 January that fall from one report to the next, and lines that are gone from it."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from budget import frames
from budget.facts import sum_or_null
from ingest.checks.case import Case
from ingest.checks.keys import line_keys
from ingest.checks.outcome import Wrong, counted, yuan
from ingest.prepared import Check

# feed -> what only grows within a year; budgets may be cut
CUMULATIVE: Final[dict[str, tuple[str, ...]]] = {
    "execution_months": ("payment_fen", "commitment_fen", "obligation_fen"),
    "revenue": ("ytd_fen", "remitted_fen"),
    "treasury": ("receipts_fen", "payouts_fen"),
}
_NAMES: Final = {"project_code": "project_name", "subject_code": "subject_name"}
_REPORT: Final = ("fiscal_year", "division_code")


def falls(case: Case) -> Iterator[Check]:
    """Compare each line with the same line of the report before it, in this delivery or in force.

    A line is gone where the report before had an amount and the next has no such row. The last printed digit may have
    been rounded.
    """
    measures = [name for name in CUMULATIVE.get(case.feed, ()) if name in case.columns]
    if not measures:
        return
    lines = _lines(case, measures)
    steps = _steps(lines)
    if steps.is_empty():
        return
    keys = [*line_keys(case.feed)]
    before = lines.drop("source_sheet", "source_row", "is_own").join(
        steps.rename({"as_of_on": "next_on", "before_on": "as_of_on"}),
        on=[*_REPORT, "as_of_on"],
        how="inner",
        nulls_equal=True,
    )
    now = lines.filter("is_own")
    both = before.join(
        now, left_on=[*keys, "next_on"], right_on=[*keys, "as_of_on"], how="inner", nulls_equal=True, suffix=" now"
    )
    yield counted(case, _fallen(case, both, keys, measures))
    gone = before.join(now, left_on=[*keys, "next_on"], right_on=[*keys, "as_of_on"], how="anti", nulls_equal=True)
    yield counted(case, _gone(gone, keys, measures, before.height))


def _lines(case: Case, measures: list[str]) -> pl.DataFrame:
    """Return one row a line and report, of this delivery and of the report before it."""
    keys = line_keys(case.feed)
    own = case.facts.select(
        "source_sheet", "source_row", "as_of_on", *_named(keys, case.feed), *measures, is_own=pl.lit(value=True)
    )
    frames_of = [own.collect()]
    known = case.known.cumulative
    if known is not None and known.height:
        other = known.select("as_of_on", *_named(keys, case.feed), *measures, is_own=pl.lit(value=False))
        frames_of.append(other)
    rows = pl.concat(frames_of, how="diagonal")
    return rows.group_by(*keys, "as_of_on", maintain_order=True).agg(
        pl.col("source_sheet", "source_row").first(),
        *(sum_or_null(name) for name in measures),
        is_own=pl.col("is_own").any(),
    )


def _named(keys: tuple[str, ...], feed: str) -> list[pl.Expr]:
    """Return the keys, a name standing in for a code where a feed delivers names only."""
    return [
        pl.coalesce(name, _NAMES[name]).alias(name)
        if name in _NAMES and _NAMES[name] in frames.FEEDS[feed]
        else pl.col(name)
        for name in keys
    ]


def _steps(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the reports of this delivery with the day of the one before, where there is one."""
    reports = lines.group_by(*_REPORT, "as_of_on").agg(pl.col("is_own").any()).sort(*_REPORT, "as_of_on")
    return (
        reports.with_columns(before_on=pl.col("as_of_on").shift(1).over(_REPORT))
        .filter("is_own", pl.col("before_on").is_not_null())
        .drop("is_own")
    )


def _line_text(keys: list[str]) -> pl.Expr:
    told = [name for name in keys if name not in _REPORT]
    return pl.concat_str([pl.col(name).cast(pl.String) for name in told], separator="/", ignore_nulls=True)


def _fallen(case: Case, both: pl.DataFrame, keys: list[str], measures: list[str]) -> Wrong:
    allowed = max(case.tolerance_fen(case.rule("falls")), case.last_place_fen)
    parts = [
        both.filter(pl.col(f"{name} now") < pl.col(name) - allowed).select(
            "source_sheet",
            "source_row",
            about=pl.concat_str(_line_text(keys), pl.lit(f" {name}")),
            expected=pl.concat_str(pl.lit(">= "), yuan(name), pl.lit(" of "), pl.col("as_of_on").cast(pl.String)),
            actual=yuan(f"{name} now"),
            size=pl.col(name) - pl.col(f"{name} now"),
        )
        for name in measures
    ]
    rows = pl.concat(parts).sort("size", "source_row", descending=[True, False])
    return Wrong(
        code="H10",
        name="falls",
        part="falls",
        rows=rows,
        concerned=rows.height,
        checked=both.height,
        allowed=0,
        says=f"{rows.height:,} cumulative figures of {both.height:,} lines are lower than in the report before",
    )


def _gone(gone: pl.DataFrame, keys: list[str], measures: list[str], checked: int) -> Wrong:
    rows = (
        gone.filter(pl.any_horizontal((pl.col(name) != 0).fill_null(value=False) for name in measures))
        .with_columns(size=pl.max_horizontal(pl.col(name).abs() for name in measures))
        .sort("size", descending=True)
        .select(
            source_sheet=pl.lit(None, pl.String),
            source_row=pl.lit(None, pl.Int64),
            about=_line_text(keys),
            expected=pl.concat_str(yuan("size"), pl.lit(" of "), pl.col("as_of_on").cast(pl.String)),
            actual=pl.lit(None, pl.String),
        )
    )
    return Wrong(
        code="H10",
        name="falls",
        part="vanished lines",
        rows=rows,
        concerned=rows.height,
        checked=checked,
        allowed=0,
        says=f"{rows.height:,} of {checked:,} lines of the report before are gone",
    )
