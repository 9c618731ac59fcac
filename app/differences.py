"""What two deliveries differ in, as the command tells it: in JSON, and in words."""

from collections.abc import Iterator
from typing import Any

from app.output import pad, width
from budget.compare import AFTER, BEFORE, Comparison
from budget.money import format_yuan
from warehouse.diff import Diff

MOST_TOLD = 40  # rows of each kind told one by one; --json has them all
_MARKS = {"added": "+", "changed": "~", "removed": "-"}


def diff_json(diff: Diff) -> dict[str, Any]:
    """Return a comparison as docs/json.md promises it."""
    rows = diff.rows
    return {
        "before": diff.before.batch_id,
        "after": diff.after.batch_id,
        "feed": diff.before.feed,
        "slices": {"both": diff.shared, "only_before": diff.only_before, "only_after": diff.only_after},
        "rows": {
            "before": rows.before_count,
            "added": rows.added.height,
            "changed": rows.changed.height,
            "removed": rows.removed.height,
            "unchanged": rows.unchanged_count,
            "after": rows.after_count,
        },
        "totals": {
            name: {
                "before": change.before_fen,
                "added": change.added_fen,
                "changed": change.changed_fen,
                "removed": change.removed_fen,
                "after": change.after_fen,
            }
            for name, change in rows.totals.items()
        },
        "added": list(_alone(rows, "added")),
        "changed": list(_changed(rows)),
        "removed": list(_alone(rows, "removed")),
    }


def _alone(rows: Comparison, kind: str) -> Iterator[dict[str, Any]]:
    for row in getattr(rows, kind).iter_rows(named=True):
        values = {name: row[name] for name in rows.columns if row[name] is not None}
        yield {
            "slice_key": row["slice_key"],
            "key": _key(rows, row, ""),
            **_stands(row, ""),
            "values": values,
        }


def _changed(rows: Comparison) -> Iterator[dict[str, Any]]:
    for row in rows.changed.iter_rows(named=True):
        pairs = {name: (row[name + BEFORE], row[name + AFTER]) for name in rows.columns}
        yield {
            "slice_key": row["slice_key" + AFTER],
            "key": _key(rows, row, AFTER),
            "before": _stands(row, BEFORE),
            "after": _stands(row, AFTER),
            "changes": {name: {"from": old, "to": new} for name, (old, new) in pairs.items() if old != new},
        }


def _stands(row: dict[str, Any], ending: str) -> dict[str, Any]:
    names = {"slice": "slice_id", "row_no": "row_no", "sheet": "source_sheet", "row": "source_row"}
    return {name: row[column + ending] for name, column in names.items()}


def _key(rows: Comparison, row: dict[str, Any], ending: str) -> dict[str, Any] | None:
    number = row["key_no"]
    if number is None:
        return None
    found = {name: row[name + ending] for name in rows.keys[number]}
    return {name: value for name, value in found.items() if value is not None}


def diff_lines(diff: Diff) -> Iterator[str]:
    """Yield a comparison in words for people, amounts in 元."""
    told, old, new = diff_json(diff), diff.before, diff.after
    yield f"{old.feed}: batch {old.batch_id} ({old.file_name}) -> batch {new.batch_id} ({new.file_name})"
    for label, keys in (("in both", diff.shared), ("only before", diff.only_before), ("only after", diff.only_after)):
        if keys:
            yield f"slices {label}: {', '.join(keys)}"
    if not diff.shared:
        yield "no slice is stated by both; there is nothing to compare"
        return
    yield ""
    yield from _table(told)
    for kind, mark in _MARKS.items():
        yield from _rows(told[kind], kind, mark)


def _table(told: dict[str, Any]) -> Iterator[str]:
    parts = ("before", "added", "changed", "removed", "after")
    lines = [["", *parts], ["rows", *(f"{told['rows'][part]:,}" for part in parts)]]
    for name, change in told["totals"].items():
        lines.append([f"{name} (元)", *(format_yuan(change[part]) for part in parts)])
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield "  ".join(pad(text, size, right=n > 0) for n, (text, size) in enumerate(zip(line, widths, strict=True)))


def _rows(rows: list[dict[str, Any]], kind: str, mark: str) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield f"{kind} ({len(rows):,})"
    for row in rows[:MOST_TOLD]:
        shown = row["key"] or row["values"]
        name = ", ".join(f"{key} {_text(key, value)}" for key, value in shown.items())
        if kind == "changed":
            changes = "; ".join(
                f"{key}: {_text(key, one['from'])} -> {_text(key, one['to'])}" for key, one in row["changes"].items()
            )
            yield f"  {mark} {name}  {changes}  ({_place(row['before'])} -> {_place(row['after'])})"
        else:
            amounts = [
                f"{key} {_text(key, value)}"
                for key, value in row["values"].items()
                if key.endswith("_fen") and key not in shown
            ]
            yield "  ".join([f"  {mark} {name}", *amounts, f"({_place(row)})"])
    if len(rows) > MOST_TOLD:
        yield f"  and {len(rows) - MOST_TOLD:,} more; --json lists them all"


def _text(key: str, value: Any) -> str:
    if value is None:
        return "-"
    return format_yuan(value) if key.endswith("_fen") else str(value)


def _place(place: dict[str, Any]) -> str:
    return f"{place['sheet']} row {place['row']}" if place["sheet"] else f"row {place['row']}"
