"""Which rows of a report can be held against a yardstick, and what that yardstick is called."""

from typing import Any

Snapshot = dict[str, Any]
FAR_BEHIND_BP = 1000


def comparable_rows(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Return the rows whose rate can be held against their history: late divisions are left out."""
    rows = snapshot["figures"]["rows"]
    late_ones = snapshot["late_divisions"]
    return [row for row in rows if row["gap_bp"] is not None and row["division_code"] not in late_ones]


def yardstick(rows: list[dict[str, Any]]) -> str:
    """Name what the rows were held against: their history, or the calendar where none of them has any."""
    return "序时进度" if all(row["expected_basis"] == "time" for row in rows) else "历史同期"
