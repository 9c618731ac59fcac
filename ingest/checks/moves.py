"""H03: paired moves (调剂) take from one line what they give to another, so that each pair sums to zero."""

from collections.abc import Iterator

import polars as pl

from ingest.checks.case import Case
from ingest.checks.outcome import Sums, summed, yuan
from ingest.prepared import Check


def _pair() -> pl.Expr:
    """Return what the rows of one pair share, as in budget.adjustments: its code, its document, else its day."""
    return pl.coalesce("adjustment_code", "document_no", pl.col("adjusted_on").dt.to_string("%Y-%m-%d"))


def moves(case: Case) -> Iterator[Check]:
    """Compare what the moves of each adjustment code (else document) give with what they take.

    Expected is what is taken, actual what is given, over the codes that do not sum to zero; over all codes where all
    do. Each row may be rounded by the last printed digit.
    """
    if case.feed != "adjustments" or "adjustment_kind" not in case.columns:
        return
    tolerance, place = case.tolerance_fen(case.rule("moves")), case.last_place_fen
    fen = pl.col("adjustment_fen")
    pots = (
        case.facts.filter(pl.col("adjustment_kind") == "move")
        .group_by("slice_key", about=_pair())
        .agg(
            pl.col("source_sheet", "source_row").first(),
            taken=-fen.filter(fen < 0).sum(),
            given=fen.filter(fen > 0).sum(),
            rounding=pl.len() * place,
        )
        .with_columns(gap=(pl.col("given") - pl.col("taken")).abs())
        .sort("slice_key", "source_row")
        .collect()
    )
    for (key,), own in pots.group_by("slice_key", maintain_order=True):
        beyond = own.filter(pl.col("gap") > pl.max_horizontal("rounding", pl.lit(tolerance)))
        off = beyond if beyond.height else own.filter(pl.col("gap") > tolerance)
        yield _check(case, str(key), own, off, is_rounding=beyond.is_empty())


def _check(case: Case, key: str, own: pl.DataFrame, off: pl.DataFrame, *, is_rounding: bool) -> Check:
    rows = off.sort("gap", "source_row", descending=[True, False]).with_columns(
        expected=yuan("taken"), actual=yuan("given")
    )
    of = rows if rows.height else own
    failed = "rounding" if is_rounding else case.rule("moves").severity
    first = next(rows.iter_rows(named=True), None)
    says = first and (
        f"{rows.height:,} of {own.height:,} moves (调剂) of {key} do not sum to zero: {first['about']} "
        f"(row {first['source_row']}) takes {first['expected']} 元 and gives {first['actual']} 元"
    )
    return summed(
        case,
        Sums(
            code="H03",
            name="moves",
            slice_key=key,
            part="moves",
            measure="adjustment_fen",
            expected_fen=int(of["taken"].sum()),
            actual_fen=int(of["given"].sum()),
            outcome=failed if rows.height else "ok",
            rows=rows,
            checked=own.height,
            concerned=rows.height,
            says=says or "",
        ),
    )
