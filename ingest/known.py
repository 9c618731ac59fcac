"""Gathering what is in force beside a delivery, for the checks that the mapping asks for."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from budget import frames
from ingest.checks.case import CODES, UNITS, Known
from ingest.checks.departments import FEEDS as LEVEL_FEEDS
from ingest.checks.falls import CUMULATIVE
from ingest.checks.keys import day_keys, line_keys
from ingest.checks.registry import made
from ingest.prepared import Prepared
from ingest.store import SLICE_KEY
from warehouse import known as read
from warehouse.engine import Connection
from warehouse.in_force import slices_in_force
from warehouse.scope import Scope

_YEARLY = frozenset({"fiscal_year", "year", "period"})
_BACK = ("refund", "correction")


@dataclass(frozen=True)
class _Ground:
    """The delivery, and the slices in force."""

    connection: Connection
    prepared: Prepared
    facts: pl.LazyFrame
    pieces: pl.DataFrame
    snapshots: Path | None

    @property
    def feed(self) -> str:
        return self.prepared.mapping.feed

    @property
    def columns(self) -> frozenset[str]:
        return frozenset(self.prepared.mapping.specs())

    def ids(self, feed: str, *conditions: pl.Expr) -> list[int]:
        """Return the slices in force of a feed that fulfil some conditions."""
        return self.pieces.filter(pl.col("feed") == feed, *conditions)["slice_id"].to_list()

    def beside(self, *, years_before: int = 0) -> pl.Expr:
        """Return the condition for slices of the same divisions and years; those that hold several may be."""
        own = self.prepared.slices
        conditions = [pl.lit(value=True)]
        divisions, years = own["division_code"], own["fiscal_year"]
        if not divisions.has_nulls():
            conditions.append(pl.col("division_code").is_in(divisions.unique().implode()).fill_null(value=True))
        if not years.has_nulls():
            told = [year - back for year in years.unique() for back in range(years_before + 1)]
            conditions.append(pl.col("fiscal_year").is_in(told).fill_null(value=True))
        return pl.all_horizontal(conditions)

    def is_other(self) -> pl.Expr:
        """Return the condition for slices that this delivery does not replace."""
        return ~pl.col("slice_key").is_in(self.prepared.slices[SLICE_KEY].implode())


def gather(
    connection: Connection, prepared: Prepared, facts: pl.LazyFrame, now: dt.datetime, snapshots: Path | None = None
) -> Known:
    """Read what the checks of this delivery have to know, as in force now; where there are snapshots, faster."""
    wanted = {name for entry in made(prepared.mapping.checks) for name in entry.knows}
    ground = _Ground(connection, prepared, facts, slices_in_force(connection, now, Scope.everything()), snapshots)
    return Known(**{name: load(ground) for name, load in _LOADERS.items() if name in wanted})


def _codes(ground: _Ground) -> pl.DataFrame:
    return read.read_columns(ground.connection, "classifications", ground.ids("classifications"), list(CODES))


def _units(ground: _Ground) -> pl.DataFrame:
    return read.read_columns(ground.connection, "units", ground.ids("units"), list(UNITS))


def _vouchers(ground: _Ground) -> pl.DataFrame:
    if ground.feed != "payments" or "voucher_no" not in ground.columns:
        return Known().vouchers
    others = ground.pieces.filter(
        pl.col("feed") == "payments", ground.beside(), ground.is_other(), pl.col("row_count") > 0
    )
    if others.is_empty():
        return Known().vouchers
    delivered = ground.facts.select("voucher_no").collect()["voucher_no"]
    found = read.vouchers_of(ground.connection, others, delivered, ground.snapshots)
    keys = ground.pieces.select("slice_id", "slice_key")
    return found.join(keys, on="slice_id", how="left", maintain_order="left").select(*Known().vouchers.columns)


def _originals(ground: _Ground) -> pl.DataFrame:
    """Return what was paid on the originals that are not in the delivery itself, this year and the year before."""
    if ground.feed != "payments" or not {"payment_kind", "original_voucher_no"} <= ground.columns:
        return Known().originals
    named = (
        ground.facts.filter(pl.col("payment_kind").is_in(_BACK), pl.col("original_voucher_no").is_not_null())
        .select(voucher_no="original_voucher_no")
        .unique()
        .join(ground.facts.select("voucher_no"), on="voucher_no", how="anti")
        .collect()
    )
    others = ground.ids("payments", ground.beside(years_before=1), ground.is_other())
    return read.paid_on_vouchers(ground.connection, others, sorted(named["voucher_no"]))


def _releases(ground: _Ground) -> pl.DataFrame:
    if ground.feed != "payments" or not {"allotment_code", "project_code"} & ground.columns:
        return Known().releases
    beside = ground.beside()
    return read.releases_of(ground.connection, ground.ids("allotments", beside), ground.ids("adjustments", beside))


def _cumulative(ground: _Ground) -> pl.DataFrame | None:
    """Return the lines of the last report before each of this delivery's, of the same division and year."""
    feed = ground.feed
    if feed not in CUMULATIVE:
        return None
    first = ground.facts.group_by("fiscal_year", "division_code").agg(first_on=pl.col("as_of_on").min()).collect()
    ids = _reports_before(ground, first["first_on"].max())
    names = [name for name in ("project_name", "subject_name") if name in frames.FEEDS[feed]]
    columns = [*line_keys(feed), "as_of_on", *names, *CUMULATIVE[feed]]
    rows = read.read_columns(ground.connection, feed, ids, columns) if ids else None
    if rows is None:
        return None
    return (
        rows.join(first, on=["fiscal_year", "division_code"], how="inner", maintain_order="left")
        .filter(pl.col("as_of_on") < pl.col("first_on"))
        .drop("first_on")
    )


