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
    "d02_three_public_growth",
    "d03_items_too_fast",
    "d04_prepaid_at_year_end",
    "d05_booked_under_other_items",
    "d08_luxury_or_round_sums",
    "d09_bonus_outside_staff_items",
    "e01_large_cash",
    "e02_frequent_cash",
    "e03_card_item_without_card",
    "e04_own_account",
    "e05_large_payment_to_person",
    "e06_staff_and_office_money",
    "e07_split_payment",
    "e08_repeated_payment",
    "h01_late_feed",
    "h02_totals_differ",
    "h03_levels_disagree",
    "h04_wrong_unit",
    "h05_unknown_code",
    "h06_repeated_voucher",
    "h07_paid_before_release",
    "h08_negative_payment",
    "h09_broken_unit_chain",
    "h10_cumulative_fall",
)
RULES: Final[tuple[Rule, ...]] = tuple(import_module(f"rules.{name}").RULE for name in FILES)
BY_CODE: Final[dict[str, Rule]] = {rule.code: rule for rule in RULES}
CATALOGUE: Final[dict[str, RuleText]] = {code: BY_CODE[code].text for code in sorted(BY_CODE)}
