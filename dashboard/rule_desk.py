"""What the pages need to change thresholds and exemptions, passed in by ``app``: proposing, deciding, trying out."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from dashboard.services import Account
from warehouse.rule_changes import KeptChange, Outcome, Proposal

# Thresholds are the committee's business: it proposes and decides, an office proposes for its own division. The
# safety administrator may decide too, so that a committee with one account still has a second pair of eyes; nobody
# who looks after machines or audits may do either.
PROPOSES = frozenset({"committee", "office"})
DECIDES = frozenset({"committee", "security_admin"})
Shifted = Literal["new", "gone", "level", "same"]


@dataclass(frozen=True, kw_only=True)
class RuleParameters:
    """A rule as the settings have it: whether it is on, and its parameters in their order."""

    is_on: bool
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Shift:
    """One finding before and after a change; the level is None on the side where there is none."""

    rule_code: str
    subject: str
    period: str
    division_code: str | None
    name: str
    before: str | None
    after: str | None
    amount_fen: int | None

    @property
    def state(self) -> Shifted:
        """Return what the change does to it."""
        if self.before == self.after:
            return "same"
        if self.before is None:
            return "new"
        return "gone" if self.after is None else "level"


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a change would do to the findings of a day; ``error`` says why the rule could not judge by it."""

    as_of: dt.date
    shifts: Sequence[Shift] = ()
    error: str | None = None


class RuleDesk(Protocol):
    """Changing thresholds on somebody's word. RuleChangeError says what was wrong; then nothing was done."""

    def parameters(self) -> Mapping[str, RuleParameters]:
        """Return every rule with its parameters of the settings."""

    def propose(self, asked: Proposal) -> KeptChange:
        """Keep a proposal; its home is found here."""

    def decide(self, change_id: int, outcome: Outcome, by: str, because: str) -> KeptChange:
        """Approve or reject a proposal."""

    def effect(self, change_id: int) -> Effect:
        """Tell what a change would do to the findings of the latest day judged; nothing is stored or sent."""


def may_propose(account: Account) -> bool:
    """Tell whether somebody may propose changes: the committee any, an office those of its own division."""
    scope = account.scope
    return account.role in PROPOSES and (scope.divisions is None or bool(scope.divisions))


def may_propose_for(account: Account, home: str | None) -> bool:
    """Tell whether somebody may propose changes that are of a division; None is the whole district."""
    return may_propose(account) and account.scope.allows(home)


def may_decide(account: Account) -> bool:
    """Tell whether somebody may approve and reject what others proposed; only with the whole district in sight."""
    return account.role in DECIDES and account.scope.divisions is None
