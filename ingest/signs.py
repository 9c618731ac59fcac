"""How many amounts are written as negative or as zero: told of a delivery beside its sums.

Counted from the delivered text. A binary float's tail such as -6.82121E-13 is written as a negative amount and is
nothing in fen, so that counting fen would tell another number than the delivered file does.
"""

import polars as pl

from budget import frames
from ingest.converted import half_width
from ingest.rows import Reading


def count_signs(reading: Reading, rows: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Return one row a measure: measure, negative, zero.

    ``rows`` are the accepted rows as delivered, ``facts`` what was read of them.
    """
    mapping = reading.mapping
    counts = []
    for name in frames.MEASURES[mapping.feed]:
        spec = mapping.columns.get(name)
        label = reading.table.column(spec.from_[0]) if spec is not None and len(spec.from_) == 1 else None
        if label is not None:
            # What is written as negative or as zero is read as nothing above zero.
            few = rows.filter((facts[name] <= 0).fill_null(value=True))
            counts.append((name, *few.select(*_counts(pl.col(label))).row(0)))
    return pl.DataFrame(counts, schema={"measure": pl.String, "negative": pl.Int64, "zero": pl.Int64}, orient="row")


def _counts(cell: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    text = half_width(cell).str.replace_all(r"\s", "")
    mantissa = text.str.replace(r"[eE].*$", "")
    is_something = mantissa.str.contains("[1-9]")
    is_negative = is_something & text.str.contains(r"^[-(]")
    is_zero = ~is_something & mantissa.str.contains("0")
    return is_negative.sum().cast(pl.Int64).alias("negative"), is_zero.sum().cast(pl.Int64).alias("zero")
