"""Drafting a mapping: the bytes of one file to a proposal; reads and judges, writes nothing."""

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from budget import frames
from ingest.draft.columns import Match, Source, assigned, feed_score, matches_of, sources_of, speaks_of
from ingest.draft.file_names import NamePattern, pattern_of
from ingest.draft.fill import guesses_of
from ingest.draft.header import Header, find_header
from ingest.draft.opening import Opened, open_unknown
from ingest.draft.shapes import Draft, Trial
from ingest.draft.toml_text import mapping_text
from ingest.draft.totals import has_dash, inherited, is_footnote, marked_rows, subtotals_of, unit_of
from ingest.draft.vocabulary import Vocabulary, load_vocabulary
from ingest.mapping import Mapping, load_mapping
from ingest.prepare import NO_LIMITS_GIVEN, prepare_content
from ingest.problems import IngestError, UnreadableError
from ingest.readers import Limits, Sheet

_FEW = 5  # messages of the trial that are told
_TITLE_LENGTH = 60


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


def draft_mapping(
    file_name: str, content: bytes, *, feed: str | None = None, limits: Limits = NO_LIMITS_GIVEN
) -> Draft:
    """Propose a mapping for a delivered file; ``feed`` names the canonical feed where it is known.

    UnreadableError or FileRefusedError says why nothing can be proposed.
    """
    vocabulary = load_vocabulary()
    opened = open_unknown(file_name, content, limits)
    seen = _best_sheet(file_name, opened, vocabulary)
    named = pattern_of(file_name)
    scored = _scored(file_name, seen, named, vocabulary)
    chosen = feed or scored[0][0]
    taken, matches = _taken(chosen, seen, vocabulary)
    draft, parts = _proposal(file_name, opened, seen, named, chosen, taken, matches)
    draft = replace(draft, feeds=tuple(scored), score=dict(scored)[chosen])
    return _tried(replace(draft, mapping=mapping_text(draft, parts, named.pattern)), file_name, content, limits)


def _best_sheet(file_name: str, opened: Opened, vocabulary: Vocabulary) -> Seen:
    found = [(header, sheet) for sheet in opened.sheets if (header := find_header(sheet, vocabulary)) is not None]
    if not found:
        raise UnreadableError(
            f"{file_name}: no header row found: a row of labels above rows with numbers or days was expected in the "
            "first 60 rows; name the columns in a first row, or write the mapping by hand (docs/adding-a-feed.md)"
        )
    header, sheet = max(found, key=lambda one: (one[0].score, -opened.sheets.index(one[1])))
    below = header.at + header.rows
    cells = sheet.cells.select(sheet.cells.columns[: len(header.labels)])
    rows = cells.slice(below).rename(dict(zip(cells.columns, header.labels, strict=True)))
    rows = rows.filter(pl.any_horizontal(pl.all().is_not_null()))
    totals, marks = marked_rows(rows, header.labels)
    facts = rows.filter(~marks & ~is_footnote(rows, header.labels))
    preamble = tuple(cell for row in sheet.cells.head(header.at).rows() for cell in row if cell)
    return Seen(sheet, header, preamble, rows, facts, totals, sources_of(facts, header.labels, vocabulary))


def _taken(feed: str, seen: Seen, vocabulary: Vocabulary) -> tuple[dict[str, Match], dict[str, list[Match]]]:
    matches = matches_of(feed, seen.sources, vocabulary)
    return assigned(matches), matches


def _scored(file_name: str, seen: Seen, named: NamePattern, vocabulary: Vocabulary) -> list[tuple[str, int]]:
    """Return every feed with how much the table looks like it, the likeliest first."""
    texts = [file_name, seen.sheet.name or "", *seen.preamble]
    given = frozenset(named.groups) | ({"as_of_on"} if "period" in named.groups else set())
    given |= {"fiscal_year"} if "period" in named.groups else set()
    columns = sum(source.seen.filled > 0 for source in seen.sources if len(source.labels) == 1)
    told = []
    for feed in frames.FEEDS:
        taken, _ = _taken(feed, seen, vocabulary)
        words = speaks_of(feed, texts, vocabulary)
        told.append((feed, feed_score(feed, taken, given, columns, words=words)))
    order = list(frames.FEEDS)
    return sorted(told, key=lambda one: (-one[1], order.index(one[0])))


