"""H05: codes that no classification in force knows in the fiscal year."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import polars as pl

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
_STEP: Final = 2  # digits a level adds: 类3 款5 项7
_TOP: Final = 3


def codes(case: Case) -> Iterator[Check]:
    """Count, for each column of codes, the rows whose code is not valid in their fiscal year.

    A table is believed as deep as it goes: where it lists nothing under a code, what is delivered under it is not
    judged; a year or scheme without any code is not judged at all. The share that holds a delivery counts rows whose
    类 is unknown: a wrong column or another scheme, not an item that a table lacks.
    """
    if "fiscal_year" not in case.columns or case.feed == "classifications":
        return
    for column, scheme in SCHEMES.items():
        table = case.known.codes.filter(pl.col("scheme") == scheme)
        if column in case.columns and table.height:
            used = _used(case, column)
            if used.height:
                yield from _judged(case, column, used, table)


def _used(case: Case, column: str) -> pl.DataFrame:
    return (
        case.facts.filter(pl.col(column).is_not_null())
        .group_by("fiscal_year", code=column)
        .agg(pl.col("source_sheet", "source_row").sort_by("source_row").first(), rows=pl.len())
        .sort("source_row")
        .collect()
    )


def _judged(case: Case, column: str, used: pl.DataFrame, table: pl.DataFrame) -> Iterator[Check]:
    valid = _valid(table, used["fiscal_year"].drop_nulls().unique())
    judged = used.join(valid.select("fiscal_year").unique(), on="fiscal_year", how="semi", maintain_order="left")
    if judged.is_empty():
        return
    unknown = judged.join(valid, on=["fiscal_year", "code"], how="anti", maintain_order="left")
    names = {year: dict(own.select("code", "name").iter_rows()) for (year,), own in valid.group_by("fiscal_year")}
    depths = [_depth(code, names[year]) for year, code in unknown.select("fiscal_year", "code").iter_rows()]
    wrong = unknown.with_columns(depth=pl.Series(depths, dtype=pl.String)).filter(pl.col("depth") != "beyond")
    concerned, checked = int(wrong["rows"].sum()), int(judged["rows"].sum())
    yield counted(
        case,
        Wrong(
            code="H05",
            name="codes",
            part=column,
            rows=_told(wrong, names, table),
            concerned=concerned,
            checked=checked,
            grave=int(wrong.filter(pl.col("depth") == "top")["rows"].sum()),
            says=f"{concerned:,} of {checked:,} rows have a {column} that is not valid in their year",
        ),
    )


def _depth(code: str, names: Mapping[str, str]) -> str:
    """Say how an unknown code is wrong: its 类 is unknown (top), something below is, or the table goes no deeper."""
    for end in range(len(code) - _STEP, _TOP - 1, -_STEP):
        if code[:end] in names:
            goes_deeper = any(one.startswith(code[:end]) and len(one) > end for one in names)
            return "below" if goes_deeper else "beyond"
    return "top"


def _valid(table: pl.DataFrame, years: pl.Series) -> pl.DataFrame:
    """Return fiscal_year, code, name of the codes valid in each year (inclusive on both sides)."""
    return (
        pl.DataFrame({"fiscal_year": years})
        .join(table, how="cross")
        .filter(
            pl.col("valid_from_year") <= pl.col("fiscal_year"),
            pl.col("valid_to_year").is_null() | (pl.col("valid_to_year") >= pl.col("fiscal_year")),
        )
        .unique(["fiscal_year", "code"], keep="last", maintain_order=True)
        .select("fiscal_year", "code", "name")
    )


def _told(wrong: pl.DataFrame, names: Mapping[int, Mapping[str, str]], table: pl.DataFrame) -> pl.DataFrame:
    """Say of the first wrong codes how many rows have them and what was probably meant."""
    ever = {row["code"]: row for row in table.iter_rows(named=True)}
    first = wrong.head(MOST_SAMPLED)
    meant = [
        _meant(code, names[year], ever.get(code)) for year, code in first.select("fiscal_year", "code").iter_rows()
    ]
    counts = pl.concat_str(pl.col("rows").cast(pl.String), pl.lit(" rows of "), pl.col("fiscal_year").cast(pl.String))
    return first.select(
        "source_sheet", "source_row", about="code", expected=pl.Series(meant, dtype=pl.String), actual=counts
    )


def _meant(code: str, names: Mapping[str, str], other_years: Mapping[str, Any] | None) -> str | None:
    if other_years is None:
        return likely(code, names)
    called = other_years["name"]
    now = next((f"{one} {name}" for one, name in names.items() if name == called), None)
    return now or f"valid {other_years['valid_from_year']} to {other_years['valid_to_year'] or 'now'} only"
