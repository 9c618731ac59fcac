"""Tables that are wide: one column a subject or a month becomes one row each, with the label as a value."""

from collections.abc import Callable

import polars as pl

from ingest.mapping_parts import UnpivotSpec
from ingest.problems import UnreadableError

_ORDER = "\x01order"


def unpivot(
    spec: UnpivotSpec, rows: pl.DataFrame, labels: tuple[str, ...], column: Callable[[str], str | None]
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return one row a delivered row and turned column, in delivered order, with label and value as columns of its own.

    ``column`` returns the full label of a mapping's label. A blank cell gives no row: what is missing stays missing.
    """
    if taken := sorted({spec.label, spec.value} & set(labels)):
        raise UnreadableError(
            f"the table has a column {', '.join(taken)} already; call the unpivoted ones otherwise",
            "turned_column_taken",
            columns=", ".join(taken),
        )
    pieces = []
    for one in spec.columns:
        label = column(one)
        if label is None:
            raise UnreadableError(
                f'there is no column "{one}" to unpivot; the header says: {", ".join(labels)}',
                "no_column",
                column=one,
                labels=", ".join(labels),
            )
        cell = pl.col(label)
        piece = rows.with_row_index(_ORDER).filter(cell.is_not_null())
        pieces.append(piece.with_columns(pl.lit(one).alias(spec.label), cell.alias(spec.value)))
    turned = pl.concat(pieces).sort(_ORDER, maintain_order=True).drop(_ORDER)
    return turned, (*labels, spec.label, spec.value)
