"""A table as data: the same rows and totals go to the page and to the export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Kind = Literal["text", "wan", "yuan", "rate", "points", "count", "day", "level", "progress", "clues"]
NUMERIC: frozenset[Kind] = frozenset({"wan", "yuan", "rate", "points", "count", "progress"})
PAGE_SIZE = 50  # rows a page draws at once; exports always hold all
_LEVEL_RANK = {"blue": 0, "yellow": 1, "orange": 2, "red": 3}


@dataclass(frozen=True)
class Column:
    """One column; the unit stands in its title."""

    key: str
    title: str
    kind: Kind = "text"
    hint: str = ""  # what it means, shown on the head
    is_sortable: bool = True
    wraps: bool = False  # long text that may run over several lines


@dataclass(frozen=True)
class Table:
    """Rows are mappings of column key to value; ``<key>:href`` makes a cell a link, ``<key>:note`` adds small print.

    ``<key>:tone`` gives a cell the colour of a level. A missing key is drawn as —, None as 无数据. ``totals`` is a row
    of the same form, or None.
    """

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    totals: Mapping[str, Any] | None = None
    empty: str = ""
    marks: Mapping[str, Any] = field(default_factory=dict)  # ruler of the progress bars
    is_whole: bool = False  # drawn on one page however many rows there are
    note: str = ""  # said above the rows

    def column(self, key: str) -> Column | None:
        """Return a column by key."""
        return next((column for column in self.columns if column.key == key), None)


def sort_of(text: str | None, table: Table) -> tuple[str, bool] | None:
    """Read ``table.column`` or ``-table.column`` (downwards) from the URL; None where it is not for this table."""
    if not text:
        return None
    name, _, key = text.lstrip("-").partition(".")
    column = table.column(key)
    return (key, text.startswith("-")) if name == table.key and column and column.is_sortable else None


def sorted_table(table: Table, text: str | None) -> Table:
    """Return the table in the order the URL asks for; rows without a value come last either way."""
    order = sort_of(text, table)
    if order is None:
        return table
    key, downwards = order
    known = [row for row in table.rows if row.get(key) is not None]
    missing = [row for row in table.rows if row.get(key) is None]
    rank = _rank if (column := table.column(key)) and column.kind == "level" else _plain
    known.sort(key=lambda row: rank(row[key]), reverse=downwards)
    return replace(table, rows=[*known, *missing])


def _plain(value: Any) -> Any:
    return value


def _rank(value: Any) -> int:
    return _LEVEL_RANK.get(value, -1)


def page_of(table: Table, number: int | None) -> tuple[Table, int, int]:
    """Return one page of the rows, its number from 1 and the number of pages; totals stay those of all rows."""
    pages = max(1, -(-len(table.rows) // PAGE_SIZE))
    number = min(max(number or 1, 1), pages)
    rows = table.rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return replace(table, rows=rows), number, pages
