"""The parts of a drafted mapping beside its columns: the table, labels as they are written, checks and slice."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from budget import frames
from ingest.cells import Sheet
from ingest.draft.columns import Match, Source
from ingest.draft.file_names import NamePattern
from ingest.draft.header import MOST_COLUMNS, Header
from ingest.draft.opening import Opened
from ingest.draft.totals import inherited

_TITLE_LENGTH = 60
_FLOWS = frozenset({"payments", "adjustments"})  # feeds whose files often hold their own days only


@dataclass(frozen=True)
class Seen:
    """One sheet with its header and the rows below it: ``facts`` are those that are no total and no footnote."""

    sheet: Sheet
    header: Header
    preamble: tuple[str, ...]
    rows: pl.DataFrame
    facts: pl.DataFrame
    totals: dict[str, list[str]]
    sources: list[Source]


def sheets_note(opened: Opened, seen: Seen) -> str | None:
    """Return what of a workbook or an archive the draft does not read."""
    if opened.spec.member is not None:
        return f"of the archive only {seen.sheet.name} is read"
    others = [sheet.name for sheet in opened.sheets if sheet is not seen.sheet and sheet.name]
    return f"other sheets of the workbook are not read: {', '.join(others)}" if others else None


def width_note(seen: Seen) -> str | None:
    """Return that a table is wider than what is looked at."""
    width = seen.sheet.cells.width
    return f"of {width:,} columns the first {MOST_COLUMNS} were looked at" if width > MOST_COLUMNS else None


def table_part(opened: Opened, seen: Seen, taken: dict[str, Match]) -> dict[str, Any]:
    """Return the mapping's [table]: only what differs from the defaults."""
    spec = opened.spec
    table: dict[str, Any] = {"format": spec.format}
    if spec.format == "csv":
        table["encodings"] = list(spec.encodings)
        table |= {"delimiter": spec.delimiter} if spec.delimiter != "," else {}
        table |= {} if spec.quotes else {"quotes": False}
    if spec.format == "json" and spec.records:
        table["records"] = spec.records
    if spec.member is not None:
        table["member"] = spec.member
    if seen.sheet.name and len(opened.sheets) > 1:
        table["sheet"] = seen.sheet.name.rpartition("/" if spec.member else "\x00")[2].strip()
    if seen.header.rows > 1:
        table["header_rows"] = seen.header.rows
    if repeated := inherited(seen.facts, taken):
        table["inherit"] = [short_label(one, seen.header.labels) for one in repeated]
    return table


def short_label(label: str, labels: Sequence[str]) -> str:
    """Return the end of a label where it means no other column, else the whole path."""
    end = label.rpartition("/")[2]
    same = [one for one in labels if one == end or one.endswith(f"/{end}")]
    return end if len(same) == 1 else label


def short_labels(subtotal: dict[str, Any], labels: Sequence[str]) -> dict[str, Any]:
    """Return a subtotal with its labels as short as they may be."""
    short = {label: short_label(label, labels) for label in labels}
    told = dict(subtotal)
    told["where"] = [{**test, "column": short[test["column"]]} for test in subtotal["where"]]
    for key in ("group", "group_of"):
        if key in told:
            given = told[key]
            told[key] = short[given] if isinstance(given, str) else [short[one] for one in given]
    return told


def title_of(seen: Seen, file_name: str) -> str:
    """Return what the delivery calls itself: the line above the table, else the sheet or the file."""
    above = [text for text in seen.preamble if not re.search("[:：]", text)]
    return (above[0].strip() if above else seen.sheet.name or file_name)[:_TITLE_LENGTH]


def checks_part(seen: Seen, amounts: Sequence[str]) -> dict[str, Any]:
    """Return the last printed place where totals stand in the table: parts may be rounded by so much."""
    if not amounts or not (seen.totals or any(len(one.labels) > 1 for one in seen.sources)):
        return {}
    return {"last_place": "0.01"}


def slice_part(feed: str, guesses_columns: Sequence[str], named: NamePattern) -> dict[str, Any]:
    """Return the slice: the division first, then the period the file name or a column tells."""
    when: str | None = next((one for one in ("period", "fiscal_year") if one in named.groups), None)
    if when is None:
        inside = ("as_of_on", "fiscal_year", "scheme", "valid_from_year")
        when = next((one for one in inside if one in guesses_columns), None)
    first = "division_code" if "division_code" in frames.FEEDS[feed] and feed != "units" else "scheme"
    key = [name for name in (first, when) if name and (name in frames.FEEDS[feed] or name in named.groups)]
    mode = {"mode": "cumulative"} if feed == "execution_months" else {}
    return {"key": list(dict.fromkeys(key)) or [next(iter(frames.REQUIRED[feed]))], **mode}


def slice_note(feed: str, spec: dict[str, Any]) -> str | None:
    """Return what a later file would take the place of, where a whole year of flows is one slice."""
    if feed not in _FLOWS or "period" in spec["key"]:
        return None
    whole = " and ".join(spec["key"])
    return (
        f'a later file takes the place of all rows of its {whole}; mode = "append" where each holds its own days only'
    )
