"""H09: unit codes that lead nowhere: unknown to the unit table, closed, or dropped without a successor (断链)."""

from collections.abc import Iterator

import polars as pl

from budget import frames
from ingest.checks.case import UNITS, Case
from ingest.checks.likely import likely
from ingest.checks.outcome import MOST_SAMPLED, Wrong, counted
from ingest.prepared import Check


def units(case: Case) -> Iterator[Check]:
    """Count the rows of a feed whose unit is unknown or closed, and the units a new unit table drops."""
    if case.feed == "units":
        yield from _unit_table(case)
    elif "unit_code" in case.columns and case.known.units.height:
        yield from _rows(case)


def _rows(case: Case) -> Iterator[Check]:
    """Judge the units of divisions that have a unit table, by the table of the year, else by all."""
    dated = frames.DATED.get(case.feed)
    day = pl.col(dated).max() if dated else pl.lit(None, pl.Date).first()
    used = (
        case.facts.filter(
            pl.col("unit_code").is_not_null(),
            pl.col("division_code").is_in(case.known.units["division_code"].unique().implode()),
        )
        .group_by("division_code", "fiscal_year", "unit_code")
        .agg(
            pl.col("source_sheet", "source_row", "unit_name").sort_by("source_row").first(),
            rows=pl.len(),
            last_on=day,
        )
        .sort("source_row")
        .collect()
    )
    if used.is_empty():
        return
    wrong = _lost(used, case.known.units)
    concerned, checked = int(wrong["rows"].sum()), int(used["rows"].sum())
    yield counted(
        case,
        Wrong(
            code="H09",
            name="units",
            part="unit_code",
            rows=_told(wrong, case.known.units),
            concerned=concerned,
            checked=checked,
            says=f"{concerned:,} of {checked:,} rows have a unit that the unit table does not know, "
            "or that was closed without a successor",
        ),
    )


def _lost(used: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return the used units without a place in the table, with ``closed_on`` where they had one."""
    years = known.select("fiscal_year").drop_nulls().unique()
    yearly = used.join(years, on="fiscal_year", how="semi", maintain_order="left")
    other = used.join(years, on="fiscal_year", how="anti", maintain_order="left")
    of_year = known.select("fiscal_year", "unit_code")
    missing = pl.concat(
        [
            yearly.join(of_year, on=["fiscal_year", "unit_code"], how="anti", maintain_order="left"),
            other.join(of_year, on="unit_code", how="anti", maintain_order="left"),
        ]
    ).with_columns(closed_on=pl.lit(None, pl.Date))
    latest = known.sort("fiscal_year", "valid_from", nulls_last=False).unique(
        "unit_code", keep="last", maintain_order=True
    )
    led = latest.filter(pl.col("successor_code").is_not_null()).select("unit_code")
    closed = (
        used.join(missing, on=["division_code", "fiscal_year", "unit_code"], how="anti", maintain_order="left")
        .join(latest.select("unit_code", closed_on="valid_to"), on="unit_code", how="inner", maintain_order="left")
        .filter(pl.col("last_on") > pl.col("closed_on"))
    )
    # A unit that has a successor leads somewhere: its rows are counted there.
    return pl.concat([missing, closed]).join(led, on="unit_code", how="anti", maintain_order="left").sort("source_row")


def _told(wrong: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    names = dict(known.select("unit_code", "unit_name").iter_rows())
    meant = [
        f"closed on {closed_on}" if closed_on else likely(code, names, name)
        for code, name, closed_on in wrong.head(MOST_SAMPLED).select("unit_code", "unit_name", "closed_on").iter_rows()
    ]
    return wrong.head(MOST_SAMPLED).select(
        "source_sheet",
        "source_row",
        about="unit_code",
        expected=pl.Series(meant, dtype=pl.String),
        actual=pl.coalesce("unit_name", pl.concat_str(pl.col("rows").cast(pl.String), pl.lit(" rows"))),
    )


def _unit_table(case: Case) -> Iterator[Check]:
    """Hold a unit table against the latest one before it, and its codes against one another."""
    table = case.facts.select("source_sheet", "source_row", *UNITS).collect()
    before = _table_before(case.known.units, table)
    gone = before.join(table, on="unit_code", how="anti", maintain_order="left").filter(
        pl.col("successor_code").is_null()
    )
    by_name = {name: f"{code} {name}" for code, name in table.select("unit_code", "unit_name").iter_rows()}
    dropped = gone.select(
        source_sheet=pl.lit(None, pl.String),
        source_row=pl.lit(None, pl.Int64),
        about="unit_code",
        expected=pl.col("unit_name").replace_strict(by_name, default=None, return_dtype=pl.String),
        actual="unit_name",
    )
    links = [
        table.filter(pl.col(link).is_not_null() & ~pl.col(link).is_in(table["unit_code"].implode())).select(
            "source_sheet",
            "source_row",
            about="unit_code",
            expected=pl.lit(f"a {link} of this table"),
            actual=link,
        )
        for link in ("successor_code", "parent_code")
    ]
    wrong = pl.concat([dropped, *links])
    yield counted(
        case,
        Wrong(
            code="H09",
            name="units",
            part="unit table",
            rows=wrong,
            concerned=wrong.height,
            checked=pl.concat([table["unit_code"], before["unit_code"]]).n_unique(),
            says=f"{wrong.height:,} units were dropped without a successor_code, or name a unit that is not there",
        ),
    )


def _table_before(known: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Return the latest table in force of a year not after the delivered one, for the divisions delivered."""
    own = known.filter(pl.col("division_code").is_in(table["division_code"].unique().implode()))
    year = table["fiscal_year"].max()
    if year is not None:
        own = own.filter(pl.col("fiscal_year").is_null() | (pl.col("fiscal_year") <= year))
    return own.filter(
        (pl.col("fiscal_year") == pl.col("fiscal_year").max()) | pl.col("fiscal_year").max().is_null()
    ).unique("unit_code", keep="last", maintain_order=True)
