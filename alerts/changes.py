"""What a run changes, in memory: findings held against the alerts that stand, by identity. Pure."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, cast

from alerts.decide import WHY_EXEMPTED, WHY_NOT_APPLICABLE, WHY_STALE, Decision, Standing, Status, decide
from alerts.reach import GONE, Reach, Verdict
from budget.coverage import NOT_APPLICABLE, REASONS
from budget.levels import Level, rank
from warehouse.alert_state import AlertRow, FindingRow

EXEMPTED: Final = "exempted"  # of budget.coverage
_COPIED = (
    "rule_code",
    "subject",
    "period",
    "level",
    "finding_no",
    "measured",
    "limit",
    "measure_unit",
    "amount_fen",
)


class Identity(NamedTuple):
    """What makes an alert the same alert from run to run."""

    rule_code: str
    subject: str
    period: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """One alert before and after a run; ``before`` is None for a new one, ``finding`` None where none was found."""

    identity: Identity
    division_code: str
    before: AlertRow | None
    finding: FindingRow | None
    decision: Decision
    verdict_reason: str | None = None

    @property
    def is_news(self) -> bool:
        """Tell whether people are told: something got worse, came to an end, or can no longer be seen."""
        return self.decision.notice in {"opened", "worsened", "resolved", "stale"}

    @property
    def is_event(self) -> bool:
        """Tell whether it is written into the alert's story: every notice, and being judged again after a pause."""
        was_stale = self.before is not None and self.before.is_stale
        is_stale = self.decision.standing is not None and self.decision.standing.is_stale
        return self.decision.notice != "none" or was_stale != is_stale

    @property
    def story(self) -> str:
        """Say in Chinese why it changed, with the reason of the coverage where it was not judged."""
        if self.decision.why not in {WHY_STALE, WHY_NOT_APPLICABLE}:
            return self.decision.why
        if self.verdict_reason == EXEMPTED:
            return WHY_EXEMPTED
        words = REASONS.get(self.verdict_reason or "")
        return f"{self.decision.why}：{words.zh if words else self.verdict_reason or '原因未记录'}"


def identity_of(row: AlertRow | FindingRow) -> Identity:
    """Return the identity of an alert or a finding."""
    return Identity(row.rule_code, row.subject, row.period)


def compare(
    findings: Sequence[FindingRow],
    alerts: Iterable[AlertRow],
    reach: Reach,
    *,
    district_code: str,
    corrected: Collection[Identity] = (),
) -> list[Change]:
    """Hold a run's findings against the standing alerts: found ones first, in the run's order, then the missing.

    Findings without a division belong to the district. Resolved alerts that stay away, and alerts the run did not
    set out to judge, are left out. Two findings of one identity count once, the gravest.
    """
    standing = {identity_of(row): row for row in alerts}
    found = _gravest(findings)
    changes = [
        _change(identity, standing.get(identity), finding, finding.division_code or district_code, None)
        for identity, finding in found.items()
    ]
    for identity, row in standing.items():
        if identity in found or row.status != "open":
            continue
        verdict = reach.verdict(*identity, row.division_code)
        if verdict is not None:
            changes.append(_change(identity, row, None, row.division_code, verdict, is_corrected=identity in corrected))
    return changes


def _gravest(findings: Sequence[FindingRow]) -> dict[Identity, FindingRow]:
    found: dict[Identity, FindingRow] = {}
    for finding in findings:
        known = found.get(identity_of(finding))
        if known is None or rank(finding.level) > rank(known.level):
            found[identity_of(finding)] = finding
    return found


def _change(
    identity: Identity,
    before: AlertRow | None,
    finding: FindingRow | None,
    division_code: str,
    verdict: Verdict | None,
    *,
    is_corrected: bool = False,
) -> Change:
    stood = before and Standing(cast(Status, before.status), cast(Level, before.level), before.is_stale)
    reason = None if verdict is None else verdict.reason
    # What a later delivery no longer states was corrected; what is gone with its rows still in force was renamed.
    is_unsaid = reason == GONE and is_corrected
    decision = decide(
        stood,
        None if finding is None else cast(Level, finding.level),
        is_judged=verdict is None or verdict.is_judged or is_unsaid,
        does_apply=is_unsaid or reason not in NOT_APPLICABLE,
        is_corrected=is_corrected,
    )
    return Change(
        identity=identity,
        division_code=before.division_code if before is not None else division_code,
        before=before,
        finding=finding,
        decision=decision,
        verdict_reason=reason,
    )


def alert_after(change: Change, *, alert_id: int, clue_id: str, run_id: int, today: dt.date) -> AlertRow | None:
    """Return the alert as it stands after a change, with the figures of the finding that judged it last.

    None where there is no alert. An alert opened again counts its days from the day it was opened again.
    """
    standing, before, finding = change.decision.standing, change.before, change.finding
    if standing is None:
        return None
    if finding is None:
        resolved_on = today if change.decision.notice == "resolved" else None
        return before and before._replace(
            status=standing.status, is_stale=standing.is_stale, level=standing.level, resolved_on=resolved_on
        )
    is_opened = before is None or change.decision.notice == "opened"
    return AlertRow(
        alert_id=alert_id,
        clue_id=clue_id,
        division_code=change.division_code,
        status=standing.status,
        is_stale=standing.is_stale,
        opened_on=today if is_opened or before is None else before.opened_on,
        resolved_on=None,
        run_id=run_id,
        **{name: getattr(finding, name) for name in _COPIED},
    )
