"""Labels of a header of one or several rows, and what to say where one is missing."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, get_args

from ingest.cells import Sheet
from ingest.converted import INVISIBLE
from ingest.mapping import Mapping
from ingest.mapping_parts import Unit

Rows = Sequence[tuple[str | None, ...]]
_UNSEEN = re.compile(rf"[\s{INVISIBLE}]+")
_UNITS = "|".join(get_args(Unit))
_UNIT_BEHIND = re.compile(rf"(.+?)(?:/?[（(](?:单位[:：])?({_UNITS})[)）]|/({_UNITS}))")
_UNIT_ENDS = (")", "）", "元")
_CLOSE_ENOUGH = 0.5
_MOST_COMPARED, _LONGEST_LABEL = 2_000, 60


@dataclass(frozen=True)
class Header:
    """One label a column; ``said`` gives the label as delivered where it was renamed, ``units`` the unit it names."""

    labels: tuple[str, ...]
    said: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)


@lru_cache(maxsize=1 << 16)
def plain(text: str | None) -> str:
    """Return a label without any white space or character that nobody sees: headers are spaced out for looks."""
    return _UNSEEN.sub("", text or "")


def header_of(mapping: Mapping, rows: Rows) -> Header:
    """Return one label a column, renamed as the mapping says; a label that stands twice gets #2, #3 and so on."""
    spec, paths = mapping.table, _paths(rows)
    renamed = {plain(old): plain(new) for old, new in spec.aliases.items()}
    labels = [_by_pattern(renamed.get(path, path), spec.label_patterns) for path in paths]
    ends = [_UNIT_BEHIND.fullmatch(label) if label.endswith(_UNIT_ENDS) else None for label in labels]
    units = [found[2] or found[3] if found else None for found in ends]
    if mapping.amounts.unit_label:
        labels = [found[1] if found else label for label, found in zip(labels, ends, strict=True)]
    told = _distinct(labels)
    return Header(
        told,
        said={label: path for label, path in zip(told, paths, strict=True) if path},
        units={label: unit for label, unit in zip(told, units, strict=True) if unit},
    )


def labels_of(rows: Rows) -> tuple[str, ...]:
    """Return one label a column of rows that no mapping speaks of yet."""
    return _distinct(_paths(rows))


def _by_pattern(label: str, patterns: dict[str, str]) -> str:
    before, slash, leaf = label.rpartition("/")
    for pattern, name in patterns.items():
        if re.fullmatch(pattern, label):
            return plain(name)
        if re.fullmatch(pattern, leaf):
            return before + slash + plain(name)
    return label


def _paths(rows: Rows) -> list[str]:
    """Return the parts of a header of several rows joined with /, the parent first.

    A blank cell of an upper row repeats the cell to its left (merged cells), as far as the row above agrees.
    """
    width = max((len(row) for row in rows), default=0)
    paths: list[list[str]] = [[] for _ in range(width)]
    for depth, row in enumerate(rows):
        carried, is_leaf, before = "", depth == len(rows) - 1, [list(path) for path in paths]
        for n in range(width):
            text = plain(row[n])
            merged = not text and not is_leaf and n > 0 and carried != "" and before[n] == before[n - 1]
            carried = text or (carried if merged else "")
            if carried and paths[n][-1:] != [carried]:
                paths[n].append(carried)
    return ["/".join(path) for path in paths]


def _distinct(labels: list[str]) -> tuple[str, ...]:
    told: dict[str, None] = {}
    counts: Counter[str] = Counter()
    for number, label in enumerate(labels, start=1):
        name = label or f"column{number}"
        counts[name] += 1
        again = name if counts[name] == 1 else f"{name}#{counts[name]}"
        while again in told:
            counts[name] += 1
            again = f"{name}#{counts[name]}"
        told[again] = None
    return tuple(told)


class Near(NamedTuple):
    """The cell that comes closest to a label, at a row counted from 1 and a column counted from 0."""

    label: str
    text: str
    row: int
    column: int

    @property
    def place(self) -> str:
        """Return where it stands, in words; keys of objects stand in no row."""
        return "the keys" if self.row == 0 else f"row {self.row}, column {column_letters(self.column)}"

    @property
    def cell(self) -> str:
        """Return where it stands, as a spreadsheet says it; a key of objects stands in no cell."""
        return f" ({column_letters(self.column)}{self.row})" if self.row else ""


def nearest_labels(missing: Iterable[str], sheet: Sheet, head: Rows) -> list[Near]:
    """Return for each missing label which cell of the first rows comes closest, if one is close."""
    cells: dict[str, tuple[int, int]] = {}
    # Keys of objects stand above the first of them, in no row of their own; what lies below is no label.
    for row, values in enumerate(head[:1] if sheet.first_row == 0 else head):
        for column, value in enumerate(values):
            text = plain(value)
            if text and len(text) <= _LONGEST_LABEL and len(cells) < _MOST_COMPARED:
                cells.setdefault(text, (row + sheet.first_row, column))
    found = []
    for label in missing:
        leaf = label.rpartition("/")[2]
        near = difflib.get_close_matches(leaf, [one for one in cells if one != leaf], n=1, cutoff=_CLOSE_ENOUGH)
        near = near or [one for one in cells if leaf in one and one != leaf][:1]
        # Where a cell of a header of several rows went, its upper part still stands.
        near = near or difflib.get_close_matches(label, cells, n=1, cutoff=_CLOSE_ENOUGH)
        if near:
            found.append(Near(label, near[0], *cells[near[0]]))
    return found


def column_letters(column: int) -> str:
    """Return what a spreadsheet calls a column counted from 0: A, …, Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
