"""What a rule change would do to the findings of the latest day that can be judged; nothing is stored or sent."""

import json
from dataclasses import replace

from app.judging import default_as_of
from app.rule_settings import rule_params
from app.wiring import House
from budget.thresholds import in_force
from dashboard.rule_desk import Effect, Shift
from rules.evaluate import Evaluation, evaluate
from warehouse.engine import reading
from warehouse.facts import load_facts
from warehouse.rule_changes import KeptChange, approved_changes
from warehouse.scope import Scope

NAMES = ("project_name", "name", "unit_name", "department_name", "payee_name")
Identity = tuple[str, str, str]


def effect_of(house: House, change: KeptChange) -> Effect:
    """Judge the latest day with and without a change, and hold both against each other.

    A change that begins later is tried as on its first day: the facts are those of the latest day all the same.
    """
    now = house.clock()
    with reading(house.engine) as connection:
        as_of = default_as_of(house, connection)
        known = load_facts(connection, house.snapshots, as_of, now, Scope.everything())
        approved = approved_changes(connection, now)
    facts = replace(known, time_progress_by=house.settings.site.time_progress_by)
    day = max(as_of, change.asked.from_on)
    others = [one for one in approved if one.version != change.change_id]
    codes = None if change.asked.rule_code is None else [change.asked.rule_code]
    params = rule_params(house)
    sides = (others, [*others, change.as_if_approved(now)])
    before, after = (evaluate(facts, params, codes=codes, thresholds=in_force(side, day, now)) for side in sides)
    error = next((text for rule, text in after.errors.items() if rule not in before.errors), None)
    return Effect(as_of=as_of, shifts=shifts(before, after), error=error)


def shifts(before: Evaluation, after: Evaluation) -> tuple[Shift, ...]:
    """Return every finding of either evaluation, the two of one identity side by side, in a fixed order."""
    found: dict[Identity, Shift] = {}
    for evaluation, side in ((before, "before"), (after, "after")):
        for row in evaluation.findings.iter_rows(named=True):
            identity = (row["rule_code"], row["subject"], row["period"])
            told = json.loads(row["evidence"])
            shift = found.get(identity) or Shift(
                rule_code=identity[0],
                subject=identity[1],
                period=identity[2],
                division_code=row["division_code"],
                name=next((str(told[name]) for name in NAMES if told.get(name)), identity[1]),
                before=None,
                after=None,
                amount_fen=row["amount_fen"],
            )
            found[identity] = (
                replace(shift, before=row["level"]) if side == "before" else replace(shift, after=row["level"])
            )
    return tuple(found[identity] for identity in sorted(found))
