"""Turning a run's findings into alerts, clues, their events and the mail owed for them, in one transaction."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from alerts.changes import Change, Identity, compare
from alerts.clues import Names, assign_clues
from alerts.decide import Notice
from alerts.mailing import AlertSettings, Situation, bulletins, late_feeds, messages, unreached
from alerts.reach import Covered, Reach
from alerts.settle import (
    Settled,
    codes_to_name,
    eased_by_division,
    events,
    news_by_division,
    open_by_division,
    paused_by_division,
    settle,
)
from budget.catalogue import Catalogue
from warehouse import alert_changes, alert_state
from warehouse.alert_state import AlertRow, ClueRow, FindingRow
from warehouse.corrections import changed_facts
from warehouse.engine import Connection
from warehouse.findings import Run, find_run, read_coverage
from warehouse.offices import list_offices
from warehouse.outbox import add_messages
from warehouse.scope import Scope


class RunRefused(ValueError):  # noqa: N818 - a refusal told to the user, not a fault
    """The run cannot be turned into alerts; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class AppliedSummary:
    """What a run did to alerts and clues, how many messages it owes, and what somebody should look at."""

    run_id: int
    is_history: bool = False
    notices: Mapping[Notice, int] = field(default_factory=dict)
    clues: Mapping[str, int] = field(default_factory=dict)
    mails: int = 0
    warnings: tuple[str, ...] = ()


def apply_run(
    connection: Connection,
    run_id: int,
    *,
    now: dt.datetime,
    today: dt.date,
    catalogue: Catalogue,
    settings: AlertSettings,
) -> AppliedSummary:
    """Apply one run to the alerts, inside the caller's writing transaction, and say what came of it.

    A history run changes nothing. The same run or an equal one applied again changes nothing that people see and
    owes no mail. Raises RunRefused for a run that is unknown or older than one already applied.
    """
    run = _run_to_apply(connection, run_id)
    if run.is_history:
        return AppliedSummary(run_id=run_id, is_history=True)
    offices = list_offices(connection, Scope.everything())
    district = next((one.division_code for one in offices if one.division_kind == "district"), "")
    findings = alert_state.read_run_findings(connection, run_id)
    before = alert_state.read_alert_rows(connection)
    changes = _changes(connection, run, findings, before, district)
    known = {clue.clue_id: clue for clue in alert_state.read_clue_rows(connection)}
    settled = _settled(connection, run_id, changes, before, known, now=now, today=today)
    _write(connection, settled)
    clues = known | {clue_id: change.after for clue_id, change in settled.clues.items()}
    situation = Situation(
        as_of=run.as_of,
        news=news_by_division(settled),
        open_clues=open_by_division(clues.values()),
        eased_clues=eased_by_division(settled),
        late=late_feeds(findings, paused_by_division(settled), catalogue, district),
    )
    told = bulletins(situation, offices)
    mails = messages(told, run_id=run_id, now=now, catalogue=catalogue, settings=settings)
    return AppliedSummary(
        run_id=run_id,
        notices=Counter(change.decision.notice for change in changes),
        clues=Counter("opened" if one.before is None else one.event or "kept" for one in settled.clues.values()),
        mails=add_messages(connection, mails, now),
        warnings=tuple(unreached(situation, offices)),
    )


def _run_to_apply(connection: Connection, run_id: int) -> Run:
    run = find_run(connection, run_id)
    if run is None:
        raise RunRefused(f"没有第 {run_id} 次评估；请先运行 mingzhang evaluate。")
    latest = alert_changes.latest_applied_run(connection)
    if latest > run_id and not run.is_history:
        raise RunRefused(f"第 {run_id} 次评估早于已生效的第 {latest} 次，不能倒退；请重新运行 mingzhang evaluate。")
    return run


def _changes(
    connection: Connection, run: Run, findings: Sequence[FindingRow], before: Sequence[AlertRow], district: str
) -> list[Change]:
    coverage = read_coverage(connection, Scope.everything(), run.run_id).select(Covered._fields)
    reach = Reach.of(run.rule_codes, run.as_of.year, map(Covered._make, coverage.iter_rows()))
    changes = compare(findings, before, reach, district_code=district)
    corrected = _corrected(connection, run, changes)
    return compare(findings, before, reach, district_code=district, corrected=corrected) if corrected else changes


def _corrected(connection: Connection, run: Run, changes: Sequence[Change]) -> set[Identity]:
    """Return the resolved alerts whose own facts a later delivery no longer states (数据更正, not 恢复)."""
    ended = {
        (change.before.run_id, change.before.finding_no): change.identity
        for change in changes
        if change.before is not None and change.decision.notice == "resolved"
    }
    evidence = alert_state.read_evidence(connection, ended)
    facts = {key: {(int(s), int(r)) for s, r in json.loads(text).get("facts", [])} for key, text in evidence.items()}
    changed = changed_facts(connection, {fact for known in facts.values() for fact in known}, run.known_at)
    return {ended[key] for key, known in facts.items() if known & changed}


def _settled(
    connection: Connection,
    run_id: int,
    changes: Sequence[Change],
    before: Sequence[AlertRow],
    known: Mapping[str, ClueRow],
    *,
    now: dt.datetime,
    today: dt.date,
) -> Settled:
    """Give new alerts and clues their numbers and names, and work out how everything stands afterwards."""
    clue_ids, founders = assign_clues(
        changes,
        {clue.clue_key: clue.clue_id for clue in known.values()},
        first_number=alert_changes.next_clue_number(connection, today.year),
        year=today.year,
    )
    return settle(
        changes,
        before,
        known,
        clue_ids=clue_ids,
        founders=founders,
        names=Names(*alert_state.read_names(connection, *codes_to_name(founders.values()))),
        first_alert_id=alert_changes.next_alert_id(connection),
        run_id=run_id,
        now=now,
        today=today,
    )


def _write(connection: Connection, settled: Settled) -> None:
    """Write clues before their alerts, and alerts before their events."""
    clues = settled.clues.values()
    new = {change.identity for change in settled.changes if change.before is None}
    alert_changes.add_clues(connection, [one.after for one in clues if one.before is None])
    alert_changes.change_clues(connection, [one.after for one in clues if one.before not in {None, one.after}])
    alert_changes.add_alerts(connection, [row for key, row in settled.alerts.items() if key in new])
    alert_changes.change_alerts(connection, [row for key, row in settled.alerts.items() if key not in new])
    alert_changes.add_events(connection, events(settled))
