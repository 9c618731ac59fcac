"""From what a check found to the row that tells of it: outcome, both sides, counts, a sample and a sentence."""

import json
from dataclasses import dataclass

import polars as pl

from ingest.checks.case import Case
from ingest.mapping_checks import CheckRule
from ingest.prepared import Check

MOST_SAMPLED = 20
MOST_TOLD = 3
PART_LENGTH = 128
# Columns of a frame of wrong rows: where it stands, what it is about, and both sides, as texts.
WRONG = ("source_sheet", "source_row", "about", "expected", "actual")


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """What a check that counts found; ``rows`` has the columns of WRONG, in the order they are to be told."""

    code: str
    name: str
    part: str
    rows: pl.DataFrame
    concerned: int
    checked: int
    grave: int | None = None  # how many of them count for hold_above_percent; None for all
    allowed: int | None = None  # rows that are no failure; None where the check's tolerance counts rows
    says: str  # the sentence before the first rows are told


def outcome_of(difference_fen: int | None, tolerance_fen: int, rounding_fen: int, on_mismatch: str) -> str:
    """Judge a difference: ok within the tolerance, rounding within what the parts' last digits may add up to.

    A total that could not be read (None) is a mismatch.
    """
    if difference_fen is None:
        return on_mismatch
    if difference_fen <= tolerance_fen:
        return "ok"
    return "rounding" if difference_fen <= rounding_fen else on_mismatch


def outcome_of_count(rule: CheckRule, found: Wrong) -> str:
    """Judge a count: ok within the tolerance (inclusive), held above the share (exclusive) or by the severity."""
    if found.concerned <= ((rule.tolerance or 0) if found.allowed is None else found.allowed):
        return "ok"
    most, grave = rule.hold_above_percent, found.concerned if found.grave is None else found.grave
    is_too_much = most is not None and grave * 100 > most * found.checked
    return "hold" if is_too_much else rule.severity


def counted(case: Case, found: Wrong) -> Check:
    """Return the check row of a count: how many rows were judged, how many are wrong, and the first of them."""
    rule = case.rule(found.name)
    outcome = outcome_of_count(rule, found)
    first = found.rows.head(MOST_SAMPLED).select(*WRONG)
    top = next(first.iter_rows(named=True), None)
    is_ok = outcome == "ok"
    return Check(
        check_code=found.code,
        slice_key=case.slice_key,
        part=found.part[:PART_LENGTH],
        measure="rows",
        expected_fen=None,
        actual_fen=None,
        tolerance_fen=0,
        outcome=outcome,
        source_sheet=top["source_sheet"] if top else None,
        source_row=top["source_row"] if top else None,
        check_name=found.name,
        severity=rule.severity,
        checked_count=found.checked,
        concerned_count=found.concerned,
        expected_text=top["expected"] if top else None,
        actual_text=top["actual"] if top else None,
        detail=None if is_ok else sentence(found, first),
        sample_json=sampled(first) if first.height else None,
    )


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Two sums that ought to be equal, and what may explain a difference."""

    code: str
    name: str
    slice_key: str
    part: str
    measure: str
    expected_fen: int | None
    actual_fen: int | None
    rounding_fen: int = 0
    rows: pl.DataFrame | None = None  # as in Wrong
    checked: int | None = None
    concerned: int | None = None
    outcome: str | None = None  # None: judged by the difference
    says: str = ""  # the failed comparison as a sentence


def summed(case: Case, found: Sums) -> Check:
    """Return the check row of a comparison of sums."""
    rule = case.rule(found.name)
    tolerance = case.tolerance_fen(rule)
    difference = (
        None if found.expected_fen is None or found.actual_fen is None else abs(found.expected_fen - found.actual_fen)
    )
    outcome = found.outcome or outcome_of(difference, tolerance, found.rounding_fen, rule.severity)
    first = None if found.rows is None else found.rows.head(MOST_SAMPLED).select(*WRONG)
    top = None if first is None else next(first.iter_rows(named=True), None)
    return Check(
        check_code=found.code,
        slice_key=found.slice_key,
        part=found.part[:PART_LENGTH],
        measure=found.measure,
        expected_fen=found.expected_fen,
        actual_fen=found.actual_fen,
        tolerance_fen=tolerance,
        outcome=outcome,
        source_sheet=top["source_sheet"] if top else None,
        source_row=top["source_row"] if top else None,
        check_name=found.name,
        severity=rule.severity,
        checked_count=found.checked,
        concerned_count=found.concerned,
        detail=None if outcome == "ok" else found.says,
        sample_json=sampled(first) if first is not None and first.height else None,
    )


def sentence(found: Wrong, first: pl.DataFrame) -> str:
    """Return the failed check in words, the first rows told one by one."""
    told = [_row_in_words(row) for row in first.head(MOST_TOLD).iter_rows(named=True)]
    rest = f"; and {found.concerned - len(told):,} more" if found.concerned > len(told) else ""
    return f"{found.says}: {'; '.join(told)}{rest}" if told else found.says


def _row_in_words(row: dict[str, object]) -> str:
    sheet = f"sheet {row['source_sheet']} " if row["source_sheet"] else ""
    where = f"{sheet}row {row['source_row']} " if row["source_row"] else ""
    sides = ", ".join(
        f"{name} {row[name]}" for name in ("actual", "expected") if row[name] is not None and row[name] != row["about"]
    )
    return f"{where}{row['about']}{f' ({sides})' if sides else ''}"


def sampled(first: pl.DataFrame) -> str:
    """Return the first rows as the JSON of sample_json."""
    named = first.rename({"source_sheet": "sheet", "source_row": "row"})
    return json.dumps(named.to_dicts(), ensure_ascii=False)


def yuan(column: str) -> pl.Expr:
    """Write a column of fen as yuan with two decimals, exactly."""
    fen = pl.col(column)
    size = fen.abs()
    whole, cents = (size // 100).cast(pl.String), (size % 100).cast(pl.String).str.pad_start(2, "0")
    sign = pl.when(fen < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.concat_str([sign, whole, pl.lit("."), cents])
