"""Changing thresholds and exemptions: proposed by one person, approved by another, audited, never altered."""

import datetime as dt
import re
from dataclasses import replace
from typing import Any, Final

from app.people import load_person
from app.rule_settings import rule_params
from app.threshold_effect import effect_of
from app.wiring import House
from budget.vocabulary import VALUES
from dashboard.rule_desk import may_decide, may_propose_for
from rules.params import RuleSettingsError, with_values
from rules.registry import BY_CODE
from warehouse.accounts import Account
from warehouse.aims import divisions_of_aim
from warehouse.audit import record_audit
from warehouse.engine import Connection, reading, writing
from warehouse.rule_changes import (
    KeptChange,
    Outcome,
    Proposal,
    RuleChangeError,
    add_change,
    decide_change,
    find_change,
    list_changes,
)
from warehouse.scope import Scope

EVERYTHING: Final = Scope.everything()
MOST_WORDS: Final = 500


def propose(house: House, asked: Proposal, *, through: str) -> KeptChange:
    """Keep what somebody asks for; RuleChangeError where it is incomplete, means nobody, or is not theirs to ask.

    ``through`` says on which way it came, for the audit.
    """
    now, person = house.clock(), _person(house, asked.proposed_by)
    _check_words(asked)
    with writing(house.engine) as connection:
        lifted = _lifted(connection, asked)
        wanted = replace(asked, home=home_of(connection, asked) if lifted is None else lifted.home)
        if lifted is not None:
            wanted = replace(wanted, rule_code=lifted.rule_code, aim=lifted.aim, values={})
        if not may_propose_for(person, wanted.home):
            told = f"account {person.username} ({person.role}) may not propose this change"
            raise RuleChangeError("no_right", told, by=person.username)
        wanted = replace(wanted, values=_checked(house, connection, wanted))
        kept = add_change(connection, wanted, now)
        detail = _detail(kept.asked) | {"through": through}
        _note(connection, kept, at=now, actor=person.username, action="propose_rule_change", detail=detail)
    return kept


def decide(house: House, change_id: int, outcome: Outcome, *, by: str, because: str, through: str) -> KeptChange:
    """Approve or reject a proposal; RuleChangeError where it is not theirs to decide or the rule cannot judge by it.

    Who proposed it may take it back, which counts as rejected.
    """
    now, person = house.clock(), _person(house, by)
    with reading(house.engine) as connection:
        pending = find_change(connection, EVERYTHING, change_id)
    is_own = pending is not None and pending.asked.proposed_by == by
    if not may_decide(person) and not is_own:
        raise RuleChangeError("no_right", f"account {by} ({person.role}) may not decide rule changes", by=by)
    if outcome == "approved" and pending is not None and pending.status == "pending" and not is_own:
        _check_effect(house, pending)
    with writing(house.engine) as connection:
        kept = decide_change(connection, change_id, outcome, by=by, at=now, because=because[:MOST_WORDS])
        if outcome == "approved":
            _checked(house, connection, kept.asked)
        told = {"proposed_by": kept.asked.proposed_by, "because": because[:MOST_WORDS], "through": through}
        action = "approve_rule_change" if outcome == "approved" else "reject_rule_change"
        _note(connection, kept, at=now, actor=by, action=action, detail=told)
    return kept


def _check_effect(house: House, pending: KeptChange) -> None:
    """Refuse what the rule cannot judge by: only running it shows that a month 13 is no month."""
    if (error := effect_of(house, pending).error) is not None:
        number = str(pending.change_id)
        raise RuleChangeError("fails", f"the rule cannot judge by rule change {number}: {error}", error=error)


def _person(house: House, username: str) -> Account:
    person = load_person(house, username)
    if person is None:
        raise RuleChangeError("nobody", f'there is no active account "{username}"', by=username)
    return person


def _check_words(asked: Proposal) -> None:
    if asked.rule_code is not None and asked.rule_code not in BY_CODE:
        told = f"there is no rule {asked.rule_code}; rules are {', '.join(sorted(BY_CODE))}"
        raise RuleChangeError("no_rule", told, rule=asked.rule_code)
    if not asked.reason.strip() or len(asked.reason) > MOST_WORDS:
        raise RuleChangeError("reason", f"a reason of at most {MOST_WORDS} characters was expected")
    if asked.to_on is not None and asked.to_on < asked.from_on:
        raise RuleChangeError("dates", f"its last day {asked.to_on} lies before its first day {asked.from_on}")
    if asked.kind == "exemption" and asked.to_on is None:
        raise RuleChangeError("end_date", "an exemption needs its last day: none is for ever")
    if asked.kind == "exemption" and not asked.aim.parts:
        raise RuleChangeError("aim", "an exemption needs whom it is for: a division, unit, project or subject")
    kinds = VALUES["spending_kind"]
    if asked.aim.spending_kind is not None and asked.aim.spending_kind not in kinds:
        told = f"spending kind {asked.aim.spending_kind} is unknown; kinds are {', '.join(kinds)}"
        raise RuleChangeError("kind", told, kind=asked.aim.spending_kind)


