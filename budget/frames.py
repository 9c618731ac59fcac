"""Frame schemas of the canonical feeds and of what rules return.

Each feed's schema lists the columns a mapping may fill; ``REQUIRED`` lists those it must. The warehouse adds
``slice_id, row_no, source_sheet, source_row`` to every fact. Amounts are fen, dates are calendar dates.
"""

from typing import Final

import polars as pl

from budget.kinds import COUNT, DAY, FEN, FLAG, TEXT, YEAR, Schema
from budget.schemas import (
    ADJUSTMENTS,
    ALLOTMENTS,
    CASH_PLANS,
    CLASSIFICATIONS,
    EXECUTION_MONTHS,
    FINAL_ACCOUNTS,
    LINE,
    PAYMENTS,
    UNITS,
)
from budget.schemas_district import (
    CONTRACTS,
    DEBT,
    DOCUMENT_KINDS,
    DOCUMENTS,
    MILESTONES,
    PERFORMANCE,
    PROJECTS,
    REVENUE,
    TRANSFERS,
    TREASURY,
)

__all__ = ["COUNT", "DAY", "DOCUMENT_KINDS", "FEN", "FLAG", "LINE", "TEXT", "YEAR", "Schema"]

FEEDS: Final[dict[str, Schema]] = {
    "units": UNITS,
    "classifications": CLASSIFICATIONS,
    "allotments": ALLOTMENTS,
    "adjustments": ADJUSTMENTS,
    "cash_plans": CASH_PLANS,
    "payments": PAYMENTS,
    "execution_months": EXECUTION_MONTHS,
    "revenue": REVENUE,
    "projects": PROJECTS,
    "milestones": MILESTONES,
    "contracts": CONTRACTS,
    "transfers": TRANSFERS,
    "debt": DEBT,
    "treasury": TREASURY,
    "final_accounts": FINAL_ACCOUNTS,
    "performance": PERFORMANCE,
    "documents": DOCUMENTS,
}
REQUIRED: Final[dict[str, tuple[str, ...]]] = {
    "units": ("unit_code", "unit_name", "division_code", "unit_level"),
    "classifications": ("scheme", "code", "name", "valid_from_year"),
    "allotments": ("fiscal_year", "division_code", "unit_code", "appropriation_fen"),
    "adjustments": ("fiscal_year", "division_code", "unit_code", "adjusted_on", "adjustment_fen"),
    "cash_plans": ("fiscal_year", "division_code", "unit_code", "month", "planned_fen"),
    "payments": ("fiscal_year", "division_code", "unit_code", "paid_on", "payment_fen"),
    "execution_months": ("fiscal_year", "division_code", "unit_code", "as_of_on"),
    "revenue": ("fiscal_year", "division_code", "as_of_on"),
    "projects": ("fiscal_year", "division_code", "unit_code", "project_code"),
    "milestones": ("fiscal_year", "division_code", "project_code", "milestone_name"),
    "contracts": ("fiscal_year", "division_code", "unit_code", "contract_no"),
    "transfers": ("fiscal_year", "division_code", "transfer_kind", "transfer_fen"),
    "debt": ("fiscal_year", "division_code", "debt_kind", "as_of_on"),
    "treasury": ("fiscal_year", "division_code", "as_of_on"),
    "final_accounts": ("fiscal_year", "division_code", "outturn_fen"),
    "performance": ("fiscal_year", "division_code", "unit_code"),
    "documents": ("fiscal_year", "division_code", "document_kind"),
}
# The table of schema.sql that holds a feed's facts.
FACT_TABLE: Final[dict[str, str]] = {
    "units": "budget_unit",
    "classifications": "classification",
    "allotments": "allotment",
    "adjustments": "adjustment",
    "cash_plans": "cash_plan",
    "payments": "payment",
    "execution_months": "execution_month",
    "revenue": "revenue",
    "projects": "project",
    "milestones": "milestone",
    "contracts": "contract",
    "transfers": "transfer",
    "debt": "debt",
    "treasury": "treasury",
    "final_accounts": "final_account",
    "performance": "performance",
    "documents": "document",
}
# The business day of a feed's rows: the span of a slice, and how far its data reach.
DATED: Final[dict[str, str]] = {
    "allotments": "released_on",
    "adjustments": "adjusted_on",
    "payments": "paid_on",
    "execution_months": "as_of_on",
    "revenue": "as_of_on",
    "projects": "as_of_on",
    "milestones": "as_of_on",
    "contracts": "signed_on",
    "transfers": "received_on",
    "debt": "as_of_on",
    "treasury": "as_of_on",
    "final_accounts": "settled_on",
    "performance": "evaluated_on",
    "documents": "event_on",
}
# A row did not exist yet while all of these days it has lie ahead of the day judged; one without any is kept.
BEGINS: Final[dict[str, tuple[str, ...]]] = {
    "allotments": ("released_on",),
    "adjustments": ("adjusted_on",),
    "payments": ("paid_on",),
    "execution_months": ("as_of_on",),
    "revenue": ("as_of_on",),
    "projects": ("stored_on",),
    "contracts": ("signed_on",),
    "transfers": ("received_on", "released_on"),
    "debt": ("as_of_on",),
    "treasury": ("as_of_on",),
    "final_accounts": ("settled_on",),
    "documents": ("event_on", "base_on"),
}
# Days by which something was done, each with what was known by then only: null while the day lies ahead.
DONE_BY: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "milestones": {"done_on": ()},
    "contracts": {"announced_on": (), "delivered_on": (), "accepted_on": ()},
    "transfers": {"received_on": (), "released_on": ("released_fen",)},
    "performance": {
        "target_on": ("target",),
        "evaluated_on": ("self_score_hundredths", "grade", "evaluator"),
    },
    "documents": {"event_on": ("document_no",)},
}
MEASURES: Final[dict[str, tuple[str, ...]]] = {
    feed: tuple(name for name in schema if name.endswith("_fen")) for feed, schema in FEEDS.items()
}
LINEAGE: Final[Schema] = {
    "slice_id": pl.Int64(),
    "row_no": pl.Int64(),  # 1-based position among the facts of the slice
    "batch_id": pl.Int64(),
    "source_sheet": TEXT,
    "source_row": pl.Int64(),  # 1-based line or row in the delivered file, header rows counted
}

