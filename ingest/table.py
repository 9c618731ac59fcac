"""Finding the table in a sheet: the header under a preamble, its merged rows, and the rows below it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import polars as pl

from ingest.cells import Sheet
from ingest.header import Header, Rows, column_letters, header_of, nearest_labels, plain
from ingest.mapping import Mapping
from ingest.mapping_parts import UnpivotSpec
from ingest.problems import UnreadableError, place_of
from ingest.unpivot import unpivot

# Our own columns beside the delivered ones; a header's label never starts with a control character.
ROW, OVERLONG, KIND, LEFT_OUT = "\x01row", "\x01overlong", "\x01kind", "\x01left out"
_FIRST = "#1"


@dataclass(frozen=True)
class Table:
    """The rows under a header. ``rows`` has ROW, OVERLONG, then one column a label as delivered.

    ``head`` are the rows down to the header's last, ``said`` and ``units`` those of ``Header``.
    """

    sheet: str | None
    preamble: tuple[str, ...]  # the cells above the header
    labels: tuple[str, ...]
    rows: pl.DataFrame
    header_width: int  # cells of the header: a row with more was split at a separator inside a cell
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
            raise UnreadableError(
                f'"{label}" may be {" or ".join(ends)}; write the whole path in the mapping',
                "unclear_label",
                label=label,
                choices=", ".join(ends),
            )
        return ends[0] if ends else None


def read_tables(mapping: Mapping, file_name: str, sheet: Sheet, *, as_delivered: bool = False) -> Iterator[Table]:
    """Yield the table of a sheet part by part, the rows of each part under the header found in the first.

    A mapping by which a row says something of the rows below it reads the sheet as one part. Columns that the mapping
    unpivots are rows then, unless the table is wanted ``as_delivered``.
    """
    turned = mapping.table.unpivot
    for table in _parts_of(mapping, file_name, sheet):
        yield table if as_delivered or turned is None else _unpivoted(turned, table)


def _unpivoted(spec: UnpivotSpec, table: Table) -> Table:
    rows, labels = unpivot(spec, table.rows, table.labels, table.column)
    return replace(table, rows=rows, labels=labels)


def _parts_of(mapping: Mapping, file_name: str, sheet: Sheet) -> Iterator[Table]:
    if _looks_back(mapping):
        sheet = sheet.joined()
    first = find_table(mapping, file_name, sheet)
    yield first
    for part in sheet.rest:
        table = _continued(first, part)
        _refuse_twice(mapping, file_name, table)
        yield table


def _looks_back(mapping: Mapping) -> bool:
    spec = mapping.table
    return bool(spec.inherit or spec.until or any(column.above for column in mapping.columns.values()))


def _continued(first: Table, part: Sheet) -> Table:
    """Return the rows of a later part; cells beyond all that the first part had get labels of their own."""
    known = part.cells.width
    labels = first.labels + tuple(f"column{n}" for n in range(len(first.labels) + 1, known + 1))
    missing = [pl.lit(None, pl.String).alias(label) for label in labels[known:]]
    named = part.cells.rename(dict(zip(part.cells.columns, labels, strict=False)))
    rows = _numbered(named.with_columns(missing), labels[first.header_width :], part.first_row)
    # What stands above the table is said once, with the first part.
    return replace(first, preamble=(), labels=labels, rows=rows.select(ROW, OVERLONG, *labels))


def find_table(mapping: Mapping, file_name: str, sheet: Sheet) -> Table:
    """Find the mapping's header in a sheet's first part; UnreadableError says which labels were missing where."""
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
        raise UnreadableError(f"{where} is blank", "blank_sheet", file=place_of(where))
    at = -best[1]
    nearest = [plain(cell) for row in head[at : at + spec.header_rows] for cell in row if cell]
    missing = [label for label in needed if label.rpartition("/")[2] not in nearest] or needed
    raise _no_header(file_name, sheet, head, missing, (at + sheet.first_row, nearest))


def _no_header(
    file_name: str, sheet: Sheet, head: Rows, missing: Sequence[str], nearest: tuple[int, Sequence[str]]
) -> UnreadableError:
    where = f"{file_name} sheet {sheet.name}" if sheet.name else file_name
    row, cells = nearest
    said, wanted, near = (
        ", ".join(one[:60] for one in cells[:30]),
        ", ".join(missing),
        nearest_labels(missing, sheet, head),
    )
    closest = "".join(f'; the closest to "{one.label}" is "{one.text}" in {one.place}' for one in near)
    return UnreadableError(
        f"{where}: no header row with {wanted} in the first {len(head)} rows; "
        f"the nearest, row {row}, says: {said or 'nothing'}{closest}",
        "no_header_near" if near else "no_header",
        file=place_of(where),
        rows=len(head),
        missing=wanted,
        row=row,
        said=said or "—",
        near=", ".join(f"{one.label} ≈ {one.text}{one.cell}" for one in near),
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
    wanted = [plain(one).removesuffix(_FIRST) for one in labels]
    turned = mapping.table.unpivot
    if turned is not None:
        made = {plain(turned.label), plain(turned.value)}
        wanted = [*(one for one in wanted if one not in made), *map(plain, turned.columns)]
    return list(dict.fromkeys(wanted))


def _table(sheet: Sheet, above: Rows, head: Rows, header: Header) -> Table:
    at, below, labels = len(above), len(above) + len(head), header.labels
    preamble = tuple(cell for row in above for cell in row if cell)
    rows = sheet.cells.slice(below).rename(dict(zip(sheet.cells.columns, labels, strict=True)))
    header_width = _header_width(sheet, at, below)
    numbered = _numbered(rows, labels[header_width:], below + sheet.first_row).select(ROW, OVERLONG, *labels)
    return Table(sheet.name, preamble, labels, numbered, header_width, (*above, *head), header.said, header.units)


def _numbered(rows: pl.DataFrame, beyond: Sequence[str], first_row: int) -> pl.DataFrame:
    """Add each row's number in the file, and whether it has cells beyond the header."""
    return rows.with_columns(
        (pl.int_range(pl.len(), dtype=pl.Int64) + first_row).alias(ROW),
        pl.any_horizontal(pl.lit(False), *(pl.col(label).is_not_null() for label in beyond)).alias(OVERLONG),
    )


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
            columns = [column_letters(table.labels.index(one)) for one in (label, second) if one]
            raise UnreadableError(
                f'{file_name}: "{asked}" stands twice in the header (columns {" and ".join(columns)}) and the two '
                f'differ; write "{asked}#1" or "{asked}#2" in the mapping to say which is meant',
                "twin_columns",
                file=file_name,
                label=asked,
                first=columns[0],
                second=columns[-1],
            )


def _mentioned(mapping: Mapping) -> Iterator[str]:
    for spec in mapping.columns.values():
        yield from spec.from_
    tests = [*mapping.table.select, *mapping.table.drop, *(test for one in mapping.subtotals for test in one.where)]
    yield from (test.column for test in tests)
