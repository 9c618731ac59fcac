"""H02: the totals that stand in the table against the sum of their parts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import polars as pl

from budget import frames
from budget.money import FEN_PER_UNIT, format_yuan
from ingest.checks.outcome import PART_LENGTH, outcome_of
from ingest.mapping_parts import SubtotalSpec
from ingest.prepared import Check
from ingest.rows import Reading, read_rows
from ingest.slicing import key_of
from ingest.store import SLICE_KEY
from ingest.table import KIND, ROW, Table


@dataclass(frozen=True)
class Sums:
    """The subtotal rows of a table as delivered, and the accepted rows to hold against them.

    ``summed`` has each row's slice and place, its measures, and the delivered columns that name the groups.
    """

    reading: Reading
    summed: pl.DataFrame
    totals: pl.DataFrame


def check_totals(sums: Sums) -> list[Check]:
    """Compare every delivered subtotal with the sum of its parts (H02)."""
    mapping = sums.reading.mapping
    measures = [name for name in mapping.columns if name in frames.MEASURES[mapping.feed]]
    lost = _lost(sums, measures)
    if sums.totals.is_empty():
        return lost
    read = read_rows(sums.reading, sums.totals, only=[*measures, *mapping.slice.key])
    slices = sums.summed[SLICE_KEY].unique(maintain_order=True).to_list()
    said = read.values.select(measures).with_columns(
        sums.totals[ROW],
        sums.totals[KIND],
        key=key_of(sums.reading, sums.totals, read).values if len(slices) != 1 else pl.lit(slices[0]),
        **{f"{name} bad": read.columns[name].bad for name in measures},
    )
    checks = lost
    for number, spec in enumerate(mapping.subtotals):
        rows = said.filter(pl.col(KIND) == number)
        codes = _code(sums.reading.table, sums.totals.filter(pl.col(KIND) == number), spec.group)
        for row, own in _with_parts(
            _one_a_group(spec, rows.with_columns(code=codes), measures), _with_code(sums, spec), spec
        ):
            total = _Total(spec, row["key"] or (slices or [""])[0], row["code"], row[ROW])
            given = [name for name in measures if row[name] is not None or row[f"{name} bad"]]
            checks += [_check(sums.reading, total, row[name], own[name].drop_nulls()) for name in given]
    return checks


def _lost(sums: Sums, measures: list[str]) -> list[Check]:
    """Return a failed check for each kind of total that has to be there and is not, by the first measure of all."""
    reading, found = sums.reading, set() if sums.totals.is_empty() else set(sums.totals[KIND])
    return [
        Check(
            check_code="H02",
            slice_key=str(sums.summed[SLICE_KEY][0]) if sums.summed.height else "",
            part="total",
            measure=measures[0],
            expected_fen=None,
            actual_fen=int(sums.summed[measures[0]].sum()),
            tolerance_fen=0,
            outcome=spec.on_mismatch,
            source_sheet=reading.table.sheet,
            check_name="totals",
            severity=spec.on_mismatch,
            checked_count=sums.summed.height,
            detail=f"there is no row of {_rows_of(spec)}, which adds up {measures[0]}; the file may be cut short",
        )
        for number, spec in enumerate(reading.mapping.subtotals)
        if spec.required and measures and number not in found
    ]


def _rows_of(spec: SubtotalSpec) -> str:
    said = ((one.column, one.matches or one.is_) for one in spec.where)
    return " and ".join(
        f"{column} {text if isinstance(text, str) else ' or '.join(text or ('…',))}" for column, text in said
    )


def _one_a_group(spec: SubtotalSpec, rows: pl.DataFrame, measures: list[str]) -> pl.DataFrame:
    """Add up the subtotals that name the same group: one a page, or one a fund, are together its total."""
    if not spec.group or spec.parts not in {"prefix", "equal"}:
        return rows
    said = [pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name) for name in measures]
    said += [pl.col(f"{name} bad").any() for name in measures]
    return rows.group_by("key", "code", maintain_order=True).agg(*said, pl.col(ROW, KIND).last())


def _with_parts(
    rows: pl.DataFrame, parts: pl.DataFrame, spec: SubtotalSpec
) -> Iterator[tuple[dict[str, Any], pl.DataFrame]]:
    before = 0
    for row in rows.iter_rows(named=True):
        yield row, _parts_of(parts, spec, row, before)
        before = row[ROW]


def _with_code(sums: Sums, spec: SubtotalSpec) -> pl.DataFrame:
    return sums.summed.with_columns(code=_code(sums.reading.table, sums.summed, spec.group_of or spec.group))


def _code(table: Table, rows: pl.DataFrame, labels: tuple[str, ...]) -> pl.Series:
    known = [label for one in labels if (label := table.column(one))]
    if not known:
        return pl.repeat("", rows.height, dtype=pl.String, eager=True)
    cells = [pl.col(label).str.replace_all(r"\s", "") for label in known]
    return rows.select(code=pl.concat_str(cells, ignore_nulls=True))["code"]


def _parts_of(parts: pl.DataFrame, spec: SubtotalSpec, row: dict[str, Any], before: int) -> pl.DataFrame:
    code = row["code"] or ""
    if row["key"] is not None:
        parts = parts.filter(pl.col(SLICE_KEY) == row["key"])
    if spec.parts == "prefix":
        return parts.filter(pl.col("code").str.starts_with(code))
    if spec.parts == "equal":
        return parts.filter(pl.col("code") == code)
    if spec.parts == "above":
        return parts.filter((pl.col("source_row") > before) & (pl.col("source_row") < row[ROW]))
    return parts


class _Total(NamedTuple):
    """Where a subtotal stands and what it is the total of."""

    spec: SubtotalSpec
    slice_key: str
    code: str | None
    row: int


def _check(reading: Reading, total: _Total, expected: int | None, parts: pl.Series) -> Check:
    actual, given = int(parts.sum()), reading.mapping.checks
    fen = FEN_PER_UNIT[reading.unit_of(parts.name)]
    tolerance, per_part = int(given.tolerance * fen), int((given.last_place or 0) * fen)
    difference = None if expected is None else abs(expected - actual)
    outcome = outcome_of(difference, tolerance, per_part * len(parts), total.spec.on_mismatch)
    check = Check(
        check_code="H02",
        slice_key=total.slice_key,
        part="total" if total.spec.parts == "all" else (total.code or f"row {total.row}")[:PART_LENGTH],
        measure=parts.name,
        expected_fen=expected,
        actual_fen=actual,
        tolerance_fen=tolerance,
        outcome=outcome,
        source_sheet=reading.table.sheet,
        source_row=total.row,
        check_name="totals",
        severity=total.spec.on_mismatch,
        checked_count=len(parts),
    )
    return check if outcome == "ok" else replace(check, detail=_wording(check))


def _wording(check: Check) -> str:
    expected = "unreadable" if check.expected_fen is None else f"{format_yuan(check.expected_fen)} 元"
    actual = f"{format_yuan(check.actual_fen)} 元"
    return f"{check.measure} {check.part} (row {check.source_row}) says {expected}, its parts sum to {actual}"