# What deliveries are in force, one row per slice: the ground of the H rules and of every "data as of" label.
DELIVERIES: Final[Schema] = {
    "batch_id": pl.Int64(),
    "feed": TEXT,
    "slice_key": TEXT,
    "division_code": TEXT,
    "fiscal_year": YEAR,
    "first_on": DAY,
    "last_on": DAY,  # last business date in the slice; null where the feed carries no dates
    "known_at": pl.Datetime("us", "UTC"),
    "row_count": pl.Int64(),
}
CHECKS: Final[Schema] = {
    "batch_id": pl.Int64(),
    "feed": TEXT,
    "slice_key": TEXT,
    "division_code": TEXT,
    "fiscal_year": YEAR,
    "check_code": TEXT,  # H02 | H04 …
    "part": TEXT,  # what was summed: total, or the group a subtotal row stands for (unit or department code)
    "measure": TEXT,
    "expected_fen": FEN,  # what the delivered total row says
    "actual_fen": FEN,  # the sum of its parts
    "tolerance_fen": FEN,
    "outcome": TEXT,  # ok | rounding | warn | hold
    "check_name": TEXT,  # as under [checks] of a mapping: codes, vouchers, releases, days …
    "checked_count": pl.Int64(),  # rows (or groups of rows) judged, of checks that count
    "concerned_count": pl.Int64(),  # how many of them are wrong
}

FINDING: Final[Schema] = {
    "rule_code": TEXT,
    "subject": TEXT,  # see budget.subjects
    "period": TEXT,
    "level": TEXT,
    "measured": pl.Int64(),
    "limit": pl.Int64(),  # the fence of the level reached, same unit as measured
    "measure_unit": TEXT,  # bp | fen | count | days
    "amount_fen": FEN,  # money at stake, for ranking; null where none
    "division_code": TEXT,
    "unit_code": TEXT,  # null where the subject is wider than a unit
    "project_code": TEXT,
    "evidence": TEXT,  # JSON object: the numbers of the arithmetic, and "facts": [[slice_id, row_no], …]
}
COVERAGE: Final[Schema] = {
    "rule_code": TEXT,
    "scope": TEXT,  # a subject, or division:<code> where a rule judges events of a whole division
    "period": TEXT,  # null where the rule's periods cannot be listed ahead (events)
    "division_code": TEXT,
    "is_judged": FLAG,
    "reason": TEXT,  # null when judged; else why not: late_feed, no_budget, muted_start_of_year, …
}


def empty(schema: Schema) -> pl.DataFrame:
    """Return a frame with no rows and exactly these columns and types."""
    return pl.DataFrame(schema=schema)
