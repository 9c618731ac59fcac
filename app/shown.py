"""What listing commands show: stored results as JSON-able dictionaries, the shape docs/json.md promises."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import polars as pl

from app.fetching import known_sources
from app.freshness import checked_calendar
from app.holidays import load_changed_days
from app.rule_outcomes import Outcome, outcomes
from app.rule_settings import rule_params
from app.rule_versions import rule_version
from app.settings import CHECKOUT
from app.wiring import House
from budget.subjects import written
from ingest.mapping import load_mappings
from ingest.publish import require_batch
from rules.registry import RULES
from warehouse.alerts import list_alerts, list_clues
from warehouse.batches import rejected_rows
from warehouse.engine import reading
from warehouse.fact_check import check_facts
from warehouse.findings import latest_run, read_coverage, read_errors, read_findings
from warehouse.opening import warehouse_state
from warehouse.run_rules import read_run_rules
from warehouse.scope import Scope
from warehouse.snapshot_check import check_snapshots, rebuild_snapshots

ALL = Scope.everything()
# JSON name -> column of the warehouse
FINDING = {
    "finding": "finding",
    "run": "run_id",
    "rule": "rule_code",
    "level": "level",
    "subject": "subject",
    "period": "period",
    "measured": "measured",
    "limit": "limit",
    "unit": "measure_unit",
    "amount_fen": "amount_fen",
    "threshold": "threshold",
}
ALERT = {
    "alert": "alert_id",
    "clue": "clue_id",
    "rule": "rule_code",
    "level": "level",
    "status": "status",
    "stale": "is_stale",
    "subject": "subject",
    "period": "period",
    "division": "division_code",
    "opened_on": "opened_on",
    "resolved_on": "resolved_on",
    "finding": "finding",
    "measured": "measured",
    "limit": "limit",
    "unit": "measure_unit",
    "amount_fen": "amount_fen",
}
CLUE = {
    "clue": "clue_id",
    "level": "level",
    "status": "status",
    "division": "division_code",
    "period": "period",
    "unit": "unit_code",
    "unit_name": "unit_name",
    "project": "project_code",
    "project_name": "project_name",
    "rules": "rule_codes",
    "alerts": "alert_count",
    "open_alerts": "open_count",
    "opened_on": "opened_on",
    "closed_at": "closed_at",
    "amount_fen": "amount_fen",
}

# What ``rules list`` tells of the latest run.
BREADTH = ("as_of", "counted", "judged", "flagged", "flagged_bp", "too_wide")


def rejections(house: House, batch_id: int) -> list[dict[str, Any]]:
    """Return the rows a batch held back; BatchError where there is no such batch."""
    with reading(house.engine) as connection:
        require_batch(connection, batch_id)
        return rejected_rows(connection, ALL, batch_id)


def rejected_count(house: House, batch_id: int) -> int:
    """Return how many rows a batch held back, of which the first are kept."""
    with reading(house.engine) as connection:
        return require_batch(connection, batch_id).rejected_count


def stored_findings(
    house: House, as_of: dt.date | None, codes: Sequence[str] | None, known_at: dt.datetime | None = None
) -> list[dict[str, Any]]:
    """Return the findings of the latest live run, or of the latest run that judged a day; none where none ran.

    With ``known_at`` only runs count that knew no more than was known by then (inclusive).
    """
    with reading(house.engine) as connection:
        run = latest_run(connection, as_of=as_of, known_at=known_at, include_history=as_of is not None)
        if run is None:
            return []
        found = read_findings(connection, ALL, run.run_id)
        versions = {one.rule_code: one.rule_version for one in read_run_rules(connection, run.run_id)}
    told = found.with_columns(threshold=pl.col("evidence").str.json_path_match("$.threshold")).select(**FINDING)
    shown = (row | {"rule_version": versions.get(row["rule"])} for row in coded(house, told))
    return [row for row in shown if not codes or row["rule"] in codes]


def stored_outcomes(
    house: House, as_of: dt.date | None, codes: Sequence[str] | None, known_at: dt.datetime | None = None
) -> tuple[Outcome, ...]:
    """Return what became of each rule in the run that ``stored_findings`` shows; none where none ran."""
    with reading(house.engine) as connection:
        run = latest_run(connection, as_of=as_of, known_at=known_at, include_history=as_of is not None)
        if run is None:
            return ()
        told = outcomes(
            run.rule_codes,
            read_run_rules(connection, run.run_id),
            findings=read_findings(connection, ALL, run.run_id),
            coverage=read_coverage(connection, ALL, run.run_id),
            errors=read_errors(connection, run.run_id),
            settings=house.settings.evaluation,
        )
    return tuple(one for one in told if not codes or one.rule in codes)


def stored_alerts(house: House) -> list[dict[str, Any]]:
    """Return every alert, open ones first as the warehouse orders them."""
    with reading(house.engine) as connection:
        found = list_alerts(connection, ALL)
    return coded(house, found.with_columns(finding=written("{}-{}", "run_id", "finding_no")).select(**ALERT))


def stored_clues(house: House) -> list[dict[str, Any]]:
    """Return every clue, as the warehouse orders them."""
    with reading(house.engine) as connection:
        return coded(house, list_clues(connection, ALL).select(**CLUE))


def coded(house: House, rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Return rows as dictionaries, with the site's number of their level behind it."""
    codes = house.settings.levels.codes.model_dump()
    number = pl.col("level").replace_strict(codes, return_dtype=pl.Int64).alias("level_code")
    at = rows.columns.index("level") + 1
    return rows.select(*rows.columns[:at], number, *rows.columns[at:]).to_dicts()