def _reports_before(ground: _Ground, day: Any) -> list[int]:
    """Return the slices that reach nearest to a day from before; slices that hold several days may reach across."""
    if day is None:  # no row told its day
        return []
    own = ground.pieces.filter(pl.col("feed") == ground.feed, ground.beside(), pl.col("first_on") < day)
    reach = pl.when(pl.col("last_on") < day).then("last_on").otherwise("first_on")
    near = own.filter(pl.col("last_on") >= reach.max().over("division_code", "fiscal_year"))
    return near["slice_id"].to_list()


def _levels(ground: _Ground) -> pl.DataFrame | None:
    """Return the sums by unit and level of other slices of the same year and day, where levels are told."""
    feed = ground.feed
    if feed not in LEVEL_FEEDS or "reporting_level" not in ground.columns:
        return None
    days = ground.prepared.slices.select(pl.col("first_on").min(), pl.col("last_on").max()).row(0)
    conditions = [ground.beside(), ground.is_other()]
    if day_keys(feed) and None not in days:
        conditions += [pl.col("last_on") >= days[0], pl.col("first_on") <= days[1]]
    ids = ground.ids(feed, *conditions)
    if not ids:
        return None
    keys = ["fiscal_year", *day_keys(feed), "unit_code", "reporting_level"]
    return read.sums_by(ground.connection, feed, ids, keys, frames.MEASURES[feed])


def _last_delivery(ground: _Ground) -> Mapping[str, Mapping[str, int]]:
    return _totals(ground, {key: key for key in ground.prepared.slices[SLICE_KEY]})


def _last_year(ground: _Ground) -> Mapping[str, Mapping[str, int]]:
    names = ground.prepared.mapping.slice.key
    before = {key: year_before(names, key) for key in ground.prepared.slices[SLICE_KEY]}
    return _totals(ground, {key: then for key, then in before.items() if then is not None})


def _totals(ground: _Ground, keys: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """Return key -> totals of the slice in force under another key, for those that are there."""
    wanted = ground.pieces.filter(pl.col("feed") == ground.feed, pl.col("slice_key").is_in(list(keys.values())))
    id_of = dict(wanted.select("slice_key", "slice_id").iter_rows())
    totals = read.totals_of_slices(ground.connection, ground.feed, id_of.values())
    return {key: totals.get(id_of[then], {}) for key, then in keys.items() if then in id_of}


_LOADERS: dict[str, Callable[[_Ground], Any]] = {
    "codes": _codes,
    "units": _units,
    "vouchers": _vouchers,
    "originals": _originals,
    "releases": _releases,
    "cumulative": _cumulative,
    "levels": _levels,
    "last_year": _last_year,
    "last_delivery": _last_delivery,
}


def year_before(names: tuple[str, ...], key: str) -> str | None:
    """Return the key of the same slice a year before; None where the key tells no year."""
    values = key.split("/")
    if len(values) != len(names):
        return None
    moved = [_year_less(value) if name in _YEARLY else value for name, value in zip(names, values, strict=True)]
    return "/".join(moved) if moved != values else None


def _year_less(value: str) -> str:
    found = re.fullmatch(r"((?:19|20)\d{2})(\d{2})?", value)
    return f"{int(found[1]) - 1}{found[2] or ''}" if found else value
