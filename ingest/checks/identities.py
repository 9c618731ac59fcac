"""H02: figures of one row that make up another of the same row, such as B0 + ADJ = B1."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import polars as pl

from budget.money import format_yuan
from ingest.checks.case import Case
from ingest.checks.outcome import Sums, summed, yuan
from ingest.prepared import Check

# feed -> (what it is called, the parts with their signs, the whole)
IDENTITIES: Final[dict[str, tuple[str, dict[str, int], str]]] = {
    "execution_months": (
        "B0+ADJ=B1",
        {"appropriation_fen": 1, "adjustment_fen": 1},
        "adjusted_appropriation_fen",
    ),
    "treasury": (
        "opening+receipts-payouts=closing",
        {"opening_fen": 1, "receipts_fen": 1, "payouts_fen": -1},
        "closing_fen",
    ),
}


def identities(case: Case) -> Iterator[Check]:
    """Compare each row's whole with the sum of its parts; rows that lack one of them are not judged.

    Expected and actual are the sums over the rows that do not add up, over all rows where all do. A difference that
    the last printed digits of parts and whole may add up to is rounding.
    """
    if case.feed not in IDENTITIES:
        return
    part, signs, whole = IDENTITIES[case.feed]
    if not {*signs, whole} <= case.columns:
        return
    tolerance = case.tolerance_fen(case.rule("identities"))
    rounding = max(tolerance, case.last_place_fen * (len(signs) + 1))
    added = pl.sum_horizontal(pl.col(name) * sign for name, sign in signs.items())
    gap = (pl.col(whole) - pl.col("added")).abs()
    rows = (
        case.facts.filter(pl.all_horizontal(pl.col(name).is_not_null() for name in (*signs, whole)))
        .select("slice_key", "source_sheet", "source_row", whole, added=added)
        .with_columns(gap=gap)
    )
    told = rows.group_by("slice_key", maintain_order=True).agg(
        pl.col(whole).sum(),
        pl.col("added").sum(),
        checked=pl.len(),
        off=(pl.col("gap") > tolerance).sum(),
        beyond=(pl.col("gap") > rounding).sum(),
    )
    for one in told.collect().iter_rows(named=True):
        least = rounding if one["beyond"] else tolerance
        wrong = rows.filter(pl.col("slice_key") == one["slice_key"], pl.col("gap") > least)
        yield _check(case, part, whole, one, wrong.collect() if one["off"] else None)


def _check(case: Case, part: str, whole: str, told: dict[str, Any], wrong: pl.DataFrame | None) -> Check:
    key, checked = told["slice_key"], told["checked"]
    sums = Sums(
        code="H02",
        name="identities",
        slice_key=key,
        part=part,
        measure=whole,
        expected_fen=told[whole],
        actual_fen=told["added"],
        outcome="ok",
        checked=checked,
        concerned=0,
    )
    if wrong is None:
        return summed(case, sums)
    rows = wrong.sort("gap", "source_row", descending=[True, False]).with_columns(
        about=pl.lit(part), expected=yuan(whole), actual=yuan("added")
    )
    first = rows.row(0, named=True)
    says = (
        f"{part} does not hold in {rows.height:,} of {checked:,} rows of {key}: row {first['source_row']} states "
        f"{format_yuan(first[whole])} 元, its parts give {format_yuan(first['added'])} 元"
    )
    found = replace(
        sums,
        expected_fen=int(rows[whole].sum()),
        actual_fen=int(rows["added"].sum()),
        outcome=case.rule("identities").severity if told["beyond"] else "rounding",
        rows=rows,
        concerned=rows.height,
        says=says,
    )
    return summed(case, found)
