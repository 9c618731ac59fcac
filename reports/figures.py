"""The figures of a report, formed from facts as plain JSON-able values: the same sums as on the screens."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from budget.ageing import TIME
from budget.calendar import TimeProgressBy, same_day, time_progress_bp
from budget.facts import Facts, departments, execution, movements, sum_or_null
from budget.pace import KIND, pace

Figure = dict[str, int | None]
MEASURES = (
    "appropriation_fen",
    "adjustment_fen",
    "adjusted_appropriation_fen",
    "payment_fen",
    "available_fen",
    "execution_rate_bp",
)


def build_figures(
    facts: Facts, division_kind: str, division_code: str, kinds: Mapping[str, str], time_progress_by: TimeProgressBy
) -> dict[str, Any]:
    """Return every figure of a report on a division: totals, funds, sources, last year, S, S* and the rows.

    ``kinds`` gives district, street or town per division code. Rows are the units of a street or town; of the
    district they are its departments first, then each street and town as one row. Rows add up to the total.
    """
    as_of = facts.as_of
    moved = movements(facts, as_of.year, as_of)
    before = movements(facts, as_of.year - 1, same_day(as_of, as_of.year - 1))
    expected, years = _expected_of_whole(facts)
    return {
        "total": whole(moved, facts, as_of.year),
        "last_year": whole(before, facts, as_of.year - 1),
        "time_progress_bp": time_progress_bp(as_of, time_progress_by),
        "time_progress_by": time_progress_by,
        "expected_progress_bp": expected,
        "history_years": years,
        "funds": grouped(moved, "fund_type_code", facts),
        "sources": grouped(moved, "budget_source", facts),
        "levels": _budget_levels(moved, kinds, facts) if division_kind == "district" else [],
        "rows": _district_rows(facts, moved, division_code, kinds, time_progress_by)
        if division_kind == "district"
        else _rows(facts, moved, "unit_code", time_progress_by),
        "payments_until": payments_until(facts),
    }


def settled(lines: pl.DataFrame, facts: Facts, year: int, divisions: Iterable[str | None]) -> pl.DataFrame:
    """Write 0 for payments and adjustments that are known to be none: the feed of the division and year is there.

    Where it is not they stay null, and without payments so do rate and remainder: not known is not zero. Lines
    without a division_code are of all the ``divisions`` together.
    """
    filled = {}
    for feed, measure in (("adjustments", "adjustment_fen"), ("payments", "payment_fen")):
        parts = [facts.deliveries.filter(pl.col("feed") == feed), getattr(facts, feed)]
        own = pl.concat([part.filter(pl.col("fiscal_year") == year).select("division_code") for part in parts])
        told = sorted(set(own["division_code"].drop_nulls()) & {*divisions})
        is_there = pl.col("division_code").is_in(told) if "division_code" in lines.columns else pl.lit(bool(told))
        filled[measure] = pl.when(is_there).then(pl.col(measure).fill_null(0)).otherwise(measure)
    paid = pl.col("payment_fen").is_not_null()
    known = (pl.when(paid).then(name).alias(name) for name in ("execution_rate_bp", "available_fen"))
    return lines.with_columns(**filled).with_columns(*known)


def whole(moved: pl.DataFrame, facts: Facts, year: int) -> Figure:
    """Add movements of a year up to one figure; every value is None where there are none."""
    summed = execution(moved.with_columns(whole=pl.lit("")), ["whole"])
    summed = settled(summed, facts, year, moved["division_code"].unique())
    return _figure(summed.row(0, named=True)) if summed.height else dict.fromkeys(MEASURES)


def grouped(moved: pl.DataFrame, by: str, facts: Facts) -> list[dict[str, Any]]:
    """Add movements up by one column, in its order; the part that names no value comes last with code None."""
    summed = execution(moved, [by]).sort(by, nulls_last=True)
    summed = settled(summed, facts, facts.as_of.year, moved["division_code"].unique())
    return [{"code": row[by], **_figure(row)} for row in summed.iter_rows(named=True)]


def _figure(row: Mapping[str, Any]) -> Figure:
    return {name: row[name] for name in MEASURES}


def _expected_of_whole(facts: Facts) -> tuple[int | None, int]:
    """Return S* of everything together as the rules expect it, and from how many years; None where most has none."""
    found = pace(facts, []).filter(pl.col("expected_basis") != TIME)
    return (found["expected_progress_bp"][0], found["history_years"][0]) if found.height else (None, 0)


def _budget_levels(moved: pl.DataFrame, kinds: Mapping[str, str], facts: Facts) -> list[dict[str, Any]]:
    """Split the district's sum by budget level: a town is a level of its own, a street is part of the district's."""
    towns = [code for code, kind in kinds.items() if kind == "town"]
    parts = [("district", moved.filter(~pl.col("division_code").is_in(towns)))]
    parts += [(code, moved.filter(pl.col("division_code") == code)) for code in towns]
    return [{"code": code, **whole(part, facts, facts.as_of.year)} for code, part in parts if part.height]


def _district_rows(
    facts: Facts, moved: pl.DataFrame, district: str, kinds: Mapping[str, str], by: TimeProgressBy
) -> list[dict[str, Any]]:
    own = _rows(facts, moved.filter(pl.col("division_code") == district), "department_code", by)
    others = _rows(facts, moved.filter(pl.col("division_code") != district), "division_code", by)
    names = dict(departments(facts.units).select("division_code", "division_name").iter_rows())
    for row in others:
        row |= {"kind": kinds.get(row["code"], "division"), "name": names.get(row["code"]) or row["code"]}
    return own + sorted(others, key=lambda row: str(row["code"]))


def _rows(facts: Facts, moved: pl.DataFrame, by: str, time_progress_by: TimeProgressBy) -> list[dict[str, Any]]:
    """Return one row a unit, department or division, furthest behind its own history first, unknown last."""
    if moved.is_empty():
        return []
    keys = [by] if by == "division_code" else [by, "division_code"]
    lines = settled(execution(moved, keys), facts, facts.as_of.year, moved["division_code"].unique())
    expected = pace(facts, [by]).filter(pl.col("expected_basis") != TIME)
    known = expected.select(by, "expected_progress_bp", "expected_basis")
    judged = lines.join(known, on=by, how="left", maintain_order="left").with_columns(
        pl.col("expected_progress_bp").fill_null(time_progress_bp(facts.as_of, time_progress_by)),
        pl.col("expected_basis").fill_null(TIME),
    )
    names = dict(departments(facts.units).select("unit_code", "unit_name").iter_rows())
    delivered = moved.group_by(by).agg(pl.col("unit_name").drop_nulls().last())
    names = dict(delivered.iter_rows()) | names
    found = [_row(row, by, names) for row in judged.iter_rows(named=True)]
    return sorted(found, key=lambda row: (row["gap_bp"] is None, row["gap_bp"] or 0, str(row["code"])))


def _row(row: Mapping[str, Any], by: str, names: Mapping[str, str]) -> dict[str, Any]:
    rate, expected = row["execution_rate_bp"], row["expected_progress_bp"]
    return {
        "code": row[by],
        "name": names.get(row[by]) or row[by],
        "division_code": row["division_code"],
        "kind": "department" if by == "department_code" else "unit",
        **_figure(row),
        "expected_progress_bp": expected,
        "expected_basis": _basis(row["expected_basis"], by),
        "gap_bp": None if rate is None else rate - expected,
    }


def _basis(basis: str, by: str) -> str:
    """Return own, division_code (the division's history stands in for most of the money) or time."""
    if basis == TIME:
        return TIME
    return "division_code" if basis == "+".join(KIND) and by != "division_code" else "own"


def payments_until(facts: Facts) -> dict[str, str | None]:
    """Return per division the last business date of this year's payments, at most as_of; None where none came."""
    own = facts.deliveries.filter((pl.col("feed") == "payments") & (pl.col("fiscal_year") == facts.as_of.year))
    last: dict[str, dt.date | None] = dict(
        own.filter(pl.col("first_on").is_null() | (pl.col("first_on") <= facts.as_of))
        .group_by("division_code")
        .agg(pl.col("last_on").max())
        .iter_rows()
    )
    shown = {code: min(day, facts.as_of).isoformat() for code, day in last.items() if day}
    return {code: shown.get(code) for code in sorted({*facts.divisions, *shown})}


def project_names(facts: Facts) -> dict[str, str]:
    """Return the names of projects as the allotments, adjustments and payments give them."""
    parts = [frame.select("project_code", "project_name") for frame in (facts.payments, facts.adjustments)]
    every = pl.concat([*parts, facts.allotments.select("project_code", "project_name")]).drop_nulls()
    return dict(every.unique("project_code", keep="last", maintain_order=True).iter_rows())


def total_of_rows(rows: Sequence[Mapping[str, Any]], name: str) -> int | None:
    """Add one measure of rows up; None where every row lacks it."""
    frame = pl.DataFrame({name: [row[name] for row in rows]}, schema={name: pl.Int64()})
    return frame.select(sum_or_null(name)).item() if frame.height else None
