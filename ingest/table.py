"""Finding the table in a sheet: the header under a preamble, its merged rows, and the rows below it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

import polars as pl

from ingest.converted import INVISIBLE
from ingest.header import Header, Rows, column_letters, header_of, nearest_labels, plain
from ingest.mapping import Mapping
from ingest.mapping_parts import Condition
from ingest.problems import UnreadableError
from ingest.readers import Sheet

# Our own columns beside the delivered ones; a header's label never starts with a control character.
ROW, OVERLONG, KIND, LEFT_OUT = "\x01row", "\x01overlong", "\x01kind", "\x01left out"
_FIRST = "#1"
_MOST_CELLS_OF_A_TITLE = 2


@dataclass(frozen=True)
class Table:
    """The rows under a header. ``rows`` has ROW, OVERLONG, then one column a label as delivered.

    ``head`` are the rows down to the header's last, ``said`` and ``units`` those of ``Header``.
    """

    sheet: str | None
    preamble: tuple[str, ...]  # the cells above the header
    labels: tuple[str, ...]
    rows: pl.DataFrame
    head: tuple[tuple[str | None, ...], ...] = ()
    said: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)

    def column(self, label: str) -> str | None:
        """Return the full label that a mapping's label means; None where the file lacks it."""
        wanted = plain(label).removesuffix(_FIRST)
        if wanted in self.labels:
            return wanted
        ends = [one for one in self.labels if one.endswith(f"/{wanted}")]
        if len(ends) > 1:
            raise UnreadableError(f'"{label}" may be {" or ".join(ends)}; write the whole path in the mapping')
        return ends[0] if ends else None


def find_table(mapping: Mapping, file_name: str, sheet: Sheet) -> Table:
    """Find the mapping's header in a sheet; UnreadableError says which labels were missing where."""
    spec, needed = mapping.table, _needed(mapping)
    head = sheet.cells.head(spec.header_within + spec.header_rows).rows()
    best: tuple[int, int] = (-1, 0)
    for at in range(max(len(head) - spec.header_rows + 1, 0)):
        header = header_of(mapping, head[at : at + spec.header_rows])
        found = _found(header, needed)
        if found == len(needed):
            if _is_title(head[at], spec.header_rows) and _fits(
                mapping, head[at + 1 : at + 1 + spec.header_rows], needed
            ):
                continue
            table = _table(sheet, head[:at], head[at : at + spec.header_rows], header)
            _refuse_twice(mapping, file_name, table)
            return table
        best = max(best, (found, -at))
    where = f"{file_name} sheet {sheet.name}" if sheet.name else file_name
    if not any(cell for row in head for cell in row):
        raise UnreadableError(f"{where} is blank")
    at = -best[1]
    nearest = [plain(cell) for row in head[at : at + spec.header_rows] for cell in row if cell]
    missing = [label for label in needed if label.rpartition("/")[2] not in nearest] or needed
    raise UnreadableError(
        f"{where}: no header row with {', '.join(missing)} in the first {len(head)} rows; "
        f"the nearest, row {at + sheet.first_row}, says: {', '.join(nearest[:30]) or 'nothing'}"
        f"{nearest_labels(missing, sheet, head)}"
    )


def _found(header: Header, needed: Sequence[str]) -> int:
    """Return how many of the needed labels a header has, in full or by their ends."""
    known = set(header.labels)
    known |= {path.split("/", n)[-1] for path in header.labels if "/" in path for n in range(1, path.count("/") + 1)}
    return sum(label in known for label in needed)


def _is_title(row: Sequence[str | None], header_rows: int) -> bool:
    """Tell whether the first row of a header of several rows may be the table's title instead."""
    return header_rows > 1 and sum(bool(cell) for cell in row) <= 1


def _fits(mapping: Mapping, rows: Rows, needed: Sequence[str]) -> bool:
    return len(rows) == mapping.table.header_rows and _found(header_of(mapping, rows), needed) == len(needed)


def _needed(mapping: Mapping) -> list[str]:
    specs = [spec for spec in mapping.columns.values() if not spec.optional]
    labels = chain.from_iterable((*spec.from_, *([spec.label] if spec.label else [])) for spec in specs)
    return list(dict.fromkeys(plain(one).removesuffix(_FIRST) for one in labels))


