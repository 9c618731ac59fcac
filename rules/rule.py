"""What one rule is: its words, its function over facts and parameters, and what the engine must know of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from budget.catalogue import RuleText
from budget.facts import Facts
from rules.judgement import Judgement

# What late payments (H01) do to a rule: mute it, mute the months after the last payment, or nothing.
Late = Literal["mutes", "mutes_later_months", "ignored"]
MONEY: Final = ("allotments", "adjustments", "payments")


@dataclass(frozen=True)
class Rule:
    """One rule as the engine runs it.

    ``feeds`` are the canonical feeds it reads. ``paced`` rules compare spending with time: they need data up to
    as_of. ``on_vouchers`` rules look at single payments and cannot live by monthly reports. ``leans_on_budget`` rules
    are muted where a department's budget may be in a wrong unit (H04). A finding of ``yields_to`` on the same subject
    and period replaces this rule's own.
    """

    text: RuleText
    judge: Callable[[Facts, Any], Judgement]
    params_class: type[Any]
    feeds: tuple[str, ...]
    late: Late = "ignored"
    paced: bool = False
    on_vouchers: bool = False
    leans_on_budget: bool = False
    yields_to: str | None = None

    @property
    def code(self) -> str:
        """Return the rule's code."""
        return self.text.code
