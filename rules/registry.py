"""Every rule of the house, one line each. Data-quality rules stand first: the others lean on them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import rules.a01_unit_behind_schedule as a01
import rules.a02_project_behind_schedule as a02
import rules.a03_project_unspent as a03
import rules.a06_line_over_budget as a06
import rules.a07_no_budget_line as a07
import rules.a08_year_end_rush as a08
import rules.b02_repeated_top_ups as b02
import rules.d01_three_public_over_budget as d01
import rules.e05_large_payment_to_person as e05
import rules.e07_split_payment as e07
import rules.e08_repeated_payment as e08
import rules.h01_late_feed as h01
import rules.h02_totals_differ as h02
import rules.h03_levels_disagree as h03
import rules.h04_wrong_unit as h04
from budget.catalogue import RuleText
from budget.facts import Facts
from rules.judgement import Judgement

# What late payments (H01) do to a rule: mute it, mute the months after the last payment, or nothing.
Late = Literal["mutes", "mutes_later_months", "ignored"]


@dataclass(frozen=True)
class Rule:
    """One rule: its words, its function over facts and parameters, and what the engine must know of it.

    ``paced`` rules compare spending with time: they need data up to as_of. ``leans_on_budget`` rules are muted where
    a department's budget may be in a wrong unit (H04). A finding of ``yields_to`` on the same subject and period
    replaces this rule's own.
    """

    text: RuleText
    judge: Callable[[Facts, Any], Judgement]
    params_class: type[Any]
    feeds: tuple[str, ...]
    late: Late = "ignored"
    paced: bool = False
    leans_on_budget: bool = False
    yields_to: str | None = None

    @property
    def code(self) -> str:
        """Return the rule's code."""
        return self.text.code


MONEY = ("allotments", "adjustments", "payments")
RULES: Final[tuple[Rule, ...]] = (
    Rule(h01.TEXT, h01.judge, h01.Params, ("payments", "execution_months")),
    Rule(h02.TEXT, h02.judge, h02.Params, ("allotments", "adjustments", "payments", "execution_months")),
    Rule(h04.TEXT, h04.judge, h04.Params, ("allotments", "execution_months")),
    Rule(h03.TEXT, h03.judge, h03.Params, ("payments", "execution_months"), late="mutes_later_months", yields_to="H04"),
    Rule(a01.TEXT, a01.judge, a01.Params, MONEY, late="mutes", paced=True, leans_on_budget=True),
    Rule(a03.TEXT, a03.judge, a03.Params, MONEY, late="mutes", paced=True, leans_on_budget=True),
    Rule(a02.TEXT, a02.judge, a02.Params, MONEY, late="mutes", paced=True, leans_on_budget=True, yields_to="A03"),
    Rule(a06.TEXT, a06.judge, a06.Params, MONEY, late="mutes", leans_on_budget=True),
    Rule(a07.TEXT, a07.judge, a07.Params, MONEY, late="mutes"),
    Rule(a08.TEXT, a08.judge, a08.Params, MONEY, late="mutes", leans_on_budget=True),
    Rule(b02.TEXT, b02.judge, b02.Params, ("adjustments",)),
    Rule(d01.TEXT, d01.judge, d01.Params, MONEY, late="mutes", leans_on_budget=True),
    Rule(e05.TEXT, e05.judge, e05.Params, ("payments",), late="mutes"),
    Rule(e07.TEXT, e07.judge, e07.Params, ("payments",), late="mutes"),
    Rule(e08.TEXT, e08.judge, e08.Params, ("payments",), late="mutes"),
)
BY_CODE: Final[dict[str, Rule]] = {rule.code: rule for rule in RULES}
CATALOGUE: Final[dict[str, RuleText]] = {code: BY_CODE[code].text for code in sorted(BY_CODE)}
