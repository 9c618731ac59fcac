"""What a rule returns: findings and coverage, in the schemas of ``budget.frames``."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from budget import frames
from budget.levels import LEVELS, Level
from budget.subjects import written

FACTS_KEPT = 200
LINEAGE = ["slice_id", "row_no"]
# Finds the facts behind some subjects, given the key columns of those that were flagged.
Rows = Callable[[pl.DataFrame], pl.DataFrame]


class Judgement(NamedTuple):
    """The findings of one rule and what it judged, each with exactly its schema."""

    findings: pl.DataFrame
    coverage: pl.DataFrame


def fences_of(params: object, suffix: str) -> dict[Level, int]:
    """Return the fences a parameter object states for one measure, lowest level first."""
    return {level: getattr(params, f"{level}_{suffix}") for level in LEVELS if hasattr(params, f"{level}_{suffix}")}


def graded(rows: pl.DataFrame, fences: Mapping[Level, int]) -> pl.DataFrame:
    """Keep the rows whose ``measured`` reaches a fence; add the level reached and its fence as ``limit``.

    Fences are inclusive; null reaches none.
    """
    level, limit = pl.lit(None, pl.String), pl.lit(None, pl.Int64)
    for name, fence in sorted(fences.items(), key=lambda item: LEVELS.index(item[0])):
        reached = pl.col("measured") >= fence
        level = pl.when(reached).then(pl.lit(name)).otherwise(level)
        limit = pl.when(reached).then(pl.lit(fence, pl.Int64)).otherwise(limit)
    return rows.with_columns(level=level, limit=limit).filter(pl.col("level").is_not_null())


def build_findings(
    code: str,
    flagged: pl.DataFrame,
    *,
    as_of: dt.date,
    period: str | pl.Expr,
    measure_unit: str,
    evidence: Sequence[str],
    rows: pl.DataFrame | Rows,
    keys: Sequence[str],
) -> pl.DataFrame:
    """Turn flagged rows into findings with their evidence.

    ``flagged`` has subject, level, measured, limit, amount_fen, division_code, unit_code, project_code, the ``keys``
    and the ``evidence`` columns. ``rows`` holds the facts behind them by ``keys``, or finds them; at most 200 are
    named, in order, with their full number as facts_total.
    """
    if flagged.is_empty():
        return frames.empty(frames.FINDING)
    behind = _facts_behind(flagged, rows, keys)
    told = flagged.with_columns(
        period=pl.lit(period) if isinstance(period, str) else period,
        rule_code=pl.lit(code),
        measure_unit=pl.lit(measure_unit) if "measure_unit" not in flagged.columns else pl.col("measure_unit"),
        facts=pl.Series(behind["facts"]),
        facts_total=pl.Series(behind["facts_total"]),
    )
    wanted = ["level", "measured", "limit", *evidence]
    texts = [_evidence(row, wanted, as_of) for row in told.iter_rows(named=True)]
    return conformed(told.with_columns(evidence=pl.Series(texts, dtype=pl.String)), frames.FINDING)


def judge_subjects(
    code: str,
    known: pl.DataFrame,
    fences: Mapping[Level, int],
    *,
    measured: pl.Expr,
    amount_fen: pl.Expr,
    as_of: dt.date,
    period: str,
    evidence: Sequence[str],
    rows: pl.DataFrame | Rows,
    keys: Sequence[str],
) -> Judgement:
    """Grade the subjects of ``known`` that have no reason against it, in basis points, and cover all of them."""
    judged = known.filter(pl.col("reason").is_null()).with_columns(measured=measured, amount_fen=amount_fen)
    found = build_findings(
        code,
        graded(judged, fences),
        as_of=as_of,
        period=period,
        measure_unit="bp",
        evidence=evidence,
        rows=rows,
        keys=keys,
    )
    return Judgement(found, subject_coverage(code, known, period))


def _facts_behind(flagged: pl.DataFrame, rows: pl.DataFrame | Rows, keys: Sequence[str]) -> pl.DataFrame:
    wanted = flagged.select(keys).unique()
    found = rows if isinstance(rows, pl.DataFrame) else rows(wanted)
    mine = found.join(wanted, on=list(keys), how="semi", nulls_equal=True)
    grouped = (
        mine.sort(LINEAGE)
        .group_by(keys)
        .agg(facts=pl.concat_list(LINEAGE).head(FACTS_KEPT), facts_total=pl.len().cast(pl.Int64))
    )
    return flagged.select(keys).join(grouped, on=list(keys), how="left", nulls_equal=True, maintain_order="left")


def _evidence(row: Mapping[str, Any], wanted: Iterable[str], as_of: dt.date) -> str:
    told = {name: _plain(row[name]) for name in wanted}
    told |= {"as_of": as_of.isoformat(), "facts": row["facts"] or [], "facts_total": row["facts_total"] or 0}
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def subject_coverage(code: str, subjects: pl.DataFrame, period: str | pl.Expr) -> pl.DataFrame:
    """Return one coverage row a subject, from columns subject, division_code and reason (null where judged)."""
    told = subjects.with_columns(
        rule_code=pl.lit(code),
        scope=pl.col("subject"),
        period=pl.lit(period) if isinstance(period, str) else period,
        is_judged=pl.col("reason").is_null(),
    )
    return conformed(told, frames.COVERAGE)


def division_coverage(code: str, reasons: Mapping[str, str | None], period: str | None) -> pl.DataFrame:
    """Return one coverage row a division, from the reason why it was not judged (None where it was)."""
    divisions = sorted(reasons)
    told = pl.DataFrame(
        {"division_code": divisions, "reason": [reasons[one] for one in divisions]},
        schema={"division_code": pl.String, "reason": pl.String},
    ).with_columns(subject=written("division:{}", "division_code"))
    return subject_coverage(code, told, pl.lit(period, pl.String))


def conformed(rows: pl.DataFrame, schema: frames.Schema) -> pl.DataFrame:
    """Return exactly the columns and types of a schema."""
    return rows.select(pl.col(name).cast(kind) for name, kind in schema.items())
