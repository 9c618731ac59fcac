"""Frame schemas of the canonical feeds and of what rules return.

Each feed's schema lists the columns a mapping may fill; ``REQUIRED`` lists those it must. The warehouse adds
``slice_id, row_no, source_sheet, source_row`` to every fact. Amounts are fen, dates are calendar dates.
"""

from typing import Final

import polars as pl

Schema = dict[str, pl.DataType]

TEXT: Final = pl.String()
FEN: Final = pl.Int64()
DAY: Final = pl.Date()
YEAR: Final = pl.Int32()
FLAG: Final = pl.Boolean()

UNITS: Final[Schema] = {
    "fiscal_year": YEAR,  # the year whose unit table this is
    "unit_code": TEXT,
    "unit_name": TEXT,
    "parent_code": TEXT,  # the department (主管部门) above; null for a department
    "division_code": TEXT,  # 9 digits
    "division_name": TEXT,
    "unit_level": TEXT,  # department | unit
    "valid_from": DAY,
    "valid_to": DAY,  # inclusive; null while in use
    "successor_code": TEXT,  # unit that took over, when reorganised
}
CLASSIFICATIONS: Final[Schema] = {
    "scheme": TEXT,  # function | dept_economic | gov_economic | fund
    "code": TEXT,
    "name": TEXT,
    "parent_code": TEXT,
    "valid_from_year": YEAR,
    "valid_to_year": YEAR,  # inclusive; null while in use
}
LINE: Final[Schema] = {
    "fiscal_year": YEAR,
    "division_code": TEXT,
    "unit_code": TEXT,
    "unit_name": TEXT,
    "project_code": TEXT,  # null for 人员/公用 money that belongs to no project
    "project_name": TEXT,
    "function_code": TEXT,  # 类3 / 款5 / 项7 digits
    "dept_economic_code": TEXT,
    "gov_economic_code": TEXT,
    "fund_type_code": TEXT,  # 11 一般公共 12 政府性基金 13 国资 14 社保
    "budget_source": TEXT,  # current 本年预算 | carryover 上年结转 | transfer 上级转移支付
    "spending_kind": TEXT,  # personnel 人员 | public 公用 | project 项目
    "project_category": TEXT,  # 工程, 采购, 补助, 运维 … as delivered; the profile S* is drawn from
}
ALLOTMENTS: Final[Schema] = LINE | {
    "allotment_code": TEXT,  # 指标编号
    "document_no": TEXT,  # 指标文号
    "reporting_level": TEXT,  # unit | department: tables of both levels may carry the same money
    "released_on": DAY,  # 下达日期
    "summary": TEXT,
    "appropriation_fen": FEN,  # B0
}
ADJUSTMENTS: Final[Schema] = LINE | {
    "adjustment_code": TEXT,
    "allotment_code": TEXT,
    "document_no": TEXT,
    "adjustment_kind": TEXT,  # add 追加 | cut 追减 | move 调剂
    "adjusted_on": DAY,
    "reason": TEXT,
    "adjustment_fen": FEN,  # signed
}
PAYMENTS: Final[Schema] = LINE | {
    "voucher_no": TEXT,
    "application_no": TEXT,
    "allotment_code": TEXT,
    "paid_on": DAY,
    "settlement_method": TEXT,
    "payment_kind": TEXT,  # normal | refund | correction
    "original_voucher_no": TEXT,
    "payee_name": TEXT,
    "payee_account": TEXT,
    "payee_bank": TEXT,
    "purpose": TEXT,
    "is_voided": FLAG,  # voided and failed lines are kept and left out of every sum
    "payment_fen": FEN,  # signed: refunds and corrections may be negative
}
EXECUTION_MONTHS: Final[Schema] = LINE | {
    "reporting_level": TEXT,
    "as_of_on": DAY,  # the figures are cumulative from 1 January to this day
    "appropriation_fen": FEN,
    "adjustment_fen": FEN,
    "adjusted_appropriation_fen": FEN,
    "commitment_fen": FEN,
    "obligation_fen": FEN,
    "payment_fen": FEN,
}

FEEDS: Final[dict[str, Schema]] = {
    "units": UNITS,
    "classifications": CLASSIFICATIONS,
    "allotments": ALLOTMENTS,
    "adjustments": ADJUSTMENTS,
    "payments": PAYMENTS,
    "execution_months": EXECUTION_MONTHS,
}
REQUIRED: Final[dict[str, tuple[str, ...]]] = {
    "units": ("unit_code", "unit_name", "division_code", "unit_level"),
    "classifications": ("scheme", "code", "name", "valid_from_year"),
    "allotments": ("fiscal_year", "division_code", "unit_code", "appropriation_fen"),
    "adjustments": ("fiscal_year", "division_code", "unit_code", "adjusted_on", "adjustment_fen"),
    "payments": ("fiscal_year", "division_code", "unit_code", "paid_on", "payment_fen"),
    "execution_months": ("fiscal_year", "division_code", "unit_code", "as_of_on"),
}
# The table of schema.sql that holds a feed's facts.
FACT_TABLE: Final[dict[str, str]] = {
    "units": "budget_unit",
    "classifications": "classification",
    "allotments": "allotment",
    "adjustments": "adjustment",
    "payments": "payment",
    "execution_months": "execution_month",
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
