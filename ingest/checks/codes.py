"""H05: codes that no classification in force knows in the fiscal year."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from budget.classification import NOT_IN_YEAR, UNKNOWN, UNLISTED, judge_codes, valid_codes
from ingest.checks.case import Case
from ingest.checks.likely import likely
from ingest.checks.outcome import MOST_SAMPLED, Wrong, counted
from ingest.prepared import Check

SCHEMES: Final = {
    "function_code": "function",
    "dept_economic_code": "dept_economic",
    "gov_economic_code": "gov_economic",
    "fund_type_code": "fund",
    "subject_code": "revenue",
}
_TOP: Final = 3  # digits of a 类


def codes(case: Case) -> Iterator[Check]:
    """Count, for each column of codes, the rows whose code is not valid in their fiscal year.

    Where a table lists nothing below a code, what is delivered below it is not judged, nor is a scheme without a table
    (``budget.classification``). The share that holds a delivery counts rows whose 类 is unknown: a wrong column or
    another scheme, not an item that a table lacks.
    """
    if "fiscal_year" not in case.columns or case.feed == "classifications":
        return
    for column, scheme in SCHEMES.items():
        if column in case.columns and (case.known.codes["scheme"] == scheme).any():
            used = _used(case, column)
            if used.height:
                yield counted(case, _judged(case, column, scheme, used))


def _used(case: Case, column: str) -> pl.DataFrame:
    return (
        case.facts.filter(pl.col(column).is_not_null())
        .group_by("fiscal_year", code=column)
        .agg(pl.col("source_sheet", "source_row").sort_by("source_row").first(), rows=pl.len())
        .sort("source_row")
        .collect()
    )


def _judged(case: Case, column: str, scheme: str, used: pl.DataFrame) -> Wrong:
    table = case.known.codes
    told = used.join(judge_codes(used, "code", scheme, table), on=["fiscal_year", "code"], how="left")
    wrong = told.filter(pl.col("status").is_in([UNKNOWN, NOT_IN_YEAR])).sort("source_row")
    names = {
        year: dict(valid_codes(table, scheme, year).select("code", "name").iter_rows())
        for year in wrong["fiscal_year"].unique()
    }
    is_grave = [code[:_TOP] not in names[year] for year, code in wrong.select("fiscal_year", "code").iter_rows()]
    concerned = int(wrong["rows"].sum())
    checked = int(told.filter(pl.col("status") != UNLISTED)["rows"].sum())
    return Wrong(
        code="H05",
        name="codes",
        part=column,
        rows=_told(wrong, names, table.filter(pl.col("scheme") == scheme)),
        concerned=concerned,
        checked=checked,
        grave=int(wrong.filter(pl.Series(is_grave, dtype=pl.Boolean))["rows"].sum()),
        says=f"{concerned:,} of {checked:,} rows have a {column} that is not valid in their year",
    )


def _told(wrong: pl.DataFrame, names: dict[int, dict[str, str]], table: pl.DataFrame) -> pl.DataFrame:
    """Say of the first wrong codes how many rows have them and what was probably meant."""
    first = wrong.head(MOST_SAMPLED)
    meant = [
        _years_of(table, code, year) or likely(code, names[year])
        for year, code in first.select("fiscal_year", "code").iter_rows()
    ]
    counts = pl.concat_str(pl.col("rows").cast(pl.String), pl.lit(" rows of "), pl.col("fiscal_year").cast(pl.String))
    return first.select(
        "source_sheet", "source_row", about="code", expected=pl.Series(meant, dtype=pl.String), actual=counts
    )


def _years_of(table: pl.DataFrame, code: str, year: int) -> str | None:
    """Say when a code is valid that is not in a year: a table of a later year that lacks it ends it."""
    made = table["fiscal_year"].fill_null(0)
    rows = table.with_columns(made).filter(pl.col("code") == code).sort("fiscal_year", "valid_from_year")
    if not rows.height:
        return None
    earlier = rows.filter(pl.col("fiscal_year") <= year)
    row = earlier.row(-1, named=True) if earlier.height else rows.row(0, named=True)
    since, until, own = row["valid_from_year"], row["valid_to_year"], row["fiscal_year"]
    lacking = sorted(set(made) - set(rows["fiscal_year"]))
    if not earlier.height and any(one < own for one in lacking):
        since = max(since, own)
    if gone := [one for one in lacking if one > own]:
        until = min(gone[0] - 1, until or gone[0])
    return f"valid {since} to {until or 'now'}"
