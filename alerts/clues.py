"""Clues (线索): the alerts on one unit, project and period, which is what people work. Pure."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from alerts.changes import Change
from budget.clues import clue_key, clue_period
from budget.levels import rank
from warehouse.alert_state import AlertRow, ClueRow, FindingRow

OPEN, CLOSED = "open", "closed"
STATUS_WORDS = {OPEN: "待核实", CLOSED: "办结"}
# What a finding without a unit calls its place: a department, a division, or the feed it is about.
_PLACES = ("unit_name", "department_name", "name", "table_zh", "feed_zh")


class ClueChange(NamedTuple):
    """A clue before (None for a new one) and after a run."""

    before: ClueRow | None
    after: ClueRow

    @property
    def event(self) -> str | None:
        """Name what happened to the clue itself: closed, reopened, or nothing of its own."""
        if self.before is None or self.before.status == self.after.status:
            return None
        return "closed" if self.after.status == CLOSED else "reopened"


def key_of(finding: FindingRow) -> str:
    """Return what a finding's clue is known by."""
    return clue_key(
        subject=finding.subject,
        period=finding.period,
        unit_code=finding.unit_code,
        project_code=finding.project_code,
    )


def clue_name(year: int, number: int) -> str:
    """Return the number of a clue as people say it: 2026-XS-0001."""
    return f"{year:04d}-XS-{number:04d}"


def assign_clues(
    changes: Sequence[Change], known: Mapping[str, str], *, first_number: int, year: int
) -> tuple[dict[str, str], dict[str, Change]]:
    """Return clue_key -> clue_id for every change that found something, and the change that founds each new clue.

    ``known`` holds the clues that exist. New ones are numbered gravest first, then by money, so that the same run
    numbers them alike. An alert that has a clue keeps it, also where its project was renamed since.
    """
    founders: dict[str, Change] = {}
    for change in sorted((one for one in changes if one.before is None and one.finding), key=_gravity):
        if change.finding is not None:
            founders.setdefault(key_of(change.finding), change)
    fresh = {key: change for key, change in founders.items() if key not in known}
    numbered = {key: clue_name(year, number) for number, key in enumerate(fresh, start=first_number)}
    return {**known, **numbered}, fresh


def _gravity(change: Change) -> tuple[int, int, str]:
    finding = change.finding
    if finding is None:
        return (0, 0, "")
    amount = -1 if finding.amount_fen is None else finding.amount_fen
    return (-rank(finding.level), -amount, key_of(finding))


class Names(NamedTuple):
    """Names of units and projects by code."""

    units: Mapping[str, str]
    projects: Mapping[str, str]


def new_clue(clue_id: str, founder: Change, names: Names, *, now: dt.datetime, today: dt.date) -> ClueRow:
    """Return a clue as it is opened by its gravest finding; level and amount are settled by ``clue_after``."""
    finding = founder.finding
    if finding is None:
        raise ValueError(f"clue {clue_id} has no finding to open it")
    told = json.loads(finding.evidence)
    return ClueRow(
        clue_id=clue_id,
        clue_key=key_of(finding),
        division_code=founder.division_code,
        unit_code=finding.unit_code,
        project_code=finding.project_code,
        unit_name=names.units.get(finding.unit_code or "") or _told(told, *_PLACES),
        project_name=names.projects.get(finding.project_code or "") or _told(told, "project_name"),
        period=clue_period(finding.period, finding.project_code),
        status=OPEN,
        level=finding.level,
        amount_fen=finding.amount_fen,
        opened_at=now,
        opened_on=today,
        closed_at=None,
    )


def _told(evidence: Mapping[str, Any], *keys: str) -> str | None:
    """Return the first name that a finding's own evidence gives."""
    return next((str(evidence[key]) for key in keys if evidence.get(key)), None)


def clue_after(clue: ClueRow, alerts: Iterable[AlertRow], now: dt.datetime) -> ClueRow:
    """Settle a clue from its alerts: the highest open level, the largest open amount; closed when none is open.

    A closed clue keeps the level and the amount it had; amounts overlap, so they are never added.
    """
    still_open = [alert for alert in alerts if alert.status == "open"]
    if not still_open:
        return clue._replace(status=CLOSED, closed_at=clue.closed_at or now)
    amounts = [alert.amount_fen for alert in still_open if alert.amount_fen is not None]
    return clue._replace(
        status=OPEN,
        level=max((alert.level for alert in still_open), key=rank),
        amount_fen=max(amounts, default=None),
        closed_at=None,
    )


def by_clue(alerts: Iterable[AlertRow]) -> dict[str, list[AlertRow]]:
    """Group alerts by their clue."""
    groups: dict[str, list[AlertRow]] = defaultdict(list)
    for alert in alerts:
        groups[alert.clue_id].append(alert)
    return groups
