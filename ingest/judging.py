"""Judging a delivery before it is published: every check of its mapping, and the reasons to hold it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from budget.money import FEN_PER_UNIT
from ingest.checks.case import Case, Known
from ingest.checks.registry import judge
from ingest.known import gather
from ingest.mapping_parts import DeliverySpec
from ingest.prepared import Prepared
from ingest.store import SLICE_KEY
from warehouse.engine import Connection

TIME_ZONE = DeliverySpec.model_fields["time_zone"].default


def judged(connection: Connection, prepared: Prepared, now: dt.datetime, snapshots: Path | None = None) -> Prepared:
    """Add the checks of a delivery, held against what is in force now, and what they say against publishing it.

    Reads the warehouse and writes nothing, so that a dry run may show what publishing would say.
    """
    if prepared.slices.is_empty():
        return prepared
    facts = prepared.store.lazy()
    case = case_of(prepared, facts, gather(connection, prepared, facts, now, snapshots), now)
    found = judge(case)
    reasons = [check.detail for check in found if check.outcome == "hold" and check.detail]
    return replace(
        prepared,
        checks=(*prepared.checks, *found),
        hold_reasons=(*prepared.hold_reasons, *reasons),
    )


def case_of(prepared: Prepared, facts: pl.LazyFrame, known: Known, now: dt.datetime) -> Case:
    """Return what the checks see of a delivery."""
    mapping = prepared.mapping
    zone = mapping.delivery.time_zone if mapping.delivery else TIME_ZONE
    return Case(
        feed=mapping.feed,
        facts=facts,
        columns=frozenset(mapping.specs()),
        row_count=prepared.store.height,
        totals=_totals(prepared),
        spec=mapping.checks,
        fen_per_unit=FEN_PER_UNIT[prepared.unit],
        delivered_on=(prepared.known_at or now).astimezone(ZoneInfo(zone)).date(),
        stated=prepared.control,
        known=known,
    )


def _totals(prepared: Prepared) -> Mapping[str, Mapping[str, int]]:
    return {key: prepared.totals_of(key) for key in prepared.slices[SLICE_KEY]}
