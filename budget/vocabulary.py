"""The values that columns of the canonical feeds may take, where they are a fixed few."""

from typing import Final

from budget.schemas_district import DOCUMENT_KINDS

VALUES: Final[dict[str, tuple[str, ...]]] = {
    "unit_level": ("department", "unit"),
    "budget_source": ("current", "carryover", "transfer"),
    "spending_kind": ("personnel", "public", "project"),
    "adjustment_kind": ("add", "cut", "move"),
    "payment_kind": ("normal", "refund", "correction"),
    "extent": ("own", "whole"),
    "account_side": ("spending", "revenue"),
    "revenue_kind": ("tax", "non_tax", "insurance", "fund", "transfer", "debt"),
    "direction": ("in", "out"),
    "transfer_kind": ("general", "special", "shared"),
    "debt_kind": ("general", "special"),
    "use_class": ("capital", "refinance", "current"),
    "procurement_category": ("goods", "works", "services"),
    "document_kind": DOCUMENT_KINDS,
}


def unknown_values(column: str, given: list[str]) -> list[str]:
    """Return those of some values that a column does not know; none where the column takes anything."""
    known = VALUES.get(column)
    return [] if known is None else sorted(set(given) - set(known))
