"""Where the subjects of findings and coverage stand: division, unit, project and spending kind, held against aims."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from typing import Final

import polars as pl

from budget.facts import Facts, successors
from budget.frames import FEEDS, TEXT, Schema, empty
from budget.thresholds import Aim, Change
from rules.spending import this_year

PLACE: Final[Schema] = {
    "subject": TEXT,
    "project_code": TEXT,
    "unit_code": TEXT,
    "spending_kind": TEXT,
    "division_code": TEXT,
}
# Subjects whose first part names no unit.
_NO_UNIT: Final = ("division", "payment", "feed", "check", "act", "revenue", "bond")
_STANDS: Final = ["division_code", "unit_code", "project_code"]


def moved_along(changes: Sequence[Change], facts: Facts) -> list[Change]:
    """Return changes with the unit codes in use at as_of: a unit that was reorganised keeps what was decided of it."""
    now = successors(facts.units, facts.as_of)
    return [
        replace(one, aim=replace(one.aim, unit_code=now.get(one.aim.unit_code or "", one.aim.unit_code)))
        for one in changes
    ]


def all_places(facts: Facts) -> pl.DataFrame:
    """Return division_code, unit_code and project_code of every place the facts speak of, each once."""
    return facts.once("all_places", lambda: _all_places(facts))


def _all_places(facts: Facts) -> pl.DataFrame:
    told = [getattr(facts, feed) for feed in FEEDS if feed != "classifications"] + [this_year(facts)]
    own: Schema = {name: PLACE[name] for name in _STANDS}
    parts = [
        empty(own),
        *(frame.select(name for name in _STANDS if name in frame.columns).unique() for frame in told),
    ]
    whole = pl.concat(parts, how="diagonal")
    divisions = whole.select("division_code", *(pl.lit(None, TEXT).alias(name) for name in _STANDS[1:]))
    units = whole.select("division_code", "unit_code", pl.lit(None, TEXT).alias("project_code"))
    places: pl.DataFrame = pl.concat([whole, units, divisions]).unique()
    return places


def located(rows: pl.DataFrame, facts: Facts, *, with_kinds: bool) -> pl.DataFrame:
    """Return the place of each row, in order, from its subject and the codes beside it.

    ``rows`` has subject and division_code, and unit_code and project_code where it is a frame of findings. A subject
    names its unit first (``line:UNIT/PROJECT/…``); projects and lines name their project second. The spending kind is
    ``project`` wherever a project is known; control lines and vouchers without one have the kind of their movements,
    null where these are of several kinds. All others have none: a unit's total is of no kind.
    """
    known = all_places(facts)["unit_code"].drop_nulls().unique().implode()
    head, first, second = (
        pl.col("subject").str.extract(p) for p in (r"^(\w+):", r"^\w+:([^/]+)", r"^\w+:[^/]+/([^/]+)")
    )
    unit = pl.when(~head.is_in(_NO_UNIT)).then(first).when(head == "feed").then(second)
    told = pl.when(head.is_in(["project", "line"]) & (second != "-")).then(second)
    given = [pl.col(name) if name in rows.columns else pl.lit(None, TEXT).alias(name) for name in _STANDS]
    places = rows.select("subject", *given).with_columns(
        unit_code=pl.coalesce("unit_code", pl.when(unit.is_in(known)).then(unit)),
        project_code=pl.coalesce("project_code", told),
    )
    kind = pl.when(pl.col("project_code").is_not_null()).then(pl.lit("project"))
    if not with_kinds:
        return places.with_columns(spending_kind=pl.lit(None, TEXT)).select(*PLACE)
    looked_up = places.join(kinds(facts), on="subject", how="left", maintain_order="left")
    return looked_up.with_columns(spending_kind=pl.coalesce(kind, "spending_kind")).select(*PLACE)


def kinds(facts: Facts) -> pl.DataFrame:
    """Return subject -> spending_kind of this year's vouchers, and of its control lines without a project."""
    return facts.once("kinds_of_subjects", lambda: _kinds(facts))


def _kinds(facts: Facts) -> pl.DataFrame:
    moved = this_year(facts).filter(pl.col("spending_kind").is_not_null())
    function = pl.col("function_code").fill_null("-")
    lines = moved.filter(pl.col("project_code").is_null()).select(
        pl.concat_str(pl.lit("line:"), "unit_code", pl.lit("/-/"), function).alias("subject"), "spending_kind"
    )
    paid = moved.filter(pl.col("feed") == "payments").select("slice_id", "row_no", "spending_kind")
    vouchers = facts.payments.select("slice_id", "row_no", "voucher_no").join(paid, on=["slice_id", "row_no"])
    told = vouchers.select(pl.concat_str(pl.lit("payment:"), "voucher_no").alias("subject"), "spending_kind")
    one = pl.col("spending_kind").unique()
    return (
        pl.concat([lines, told])
        .group_by("subject")
        .agg(pl.when(one.len() == 1).then(one.first()).alias("spending_kind"))
    )


def fits(aim: Aim) -> pl.Expr:
    """Return whether a place is one that an aim is about; what a place leaves open does not fit."""
    wanted = [(pl.col(name) == told).fill_null(value=False) for name, told in aim.parts.items()]
    return reduce(lambda one, other: one & other, wanted, pl.lit(value=True))


def versions(places: pl.DataFrame, changes: Sequence[Change]) -> pl.Series:
    """Return, place by place, the numbers of the changes that fit, in order, joined with ``+``; empty for none."""
    parts = [pl.when(fits(one.aim)).then(pl.lit(f"+{one.version}")).otherwise(pl.lit("")) for one in changes]
    return places.with_columns(threshold=pl.concat_str(parts).str.strip_prefix("+"))["threshold"]
