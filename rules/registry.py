"""Every rule of the house: one line each, the name of its file."""

from importlib import import_module
from typing import Final

from budget.catalogue import RuleText
from rules.rule import Rule

FILES: Final = (
    "a01_unit_behind_schedule",
    "a02_project_behind_schedule",
    "a03_project_unspent",
    "a06_line_over_budget",
    "a07_no_budget_line",
    "a08_year_end_rush",
    "b02_repeated_top_ups",
    "d01_three_public_over_budget",
    "e05_large_payment_to_person",
    "e07_split_payment",
    "e08_repeated_payment",
    "e09_refunds",
    "e10_incomplete_payment",
    "e11_direct_fund_subject",
    "e12_direct_fund_pace",
    "e13_payments_to_associations",
    "e15_passed_on_as_spending",
    "e16_transfer_in_unit_budget",
    "e17_payee_concentration",
    "f01_contract_overpaid",
    "f02_arrears_to_small_firms",
    "f03_over_estimate",
    "f04_slow_procurement",
    "f05_no_performance",
    "f06_high_score_low_execution",
    "f07_project_not_listed",
    "f08_livelihood_late",
    "h01_late_feed",
    "h02_totals_differ",
    "h03_levels_disagree",
    "h04_wrong_unit",
)
RULES: Final[tuple[Rule, ...]] = tuple(import_module(f"rules.{name}").RULE for name in FILES)
BY_CODE: Final[dict[str, Rule]] = {rule.code: rule for rule in RULES}
CATALOGUE: Final[dict[str, RuleText]] = {code: BY_CODE[code].text for code in sorted(BY_CODE)}
