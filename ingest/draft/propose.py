"""Drafting a mapping: the bytes of one file to a proposal; reads and judges, writes nothing."""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from budget import frames
from ingest.draft.columns import Match, assigned, feed_score, matches_of, sources_of, speaks_of, weight
from ingest.draft.file_names import NamePattern, pattern_of
from ingest.draft.fill import guesses_of
from ingest.draft.header import find_header
from ingest.draft.opening import Opened, open_unknown
from ingest.draft.parts import (
    Seen,
    checks_part,
    sheets_note,
    short_labels,
    slice_note,
    slice_part,
    table_part,
    title_of,
    width_note,
)
from ingest.draft.shapes import Draft, Trial
from ingest.draft.toml_text import mapping_text
from ingest.draft.totals import has_dash, is_footnote, marked_rows, subtotals_of, unit_of
from ingest.draft.vocabulary import Vocabulary, load_vocabulary
from ingest.mapping import Mapping, load_mapping
from ingest.prepare import NO_LIMITS_GIVEN, prepare_content
from ingest.problems import IngestError, UnreadableError
from ingest.readers import Limits

_LIKELY = 25  # below it a file looks like none of the feeds
_FEW = 5  # messages of the trial that are told


@dataclass(frozen=True)
class _Wanted:
    """The feed that was chosen or found, and the division where a person named it."""

    feed: str
    division: str | None


def draft_mapping(
    file_name: str,
    content: bytes,
    *,
    feed: str | None = None,
    division: str | None = None,
    limits: Limits = NO_LIMITS_GIVEN,
) -> Draft:
    """Propose a mapping for a delivered file; ``feed`` and ``division`` are what a person knows of it already.

    UnreadableError or FileRefusedError says why nothing can be proposed.
    """
    vocabulary = load_vocabulary()
    opened = open_unknown(file_name, content, limits)
    seen = _best_sheet(file_name, opened, vocabulary)
    named = pattern_of(file_name)
    scored = _scored(file_name, seen, named, vocabulary)
    chosen = feed or scored[0][0]
    taken, matches = _taken(chosen, seen, vocabulary)
    draft, parts = _proposal(file_name, opened, seen, named, _Wanted(chosen, division), taken, matches)
    draft = replace(draft, feeds=tuple(scored), score=dict(scored)[chosen])
    if feed is None and draft.score < _LIKELY:
        weak = f"no feed fits well, {chosen} is the nearest: say which with --feed ({', '.join(frames.FEEDS)})"
        draft = replace(draft, notes=(weak, *draft.notes))
    return _tried(replace(draft, mapping=mapping_text(draft, parts, named.pattern)), file_name, content, limits)


def _best_sheet(file_name: str, opened: Opened, vocabulary: Vocabulary) -> Seen:
    found = [(header, sheet) for sheet in opened.sheets if (header := find_header(sheet, vocabulary)) is not None]
    if not found:
        raise UnreadableError(
            f"{file_name}: no header row found: a row of labels above rows with numbers or days was expected in the "
            "first 60 rows; name the columns in a first row, or write the mapping by hand (docs/adding-a-feed.md)",
            "no_header_at_all",
            file=file_name,
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
    columns = sum(weight(source) for source in seen.sources if len(source.labels) == 1)
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
    wanted: _Wanted,
    taken: dict[str, Match],
    matches: dict[str, list[Match]],
) -> tuple[Draft, dict[str, Any]]:
    labels, feed = seen.header.labels, wanted.feed
    guesses, missing = guesses_of(feed, taken, matches, named, seen.preamble, wanted.division)
    used = {label for one in guesses for label in one.labels if one.status != "left_out"}
    amounts = [label for one in guesses if one.column.endswith("_fen") for label in one.labels]
    unit, remark = unit_of(seen.preamble, seen.rows, labels, amounts) if amounts else ({}, None)
    unit_label = unit.get("unit_column")
    slices = slice_part(feed, guesses_columns=[one.column for one in guesses], named=named)
    replaced = slice_note(feed, slices)
    notes = [note for note in (remark, replaced, sheets_note(opened, seen), width_note(seen)) if note]
    doubts = {("amounts", key): remark for key in unit} | {("slice", "key"): replaced}
    table = table_part(opened, seen, taken)
    parts = {
        "title": title_of(seen, file_name),
        "table": table,
        "amounts": {**unit, **({"dash": "zero"} if has_dash(seen.facts, amounts) else {})},
        "subtotals": [
            short_labels(one, labels) for one in subtotals_of(seen.rows, seen.facts, seen.totals, taken, amounts)
        ],
        "checks": checks_part(seen, amounts),
        "slice": slices,
        "doubts": {place: note for place, note in doubts.items() if note},
        "delivery": {"on": "delivered_on"} if "delivered_on" in named.groups else {},
    }
    draft = Draft(
        file=file_name,
        feed=feed,
        score=0,
        feeds=(),
        table=table,
        encoding=opened.encoding,
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
            rejected=done.rejected_count,
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
            raise UnreadableError(
                f"{draft.file}: no mapping could be drafted: {error}", "no_draft", file=draft.file
            ) from error
