"""Control figures outside the table: in a cell above or below it, or in a side file that comes with the delivery."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import polars as pl

from budget import frames
from ingest.delivery import Delivery
from ingest.header import plain
from ingest.mapping import Mapping
from ingest.mapping_checks import ControlSpec
from ingest.money import parse_money
from ingest.own_rows import condition
from ingest.prepared import Prepared
from ingest.problems import UnreadableError
from ingest.readers import decode
from ingest.stated import Figure, Stated
from ingest.table import Table

USUAL_SIDE_FILE = "{name}.total"
_MOST_CELLS = 3  # a row with more filled cells is a row of the table, whatever its words
_MOST_BYTES = 1 << 20


def control_rows(mapping: Mapping, table: Table) -> pl.DataFrame:
    """Return the rows that state control figures: few cells, one of which says so, and no row of totals."""
    spec = mapping.checks.control
    if spec.severity == "off":
        return table.rows.clear()
    cells = [pl.col(label) for label in table.labels]
    few = table.rows.filter(pl.sum_horizontal(cell.is_not_null() for cell in cells) <= _MOST_CELLS)
    says = [cell.str.contains(one) for cell in cells for one in (spec.amount_cell, spec.count_cell)]
    totals = [pl.all_horizontal(condition(table, test) for test in spec.where) for spec in mapping.subtotals]
    return few.filter(pl.any_horizontal(says).fill_null(value=False), ~pl.any_horizontal(pl.lit(value=False), *totals))


def figures_of_table(mapping: Mapping, table: Table, rows: pl.DataFrame, unit: str) -> tuple[Figure, ...]:
    """Return what the cells above the table and its control rows state."""
    if mapping.checks.control.severity == "off":
        return ()
    cells = [cell for row in rows.select(table.labels).iter_rows() for cell in row if cell]
    return tuple(figures_in(mapping, [*table.preamble, *cells], unit))


def figures_in(mapping: Mapping, texts: Iterable[str], unit: str, where: str | None = None) -> Iterator[Figure]:
    """Yield the figures that some texts state; ``where`` names their place, else the words themselves do."""
    spec, measure = mapping.checks.control, measure_of(mapping)
    for text in texts:
        for found in re.finditer(spec.amount_cell, text) if measure else ():
            said = found[2] if found.re.groups > 1 and found[2] else unit
            yield Figure(measure=str(measure), value=_fen(found[1], said), where=where or found[0].strip())
        for found in re.finditer(spec.count_cell, text):
            yield Figure(measure="rows", value=_count(found[1]), where=where or found[0].strip())


def measure_of(mapping: Mapping) -> str | None:
    """Return the money column a stated amount is of; None where there are several and the mapping names none."""
    if mapping.checks.control.measure is not None:
        return mapping.checks.control.measure
    money = [name for name in frames.MEASURES[mapping.feed] if name in mapping.columns]
    return money[0] if len(money) == 1 else None


def _fen(text: str, unit: str) -> int | None:
    done = parse_money(pl.Series([text]), unit, "refuse")
    return None if done.bad[0] else done.values[0]


def _count(text: str) -> int | None:
    done = parse_money(pl.Series([text]), "元", "refuse").values[0]
    return None if done is None or done % 100 else done // 100


def side_name(mapping: Mapping, file_name: str) -> str:
    """Return the name of the side file that belongs to a data file."""
    pattern = mapping.checks.control.side_file or USUAL_SIDE_FILE
    return pattern.format(**(mapping.groups(file_name) | {"name": file_name}))


def awaits_side_file(mapping: Mapping) -> bool:
    """Tell whether the mapping says that a side file comes with every delivery."""
    control = mapping.checks.control
    return control.side_file is not None and control.severity != "off"


def side_file_of(mappings: Sequence[Mapping], name: str) -> Mapping | None:
    """Return the mapping whose side files have such a name; None for a file that is none."""
    for mapping in mappings:
        pattern = mapping.checks.control.side_file or USUAL_SIDE_FILE
        parts = re.split(r"\{(\w+)\}", pattern)
        told = [re.escape(part) if place % 2 == 0 else _part(part) for place, part in enumerate(parts)]
        found = re.fullmatch("".join(told), name)
        if found and ("name" not in found.groupdict() or mapping.knows(found["name"])):
            return mapping
    return None


def _part(name: str) -> str:
    return "(?P<name>.+)" if name == "name" else "(?:.+)"


def with_side_file(prepared: Prepared, folder: Path) -> Prepared:
    """Add what the side file beside a delivered file states; one that is expected and not there is told as missing."""
    mapping = prepared.mapping
    if mapping.checks.control.severity == "off":
        return prepared
    name = side_name(mapping, prepared.file_name)
    path = folder / name
    if path.is_file():
        return taking_side(prepared, name, Delivery.of_file(path))
    if awaits_side_file(mapping):
        return replace(prepared, control=replace(prepared.control, missing=name))
    return prepared


def taking_side(prepared: Prepared, name: str, side: Delivery) -> Prepared:
    """Add what a control file states, and its bytes; one that is too large to be one states nothing readable."""
    content = side.read() if side.byte_count <= _MOST_BYTES else b""
    stated = replace(read_side_file(prepared, name, content), side_sha256=side.sha256)
    return replace(prepared, control=joined(prepared.control, stated), side=side)


def joined(cells: Stated, side: Stated) -> Stated:
    """Return what the table's cells and a side file state together."""
    return replace(side, figures=(*cells.figures, *side.figures))


