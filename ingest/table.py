"""Finding the table in a sheet: the header under a preamble, its merged rows, and the rows below it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

import polars as pl

from ingest.mapping import Mapping
from ingest.mapping_parts import Condition, UnpivotSpec
from ingest.problems import UnreadableError
from ingest.readers import Sheet
from ingest.unpivot import unpivot

_SPACE = re.compile(r"\s+")
# Our own columns beside the delivered ones; a header's label never starts with a control character.
ROW, OVERLONG, KIND, LEFT_OUT = "\x01row", "\x01overlong", "\x01kind", "\x01left out"


@dataclass(frozen=True)
class Table:
    """The rows under a header. ``rows`` has ROW, OVERLONG, then one column a label as delivered."""

    sheet: str | None
    preamble: tuple[str, ...]  # the cells above the header
    labels: tuple[str, ...]
    rows: pl.DataFrame

    def column(self, label: str) -> str | None:
        """Return the full label that a mapping's label means; None where the file lacks it."""
        wanted = plain(label)
        if wanted in self.labels:
            return wanted
        ends = [one for one in self.labels if one.endswith(f"/{wanted}")]
        if len(ends) > 1:
            raise UnreadableError(f'"{label}" may be {" or ".join(ends)}; write the whole path in the mapping')
        return ends[0] if ends else None


def plain(text: str | None) -> str:
    """Return a label without any white space: headers are spaced out for looks."""
    return _SPACE.sub("", text or "")


def find_table(mapping: Mapping, file_name: str, sheet: Sheet, *, as_delivered: bool = False) -> Table:
    """Find the mapping's header in a sheet; UnreadableError says which labels were missing where.

    Columns that the mapping unpivots are rows then, unless the table is wanted ``as_delivered``.
    """
    spec, needed = mapping.table, _needed(mapping)
    head = sheet.cells.head(spec.header_within + spec.header_rows).rows()
    best: tuple[int, int] = (-1, 0)
    for at in range(max(len(head) - spec.header_rows + 1, 0)):
        labels = header_labels(head[at : at + spec.header_rows], spec.aliases)
        found = sum(any(one == label or one.endswith(f"/{label}") for one in labels) for label in needed)
        if found == len(needed):
            found_table = _table(sheet, at, spec.header_rows, labels)
            return found_table if as_delivered or spec.unpivot is None else _unpivoted(spec.unpivot, found_table)
        best = max(best, (found, -at))
    where = f"{file_name} sheet {sheet.name}" if sheet.name else file_name
    if not any(cell for row in head for cell in row):
        raise UnreadableError(f"{where} is blank")
    at = -best[1]
    nearest = [plain(cell) for row in head[at : at + spec.header_rows] for cell in row if cell]
    missing = [label for label in needed if label.rpartition("/")[2] not in nearest]
    raise UnreadableError(
        f"{where}: no header row with {', '.join(missing or needed)} in the first {len(head)} rows; "
        f"the nearest, row {at + sheet.first_row}, says: {', '.join(nearest[:30]) or 'nothing'}"
    )


def _needed(mapping: Mapping) -> list[str]:
    labels = [plain(one) for spec in mapping.columns.values() if not spec.optional for one in spec.from_]
    turned = mapping.table.unpivot
    if turned is not None:
        made = {plain(turned.label), plain(turned.value)}
        labels = [*(one for one in labels if one not in made), *map(plain, turned.columns)]
    return list(dict.fromkeys(labels))


def _unpivoted(spec: UnpivotSpec, table: Table) -> Table:
    rows, labels = unpivot(spec, table.rows, table.labels, table.column)
    return replace(table, rows=rows, labels=labels)


def header_labels(rows: Sequence[tuple[str | None, ...]], aliases: dict[str, str]) -> tuple[str, ...]:
    """Return one label a column: the parts of a header of several rows joined with /, the parent first.

    A blank cell of an upper row repeats the cell to its left (merged cells), as far as the row above agrees. A label
    that stands twice gets #2, #3 …
    """
    renamed = {plain(old): plain(new) for old, new in aliases.items()}
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
    return _distinct(["/".join(path) for path in paths], renamed)


