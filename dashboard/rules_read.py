"""The changes that one page about rules shows, read once within the reader's scope, with where each stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from budget.thresholds import Change, InForce, in_force, layered
from dashboard.change_words import STATES, TONES, aim_words, days_words, rule_words, state_of, what_words
from dashboard.desk import Desk, NotShownError
from dashboard.rule_desk import RuleDesk, RuleParameters
from dashboard.tables import Column, Table
from warehouse.rule_changes import KeptChange, list_changes

PATH = "/system/rules"


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """What holds on the view's day, as it was known at the view's moment: rules, their changes, and those in force."""

    desk: Desk
    parameters: Mapping[str, RuleParameters]
    changes: Sequence[KeptChange]
    held: InForce

    def state(self, kept: KeptChange) -> str:
        """Return where a change stands."""
        return state_of(kept, self.changes, self.desk.view.as_of)

    def about(self, code: str) -> list[KeptChange]:
        """Return the changes of a rule, and those of every rule."""
        return [one for one in self.changes if one.asked.rule_code in {None, code}]

    def district_wide(self, code: str) -> Sequence[Change]:
        """Return the threshold that holds for everybody, if there is one."""
        return [one for one in self.held.of_rule(code) if not one.aim.parts]

    def values(self, code: str) -> dict[str, Any]:
        """Return the parameters that hold for everybody: the settings', with what was changed for the district."""
        return {**self.parameters[code].values, **layered(self.district_wide(code))}


def rule_desk_of(desk: Desk) -> RuleDesk:
    """Return what changes rules; to those for whom none is there the page is not there either."""
    if desk.services.rule_desk is None:
        raise NotShownError(PATH)
    return desk.services.rule_desk


def read_ruling(desk: Desk) -> Ruling:
    """Read what a page about rules shows."""
    view, rules = desk.view, rule_desk_of(desk)
    changes = list_changes(desk.connection, desk.scope, known_at=view.known_at)
    approved = [one.approved for one in changes if one.approved is not None]
    held = in_force(approved, view.as_of, view.known_at)
    return Ruling(desk=desk, parameters=rules.parameters(), changes=changes, held=held)


def changes_table(
    ruling: Ruling, changes: Sequence[KeptChange], key: str, title: str, empty: str, *, names_rule: bool = True
) -> Table:
    """Return changes as a table: what, whom, when, who; those that stand or wait come first."""
    desk, t = ruling.desk, ruling.desk.view.t
    states = {one.change_id: ruling.state(one) for one in changes}
    first = {state: place for place, state in enumerate(TONES)}
    ordered = sorted(changes, key=lambda one: first.get(states[one.change_id], len(first)))
    rows = [
        {
            "number": one.change_id,
            "number:href": desk.view.href(f"{PATH}/changes/{one.change_id}"),
            "state": t(STATES[states[one.change_id]]),
            "state:tone": TONES.get(states[one.change_id]),
            "rule": rule_words(desk, one.asked.rule_code),
            "what": what_words(desk, one),
            "aim": aim_words(desk, one.asked.aim),
            "days": days_words(desk, one),
            "reason": one.asked.reason,
            "proposed_by": one.asked.proposed_by,
            "decided_by": one.decided_by or "—",
        }
        for one in ordered
    ]
    columns = [
        Column("number", t("变更号"), "count"),
        Column("state", t("状态")),
        *([Column("rule", t("规则"))] if names_rule else []),
        Column("what", t("内容"), wraps=True),
        Column("aim", t("对象"), wraps=True),
        Column("days", t("业务日期")),
        Column("reason", t("理由"), wraps=True),
        Column("proposed_by", t("提出")),
        *([Column("decided_by", t("批准"))] if any(one.decided_by for one in changes) else []),
    ]
    return Table(key, title, columns, rows, empty=empty)
