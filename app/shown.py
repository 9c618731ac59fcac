"""What listing commands show: stored results as JSON-able dictionaries, the shape docs/json.md promises."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from app.holidays import load_changed_days
from app.rule_settings import rule_params
from app.settings import CHECKOUT
from app.wiring import House
from ingest.mapping import load_mappings
from ingest.problems import BatchError
from rules.registry import RULES
from warehouse.alerts import list_alerts, list_clues
from warehouse.batches import find_batch, rejected_rows
from warehouse.engine import reading
from warehouse.findings import latest_run, read_findings
from warehouse.opening import warehouse_state
from warehouse.scope import Scope

ALL = Scope.everything()


def rejections(house: House, batch_id: int) -> list[dict[str, Any]]:
    """Return the rows a batch held back; BatchError where there is no such batch."""
    with reading(house.engine) as connection:
        if find_batch(connection, ALL, batch_id) is None:
            raise BatchError(f"there is no batch {batch_id}; mingzhang batches lists them")
        return rejected_rows(connection, ALL, batch_id)


def stored_findings(house: House, as_of: dt.date | None, codes: Sequence[str] | None) -> list[dict[str, Any]]:
    """Return the findings of the latest live run, or of the latest run that judged a day; none where none ran."""
    with reading(house.engine) as connection:
        run = latest_run(connection, as_of=as_of, include_history=as_of is not None)
        if run is None:
            return []
        found = read_findings(connection, ALL, run.run_id).to_dicts()
    return [
        {
            "finding": row["finding"],
            "rule": row["rule_code"],
            "level": row["level"],
            "subject": row["subject"],
            "period": row["period"],
            "measured": row["measured"],
            "limit": row["limit"],
            "unit": row["measure_unit"],
            "amount_fen": row["amount_fen"],
        }
        for row in found
        if not codes or row["rule_code"] in codes
    ]


def stored_alerts(house: House) -> list[dict[str, Any]]:
    """Return every alert, open ones first as the warehouse orders them."""
    with reading(house.engine) as connection:
        found = list_alerts(connection, ALL).to_dicts()
    return [
        {
            "alert": row["alert_id"],
            "clue": row["clue_id"],
            "rule": row["rule_code"],
            "level": row["level"],
            "status": row["status"],
            "stale": row["is_stale"],
            "subject": row["subject"],
            "period": row["period"],
            "division": row["division_code"],
            "opened_on": row["opened_on"],
            "resolved_on": row["resolved_on"],
            "finding": f"{row['run_id']}-{row['finding_no']}",
            "measured": row["measured"],
            "limit": row["limit"],
            "unit": row["measure_unit"],
            "amount_fen": row["amount_fen"],
        }
        for row in found
    ]


def stored_clues(house: House) -> list[dict[str, Any]]:
    """Return every clue, as the warehouse orders them."""
    with reading(house.engine) as connection:
        found = list_clues(connection, ALL).to_dicts()
    return [
        {
            "clue": row["clue_id"],
            "level": row["level"],
            "status": row["status"],
            "division": row["division_code"],
            "period": row["period"],
            "unit": row["unit_code"],
            "unit_name": row["unit_name"],
            "project": row["project_code"],
            "project_name": row["project_name"],
            "rules": row["rule_codes"],
            "alerts": row["alert_count"],
            "open_alerts": row["open_count"],
            "opened_on": row["opened_on"],
            "closed_at": row["closed_at"],
            "amount_fen": row["amount_fen"],
        }
        for row in found
    ]


def known_rules(house: House) -> list[dict[str, Any]]:
    """Return every rule with whether the settings have it on."""
    params = rule_params(house)
    return [
        {
            "rule": rule.code,
            "on": rule.code in params,
            "family": rule.text.family,
            "name": rule.text.name_zh,
            "name_en": rule.text.name_en,
            "law": rule.text.law_zh,
            "feeds": list(rule.feeds),
        }
        for rule in sorted(RULES, key=lambda one: one.code)
    ]


def checked(house: House) -> dict[str, Any]:
    """Read everything that a start reads, without writing, and say what there is."""
    on = sorted(rule_params(house))
    mappings = [one.name for one in load_mappings(house.mapping_folders)]
    return {
        "settings": str(house.settings_file),
        "data": str(house.data),
        "rules": on,
        "mappings": mappings,
        "holidays": sorted({day.year for day in load_changed_days()}),
        "checkout": str(CHECKOUT),
        "warehouse": warehouse_state(house.engine),
    }