def _distinct(labels: list[str], renamed: dict[str, str]) -> tuple[str, ...]:
    told: dict[str, None] = {}
    for number, label in enumerate(labels, start=1):
        name = renamed.get(label, label) or f"column{number}"
        again = (f"{name}#{n}" for n in count(2))
        told[name if name not in told else next(one for one in again if one not in told)] = None
    return tuple(told)


def _table(sheet: Sheet, at: int, header_rows: int, labels: tuple[str, ...]) -> Table:
    below = at + header_rows
    preamble = tuple(cell for row in sheet.cells.head(at).rows() for cell in row if cell)
    rows = sheet.cells.slice(below).rename(dict(zip(sheet.cells.columns, labels, strict=True)))
    beyond = labels[_header_width(sheet, at, below) :]
    numbered = rows.with_columns(
        (pl.int_range(pl.len(), dtype=pl.Int64) + below + sheet.first_row).alias(ROW),
        pl.any_horizontal(pl.lit(False), *(pl.col(label).is_not_null() for label in beyond)).alias(OVERLONG),
    )
    return Table(sheet.name, preamble, labels, numbered.select(ROW, OVERLONG, *labels))


def _header_width(sheet: Sheet, at: int, below: int) -> int:
    """Return how many cells the header has: a row with more was split at a separator inside a cell."""
    return sheet.cells.width if sheet.widths is None else max(sheet.widths[at:below])


def condition(table: Table, test: Condition) -> pl.Expr:
    """Return a mapping's test of a column as an expression; UnreadableError where the file lacks the column."""
    label = table.column(test.column)
    if label is None:
        raise UnreadableError(f'there is no column "{test.column}"; the header says: {", ".join(table.labels)}')
    cell = pl.col(label)
    if test.blank is not None:
        return cell.is_null() if test.blank else cell.is_not_null()
    squeezed = cell.str.replace_all(r"\s+", "").fill_null("")
    if test.matches is not None:
        return squeezed.str.contains(test.matches)
    return squeezed.is_in([plain(one) for one in test.is_])


def keep_own_rows(mapping: Mapping, table: Table) -> pl.DataFrame:
    """Return the rows that belong to the mapped table: selected ones, without rows that are blank throughout.

    Blank records of a JSON list stay: somebody wrote them. They count as delivered and hold no fact.
    """
    rows = _without_nulls(mapping, table)
    if mapping.table.format != "json":
        rows = rows.filter(pl.any_horizontal(pl.col(label).is_not_null() for label in table.labels))
    for test in mapping.table.select:
        rows = rows.filter(condition(table, test))
    return rows


def _without_nulls(mapping: Mapping, table: Table) -> pl.DataFrame:
    """Return the rows with null where a cell says that there is no value."""
    nulls = [plain(text) for text in mapping.table.nulls]
    if not nulls:
        return table.rows
    cells = [pl.col(label) for label in table.labels]
    says_nothing = [cell.str.replace_all(r"\s", "").is_in(nulls) for cell in cells]
    return table.rows.with_columns(
        pl.when(~nothing).then(cell) for cell, nothing in zip(cells, says_nothing, strict=True)
    )


def is_left_out(mapping: Mapping, table: Table) -> pl.Expr:
    """Return whether a row is no fact and no total: blank throughout, a footnote, or dropped by the mapping."""
    cells = [pl.col(label) for label in table.labels]
    blank = pl.all_horizontal(cell.is_null() for cell in cells)
    tests = [blank, *(condition(table, test) for test in mapping.table.drop)]
    if mapping.table.footnotes is not None:
        lone = pl.sum_horizontal(cell.is_not_null() for cell in cells) == 1
        first = pl.coalesce(cells).str.strip_chars().fill_null("")
        tests.append(lone & first.str.contains(mapping.table.footnotes))
    return pl.any_horizontal(tests)
