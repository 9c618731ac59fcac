"""Every rule of the house: one line each, the name of its file."""

from importlib import import_module
from typing import Final

from budget.catalogue import RuleText
from rules.rule import Rule

FILES: Final = (
    "a01_unit_behind_schedule",
    "a02_project_behind_schedule",
    "a03_project_unspent",
    "a05_weak_for_years",
    "a06_line_over_budget",
    "a07_no_budget_line",
    "a08_year_end_rush",
    "a09_monthly_spike",
    "a10_quarters_uneven",
    "a11_too_fast",
    "a12_before_approval",
    "a13_off_the_cash_plan",
    "a14_carried_too_long",
    "a15_much_carried_over",
    "b01_unapproved_adjustment",
    "b02_repeated_top_ups",
    "b03_much_reallocated",
    "b04_late_top_up",
    "b05_not_broken_down",
    "b06_lumped_in_other",
    "b10_key_spending_cut",
    "d01_three_public_over_budget",
    "e05_large_payment_to_person",
    "e07_split_payment",
    "e08_repeated_payment",
    "h01_late_feed",
    "h02_totals_differ",
    "h03_levels_disagree",
    "h04_wrong_unit",
)
RULES: Final[tuple[Rule, ...]] = tuple(import_module(f"rules.{name}").RULE for name in FILES)
BY_CODE: Final[dict[str, Rule]] = {rule.code: rule for rule in RULES}
CATALOGUE: Final[dict[str, RuleText]] = {code: BY_CODE[code].text for code in sorted(BY_CODE)}
