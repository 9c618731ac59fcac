"""Which columns tell the lines of a feed apart, for checks that compare line with line."""

from typing import Final

from budget import frames

_CODES: Final = ("unit_code", "project_code", "function_code", "dept_economic_code", "gov_economic_code")
_WORDS: Final = ("budget_source", "spending_kind", "reporting_level", "extent", "account_side", "account_name", "month")
_DAYS: Final = ("as_of_on", "settled_on")


def line_keys(feed: str) -> tuple[str, ...]:
    """Return the columns that name a line of a feed, its business day left out."""
    wanted = ("fiscal_year", "division_code", *_CODES, "subject_code", "fund_type_code", *_WORDS)
    return tuple(name for name in wanted if name in frames.FEEDS[feed])


def day_keys(feed: str) -> tuple[str, ...]:
    """Return the columns that tell the reports of a feed apart."""
    return tuple(name for name in _DAYS if name in frames.FEEDS[feed])
