"""The frozen figures of a quarterly report: read once, kept as JSON, never read again."""

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from budget.calendar import Quarter, TimeProgressBy
from budget.catalogue import Catalogue
from budget.facts import Facts, departments
from reports.figures import build_figures, project_names
from reports.judgement import Book, build_items, count_groups, count_levels, rectification, summarise_coverage
from warehouse import reports as store
from warehouse.facts import load_facts
from warehouse.findings import Run, full_run, read_coverage, read_errors, read_findings
from warehouse.offices import Office, list_offices
from warehouse.scope import Scope

FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class ReportSite:
    """What a report needs to know of the place it is written in."""

    district_name: str = "本区"
    committee_name: str = "区人大常委会财政经济工作委员会"
    standing_committee_name: str = "区人大常委会"
    time_zone: str = "Asia/Shanghai"
    time_progress_by: TimeProgressBy = "day"


def take_snapshot(
    connection: store.Connection,
    snapshots_dir: Path,
    quarter: Quarter,
    division_code: str,
    *,
    as_of: dt.date,
    known_at: dt.datetime,
    catalogue: Catalogue,
    site: ReportSite,
) -> dict[str, Any]:
    """Freeze everything a division's report is written from, as JSON-able values.

    Figures and findings are those of one stored run: the fullest one of as_of known by known_at. No rule is
    evaluated. Raises ReportRefusedError where the division has no office, as_of lies outside the quarter, or no
    run judged as_of.
    """
    offices = {office.division_code: office for office in list_offices(connection, Scope.everything())}
    office = _office(offices, division_code)
    run = _run(connection, quarter, as_of, known_at)
    scope = Scope.everything() if office.division_kind == "district" else Scope.of([division_code])
    facts = load_facts(connection, snapshots_dir, as_of, run.known_at, scope)
    kinds = {code: one.division_kind for code, one in offices.items()}
    first = dt.datetime.combine(quarter.first_day, dt.time(), ZoneInfo(site.time_zone))
    after = dt.datetime.combine(quarter.next.first_day, dt.time(), ZoneInfo(site.time_zone))
    received = store.deliveries_between(connection, scope, first, min(after, known_at))
    names = _division_names(offices, facts)
    judged = _judgement(
        connection, scope, run, facts=facts, quarter=quarter, catalogue=catalogue, names=names, home=office
    )
    snapshot = {
        "format": FORMAT,
        "quarter": str(quarter),
        "division": {name: value for name, value in asdict(office).items() if name != "mail_to"},
        "division_names": names,
        "recipient": site.standing_committee_name if office.division_kind == "district" else site.committee_name,
        "as_of": as_of.isoformat(),
        "known_at": known_at.isoformat(),
        "dated_on": known_at.astimezone(ZoneInfo(site.time_zone)).date().isoformat(),
        "facts_stamp": facts.stamp,
        "figures": build_figures(facts, office.division_kind, division_code, kinds, site.time_progress_by),
        "received": {"deliveries": received[0], "rows": received[1]},
        "later_deliveries": store.deliveries_between(connection, scope, run.known_at, known_at)[0],
        "run": _run_card(run, ZoneInfo(site.time_zone)),
        **judged,
    }
    snapshot["late_divisions"] = late_divisions(snapshot)
    # As it will be read back from where it is kept: what is written today and rebuilt in ten years is one thing.
    kept: dict[str, Any] = json.loads(canonical_json({**snapshot, "sha256": snapshot_hash(snapshot)}))
    return kept


def snapshot_hash(snapshot: dict[str, Any]) -> str:
    """Return the sha256 of a snapshot's canonical JSON, its own hash left out."""
    plain = {name: value for name, value in snapshot.items() if name != "sha256"}
    return hashlib.sha256(canonical_json(plain).encode()).hexdigest()


