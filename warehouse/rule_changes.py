"""Rule changes: thresholds and exemptions as proposed, decided and kept. Rows are only ever added, never changed."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import sqlalchemy as sa

from budget.thresholds import PARTS, Aim, Change, ChangeKind, Value
from warehouse.schema import table
from warehouse.scope import Scope

Status = Literal["pending", "approved", "rejected"]
Outcome = Literal["approved", "rejected"]
PENDING: Final = "pending"


class RuleChangeError(ValueError):
    """A rule change cannot be made or decided as asked; ``code`` and ``parts`` say why for other languages."""

    def __init__(self, code: str, sentence: str, **parts: str) -> None:
        super().__init__(sentence)
        self.code, self.parts = code, parts


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What somebody asks for. ``home`` is the division whose people see it, None for the whole district."""

    kind: ChangeKind
    rule_code: str | None
    aim: Aim
    from_on: dt.date
    to_on: dt.date | None
    values: Mapping[str, Value]
    reason: str
    proposed_by: str
    home: str | None = None
    lifts: int | None = None


@dataclass(frozen=True, kw_only=True)
class KeptChange:
    """One change with what became of it; the last four are None while nobody decided."""

    change_id: int
    asked: Proposal
    proposed_at: dt.datetime
    outcome: Outcome | None = None
    decided_by: str | None = None
    decided_at: dt.datetime | None = None
    decided_because: str | None = None

    @property
    def status(self) -> Status:
        """Return where it stands."""
        return self.outcome or PENDING

    @property
    def approved(self) -> Change | None:
        """Return it as evaluation reads it; None unless it was approved."""
        return None if self.outcome != "approved" or self.decided_at is None else self.as_if_approved(self.decided_at)

    def as_if_approved(self, at: dt.datetime) -> Change:
        """Return it as evaluation would read it, approved at a moment."""
        asked = self.asked
        return Change(
            version=self.change_id,
            kind=asked.kind,
            rule_code=asked.rule_code,
            aim=asked.aim,
            from_on=asked.from_on,
            to_on=asked.to_on,
            approved_at=at,
            values=asked.values,
            lifts=asked.lifts,
        )


def add_change(connection: sa.Connection, asked: Proposal, now: dt.datetime) -> KeptChange:
    """Keep a proposal in the caller's transaction and return it with its number.

    The caller holds the write lock: numbers are given out by counting on from the last change.
    """
    change = table("rule_change")
    number = 1 + int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(change.c.change_id), 0))).scalar_one())
    connection.execute(
        sa.insert(change).values(
            change_id=number,
            kind=asked.kind,
            rule_code=asked.rule_code,
            lifts_change_id=asked.lifts,
            home_division_code=asked.home,
            from_on=asked.from_on,
            to_on=asked.to_on,
            params_json=json.dumps(dict(asked.values), ensure_ascii=False, sort_keys=True),
            proposed_by=asked.proposed_by,
            proposed_at=now,
            reason=asked.reason,
            **{name: getattr(asked.aim, name) for name in PARTS},
        )
    )
    return KeptChange(change_id=number, asked=asked, proposed_at=now)


def decide_change(
    connection: sa.Connection, change_id: int, outcome: Outcome, *, by: str, at: dt.datetime, because: str
) -> KeptChange:
    """Approve or reject a change, once, by another person than the one who proposed it; return it as it stands then.

    RuleChangeError where there is no such change, it was decided before, or ``by`` proposed it.
    """
    kept = find_change(connection, Scope.everything(), change_id)
    if kept is None:
        raise RuleChangeError("unknown", f"there is no rule change {change_id}", number=str(change_id))
    if kept.decided_by is not None:
        told = f"rule change {change_id} was {kept.outcome} by {kept.decided_by} already"
        raise RuleChangeError("decided", told, number=str(change_id), by=kept.decided_by)
    if outcome == "approved" and kept.asked.proposed_by == by:
        told = f"rule change {change_id} was proposed by {by}; another person has to approve it"
        raise RuleChangeError("self_approval", told, number=str(change_id), by=by)
    connection.execute(
        sa.insert(table("rule_decision")).values(
            change_id=change_id, outcome=outcome, decided_by=by, decided_at=at, reason=because
        )
    )
    return replace(kept, outcome=outcome, decided_by=by, decided_at=at, decided_because=because)


def find_change(connection: sa.Connection, scope: Scope, change_id: int) -> KeptChange | None:
    """Return one change that a reader may see; None where there is none."""
    return next(iter(_read(connection, scope, table("rule_change").c.change_id == change_id)), None)


def list_changes(connection: sa.Connection, scope: Scope, *, known_at: dt.datetime | None = None) -> list[KeptChange]:
    """Return the changes that a reader may see, the newest first; those of the whole district everybody sees.

    With ``known_at`` as they stood at a moment: later proposals are left out, and what was decided later is pending.
    """
    found = _read(connection, scope, sa.true())
    if known_at is None:
        return found
    return [_as_known(one, known_at) for one in found if one.proposed_at <= known_at]


def approved_changes(connection: sa.Connection, known_at: dt.datetime) -> list[Change]:
    """Return what evaluation may go by: every change approved up to a moment (inclusive)."""
    kept = list_changes(connection, Scope.everything(), known_at=known_at)
    return [one.approved for one in kept if one.approved is not None]


def _as_known(kept: KeptChange, known_at: dt.datetime) -> KeptChange:
    if kept.decided_at is None or kept.decided_at <= known_at:
        return kept
    return KeptChange(change_id=kept.change_id, asked=kept.asked, proposed_at=kept.proposed_at)


def _read(connection: sa.Connection, scope: Scope, condition: sa.ColumnElement[bool]) -> list[KeptChange]:
    if scope.divisions is not None and not scope.divisions:
        return []  # who sees no division sees nothing of the district either
    change, decision = table("rule_change"), table("rule_decision")
    query = (
        sa.select(
            change,
            decision.c.outcome,
            decision.c.decided_by,
            decision.c.decided_at,
            decision.c.reason.label("decided_because"),
        )
        .outerjoin(decision, decision.c.change_id == change.c.change_id)
        .where(condition, scope.condition(change.c.home_division_code, shared=True))
        .order_by(change.c.change_id.desc())
    )
    return [_kept(row) for row in connection.execute(query).mappings()]


def _kept(row: Any) -> KeptChange:
    values = {
        key: tuple(told) if isinstance(told, list) else told for key, told in json.loads(row["params_json"]).items()
    }
    asked = Proposal(
        kind=row["kind"],
        rule_code=row["rule_code"],
        aim=Aim(**{name: row[name] for name in PARTS}),
        from_on=row["from_on"],
        to_on=row["to_on"],
        values=values,
        reason=row["reason"],
        proposed_by=row["proposed_by"],
        home=row["home_division_code"],
        lifts=row["lifts_change_id"],
    )
    decided = {name: row[name] for name in ("outcome", "decided_by", "decided_at", "decided_because")}
    return KeptChange(change_id=row["change_id"], asked=asked, proposed_at=row["proposed_at"], **decided)