def _proposal(  # noqa: PLR0917  # the pieces that the steps before found
    file_name: str,
    opened: Opened,
    seen: Seen,
    named: NamePattern,
    feed: str,
    taken: dict[str, Match],
    matches: dict[str, list[Match]],
) -> tuple[Draft, dict[str, Any]]:
    labels = seen.header.labels
    guesses, missing = guesses_of(feed, taken, matches, named, seen.preamble)
    used = {label for one in guesses for label in one.labels if one.status != "left_out"}
    amounts = [label for one in guesses if one.column.endswith("_fen") for label in one.labels]
    unit, remark = unit_of(seen.preamble, seen.rows, labels, amounts) if amounts else ({}, None)
    unit_label = unit.get("unit_column")
    notes = [note for note in (remark, _sheets_note(opened, seen)) if note]
    table = _table(opened, seen, taken)
    parts = {
        "title": _title(seen, file_name),
        "table": table,
        "amounts": {**unit, **({"dash": "zero"} if has_dash(seen.facts, amounts) else {})},
        "subtotals": [_short_labels(one, labels) for one in subtotals_of(seen.rows, seen.totals, taken)],
        "checks": _checks(seen, amounts),
        "slice": _slice(feed, guesses_columns=[one.column for one in guesses], named=named),
        "delivery": {"on": "delivered_on"} if "delivered_on" in named.groups else {},
    }
    draft = Draft(
        file=file_name,
        feed=feed,
        score=0,
        feeds=(),
        table=table,
        sheet=seen.sheet.name,
        header_row=seen.header.at + seen.sheet.first_row,
        header_rows=seen.header.rows,
        data_rows=seen.facts.height,
        guesses=tuple(guesses),
        missing=tuple(missing),
        unused=tuple(label for label in labels if label not in used and label != unit_label),
        notes=tuple(notes),
    )
    return draft, parts


def _sheets_note(opened: Opened, seen: Seen) -> str | None:
    if opened.spec.member is not None:
        return f"of the archive only {seen.sheet.name} is read"
    others = [sheet.name for sheet in opened.sheets if sheet is not seen.sheet and sheet.name]
    return f"other sheets of the workbook are not read: {', '.join(others)}" if others else None


def _table(opened: Opened, seen: Seen, taken: dict[str, Match]) -> dict[str, Any]:
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


def _short_labels(subtotal: dict[str, Any], labels: Sequence[str]) -> dict[str, Any]:
    short = {label: short_label(label, labels) for label in labels}
    told = dict(subtotal)
    told["where"] = [{**test, "column": short[test["column"]]} for test in subtotal["where"]]
    for key in ("group", "group_of"):
        if key in told:
            given = told[key]
            told[key] = short[given] if isinstance(given, str) else [short[one] for one in given]
    return told


def _title(seen: Seen, file_name: str) -> str:
    above = [text for text in seen.preamble if not re.search("[:：]", text)]
    return (above[0].strip() if above else seen.sheet.name or file_name)[:_TITLE_LENGTH]


def _checks(seen: Seen, amounts: Sequence[str]) -> dict[str, Any]:
    """Return the last printed place where totals stand in the table: parts may be rounded by so much."""
    if not amounts or not (seen.totals or any(len(one.labels) > 1 for one in seen.sources)):
        return {}
    return {"last_place": "0.01"}


def _slice(feed: str, guesses_columns: Sequence[str], named: NamePattern) -> dict[str, Any]:
    """Return the slice: the division first, then the period the file name or a column tells."""
    when: str | None = next((one for one in ("period", "fiscal_year") if one in named.groups), None)
    if when is None:
        inside = ("as_of_on", "fiscal_year", "scheme", "valid_from_year")
        when = next((one for one in inside if one in guesses_columns), None)
    first = "division_code" if "division_code" in frames.FEEDS[feed] and feed != "units" else "scheme"
    key = [name for name in (first, when) if name and (name in frames.FEEDS[feed] or name in named.groups)]
    mode = {"mode": "cumulative"} if feed == "execution_months" else {}
    return {"key": list(dict.fromkeys(key)) or [next(iter(frames.REQUIRED[feed]))], **mode}


def _tried(draft: Draft, file_name: str, content: bytes, limits: Limits) -> Draft:
    """Read the file with what was drafted, where it can be: the surest proof of a draft."""
    if draft.missing:
        return draft
    mapping = drafted(draft)
    done = prepare_content(mapping, file_name, content, limits=limits)
    said = [
        f'row {one.source_row}: {one.column_name} "{one.found or ""}": {one.expected} was expected'
        for one in done.rejected[:_FEW]
    ]
    return replace(
        draft,
        trial=Trial(
            rows=done.row_count,
            accepted=done.facts.height,
            rejected=len(done.rejected),
            messages=(*done.hold_reasons, *said),
        ),
    )


def drafted(draft: Draft) -> Mapping:
    """Return the drafted text as a mapping; what cannot be loaded is a defect of the draft and says so."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "draft.toml"
        path.write_text(draft.mapping, encoding="utf-8")
        try:
            return load_mapping(path)
        except IngestError as error:
            raise UnreadableError(f"{draft.file}: no mapping could be drafted: {error}") from error
