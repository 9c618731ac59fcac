"""Ground of the tests of single checks: a delivery written as rows, and what the warehouse knows beside it."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import polars as pl

from budget import frames
from ingest.checks.case import CODES, ORIGINALS, RELEASES, UNITS, VOUCHERS, Case, Known
from ingest.mapping_checks import CheckSpec
from ingest.prepared import Check
from ingest.stated import NOTHING_STATED, Stated

SLICE = "990101010/2026"
ORIGIN = {"slice_key": frames.TEXT, "source_sheet": frames.TEXT, "source_row": pl.Int64()}
PLACE = {"fiscal_year": 2026, "division_code": "990101010", "unit_code": "101001"}
DELIVERED = dt.date(2026, 7, 8)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def frame(schema: frames.Schema, rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """Return rows with the columns of a schema; what a row leaves out is null."""
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def case(
    feed: str,
    rows: list[dict[str, Any]],
    *,
    known: Known | None = None,
    checks: dict[str, Any] | None = None,
    stated: Stated = NOTHING_STATED,
    fen_per_unit: int = 100,
) -> Case:
    """Return a delivery of one slice; rows count from 2, columns that no row has are not mapped."""
    told = [{"slice_key": SLICE, "source_row": at, **PLACE, **row} for at, row in enumerate(rows, start=2)]
    facts = frame(ORIGIN | frames.FEEDS[feed], told)
    totals: dict[str, dict[str, int]] = {key: {} for key in facts["slice_key"].unique(maintain_order=True)}
    for key in totals:
        own = facts.filter(pl.col("slice_key") == key)
        totals[key] = {name: int(own[name].sum()) for name in frames.MEASURES[feed] if own[name].drop_nulls().len()}
    return Case(
        feed=feed,
        facts=facts.lazy(),
        columns=frozenset(name for row in told for name in row if name in frames.FEEDS[feed]),
        row_count=facts.height,
        totals=totals or {SLICE: {}},
        spec=CheckSpec.model_validate(checks or {}),
        fen_per_unit=fen_per_unit,
        delivered_on=DELIVERED,
        stated=stated,
        known=known or Known(),
    )


_SCHEMAS = {"codes": CODES, "units": UNITS, "vouchers": VOUCHERS, "originals": ORIGINALS, "releases": RELEASES}


def knows(**rows: list[dict[str, Any]]) -> Known:
    """Return what the warehouse holds: codes, units, vouchers, originals or releases, as rows."""
    return Known(**{name: frame(_SCHEMAS[name], own) for name, own in rows.items()})


def outcomes(run: Callable[[Case], Iterable[Check]], one: Case) -> dict[str, tuple[str, int | None, int | None]]:
    """Return part -> outcome, rows concerned, rows judged."""
    return {check.part: (check.outcome, check.concerned_count, check.checked_count) for check in run(one)}


def only(run: Callable[[Case], Iterable[Check]], one: Case) -> Check:
    """Return the one check that was made."""
    (check,) = run(one)
    return check