def known_rules(house: House) -> list[dict[str, Any]]:
    """Return every rule with whether the settings have it on, and how much the latest run that was not history flagged.

    What no run says is null, as where there is no warehouse yet.
    """
    params = rule_params(house)
    judged = _latest_breadth(house)
    return [
        {
            "rule": rule.code,
            "on": rule.code in params,
            "family": rule.text.family,
            "name": rule.text.name_zh,
            "name_en": rule.text.name_en,
            "law": rule.text.law_zh,
            "feeds": list(rule.feeds),
            "version": rule_version(rule.code),
            **{name: judged.get(rule.code, {}).get(name) for name in BREADTH},
        }
        for rule in sorted(RULES, key=lambda one: one.code)
    ]


def _latest_breadth(house: House) -> dict[str, dict[str, Any]]:
    if warehouse_state(house.engine) != "ready":
        return {}
    with reading(house.engine) as connection:
        run = latest_run(connection, include_history=False)
    if run is None:
        return {}
    return {one.rule: {"as_of": run.as_of} | one.told() for one in stored_outcomes(house, None, None)}


def checked(house: House) -> dict[str, Any]:
    """Read everything that a start reads, without writing, and say what there is."""
    on = sorted(rule_params(house))
    mappings = [one.name for one in load_mappings(house.mapping_folders)]
    state = warehouse_state(house.engine)
    return {
        "settings": str(house.settings_file),
        "data": str(house.data),
        "rules": on,
        "mappings": mappings,
        "sources": [one.name for one in known_sources(house)],
        "calendar": checked_calendar(house),
        "holidays": sorted({day.year for day in load_changed_days()}),
        "checkout": str(CHECKOUT),
        "warehouse": state,
        "facts": _checked_facts(house) if state == "ready" else [],
    }


def _checked_facts(house: House) -> list[str]:
    with reading(house.engine) as connection:
        return [str(fault) for fault in check_facts(connection)]


def checked_snapshots(house: House, *, rebuild: bool) -> dict[str, Any]:
    """Hold the snapshots against the warehouse, make anew those that differ where asked for, and say which."""
    with reading(house.engine) as connection:
        count, faults = check_snapshots(connection, house.snapshots)
        if rebuild:
            rebuild_snapshots(connection, house.snapshots, faults)
    return {
        "checked": count,
        "differ": [{"file": one.file, "why": one.why} for one in faults],
        "rebuilt": rebuild and bool(faults),
    }