def _table(sheet: Sheet, above: Rows, head: Rows, header: Header) -> Table:
    at, below, labels = len(above), len(above) + len(head), header.labels
    preamble = tuple(cell for row in above for cell in row if cell)
    rows = sheet.cells.slice(below).rename(dict(zip(sheet.cells.columns, labels, strict=True)))
    beyond = labels[_header_width(sheet, at, below) :]
    numbered = rows.with_columns(
        (pl.int_range(pl.len(), dtype=pl.Int64) + below + sheet.first_row).alias(ROW),
        pl.any_horizontal(pl.lit(False), *(pl.col(label).is_not_null() for label in beyond)).alias(OVERLONG),
    )
    rows = numbered.select(ROW, OVERLONG, *labels)
    return Table(sheet.name, preamble, labels, rows, (*above, *head), header.said, header.units)


def _header_width(sheet: Sheet, at: int, below: int) -> int:
    """Return how many cells the header has: a row with more was split at a separator inside a cell."""
    return sheet.cells.width if sheet.widths is None else max(sheet.widths[at:below])


def _refuse_twice(mapping: Mapping, file_name: str, table: Table) -> None:
    """Refuse a second column of a mapped label that says something else, unless the mapping knows of both."""
    used = set(_mentioned(mapping))
    for asked in sorted(used):
        label = table.column(asked)
        second = f"{label}#2"
        if asked.endswith(_FIRST) or second not in table.labels or second in {table.column(one) for one in used}:
            continue
        differs = table.rows.select(
            (pl.col(second).is_not_null() & pl.col(second).ne_missing(pl.col(label or ""))).any()
        )
        if differs.item():
            places = " and ".join(column_letters(table.labels.index(one)) for one in (label, second) if one)
            raise UnreadableError(
                f'{file_name}: "{asked}" stands twice in the header (columns {places}) and the two differ; write '
                f'"{asked}#1" or "{asked}#2" in the mapping to say which is meant'
            )


def _mentioned(mapping: Mapping) -> Iterator[str]:
    for spec in mapping.columns.values():
        yield from spec.from_
    tests = [*mapping.table.select, *mapping.table.drop, *(test for one in mapping.subtotals for test in one.where)]
    yield from (test.column for test in tests)


def condition(table: Table, test: Condition) -> pl.Expr:
    """Return a mapping's test of a column as an expression; UnreadableError where the file lacks the column."""
    label = table.column(test.column)
    if label is None:
        raise UnreadableError(f'there is no column "{test.column}"; the header says: {", ".join(table.labels)}')
    cell = pl.col(label)
    if test.blank is not None:
        return cell.is_null() if test.blank else cell.is_not_null()
    squeezed = cell.str.replace_all(rf"[\s{INVISIBLE}]+", "").fill_null("")
    if test.matches is not None:
        return squeezed.str.contains(test.matches)
    return squeezed.is_in([plain(one) for one in test.is_])


def keep_own_rows(mapping: Mapping, table: Table) -> pl.DataFrame:
    """Return the rows that belong to the mapped table: selected ones, without rows that are blank throughout.

    Blank records of a JSON list stay: somebody wrote them. They count as delivered and hold no fact.
    """
    rows = _before_the_end(mapping, table, _without_nulls(mapping, table))
    if mapping.table.format != "json":
        rows = rows.filter(pl.any_horizontal(pl.col(label).is_not_null() for label in table.labels))
    for test in mapping.table.select:
        rows = rows.filter(condition(table, test))
    return rows


def _before_the_end(mapping: Mapping, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows before the first one that ends the table."""
    if not mapping.table.until:
        return rows
    ends = rows.select(pl.any_horizontal(condition(table, test) for test in mapping.table.until).alias("end"))["end"]
    return rows.head(int(ends.arg_max() or 0)) if ends.any() else rows


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
    tests += _group_titles(mapping, cells)
    if repeated := _repeated_header(table):
        tests.append(pl.col(ROW).is_in(repeated))
    return pl.any_horizontal(tests)


def _group_titles(mapping: Mapping, cells: Sequence[pl.Expr]) -> list[pl.Expr]:
    """Return the tests of rows that only say what the rows below them are of, as ``above`` reads it."""
    patterns = [spec.above for spec in mapping.columns.values() if spec.above]
    few = pl.sum_horizontal(cell.is_not_null() for cell in cells) <= _MOST_CELLS_OF_A_TITLE
    return [few & pl.any_horizontal(cell.str.contains(pattern) for cell in cells) for pattern in patterns]


def _repeated_header(table: Table) -> list[int]:
    """Return the numbers of rows that say again, cell by cell, what a row down to the header says."""
    found: list[int] = []
    for row in table.head:
        said = [plain(cell) for cell in row]
        at = max((n for n, cell in enumerate(said) if cell), default=None)
        if at is None:
            continue
        # One column first: few rows are left to be compared whole.
        likely = table.rows.filter(pl.col(table.labels[at]) == (row[at] or ""))
        found += [one[0] for one in likely.iter_rows() if [plain(cell) for cell in one[2:]] == said]
    return found