def home_of(connection: Connection, asked: Proposal) -> str | None:
    """Return the one division a change is about, None for the whole district.

    RuleChangeError where nothing is known of its unit, project or subject, or they are not of one division.
    """
    aim = asked.aim
    if aim.division_code is not None and not re.fullmatch(r"\d{9}|\d{12}", aim.division_code):
        told = f"division {aim.division_code} was expected to be nine digits, as 990101010"
        raise RuleChangeError("division", told, division=aim.division_code)
    narrow = [told for name, told in aim.parts.items() if name in {"subject", "project_code", "unit_code"}]
    if not narrow:
        return aim.division_code
    found = divisions_of_aim(connection, aim)
    if not found or (aim.division_code is not None and aim.division_code not in found):
        told = f"nothing was ever delivered of {' and '.join(narrow)}"
        raise RuleChangeError("unknown_aim", told, aim=" / ".join(narrow))
    if aim.division_code is None and len(found) > 1:
        told = f"{narrow[0]} is of several divisions ({', '.join(sorted(found))}); name the division or the unit"
        raise RuleChangeError("several", told, aim=narrow[0], divisions=", ".join(sorted(found)))
    return aim.division_code or found.pop()


def _lifted(connection: Connection, asked: Proposal) -> Proposal | None:
    """Return what a lift ends; None for what is none."""
    if asked.kind != "lift":
        return None
    kept = find_change(connection, EVERYTHING, asked.lifts or 0)
    if kept is None or kept.outcome != "approved" or kept.asked.kind == "lift":
        told = f"rule change {asked.lifts} is no threshold or exemption in force"
        raise RuleChangeError("not_in_force", told, number=str(asked.lifts))
    return kept.asked


def _checked(house: House, connection: Connection, asked: Proposal) -> dict[str, Any]:
    """Return a threshold's values as the rule reads them; RuleChangeError where it or its neighbours forbid them."""
    if asked.kind != "threshold":
        return {}
    code, params = asked.rule_code or "", rule_params(house)
    if code not in params:
        raise RuleChangeError(
            "off", f"rule {code or '(none)'} is off in the settings; its thresholds judge nothing", rule=code
        )
    if not asked.values:
        raise RuleChangeError("no_values", f"at least one parameter of rule {code} was expected, as yellow_bp=1500")
    try:
        read = with_values(code, params[code], asked.values)
        for beside in _neighbours(connection, asked):
            wide, narrow = sorted((asked, beside), key=lambda one: one.aim.narrowness)
            with_values(code, params[code], {**wide.values, **narrow.values})
    except RuleSettingsError as error:
        raise RuleChangeError("values", str(error), error=str(error)) from error
    return {key: getattr(read, key) for key in asked.values}


def _neighbours(connection: Connection, asked: Proposal) -> list[Proposal]:
    """Return each approved threshold that may hold for one subject on one day together with the one asked for.

    Pairs are enough to hold fences against each other: two values are compared, and each comes from one change.
    """
    approved = [one.asked for one in list_changes(connection, EVERYTHING) if one.outcome == "approved"]
    return [
        one
        for one in approved
        if one.kind == "threshold"
        and one.rule_code == asked.rule_code
        and one.aim != asked.aim
        and one.aim.may_meet(asked.aim)
        and (one.home is None or asked.home is None or one.home == asked.home)
        and (one.to_on is None or asked.from_on <= one.to_on)
        and (asked.to_on is None or one.from_on <= asked.to_on)
    ]


def _detail(asked: Proposal) -> dict[str, Any]:
    return {
        "kind": asked.kind,
        "rule": asked.rule_code,
        "aim": asked.aim.parts,
        "values": dict(asked.values),
        "lifts": asked.lifts,
        "from": asked.from_on.isoformat(),
        "to": asked.to_on and asked.to_on.isoformat(),
        "reason": asked.reason,
    }


def _note(
    connection: Connection, kept: KeptChange, *, at: dt.datetime, actor: str, action: str, detail: dict[str, Any]
) -> None:
    record_audit(connection, at=at, actor=actor, action=action, target=str(kept.change_id), detail=detail)