def kept_side(stated: Stated) -> Stated:
    """Return the part that came in a side file, to be joined to a new reading of the same delivery."""
    return replace(stated, figures=tuple(one for one in stated.figures if one.where == stated.side_file))


def read_side_file(prepared: Prepared, name: str, content: bytes) -> Stated:
    """Read a side file: a table with a line a data file, or words such as 合计金额：1,234.56 共 123 笔.

    A side file that says nothing of the delivery states an unreadable count, which is a mismatch.
    """
    spec = prepared.mapping.checks.control
    stated = Stated(side_file=name, side_sha256=sha256(content).hexdigest())
    try:
        text = decode(name, content, spec.encodings)
    except UnreadableError:
        return replace(stated, figures=(Figure(measure="rows", value=None, where=name),))
    figures = list(_from_table(prepared, name, text, spec))
    figures = figures or list(figures_in(prepared.mapping, text.splitlines(), prepared.unit, where=name))
    return replace(stated, figures=tuple(figures) or (Figure(measure="rows", value=None, where=name),))


def _from_table(prepared: Prepared, name: str, text: str, spec: ControlSpec) -> Iterator[Figure]:
    rows = [[plain(cell) for cell in row] for row in csv.reader(text.splitlines(), delimiter=_delimiter(text))]
    for at, head in enumerate(rows):
        file_at, amount_at, count_at = (
            next((head.index(label) for label in map(plain, labels) if label in head), None)
            for labels in (spec.file_column, spec.amount_column, spec.count_column)
        )
        if (amount_at is None and count_at is None) or len(head) < 2:  # a lone word is no table
            continue
        own = _own_row(rows[at + 1 :], file_at, prepared.file_name)
        measure = measure_of(prepared.mapping)
        if own is not None and measure is not None and amount_at is not None and amount_at < len(own):
            yield Figure(measure=measure, value=_fen(own[amount_at], prepared.unit), where=name)
        if own is not None and count_at is not None and count_at < len(own):
            yield Figure(measure="rows", value=_count(own[count_at]), where=name)
        return


def _own_row(rows: list[list[str]], file_at: int | None, file_name: str) -> list[str] | None:
    filled = [row for row in rows if any(row)]
    if file_at is None:
        return filled[0] if len(filled) == 1 else None
    names = {plain(file_name), plain(file_name).rpartition(".")[0]}
    return next((row for row in filled if file_at < len(row) and row[file_at] in names), None)


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",\t;|，", key=first.count)
