"""What is in force beside a delivery, for the checks before publishing: codes, keys and sums, never whole facts.

Every read takes the ``slice_id`` of the slices to look into; the caller took them from ``slices_in_force`` with the
reader's scope.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import sqlalchemy as sa

from budget import frames
from warehouse.bulk import read_frame
from warehouse.facts import places_of
from warehouse.schema import table
from warehouse.snapshot_columns import read_columns_kept

VOUCHER = ("division_code", "fiscal_year", "voucher_no")
_MOST_NAMED = 500  # values of one IN list
_ANY = {name: kind for schema in frames.FEEDS.values() for name, kind in schema.items()}


def read_columns(connection: sa.Connection, feed: str, slice_ids: Sequence[int], names: Sequence[str]) -> pl.DataFrame:
    """Return some columns of the facts of some slices: for tables that are small, or read in few columns."""
    fact, schema = table(frames.FACT_TABLE[feed]), {name: _ANY[name] for name in names}
    query = sa.select(*(fact.c[name] for name in names)).where(fact.c.slice_id.in_(list(slice_ids)))
    return read_frame(connection, query, schema)


def vouchers_of(
    connection: sa.Connection, pieces: pl.DataFrame, wanted: pl.Series, snapshots: Path | None = None
) -> pl.DataFrame:
    """Return division_code, fiscal_year, voucher_no and slice_id of the vouchers that are among the wanted ones.

    ``pieces`` has the columns of ``in_force.SLICE``. One narrow span of each slice is read, from its snapshot where
    there is one; voided lines are left out.
    """
    schema = {name: _ANY[name] for name in VOUCHER} | {"slice_id": pl.Int64()}
    least, greatest = wanted.min(), wanted.max()
    if pieces.is_empty() or least is None:
        return frames.empty(schema)
    slice_ids, parts = pieces["slice_id"].to_list(), [frames.empty(schema)]
    if snapshots is not None:
        is_near = pl.col("voucher_no").is_between(pl.lit(least), pl.lit(greatest))
        is_paid = ~pl.col("is_voided").fill_null(value=False)
        places = places_of(connection, "payments", pieces)
        kept, missing = read_columns_kept(snapshots, "payments", places, VOUCHER, is_near & is_paid)
        slice_ids, parts = [place.slice_id for place in missing], [kept.select(*schema)]
    parts.append(_voucher_rows(connection, slice_ids, str(least), str(greatest), schema))
    return pl.concat(parts).filter(pl.col("voucher_no").is_in(wanted.implode()))


def _voucher_rows(
    connection: sa.Connection, slice_ids: Sequence[int], least: str, greatest: str, schema: frames.Schema
) -> pl.DataFrame:
    if not slice_ids:
        return frames.empty(schema)
    paid = table("payment")
    query = sa.select(*(paid.c[name] for name in schema)).where(
        paid.c.slice_id.in_(list(slice_ids)),
        # Binary order on both sides: what a server's collation calls least may not be ours.
        _bytewise(connection, paid.c.voucher_no) >= least,
        _bytewise(connection, paid.c.voucher_no) <= greatest,
        sa.func.coalesce(paid.c.is_voided, sa.false()) == sa.false(),
    )
    return read_frame(connection, query, schema)


def _bytewise(connection: sa.Connection, column: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    return column.collate("C") if connection.dialect.name == "postgresql" else column


def paid_on_vouchers(connection: sa.Connection, slice_ids: Sequence[int], wanted: Sequence[str]) -> pl.DataFrame:
    """Return voucher_no and what was paid on it, for the wanted vouchers: refunds and corrections are left out."""
    paid, schema = table("payment"), {"voucher_no": frames.TEXT, "payment_fen": frames.FEN}
    parts = [frames.empty(schema)]
    for start in range(0, len(wanted) if slice_ids else 0, _MOST_NAMED):
        query = (
            sa.select(paid.c.voucher_no, _sum(paid.c.payment_fen))
            .where(
                paid.c.slice_id.in_(list(slice_ids)),
                paid.c.voucher_no.in_(wanted[start : start + _MOST_NAMED]),
                sa.func.coalesce(paid.c.is_voided, sa.false()) == sa.false(),
                sa.func.coalesce(paid.c.payment_kind, "normal") == "normal",
            )
            .group_by(paid.c.voucher_no)
        )
        parts.append(read_frame(connection, query, schema))
    return pl.concat(parts)


def releases_of(
    connection: sa.Connection, allotment_slices: Sequence[int], adjustment_slices: Sequence[int]
) -> pl.DataFrame:
    """Return fiscal_year, allotment_code, unit_code, project_code and the first day money was given to them.

    The day is null where one of the releases has none. Top-ups give money too.
    """
    allotted, adjusted = table("allotment"), table("adjustment")
    parts = [
        _first_days(connection, allotted, "released_on", allotted.c.slice_id.in_(list(allotment_slices))),
        _first_days(
            connection,
            adjusted,
            "adjusted_on",
            adjusted.c.slice_id.in_(list(adjustment_slices)) & (adjusted.c.adjustment_fen > 0),
        ),
    ]
    return pl.concat(parts)


def _first_days(
    connection: sa.Connection, fact: sa.Table, dated: str, condition: sa.ColumnElement[bool]
) -> pl.DataFrame:
    keys = ("fiscal_year", "allotment_code", "unit_code", "project_code")
    day = fact.c[dated]
    # Null where some release has no day: it may have been the first.
    first = sa.case((sa.func.count() == sa.func.count(day), sa.func.min(day)))
    query = sa.select(*(fact.c[name] for name in keys), first).where(condition).group_by(*(fact.c[n] for n in keys))
    schema = {name: _ANY[name] for name in keys} | {"released_on": frames.DAY}
    return read_frame(connection, query, schema)


def sums_by(
    connection: sa.Connection, feed: str, slice_ids: Sequence[int], keys: Sequence[str], measures: Sequence[str]
) -> pl.DataFrame:
    """Return the sums of some measures by some columns, null where no row has the measure."""
    fact = table(frames.FACT_TABLE[feed])
    query = (
        sa.select(*(fact.c[name] for name in keys), *(_sum(fact.c[name]) for name in measures))
        .where(fact.c.slice_id.in_(list(slice_ids)))
        .group_by(*(fact.c[name] for name in keys))
    )
    return read_frame(connection, query, {name: _ANY[name] for name in (*keys, *measures)})


def totals_of_slices(connection: sa.Connection, feed: str, slice_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Return slice_id -> measure -> fen; a batch of one slice knows them, others are added up."""
    wanted, measures = list(slice_ids), frames.MEASURES[feed]
    if not wanted or not measures:
        return {}
    piece, batch, fact = table("batch_slice"), table("batch"), table(frames.FACT_TABLE[feed])
    other = piece.alias()
    is_alone = ~sa.exists().where(other.c.batch_id == piece.c.batch_id, other.c.slice_id != piece.c.slice_id)
    told = sa.select(piece.c.slice_id, batch.c.totals_json).join(batch, batch.c.batch_id == piece.c.batch_id)
    rows = connection.execute(told.where(piece.c.slice_id.in_(wanted), is_alone))
    found: dict[int, dict[str, int]] = {row.slice_id: json.loads(row.totals_json) for row in rows}
    if rest := [one for one in wanted if one not in found]:
        sums = sa.select(fact.c.slice_id, *(_sum(fact.c[name]) for name in measures))
        for row in connection.execute(sums.where(fact.c.slice_id.in_(rest)).group_by(fact.c.slice_id)):
            found[row.slice_id] = {
                name: int(fen) for name, fen in zip(measures, row[1:], strict=True) if fen is not None
            }
    return found


def _sum(column: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    # PostgreSQL sums whole numbers to NUMERIC.
    return sa.cast(sa.func.sum(column), sa.BigInteger)