def canonical_json(snapshot: dict[str, Any]) -> str:
    """Write a snapshot the one way it is kept and hashed."""
    return json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _office(offices: dict[str, Office], division_code: str) -> Office:
    if division_code not in offices:
        known = ", ".join(f"{code} {office.division_name}" for code, office in offices.items()) or "none"
        raise store.ReportRefusedError(f"division {division_code} has no office to report for; known: {known}")
    return offices[division_code]


def _run(connection: store.Connection, quarter: Quarter, as_of: dt.date, known_at: dt.datetime) -> Run:
    if not quarter.first_day <= as_of <= quarter.last_day:
        raise store.ReportRefusedError(
            f"as-of {as_of} lies outside {quarter} ({quarter.first_day} to {quarter.last_day}); "
            f"a report is judged on a day of its quarter, usually {quarter.last_day}"
        )
    found = full_run(connection, as_of, known_at)
    if found is None:
        raise store.ReportRefusedError(
            f"no evaluation of {as_of} is stored as known at {known_at.isoformat(timespec='seconds')}; "
            f"run `mingzhang evaluate --as-of {as_of}` first, then build the {quarter} report again"
        )
    return found


def _run_card(run: Run, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "known_at": run.known_at.isoformat(),
        "known_local": run.known_at.astimezone(zone).isoformat(timespec="minutes"),
        "code_version": run.code_version,
        "facts_stamp": run.facts_stamp,
    }


def _judgement(
    connection: store.Connection,
    scope: Scope,
    run: Run,
    *,
    facts: Facts,
    quarter: Quarter,
    catalogue: Catalogue,
    names: dict[str, str],
    home: Office,
) -> dict[str, Any]:
    """Return findings, counts, coverage, and how last quarter's findings fared."""
    units = dict(departments(facts.units).select("unit_code", "unit_name").iter_rows())
    book = Book(units=units, projects=project_names(facts), divisions=names, home=home.division_code)
    handled = store.handling(connection, scope)

    def items_of(run_id: int) -> list[dict[str, Any]]:
        found = read_findings(connection, scope, run_id)
        return build_items(found, handled, catalogue, book)

    items = items_of(run.run_id)
    coverage = read_coverage(connection, scope, run.run_id)
    previous = Quarter(quarter.year - (quarter.number == 1), (quarter.number + 2) % 4 + 1)
    earlier = full_run(connection, previous.last_day, run.known_at)
    fared = None
    if earlier is not None:
        past = items_of(earlier.run_id)
        fared = {"run_id": earlier.run_id, **rectification(past, items, coverage, quarter.year)}
    return {
        "items": items,
        "levels": count_levels(items),
        "groups": count_groups(items),
        "rules": {
            code: {"name": text.name_zh, "formula": text.formula_zh, "law": text.law_zh}
            for code, text in sorted(catalogue.items())
            if any(item["rule"] == code for item in items)
        },
        "coverage": summarise_coverage(coverage, len(run.rule_codes)),
        "rule_errors": list(read_errors(connection, run.run_id)),
        "previous": {"quarter": str(previous), "rectification": fared},
    }


def late_divisions(snapshot: dict[str, Any]) -> list[str]:
    """Return the divisions whose payments have not come or were flagged late (H01): their rates say too little."""
    flagged = {item["division_code"] for item in snapshot["items"] if item["subject"].startswith("feed:payments/")}
    until = snapshot["figures"]["payments_until"]
    budgeted = {row["division_code"] for row in snapshot["figures"]["rows"]}
    return sorted(code for code in budgeted if code in flagged or not until.get(code))


def _division_names(offices: dict[str, Office], facts: Facts) -> dict[str, str]:
    """Return the names of the divisions the report covers, as the offices and the unit tables give them."""
    told = departments(facts.units).filter(pl.col("division_code").is_in(facts.divisions))
    names = {code: name for code, name in told.select("division_code", "division_name").iter_rows() if name}
    named = {code: office.division_name for code, office in offices.items() if code in facts.divisions}
    return dict(sorted((names | named).items()))
