"""Golden cases: one YAML file a case, named after its rule and its claim, with short names for columns."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from budget import frames
from budget.facts import Facts
from rules.evaluate import Evaluation, evaluate
from rules.params import read_params
from rules.registry import BY_CODE

CASES = Path(__file__).parent / "cases"
DIVISION = "990101010"
UNIT = "101001"
SHORT = {
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
MONEY = {
    "allotments": ("appropriation_fen", "released_on"),
    "adjustments": ("adjustment_fen", "adjusted_on"),
    "payments": ("payment_fen", "paid_on"),
    "execution_months": ("payment_fen", "as_of_on"),
}
EMPTY: dict[str, frames.Schema] = {feed: frames.LINEAGE | schema for feed, schema in frames.FEEDS.items()} | {
    "deliveries": frames.DELIVERIES,
    "checks": frames.CHECKS,
}


@dataclass(frozen=True)
class Case:
    """One golden case as its file states it."""

    name: str
    code: str
    facts: Facts
    params: dict[str, dict[str, Any]]
    expected: list[dict[str, Any]]
    not_judged: dict[str, str]

    def judged(self) -> Evaluation:
        """Evaluate the case's rule, with every rule's defaults and the case's own parameters."""
        sections: dict[str, Mapping[str, Any]] = {code: self.params.get(code, {}) for code in BY_CODE}
        return evaluate(self.facts, read_params(sections), codes=[self.code])


@cache
def case_evaluation(name: str) -> tuple[Case, Evaluation]:
    """Evaluate a case once for all tests that look at it."""
    case = read_case(name)
    return case, case.judged()


def case_names() -> list[str]:
    return sorted(path.stem for path in CASES.glob("*.yaml"))


def read_case(name: str) -> Case:
    told = yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    code = name.partition("-")[0]
    facts = build_facts(told["as_of"], told.get("feeds", {}))
    return Case(name, code, facts, told.get("params", {}), told["findings"], told.get("not_judged", {}))


def build_facts(as_of: dt.date, feeds: Mapping[str, list[dict[str, Any]]]) -> Facts:
    """Return facts from short rows; payments count as delivered up to as_of unless deliveries are given."""
    tables = {feed: _table(feed, feeds.get(feed, []), as_of) for feed in EMPTY}
    if "deliveries" not in feeds:
        tables["deliveries"] = _delivered(tables, as_of)
    known_at = dt.datetime.combine(as_of, dt.time(16), dt.UTC)
    return Facts(as_of=as_of, known_at=known_at, **tables)


def _table(feed: str, rows: list[dict[str, Any]], as_of: dt.date) -> pl.DataFrame:
    full = [_row(feed, row, number, as_of) for number, row in enumerate(rows, 1)]
    return pl.DataFrame([{name: row.get(name) for name in EMPTY[feed]} for row in full], schema=EMPTY[feed])


def _row(feed: str, row: dict[str, Any], number: int, as_of: dt.date) -> dict[str, Any]:
    if feed == "classifications":
        return {"fiscal_year": as_of.year, "valid_from_year": 2018} | row
    told = {SHORT.get(key, key): value for key, value in row.items()}
    year = told.get("fiscal_year", as_of.year)
    base = {"fiscal_year": year, "division_code": DIVISION}
    if feed in frames.FEEDS:
        base |= {"slice_id": 1 + sorted(frames.FEEDS).index(feed), "row_no": number, "source_row": number + 3}
        base |= {"unit_code": UNIT, "batch_id": 1}
    if feed in MONEY:
        measure, day = MONEY[feed]
        base |= {measure: told.pop("fen", None), day: told.pop("day", dt.date(year, 1, 1)), "function_code": "2010301"}
    if feed == "allotments":
        base["spending_kind"] = "project" if told.get("project_code") else "public"
    if feed == "payments":
        base |= {"voucher_no": f"P{number}", "payment_kind": "normal", "is_voided": False}
    if feed == "adjustments":
        base["adjustment_kind"] = "add" if (base["adjustment_fen"] or 0) > 0 else "cut"
    if feed == "execution_months":
        base |= {"reporting_level": "department", "function_code": "201"}
    if feed == "units":
        base |= {"unit_name": told.get("unit_code", UNIT), "unit_level": "unit"}
    if feed == "checks":
        base |= {"check_code": "H02", "tolerance_fen": 0, "outcome": "warn", "part": "total", "batch_id": 1}
        base |= {"feed": "allotments", "slice_key": f"{DIVISION}/{year}", "measure": "appropriation_fen"}
    return base | told


def _delivered(tables: Mapping[str, pl.DataFrame], as_of: dt.date) -> pl.DataFrame:
    told = pl.concat([tables[feed].select("division_code") for feed in MONEY])["division_code"].drop_nulls()
    rows = [
        {"feed": "payments", "slice_key": f"{one}/{as_of.year}", "division_code": one, "fiscal_year": as_of.year,
         "last_on": as_of, "row_count": 1, "batch_id": 1}
        for one in sorted(set(told))
    ]  # fmt: skip
    return pl.DataFrame([{name: row.get(name) for name in frames.DELIVERIES} for row in rows], schema=frames.DELIVERIES)
