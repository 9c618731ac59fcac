"""Figures of an upper level beside the sum of the lower ones: what H03 compares, for codes and for departments."""

from collections.abc import Sequence

import polars as pl

from ingest.checks.case import Case
from ingest.checks.outcome import Wrong, counted, yuan
from ingest.prepared import Check

# A frame of families has source_sheet, source_row, about, parts (how many lower rows) and per measure NAME and
# "NAME below"; null where neither side says anything of it.


def judged_families(
    case: Case, families: pl.DataFrame, measures: Sequence[str], tolerance_fen: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split families into those whose sums agree (and are not zero throughout) and those whose do not.

    Both get the columns of WRONG, told by the measure that differs most. Each printed figure may be rounded.
    """
    gaps = [(pl.col(name) - pl.col(f"{name} below")).abs() for name in measures]
    allowed = pl.max_horizontal(pl.lit(tolerance_fen), (pl.col("parts") + 1) * case.last_place_fen)
    worst = pl.max_horizontal(gaps)
    sized = families.with_columns(worst=worst, allowed=allowed).filter(
        pl.col("worst").is_not_null(),
        pl.any_horizontal((pl.col(name) != 0) | (pl.col(f"{name} below") != 0) for name in measures),
    )
    at = [gap == pl.col("worst") for gap in gaps]
    upper = pl.coalesce(pl.when(hit).then(yuan(name)) for hit, name in zip(at, measures, strict=True))
    below = pl.coalesce(pl.when(hit).then(yuan(f"{name} below")) for hit, name in zip(at, measures, strict=True))
    told = sized.with_columns(expected=below, actual=upper).sort("worst", "source_row", descending=[True, False])
    agrees = pl.col("worst") <= pl.col("allowed")
    return told.filter(agrees), told.filter(~agrees)


def mismatch(case: Case, name: str, part: str, off: pl.DataFrame, checked: int) -> Check:
    """Tell of upper figures that are not the sum of the lower ones."""
    says = f"{off.height:,} of {checked:,} upper figures by {part} are not the sum of those below"
    found = Wrong(code="H03", name=name, part=part, rows=off, concerned=off.height, checked=checked, says=says)
    return counted(case, found)


def doubled(case: Case, part: str, twice: pl.DataFrame, checked: int) -> Check:
    """Tell of upper figures that stand among the facts beside the lower ones they are the sum of."""
    says = (
        f"{twice.height:,} rows by {part} are the sum of others in the table and would be counted twice; "
        "name them under [[subtotals]] of the mapping, or give the rows their reporting_level"
    )
    found = Wrong(code="H03", name="doubles", part=part, rows=twice, concerned=twice.height, checked=checked, says=says)
    return counted(case, found)
