"""Finding the header of a table nobody has described: text above numbers, in words that tables of finance use."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.cells import Sheet
from ingest.draft.vocabulary import Vocabulary, called
from ingest.header import labels_of, plain

WITHIN = 60
_MOST_ROWS = 3
MOST_COLUMNS = 150
_NUMBER = re.compile(r"^[(（]?[-+−]?[¥￥]?[\d,，]*\.?\d+(?:[eE][+-]?\d+)?%?[)）]?$")
_LOOKS_LIKE_DATE = re.compile(r"^\d{4}[-/.年]\d{1,2}([-/.月]\d{0,2}日?)?([ T].*)?$|^\d{1,2}/\d{1,2}/\d{4}$")
_REMARK = re.compile(r"[:：]")
_SURE = 70  # a label so alike a known name speaks for a header
_LONGEST_LABEL = 40
_PARTS_OF_CODES = frozenset({"类", "款", "项", "lei", "kuan", "xiang"})
_MOST_SCORED = 60  # labels that are compared with the vocabulary, of a header that never ends


@dataclass(frozen=True)
class Header:
    """Where a header stands: ``at`` is the index of its first row; ``score`` is higher the surer it is."""

    at: int
    rows: int
    labels: tuple[str, ...]
    score: float


def find_header(sheet: Sheet, vocabulary: Vocabulary) -> Header | None:
    """Return the best header of a sheet; None where no row looks like one."""
    cells = sheet.cells.select(sheet.cells.columns[:MOST_COLUMNS])
    if sheet.first_row == 0:
        labels = labels_of(cells.head(1).rows())
        return Header(0, 1, labels, _words_score(labels, vocabulary)) if labels else None
    head = cells.head(WITHIN + _MOST_ROWS + 1).rows()
    found = [
        Header(at, rows, labels, score)
        for at in range(min(len(head), WITHIN))
        for rows in range(1, _MOST_ROWS + 1)
        if at + rows <= len(head)
        for labels, score in [_judged(head, at, rows, vocabulary)]
        if score > 0
    ]
    return max(found, key=lambda one: (one.score, -one.rows, -one.at), default=None)


def _judged(
    head: Sequence[tuple[str | None, ...]], at: int, rows: int, vocabulary: Vocabulary
) -> tuple[tuple[str, ...], float]:
    """Return the labels that some rows give and how much they look like a header."""
    given = head[at : at + rows]
    if not all(_is_labels(row) for row in given):
        return (), 0.0
    labels = labels_of(given)
    named = [label for label in labels if not label.startswith("column")]
    if len(named) < min(2, len(labels)) or _is_repeating(named):
        return labels, 0.0
    filled = len(named) / len(labels)
    body = head[at + rows : at + rows + 3]
    score = (
        _words_score(labels, vocabulary)
        + 4 * filled
        + 2 * _numbers_below(body)
        + 2 * _numbers_below(body[:1])
        - 0.6 * (rows - 1)
    )
    return labels, score - 3 * sum(_is_heading(row, len(labels)) for row in given)


def _is_labels(row: tuple[str | None, ...]) -> bool:
    """Tell whether a row may be part of a header: something in it, no numbers but years, no long text."""
    filled = [plain(cell) for cell in row if cell]
    bad = sum(bool(_NUMBER.match(text) or _LOOKS_LIKE_DATE.match(text)) for text in filled)
    long = sum(len(text) > _LONGEST_LABEL for text in filled)
    return bool(filled) and bad * 5 <= len(filled) and long * 5 <= len(filled)


def _is_heading(row: tuple[str | None, ...], width: int) -> bool:
    """Tell whether a row is a title or a remark above the table, not a part of its header."""
    filled = [plain(cell) for cell in row if cell]
    return any(_REMARK.search(text) for text in filled) or (len(filled) == 1 and width > 1)


def _is_repeating(named: list[str]) -> bool:
    return sum("#" in label for label in named) * 2 > len(named)


def _numbers_below(body: Sequence[tuple[str | None, ...]]) -> float:
    """Return how many of the rows just below hold a number or a day."""
    hits = [any(_NUMBER.match(plain(c)) or _LOOKS_LIKE_DATE.match(plain(c)) for c in row if c) for row in body]
    return sum(hits) / len(hits) if hits else 0.0


def _words_score(labels: Sequence[str], vocabulary: Vocabulary) -> float:
    """Return how many labels are called as some column is, whatever the feed."""
    fits = (_fit(label, vocabulary.every) for label in labels[:_MOST_SCORED])
    return sum(fit / 100 for fit in fits if fit >= _SURE)


def _fit(label: str, names: tuple[tuple[str, str], ...]) -> int:
    """Return how well a label fits any column; a repeated one says nothing, the parts of a code are known."""
    if "#" in label:
        return 0
    if label.rpartition("/")[2] in _PARTS_OF_CODES:
        return 100
    return called(label, names)[0]
