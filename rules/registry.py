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
    "b07_reserve_share",
    "b08_reserve_use",
    "b09_working_fund",
    "b11_surplus_revenue_spent",
    "c01_late_budget_reply",
    "c02_late_unit_reply",
    "c03_late_general_transfer",
    "c04_late_special_transfer",
    "c05_late_onward_transfer",
    "c06_low_advance_notice",
    "c07_late_government_disclosure",
    "c08_late_departmental_disclosure",
    "c09_late_final_account_reply",
    "c10_execution_report_window",
    "c11_final_account_window",
    "c12_late_draft",
    "c13_no_copy_to_congress",
    "c14_late_audit_rectification",
    "c15_overdue_proposal",
    "c16_late_contract_notice",
    "d01_three_public_over_budget",
    "e05_large_payment_to_person",
    "e07_split_payment",
    "e08_repeated_payment",
    "g01_month_on_month_jump",
    "g02_year_on_year_jump",
    "g03_revenue_growth",
    "g04_tax_item_growth",
    "g05_non_tax_item_growth",
    "g06_land_revenue_growth",
    "g07_low_tax_share",
    "g08_land_above_general",
    "g09_revenue_pace",
    "g11_debt_over_limit",
    "g12_debt_ratio",
    "g13_debt_for_current_spending",
    "g14_idle_bond_money",
    "g15_treasury_cover",
    "g16_temporary_advances",
    "g17_wage_guarantee_pace",
    "g18_general_transfer_share",
    "g19_final_account_gap",
    "g20_non_tax_unpaid",
    "h01_late_feed",
    "h02_totals_differ",
    "h03_levels_disagree",
    "h04_wrong_unit",
)
RULES: Final[tuple[Rule, ...]] = tuple(import_module(f"rules.{name}").RULE for name in FILES)
BY_CODE: Final[dict[str, Rule]] = {rule.code: rule for rule in RULES}
CATALOGUE: Final[dict[str, RuleText]] = {code: BY_CODE[code].text for code in sorted(BY_CODE)}
