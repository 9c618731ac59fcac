"""Changing rules from the pages: the same acts as the commands, with the account of the page."""

from collections.abc import Mapping
from dataclasses import asdict

from app.rule_settings import rule_params
from app.threshold_effect import effect_of
from app.thresholds import EVERYTHING, decide, propose
from app.wiring import House
from dashboard.rule_desk import Effect, RuleParameters
from rules.registry import BY_CODE
from warehouse.engine import reading
from warehouse.rule_changes import KeptChange, Outcome, Proposal, RuleChangeError, find_change

THROUGH = "page"


class RuleChanges:
    """The rule desk of a house."""

    def __init__(self, house: House) -> None:
        self._house = house

    def parameters(self) -> Mapping[str, RuleParameters]:
        """Return every rule with its parameters of the settings; those of a rule that is off are its defaults."""
        on = rule_params(self._house)
        return {
            code: RuleParameters(is_on=code in on, values=asdict(on.get(code) or rule.params_class()))
            for code, rule in sorted(BY_CODE.items())
        }

    def propose(self, asked: Proposal) -> KeptChange:
        """Keep a proposal."""
        return propose(self._house, asked, through=THROUGH)

    def decide(self, change_id: int, outcome: Outcome, by: str, because: str) -> KeptChange:
        """Approve or reject a proposal."""
        return decide(self._house, change_id, outcome, by=by, because=because, through=THROUGH)

    def effect(self, change_id: int) -> Effect:
        """Tell what a change would do to the findings of the latest day."""
        with reading(self._house.engine) as connection:
            kept = find_change(connection, EVERYTHING, change_id)
        if kept is None:
            raise RuleChangeError("unknown", f"there is no rule change {change_id}", number=str(change_id))
        return effect_of(self._house, kept)
