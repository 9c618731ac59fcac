"""Facts from short rows: what a test writes of a feed, with short names of columns and ordinary values for the rest."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from budget import frames
from budget.at_day import at_day
from budget.facts import Facts

Row = Mapping[str, Any]
Feeds = Mapping[str, list[dict[str, Any]]]

DIVISION: Final = "990101010"
UNIT: Final = "101001"
SHORT: Final = {
    "year": "fiscal_year",
    "division": "division_code",
    "unit": "unit_code",
    "name": "unit_name",
    "project": "project_code",
    "title": "project_name",
    "function": "function_code",
    "econ": "dept_economic_code",
    "kind": "spending_kind",
    "category": "project_category",
    "code": "allotment_code",
    "doc": "document_no",
    "level": "reporting_level",
    "voucher": "voucher_no",
    "payee": "payee_name",
    "account": "payee_account",
    "original": "original_voucher_no",
    "way": "adjustment_kind",
    "type": "payment_kind",
    "parent": "parent_code",
    "successor": "successor_code",
    "gone": "valid_to",
    "check": "check_code",
    "expected": "expected_fen",
    "actual": "actual_fen",
    "tolerance": "tolerance_fen",
    "method": "settlement_method",
    "concerned": "concerned_count",
    "checked": "checked_count",
}
# The measure and the day that ``fen`` and ``day`` stand for.
MONEY: Final = {
    "allotments": ("appropriation_fen", "released_on"),
    "adjustments": ("adjustment_fen", "adjusted_on"),
    "payments": ("payment_fen", "paid_on"),
    "execution_months": ("payment_fen", "as_of_on"),
}
COLUMNS: Final[dict[str, frames.Schema]] = {feed: frames.LINEAGE | schema for feed, schema in frames.FEEDS.items()} | {
    "deliveries": frames.DELIVERIES,
    "checks": frames.CHECKS,
}
_KINDS: Final[dict[type[pl.DataType], tuple[type, str]]] = {
    pl.String: (str, "a text (in quotes, where it is all digits)"),
    pl.Int64: (int, "a whole number"),
    pl.Int32: (int, "a whole number"),
    pl.Date: (dt.date, "a day like 2026-06-30"),
    pl.Boolean: (bool, "true or false"),
    pl.Datetime: (dt.datetime, "an instant like 2026-06-30T08:00:00Z"),
}


class ShortRowError(ValueError):
    """Rows cannot be read; the message names feed, row, what was found and what was expected."""


def build_facts(as_of: dt.date, feeds: Feeds) -> Facts:
    """Return the facts that short rows tell, as they stood on a day: rows dated later are left out.

    Payments count as delivered up to as_of unless deliveries are given. Raises ShortRowError for an unknown feed or
    column, and for a value of another kind.
    """
    unknown = sorted(set(feeds) - set(COLUMNS))
    if unknown:
        raise ShortRowError(f"feeds has no {unknown[0]}; feeds are {', '.join(sorted(COLUMNS))}")
    tables = {feed: _table(feed, feeds.get(feed, []), as_of) for feed in COLUMNS}
    if "deliveries" not in feeds:
        tables["deliveries"] = _delivered(tables, as_of)
    now: dict[str, Any] = {feed: at_day(feed, table, as_of) for feed, table in tables.items()}
    known_at = dt.datetime.combine(as_of, dt.time(16), dt.UTC)
    return Facts(as_of=as_of, known_at=known_at, **now)


def _table(feed: str, rows: list[dict[str, Any]], as_of: dt.date) -> pl.DataFrame:
    if not isinstance(rows, list):
        raise ShortRowError(f"feeds.{feed} is {rows!r}; a list of rows was expected")
    schema = COLUMNS[feed]
    full = [_row(feed, row, number, as_of) for number, row in enumerate(rows, 1)]
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in full], schema=schema)


def _row(feed: str, row: Row, number: int, as_of: dt.date) -> dict[str, Any]:
    where = f"feeds.{feed} row {number}"
    if not isinstance(row, Mapping):
        raise ShortRowError(f"{where} is {row!r}; columns with their values were expected, like {{fen: 100}}")
    told = {_column(feed, str(key)): value for key, value in row.items()}
    for name, value in told.items():
        _check(where, name, value, COLUMNS[feed])
    year = told.get("fiscal_year") or as_of.year
    return _ordinary(feed, told, number, year) | told


def _column(feed: str, key: str) -> str:
    """Return the column a short name stands for in a feed; a name that is a column of the feed stands for itself."""
    measure, day = MONEY.get(feed, ("fen", "day"))
    long = {"fen": measure, "day": day}.get(key) or SHORT.get(key, key)
    return long if long in COLUMNS[feed] else key


def _check(where: str, name: str, value: Any, schema: frames.Schema) -> None:
    if name not in schema:
        known = sorted({*schema, *(short for short, long in SHORT.items() if long in schema)} - set(frames.LINEAGE))
        raise ShortRowError(f"{where} has no column {name}; columns and their short names are {', '.join(known)}")
    kind, words = _KINDS[schema[name].base_type()]
    is_flag = isinstance(value, bool) and kind is not bool
    is_instant = isinstance(value, dt.datetime) and kind is dt.date
    if value is not None and (is_flag or is_instant or not isinstance(value, kind)):
        raise ShortRowError(f"{where}: {name} is {value!r}; {words} was expected")


def _ordinary(feed: str, told: Row, number: int, year: int) -> dict[str, Any]:
    """Return the values that a row takes where it says nothing."""
    base: dict[str, Any] = {"fiscal_year": year, "division_code": DIVISION}
    if feed in frames.FEEDS:
        base |= {"slice_id": 1 + sorted(frames.FEEDS).index(feed), "row_no": number, "source_row": number + 3}
        base |= {"unit_code": UNIT, "batch_id": 1}
    if feed in MONEY:
        base |= {MONEY[feed][0]: None, MONEY[feed][1]: dt.date(year, 1, 1), "function_code": "2010301"}
    if feed == "allotments":
        base["spending_kind"] = "project" if told.get("project_code") else "public"
    if feed == "payments":
        base |= {"voucher_no": f"P{number}", "payment_kind": "normal", "is_voided": False}
    if feed == "adjustments":
        base["adjustment_kind"] = "add" if (told.get("adjustment_fen") or 0) > 0 else "cut"
    if feed == "execution_months":
        base |= {"reporting_level": "department", "function_code": "201"}
    if feed == "units":
        base |= {"unit_name": told.get("unit_code", UNIT), "unit_level": "unit"}
    if feed == "classifications":
        base["valid_from_year"] = 2018
    if feed == "checks":
        base |= {"check_code": "H02", "tolerance_fen": 0, "outcome": "warn", "part": "total", "batch_id": 1}
        base |= {"feed": "allotments", "slice_key": f"{DIVISION}/{year}", "measure": "appropriation_fen"}
    return base


def _delivered(tables: Mapping[str, pl.DataFrame], as_of: dt.date) -> pl.DataFrame:
    told = pl.concat([tables[feed].select("division_code") for feed in MONEY])["division_code"].drop_nulls()
    rows = [
        {"feed": "payments", "slice_key": f"{one}/{as_of.year}", "division_code": one, "fiscal_year": as_of.year,
         "last_on": as_of, "row_count": 1, "batch_id": 1}
        for one in sorted(set(told))
    ]  # fmt: skip
    return pl.DataFrame([{name: row.get(name) for name in frames.DELIVERIES} for row in rows], schema=frames.DELIVERIES)
