"""What the amounts of a table are written in: said by the mapping, a cell above the header, a column, or a label."""

import re
from typing import get_args

import polars as pl

from ingest.header import plain
from ingest.mapping import Mapping
from ingest.mapping_parts import Unit
from ingest.problems import UnreadableError
from ingest.table import Table

UNITS: tuple[str, ...] = get_args(Unit)
_SAID_ABOVE = re.compile(rf"单位[:：](?:人民币)?({'|'.join(UNITS)})")


def unit_of_table(mapping: Mapping, table: Table, rows: pl.DataFrame) -> str:
    """Return the unit of the amounts that have none of their own; UnreadableError where the file tells another one."""
    given = mapping.amounts
    if given.unit_cell is not None:
        unit = _said_above(table, given.unit_cell)
    elif given.unit_column is not None:
        unit = _said_in(table, given.unit_column, rows)
    else:
        unit = given.unit or "元"
        if given.unit is not None:
            _refuse_contradiction_above(table, unit)
    _refuse_contradicting_labels(mapping, table, unit)
    return unit


def _said_above(table: Table, pattern: str) -> str:
    said = [found[1] for cell in table.preamble if (found := re.search(pattern, cell))]
    known = [unit for unit in said if unit in UNITS]
    if not known:
        above = "; ".join(table.preamble) or "nothing"
        raise UnreadableError(
            f"no cell above the header tells the unit of the amounts; they say: {above}", "unit_untold", above=above
        )
    return known[0]


def _said_in(table: Table, column: str, rows: pl.DataFrame) -> str:
    label = table.column(column)
    units = rows[label].drop_nulls().str.strip_chars().unique().to_list() if label else []
    if len(units) != 1 or units[0] not in UNITS:
        raise UnreadableError(
            f"column {column} says {', '.join(sorted(units)) or 'nothing'}; one unit was expected",
            "unit_column",
            column=column,
            said=", ".join(sorted(units)) or "—",
        )
    return str(units[0])


def _refuse_contradiction_above(table: Table, unit: str) -> None:
    for cell in table.preamble:
        said = _SAID_ABOVE.search(plain(cell))
        if said and said[1] != unit:
            raise UnreadableError(
                f'the file says "{cell.strip()}", the mapping says {unit}; put unit right in the mapping, or take it '
                "from the cell with unit_cell",
                "unit_contradicted",
                said=cell.strip(),
                unit=unit,
            )


def _refuse_contradicting_labels(mapping: Mapping, table: Table, unit: str) -> None:
    """Refuse amounts whose label names another unit than they are read in; a column's own unit is always believed."""
    for name, spec in mapping.columns.items():
        if mapping.kind(name) != "money" or spec.unit is not None:
            continue
        for label in filter(None, (table.column(one) for one in spec.from_)):
            said = table.units.get(label)
            if mapping.amounts.unit_label and said is None:
                raise UnreadableError(
                    f'the label "{table.said.get(label, label)}" does not tell its unit, as in 金额（万元）',
                    "unit_of_label",
                    label=table.said.get(label, label),
                )
            if not mapping.amounts.unit_label and said not in {None, unit}:
                raise UnreadableError(
                    f'the label "{label}" says {said}, but its amounts would be read in {unit}; set unit for {name} in '
                    "the mapping, or unit_label = true under [amounts]",
                    "unit_of_label_contradicted",
                    label=label,
                    said=said or "—",
                    unit=unit,
                )
