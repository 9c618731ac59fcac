"""What names a row of a feed from one delivery to the next.

A key names a row only where its first column is stated and where it stands once on either side; a row that no key
names is the same only as a whole.
"""

from typing import Final

Key = tuple[str, ...]

# The budget line a row speaks of; the unit first, as every such row states it.
LINE_KEY: Final[Key] = (
    "unit_code",
    "fiscal_year",
    "division_code",
    "project_code",
    "function_code",
    "dept_economic_code",
    "gov_economic_code",
    "fund_type_code",
    "budget_source",
    "spending_kind",
)
NATURAL_KEYS: Final[dict[str, tuple[Key, ...]]] = {
    "units": (("unit_code", "fiscal_year", "valid_from"), ("unit_code", "fiscal_year")),
    "classifications": (("code", "scheme", "valid_from_year"),),
    "allotments": (("allotment_code",), (*LINE_KEY, "reporting_level", "document_no")),
    "adjustments": (("adjustment_code",), (*LINE_KEY, "document_no", "adjusted_on", "adjustment_kind")),
    "payments": (("voucher_no",), ("application_no",)),
    "execution_months": ((*LINE_KEY, "reporting_level", "as_of_on"),),
    "cash_plans": (("plan_no",), (*LINE_KEY, "document_no", "month")),
    "revenue": (("subject_code", "fiscal_year", "division_code", "extent", "fund_type_code", "as_of_on"),),
    "projects": (("project_code", "unit_code", "fiscal_year", "fund_type_code", "budget_source"),),
    "milestones": (
        ("milestone_no", "project_code", "fiscal_year"),
        ("milestone_name", "project_code", "unit_code", "fiscal_year"),
    ),
    "contracts": (("contract_no", "unit_code"),),
    "transfers": (
        ("document_no", "upper_document_no", "direction", "target_division_code", "unit_code", "project_code"),
        ("upper_document_no", "direction", "target_division_code", "unit_code", "project_code", "function_code"),
    ),
    "debt": (
        ("bond_code", "unit_code", "project_code", "as_of_on"),
        ("debt_kind", "division_code", "extent", "as_of_on"),
    ),
    "treasury": (("as_of_on", "division_code", "extent", "fund_type_code", "account_name"),),
    "final_accounts": ((*LINE_KEY, "reporting_level", "extent", "account_side", "subject_code"),),
    "performance": (("unit_code", "project_code", "fiscal_year", "evaluator", "fund_type_code", "budget_source"),),
    "documents": (("document_no", "document_kind", "unit_code"), ("title", "document_kind", "unit_code", "base_on")),
}


def natural_keys(feed: str) -> tuple[Key, ...]:
    """Return the keys of a feed's rows, the surest first; none for a feed whose rows have no name."""
    return NATURAL_KEYS.get(feed, ())
