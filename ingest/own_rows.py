"""Which rows under a header belong to the mapped table, and which of them are neither fact nor total."""

from collections.abc import Sequence

import polars as pl

from ingest.converted import INVISIBLE
from ingest.header import plain
from ingest.mapping import Mapping
from ingest.mapping_parts import Condition
from ingest.problems import UnreadableError
from ingest.table import ROW, Table

_MOST_CELLS_OF_A_TITLE = 2


def condition(table: Table, test: Condition) -> pl.Expr:
    """Return a mapping's test of a column as an expression; UnreadableError where the file lacks the column."""
    label = table.column(test.column)
    if label is None:
        raise UnreadableError(
            f'there is no column "{test.column}"; the header says: {", ".join(table.labels)}',
            "no_column",
            column=test.column,
            labels=", ".join(table.labels),
        )
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
    filled = pl.sum_horizontal(cell.is_not_null() for cell in cells)
    tests = [filled == 0, *(condition(table, test) for test in mapping.table.drop)]
    if mapping.table.footnotes is not None and _has_lone_cells(table):
        first = pl.coalesce(cells).str.strip_chars().fill_null("")
        tests.append((filled == 1) & first.str.contains(mapping.table.footnotes))
    tests += _group_titles(mapping, cells)
    if repeated := _repeated_header(table):
        tests.append(pl.col(ROW).is_in(repeated))
    return pl.any_horizontal(tests)


def _has_lone_cells(table: Table) -> bool:
    """Tell whether any row has one filled cell: only such a row can be a footnote."""
    filled = pl.sum_horizontal(pl.col(label).is_not_null() for label in table.labels)
    return bool(table.rows.select((filled == 1).any()).item())


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
