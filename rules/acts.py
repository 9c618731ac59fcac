"""Dated acts (文书) as the time limits look at them: what was done, what it answers, and what the ledger lacks."""

import datetime as dt
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import polars as pl

from budget.divisions import level_code
from budget.facts import Facts, with_departments
from budget.subjects import written
from rules.spending import CALENDAR_KINDS, divisions_of

# The column by which an act is held against the one it answers.
By = Literal["level", "department_code", "unit_code"]
Absent = Literal["owed", "owed_where_recorded"]
_OWN: Final = ("fiscal_year", "division_code", "level", "department_code", "unit_code", "told_unit")


class Ground(NamedTuple):
    """An act whose day stands in where an act does not state the day its time limit counts from."""

    kind: str
    by: By


class Bound(NamedTuple):
    """A kind of act that has a time limit.

    ``grounds`` are tried in order. ``answers`` is what an act of the kind is owed for: with ``absent`` owed whatever
    the ledger records, with owed_where_recorded only where the level's ledger records such acts at all.
    """

    kind: str
    act_zh: str
    act_en: str
    grounds: tuple[Ground, ...] = ()
    answers: Ground | None = None
    absent: Absent = "owed_where_recorded"
    named_by: tuple[str, ...] = ("unit_code", "base_document_no")


def ledger(facts: Facts) -> pl.DataFrame:
    """Return the acts without the calendar, computed once per facts.

    Units carry the code and division they have at as_of (``told_unit`` keeps the code of the row); ``level`` is the
    budget level the act belongs to, a street's being its district.
    """
    return facts.once("acts", lambda: _ledger(facts))


def _ledger(facts: Facts) -> pl.DataFrame:
    own = facts.documents.filter(~pl.col("document_kind").is_in(CALENDAR_KINDS)).with_columns(told_unit="unit_code")
    return with_departments(own, facts.units, facts.as_of).with_columns(level=level_code())


def recorders(facts: Facts) -> dict[str, str | None]:
    """Return every division that may have acts, with ``no_documents`` where none of this year or the last came."""
    return facts.once("recorders", lambda: _recorders(facts))


def _recorders(facts: Facts) -> dict[str, str | None]:
    recent = pl.col("fiscal_year").is_null() | (pl.col("fiscal_year") >= facts.as_of.year - 1)
    of_feed = facts.deliveries.filter(pl.col("feed") == "documents")
    told = [frame.filter(recent)["division_code"] for frame in (of_feed, facts.documents)]
    there = {one for column in told for one in column.drop_nulls().unique()}
    return {one: None if one in there else "no_documents" for one in divisions_of(facts)}


def day_of(facts: Facts, ground: Ground) -> pl.DataFrame:
    """Return fiscal_year, the ground's ``by`` column and ``ground_on``: the latest day of such an act."""
    return (
        _done(facts, ground.kind)
        .filter(pl.col(ground.by).is_not_null())
        .group_by("fiscal_year", ground.by)
        .agg(ground_on=pl.col("event_on").max())
    )


def _done(facts: Facts, kind: str) -> pl.DataFrame:
    return ledger(facts).filter(pl.col("document_kind") == kind, pl.col("event_on").is_not_null())


def acts_of(facts: Facts, bounds: Sequence[Bound]) -> pl.DataFrame:
    """Return the acts of some kinds, one row an act, those that are owed without a row of their own included.

    Columns: those of the ledger, subject, period (the fiscal year), act_zh, act_en; base_on is null where nothing
    states it. Several rows of one act count once, by the day it was first done.
    """
    every = pl.concat([_of_kind(facts, bound) for bound in bounds], how="diagonal")
    return every.with_columns(
        subject=written("act:{}/{}/{}", "division_code", "document_kind", "tail"),
        period=pl.col("fiscal_year").cast(pl.String),
    )


def _of_kind(facts: Facts, bound: Bound) -> pl.DataFrame:
    told = ledger(facts).filter(pl.col("document_kind") == bound.kind)
    once = ["fiscal_year", "division_code", "own_name"]
    own_name = pl.coalesce(*("told_unit" if one == "unit_code" else one for one in bound.named_by), _day("base_on"))
    rows = (
        told.with_columns(own_name=own_name)
        .sort("event_on", "slice_id", "row_no", nulls_last=True)
        .unique(once, keep="first", maintain_order=True)
    )
    for ground in bound.grounds:
        days = day_of(facts, ground)
        rows = rows.join(days, on=["fiscal_year", ground.by], how="left", maintain_order="left")
        rows = rows.with_columns(base_on=pl.coalesce("base_on", "ground_on")).drop("ground_on")
    if bound.answers is not None:
        rows = pl.concat([rows, _absent(facts, bound, bound.answers, rows)], how="diagonal")
    return rows.with_columns(
        document_kind=pl.lit(bound.kind),
        act_zh=pl.lit(bound.act_zh),
        act_en=pl.lit(bound.act_en),
        tail=pl.coalesce(*bound.named_by, _day("base_on"), pl.lit("-")),
    )


def _day(name: str) -> pl.Expr:
    return pl.col(name).dt.to_string("%Y-%m-%d")


def _absent(facts: Facts, bound: Bound, ground: Ground, rows: pl.DataFrame) -> pl.DataFrame:
    """Return an owed act for each ground done this year or last that no row answers, the latest grounds first.

    As many grounds are owed as there are more of them than acts: an act may count from a day of its own.
    """
    by = ["fiscal_year", ground.by]
    recent = pl.col("event_on") >= dt.date(facts.as_of.year - 1, 1, 1)
    found = _done(facts, ground.kind).filter(recent, pl.col(ground.by).is_not_null())
    if bound.absent == "owed_where_recorded":
        found = found.join(ledger(facts).filter(pl.col("document_kind") == bound.kind), on="level", how="semi")
    if ground.by == "level":
        nobody = pl.lit(None, pl.String)
        found = found.with_columns(
            division_code="level", unit_code=nobody, department_code=nobody, told_unit=nobody, unit_name=nobody
        )
    answered = rows.group_by(by).agg(acts=pl.len())
    counted = found.join(answered, on=by, how="left", maintain_order="left").with_columns(
        lacking=pl.len().over(by).cast(pl.Int64) - pl.col("acts").fill_null(0).cast(pl.Int64)
    )
    days = rows.select(*by, event_on="base_on").unique()
    open_ones = counted.join(days, on=[*by, "event_on"], how="anti").sort("event_on", "row_no", descending=True)
    owed = open_ones.filter(pl.int_range(pl.len()).over(by) < pl.col("lacking"))
    told = (*_OWN, "unit_name", "is_secret", "slice_id", "row_no")
    return owed.select(*told, base_on="event_on", event_on=pl.lit(None, pl.Date))


def of_one_unit(facts: Facts) -> pl.Expr:
    """Tell departments that have a single unit: whoever replies to himself replies to nobody."""
    in_use = facts.units.filter(
        pl.col("parent_code").is_not_null(), pl.col("valid_to").is_null() | (pl.col("valid_to") >= facts.as_of)
    )
    counted = in_use.group_by("parent_code").agg(units=pl.col("unit_code").n_unique())
    single = counted.filter(pl.col("units") == 1)["parent_code"].sort()
    return pl.col("department_code").is_in(single.implode()).fill_null(value=False)
