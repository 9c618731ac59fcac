"""Thresholds as data: approved changes of a rule's parameters, exemptions, and which of them hold on a day."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

ChangeKind = Literal["threshold", "exemption", "lift"]
Value = int | str | tuple[str, ...]
# The parts of an aim, the narrowest first: of two changes that fit a subject the one with the narrower part wins.
PARTS: Final = ("subject", "project_code", "unit_code", "spending_kind", "division_code")


@dataclass(frozen=True, kw_only=True)
class Aim:
    """Whom a change is about: every part that is stated must fit; with none stated it is everybody.

    ``subject`` is one of ``budget.subjects`` and only exemptions state it.
    """

    subject: str | None = None
    project_code: str | None = None
    unit_code: str | None = None
    spending_kind: str | None = None
    division_code: str | None = None

    @property
    def parts(self) -> dict[str, str]:
        """Return the parts that are stated, the narrowest first."""
        return {name: told for name in PARTS if (told := getattr(self, name)) is not None}

    @property
    def narrowness(self) -> tuple[bool, ...]:
        """Return what aims are ordered by: project before unit before spending kind before division before none."""
        return tuple(getattr(self, name) is not None for name in PARTS)

    def may_meet(self, other: "Aim") -> bool:
        """Tell whether both may fit one subject: no part is stated differently."""
        mine, theirs = self.parts, other.parts
        return all(mine[name] == theirs[name] for name in mine.keys() & theirs.keys())


@dataclass(frozen=True, kw_only=True)
class Change:
    """One approved change, never altered afterwards; ``version`` is its number and names it in findings.

    It holds for business days from ``from_on`` to ``to_on``, both inclusive; None leaves the end open. ``values`` are
    the parameters a threshold states, those it leaves out stay as wider ones state them. An exemption without a
    ``rule_code`` is from every rule. A lift ends the change ``lifts`` from ``from_on`` on.
    """

    version: int
    kind: ChangeKind
    rule_code: str | None
    aim: Aim
    from_on: dt.date
    to_on: dt.date | None
    approved_at: dt.datetime
    values: Mapping[str, Value] = field(default_factory=dict)
    lifts: int | None = None

    def holds_on(self, day: dt.date) -> bool:
        """Tell whether a business day lies within its dates."""
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)


@dataclass(frozen=True, kw_only=True)
class InForce:
    """The changes that hold on one day: thresholds by rule, the widest first, and exemptions."""

    thresholds: Mapping[str, Sequence[Change]] = field(default_factory=dict)
    exemptions: Sequence[Change] = ()

    def of_rule(self, code: str) -> Sequence[Change]:
        """Return the thresholds of a rule, the widest first."""
        return self.thresholds.get(code, ())

    def exempting(self, code: str) -> Sequence[Change]:
        """Return the exemptions from a rule."""
        return [one for one in self.exemptions if one.rule_code in {None, code}]


NOTHING: Final = InForce()


def in_force(changes: Iterable[Change], as_of: dt.date, known_at: dt.datetime) -> InForce:
    """Return what holds on a business day by what was approved up to a moment (both inclusive).

    Of two thresholds of one rule with the same aim that hold on the day, the one approved later takes the place of
    the other, whole. Exemptions add up.
    """
    known = [one for one in changes if one.approved_at <= known_at and one.holds_on(as_of)]
    lifted = {one.lifts for one in known if one.kind == "lift"}
    standing = sorted(
        (one for one in known if one.version not in lifted), key=lambda one: (one.approved_at, one.version)
    )
    latest = {(one.rule_code, one.aim): one for one in standing if one.kind == "threshold"}
    by_rule: dict[str, list[Change]] = {}
    for one in sorted(latest.values(), key=lambda one: (one.aim.narrowness, one.version)):
        by_rule.setdefault(one.rule_code or "", []).append(one)
    return InForce(thresholds=by_rule, exemptions=tuple(one for one in standing if one.kind == "exemption"))


def layered(changes: Sequence[Change]) -> dict[str, Value]:
    """Return the values that changes state together, given the widest first: the narrowest that states one wins."""
    values: dict[str, Value] = {}
    for one in changes:
        values |= one.values
    return values
