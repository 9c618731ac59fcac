"""How alerts and clues stand after a run, and the events and news that tell of it. Pure."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from alerts.changes import Change, Identity, alert_after, identity_of
from alerts.clues import ClueChange, Names, by_clue, clue_after, key_of, new_clue
from alerts.news import ClueNews, by_division, tell
from warehouse.alert_state import AlertRow, ClueRow, EventRow

ACTOR: Final = "mingzhang"
LATE_REASON: Final = "late_feed"  # of budget.coverage
CLUE_STORY: Final = {"closed": "全部疑点均已消除，办结", "reopened": "办结后再次出现"}


@dataclass(frozen=True, kw_only=True)
class Settled:
    """A run's changes with the rows they lead to: alerts by identity, clues by number."""

    run_id: int
    now: dt.datetime
    today: dt.date
    changes: Sequence[Change]
    alerts: Mapping[Identity, AlertRow]
    clues: Mapping[str, ClueChange]

    def by_clue(self) -> dict[str, list[Change]]:
        """Group the changes by the clue of their alert."""
        groups: dict[str, list[Change]] = defaultdict(list)
        for change in self.changes:
            groups[self.alerts[change.identity].clue_id].append(change)
        return groups


def settle(
    changes: Sequence[Change],
    before: Sequence[AlertRow],
    known: Mapping[str, ClueRow],
    *,
    clue_ids: Mapping[str, str],
    founders: Mapping[str, Change],
    names: Names,
    first_alert_id: int,
    run_id: int,
    now: dt.datetime,
    today: dt.date,
) -> Settled:
    """Work out every alert and clue after a run.

    ``known`` holds clues by number, ``clue_ids`` numbers by key (new ones too), ``founders`` the change that founds
    each new clue by key.
    """
    alerts = _alerts_after(changes, clue_ids, first_alert_id, run_id, today)
    standing = [*(row for row in before if identity_of(row) not in alerts), *alerts.values()]
    touched = {row.clue_id for row in alerts.values()}
    fresh = {
        clue_ids[key]: new_clue(clue_ids[key], founder, names, now=now, today=today)
        for key, founder in founders.items()
    }
    clues = {
        clue_id: ClueChange(known.get(clue_id), clue_after(known.get(clue_id) or fresh[clue_id], group, now))
        for clue_id, group in sorted(by_clue(standing).items())
        if clue_id in touched
    }
    return Settled(run_id=run_id, now=now, today=today, changes=changes, alerts=alerts, clues=clues)


def _alerts_after(
    changes: Sequence[Change], clue_ids: Mapping[str, str], first_alert_id: int, run_id: int, today: dt.date
) -> dict[Identity, AlertRow]:
    after: dict[Identity, AlertRow] = {}
    number = first_alert_id
    for change in changes:
        before, finding = change.before, change.finding
        if before is not None:
            alert_id, clue_id = before.alert_id, before.clue_id
        elif finding is not None:
            alert_id, clue_id, number = number, clue_ids[key_of(finding)], number + 1
        else:
            continue
        row = alert_after(change, alert_id=alert_id, clue_id=clue_id, run_id=run_id, today=today)
        if row is not None:
            after[change.identity] = row
    return after


def events(settled: Settled) -> list[EventRow]:
    """Return what happened, alerts in the run's order, then clues by number."""
    told = [_alert_event(settled, change) for change in settled.changes if change.is_event]
    return told + [
        _event(settled, clue_id, clue.event, CLUE_STORY[clue.event])._replace(to_level=clue.after.level)
        for clue_id, clue in settled.clues.items()
        if clue.event
    ]


def _alert_event(settled: Settled, change: Change) -> EventRow:
    row = settled.alerts[change.identity]
    was = None if change.before is None else change.before.level
    told = _event(settled, row.clue_id, change.decision.notice, change.story)
    return told._replace(alert_id=row.alert_id, from_level=was, to_level=row.level)


def _event(settled: Settled, clue_id: str, notice: str, reason: str) -> EventRow:
    return EventRow(
        alert_id=None,
        clue_id=clue_id,
        run_id=settled.run_id,
        happened_at=settled.now,
        happened_on=settled.today,
        actor=ACTOR,
        notice=notice,
        reason=reason,
        from_level=None,
        to_level=None,
    )


def news_by_division(settled: Settled) -> dict[str, list[ClueNews]]:
    """Return what is new, by division of the clue."""
    told = (
        (settled.clues[clue_id].after.division_code, tell(settled.clues[clue_id], changes))
        for clue_id, changes in settled.by_clue().items()
    )
    return by_division((division, one) for division, one in told if one is not None)


def eased_by_division(settled: Settled) -> dict[str, int]:
    """Count the clues that eased and have no other news, by division."""
    counts: dict[str, int] = defaultdict(int)
    for clue_id, changes in settled.by_clue().items():
        if any(one.decision.notice == "eased" for one in changes) and not any(one.is_news for one in changes):
            counts[settled.clues[clue_id].after.division_code] += 1
    return dict(counts)


def paused_by_division(settled: Settled) -> dict[str, int]:
    """Count the clues that this run could not judge because payments were late, by division."""
    counts: dict[str, int] = defaultdict(int)
    for clue_id, changes in settled.by_clue().items():
        if any(one.verdict_reason == LATE_REASON for one in changes):
            counts[settled.clues[clue_id].after.division_code] += 1
    return dict(counts)


def open_by_division(clues: Iterable[ClueRow]) -> dict[str, int]:
    """Count open clues by division."""
    counts: dict[str, int] = defaultdict(int)
    for clue in clues:
        counts[clue.division_code] += clue.status == "open"
    return dict(counts)


def codes_to_name(founders: Collection[Change]) -> tuple[set[str], set[str]]:
    """Return the unit and project codes that new clues need names for."""
    findings = [founder.finding for founder in founders if founder.finding is not None]
    units = {finding.unit_code for finding in findings if finding.unit_code}
    return units, {finding.project_code for finding in findings if finding.project_code}
