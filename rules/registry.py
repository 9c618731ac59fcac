"""Every rule of the house: one line each, the name of its file."""

from importlib import import_module
from typing import Final

from budget.catalogue import RuleText
from rules.rule import Rule

FILES: Final = (
    "a01_unit_behind_schedule",
    "a02_project_behind_schedule",
    "a03_project_unspent",
    "a04_low_annual_rate",
    "a06_line_over_budget",
    "a07_no_budget_line",
    "a08_year_end_rush",
    "b02_repeated_top_ups",
    "d01_three_public_over_budget",
    "e05_large_payment_to_person",
    "e07_split_payment",
    "e08_repeated_payment",
    "g10_revenue_shortfall",
    "h01_late_feed",
    "h02_totals_differ",
    "h03_levels_disagree",
    "h04_wrong_unit",
)
RULES: Final[tuple[Rule, ...]] = tuple(import_module(f"rules.{name}").RULE for name in FILES)
BY_CODE: Final[dict[str, Rule]] = {rule.code: rule for rule in RULES}
CATALOGUE: Final[dict[str, RuleText]] = {code: BY_CODE[code].text for code in sorted(BY_CODE)}
