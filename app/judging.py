"""Evaluating: facts to findings to alerts, findings and alerts in one transaction."""

import datetime as dt
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from alerts.apply import AppliedSummary, apply_run
from alerts.mailing import AlertSettings
from app.rule_outcomes import Outcome, outcomes, rules_of_run, summary_lines
from app.rule_settings import rule_params
from app.wiring import House
from budget.facts import Facts
from budget.levels import LEVELS
from budget.thresholds import in_force
from rules.evaluate import Evaluation, evaluate
from rules.registry import BY_CODE, CATALOGUE
from warehouse.engine import Connection, reading, writing
from warehouse.facts import load_facts
from warehouse.findings import latest_run, save_run
from warehouse.notes import SAMPLE_UNTIL, read_note
from warehouse.rule_changes import approved_changes
from warehouse.run_rules import save_run_rules
from warehouse.scope import Scope

ONE_DAY = dt.timedelta(days=1)


class UnknownRuleError(ValueError):
    """A rule was asked for that is not there or is off."""


class DayAheadError(ValueError):
    """A day was to be judged that has not come yet."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One evaluation: its findings, and what it did to alerts (None for a dry run and for history)."""

    run_id: int | None
    as_of: dt.date
    known_at: dt.datetime
    evaluation: Evaluation
    is_history: bool
    applied: AppliedSummary | None
    outcomes: tuple[Outcome, ...]

    @property
    def levels(self) -> dict[str, int]:
        """Count the findings by level, the gravest first."""
        found = dict(self.evaluation.findings["level"].value_counts().iter_rows())
        return {level: found.get(level, 0) for level in reversed(LEVELS)}

    def told(self) -> dict[str, Any]:
        """Return the evaluation as docs/json.md promises it."""
        applied = self.applied
        return {
            "run": self.run_id,
            "as_of": self.as_of,
            "known_at": self.known_at,
            "history": self.is_history,
            "findings": self.levels,
            "errors": self.evaluation.errors,
            "rules": [one.told() for one in self.outcomes],
            "notices": dict(applied.notices) if applied else {},
            "clues": dict(applied.clues) if applied else {},
            "mails": applied.mails if applied else 0,
        }

    def lines(self) -> list[str]:
        """Return the evaluation in words for people."""
        stored = f"run {self.run_id}" if self.run_id else "dry run, nothing stored"
        found = ", ".join(f"{count} {level}" for level, count in self.levels.items())
        lines = [f"{stored}, judged as of {self.as_of}: {found}", *summary_lines(self.outcomes)]
        if self.applied:
            notices = ", ".join(f"{count} {notice}" for notice, count in sorted(self.applied.notices.items()))
            lines.append(f"alerts: {notices or 'no change'}; {self.applied.mails} digests owed")
            lines += self.applied.warnings
        elif self.run_id:
            lines.append("stored as history: nobody is alerted")
        return lines


def default_as_of(house: House, connection: Connection) -> dt.date:
    """Return yesterday in the site's time zone, or the sample's last day where that is earlier."""
    yesterday = house.today - ONE_DAY
    until = read_note(connection, SAMPLE_UNTIL)
    return min(yesterday, dt.date.fromisoformat(until)) if until else yesterday


def judge(
    house: House,
    *,
    as_of: dt.date | None = None,
    known_at: dt.datetime | None = None,
    codes: Sequence[str] | None = None,
    history: bool = False,
    dry_run: bool = False,
) -> Judged:
    """Evaluate the rules; store findings and change alerts in one transaction.

    A day earlier than one judged before, or a moment of knowledge in the past, is history: its findings are stored
    and nobody is alerted. A dry run stores nothing. DayAheadError for a day after today: the nights until then would
    be history. A moment ahead is now: nobody knows yet what will be delivered.
    """
    started, params = house.clock(), _params(house, codes)
    if as_of is not None and as_of > house.today:
        raise DayAheadError(f"{as_of} lies ahead; the last day that can be judged is today, {house.today}")
    with reading(house.engine) as connection:
        day = as_of or default_as_of(house, connection)
        newest = latest_run(connection, include_history=False)
        moment = min(known_at or started, started)
        site = house.settings.site
        facts = load_facts(
            connection,
            house.snapshots,
            day,
            moment,
            Scope.everything(),
            time_progress_by=site.time_progress_by,
        )
        thresholds = in_force(approved_changes(connection, moment), day, moment)
    evaluation = evaluate(facts, params, codes=codes, stopwatch=time.perf_counter_ns, thresholds=thresholds)
    judged = {code: one for code, one in params.items() if not codes or code in codes}
    is_history = history or known_at is not None or (newest is not None and day < newest.as_of)
    kept = rules_of_run(facts, evaluation, judged)
    run_id, applied = None, None
    if not dry_run:
        with writing(house.engine) as connection:
            run_id = _save(connection, facts, judged, evaluation, started_at=started, is_history=is_history)
            save_run_rules(connection, run_id, kept)
            applied = None if is_history else _apply(house, connection, run_id)
    return Judged(
        run_id=run_id,
        as_of=day,
        known_at=facts.known_at,
        evaluation=evaluation,
        is_history=is_history,
        applied=applied,
        outcomes=outcomes(
            judged,
            kept,
            findings=evaluation.findings,
            coverage=evaluation.coverage,
            errors=evaluation.errors,
            settings=house.settings.evaluation,
        ),
    )


def _params(house: House, codes: Sequence[str] | None) -> dict[str, Any]:
    """Return the parameters of the rules that are on; refuse codes that are no rule or off."""
    params = rule_params(house)
    for code in codes or ():
        if code not in BY_CODE:
            raise UnknownRuleError(f"there is no rule {code}; rules are {', '.join(sorted(BY_CODE))}")
        if code not in params:
            raise UnknownRuleError(f"rule {code} is off: {house.settings_file.name} has no section [rules.{code}]")
    return params


def _save(
    connection: Connection,
    facts: Facts,
    params: Mapping[str, Any],
    evaluation: Evaluation,
    *,
    started_at: dt.datetime,
    is_history: bool,
) -> int:
    return save_run(
        connection,
        as_of=facts.as_of,
        known_at=facts.known_at,
        started_at=started_at,
        facts_stamp=facts.stamp,
        code_version=version("mingzhang"),
        params_json=json.dumps({code: asdict(one) for code, one in params.items()}, ensure_ascii=False),
        rule_codes=params,
        is_history=is_history,
        findings=evaluation.findings,
        coverage=evaluation.coverage,
        errors=evaluation.errors,
        durations_us=evaluation.durations_us,
    )


def _apply(house: House, connection: Connection, run_id: int) -> AppliedSummary:
    domain = house.settings.mail.sender.rpartition("@")[2]
    return apply_run(
        connection,
        run_id,
        now=house.clock(),
        today=house.today,
        catalogue=CATALOGUE,
        settings=AlertSettings(base_url=house.base_url, mail_domain=domain),
    )
