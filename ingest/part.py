"""One part of a table read by a mapping: its accepted rows, and what has to be known of it when all parts are read."""

from dataclasses import dataclass, replace

import polars as pl

from budget import frames
from ingest.control import control_rows, figures_of_table
from ingest.mapping import Mapping
from ingest.own_rows import condition, is_left_out, keep_own_rows
from ingest.prepared import Rejected
from ingest.rejections import rejections
from ingest.rows import Reading, read_rows
from ingest.signs import count_signs
from ingest.slicing import key_of, keys_of_all, slice_sums
from ingest.stated import Figure
from ingest.store import SLICE_KEY
from ingest.table import KIND, LEFT_OUT, OVERLONG, ROW, Table


@dataclass(frozen=True)
class Part:
    """What one part of a table gives.

    ``totals`` are the part's subtotal rows as delivered, ``summed`` the accepted rows cut to what totals are held
    against: slice, row, measures, and the delivered columns that name the groups.
    """

    reading: Reading
    facts: pl.DataFrame  # ORIGIN without row_no, then the feed's own columns
    rejected: list[Rejected]  # the first of them, as many as were asked for
    rejected_count: int  # all of them
    sums: pl.DataFrame  # one row a slice, see slicing.slice_sums
    counts: pl.DataFrame  # slice_key, delivered_count: rows as delivered
    distinct: pl.DataFrame
    signs: pl.DataFrame
    totals: pl.DataFrame
    summed: pl.DataFrame
    figures: tuple[Figure, ...]  # what cells above the table and rows beside it state of the whole

    def taken_over(self) -> "Part":
        """Return it without what the caller holds now: its facts and its rejections."""
        return replace(self, facts=self.facts.clear(), rejected=[])

    def passed(self) -> "Part":
        """Return it without its rows as delivered: totals look at those of a sheet's last part only."""
        table = replace(self.reading.table, rows=self.reading.table.rows.clear())
        return replace(self, reading=replace(self.reading, table=table))


@dataclass(frozen=True)
class Piece:
    """One part of a table about to be read: its own rows, and those beside them that state figures of the whole.

    ``own`` is marked with KIND (null for facts) and LEFT_OUT.
    """

    reading: Reading
    own: pl.DataFrame
    stating: pl.DataFrame


def mark_rows(mapping: Mapping, table: Table) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the own rows of a part of a table, marked, and the rows that state figures of the whole."""
    stating = control_rows(mapping, table)
    left_out = is_left_out(mapping, table)
    if stating.height:
        left_out |= pl.col(ROW).is_in(stating[ROW].implode())
    kinds = _kind_of_total(mapping, table)
    return keep_own_rows(mapping, table).with_columns(left_out.alias(LEFT_OUT), kinds.alias(KIND)), stating


def _kind_of_total(mapping: Mapping, table: Table) -> pl.Expr:
    """Return which kind of subtotal a row is, null for a row of facts."""
    tests = [pl.all_horizontal(condition(table, test) for test in spec.where) for spec in mapping.subtotals]
    kinds = [pl.when(test).then(pl.lit(n)) for n, test in enumerate(tests)]
    return pl.coalesce(*kinds, pl.lit(None, pl.Int32))


def read_part(piece: Piece, most_rejected: int) -> Part:
    """Read a part whose inherited cells are filled in already; of rejected rows the first so many are told."""
    reading, own = piece.reading, piece.own
    marked = own.filter(~pl.col(LEFT_OUT))
    rows = marked.filter(pl.col(KIND).is_null())
    read = read_rows(reading, rows)
    keys = key_of(reading, rows, read)
    read = replace(read, columns=read.columns | {SLICE_KEY: keys})
    good = ~(read.is_bad() | rows[OVERLONG])
    facts = read.values.with_columns(
        keys.values.alias(SLICE_KEY),
        rows[ROW].alias("source_row"),
        pl.lit(reading.table.sheet, pl.String).alias("source_sheet"),
    )
    is_whole = bool(good.all())
    accepted, delivered = (facts, rows) if is_whole else (facts.filter(good), rows.filter(good))
    # Where every row is one of facts, its key is known already.
    every = keys.values if rows.height == own.height else keys_of_all(reading, own)
    labels = [label for one in reading.mapping.slice.distinct if (label := reading.table.column(one))]
    return Part(
        reading=reading,
        facts=accepted,
        rejected=[] if is_whole else rejections(reading, rows, read, most_rejected),
        rejected_count=rows.height - accepted.height,
        sums=slice_sums(reading.mapping.feed, accepted),
        counts=pl.DataFrame({SLICE_KEY: every}).group_by(SLICE_KEY).agg(delivered_count=pl.len().cast(pl.Int64)),
        distinct=own.select(labels).unique(maintain_order=True) if labels else pl.DataFrame(),
        signs=count_signs(reading, delivered, accepted),
        totals=marked.filter(pl.col(KIND).is_not_null()).drop(LEFT_OUT),
        summed=_summed(reading, accepted, delivered),
        figures=figures_of_table(reading.mapping, reading.table, piece.stating, reading.unit),
    )


def _summed(reading: Reading, facts: pl.DataFrame, delivered: pl.DataFrame) -> pl.DataFrame:
    mapping = reading.mapping
    if not mapping.subtotals:
        return pl.DataFrame()
    named = {label for spec in mapping.subtotals for label in (*spec.group, *spec.group_of)}
    labels = sorted({label for one in named if (label := reading.table.column(one))})
    measures = [name for name in mapping.columns if name in frames.MEASURES[mapping.feed]]
    return pl.concat([facts.select(SLICE_KEY, "source_row", *measures), delivered.select(labels)], how="horizontal")
