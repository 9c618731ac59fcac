"""How facts add up to budget execution: the one place where B0, ADJ, B1 and PAY are formed.

``movements`` has a row a fact. ``ledger`` is the same with the payments of one line added up: ten or more times
smaller, and all that sums need. ``behind`` finds the facts behind some sums again.
"""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from budget import frames
from budget.money import rate_bp
from budget.units import successors, with_departments

if TYPE_CHECKING:
    from budget.facts import Facts

MEASURES = ("appropriation_fen", "adjustment_fen", "payment_fen")
PERSONNEL_CLASSES = ("301", "303")  # 工资福利支出, 对个人和家庭的补助: 人员经费; the rest of basic spending is 公用
_KEYS = list(frames.LINE)
_DATED_MEASURE = {
    "allotments": ("released_on", "appropriation_fen"),
    "adjustments": ("adjusted_on", "adjustment_fen"),
    "payments": ("paid_on", "payment_fen"),
}
# What tells two payments apart that are not added up to one row of the ledger.
_PAID_TOGETHER = (*_KEYS, "allotment_code")


def sum_or_null(name: str) -> pl.Expr:
    """Sum a column; null, not zero, where every value is null."""
    return pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name)


def movements(facts: "Facts", fiscal_year: int, until: dt.date) -> pl.DataFrame:
    """Return the year's budget and money movements up to a day (inclusive), one row a fact.

    Columns: the line keys of the feeds (fiscal_year, division_code, unit_code, project_code, function_code, …),
    department_code, occurs_on, and the measures appropriation_fen, adjustment_fen, payment_fen, each null where
    the row says nothing of it; feed, slice_id, row_no for lineage. Units carry the code and division they have at
    ``facts.as_of``, so that the earlier years of a reorganised unit belong to its successor. A (division, year)
    with neither allotments nor payments takes its latest cumulative execution_months. Computed once per facts.
    """
    return facts.once(
        ("movements", fiscal_year, until),
        lambda: _settled(facts, [*_budget(facts, fiscal_year, until), _rows(facts, "payments", fiscal_year, until)]),
    )


def ledger(facts: "Facts", fiscal_year: int, until: dt.date, *, since: dt.date = dt.date.min) -> pl.DataFrame:
    """Return ``movements`` with the payments of one line and 指标 added up: one row each, lineage null.

    Only payments from ``since`` on (inclusive) are added up; the budget is always whole.

    ``occurs_on`` of such a row is its first payment; ``largest_fen`` its largest, to tell whether anything was ever
    paid. Budget movements stand as in ``movements``, with largest_fen null. Computed once per facts.
    """
    return facts.once(
        ("ledger", fiscal_year, until, since),
        lambda: _settled(facts, [*_budget(facts, fiscal_year, until), _paid(facts, fiscal_year, since, until)]),
    )


def budgets(facts: "Facts", fiscal_year: int, until: dt.date) -> pl.DataFrame:
    """Return the ``movements`` of the budget alone, without any payment. Computed once per facts."""
    return facts.once(("budgets", fiscal_year, until), lambda: _settled(facts, _budget(facts, fiscal_year, until)))


def behind(
    facts: "Facts", fiscal_year: int, until: dt.date, wanted: pl.DataFrame, where: pl.Expr | None = None
) -> pl.DataFrame:
    """Return the ``movements`` of the projects that ``wanted`` names, else of its units.

    ``wanted`` has unit_code (as in use at as_of) and may have project_code, null for money of no project. More rows
    than those may come back: the caller joins on what it wants. ``where`` keeps facts by their own line keys.
    """
    units = wanted["unit_code"].drop_nulls().unique()
    moved = successors(facts.units, facts.as_of)
    olds = [old for old, now in moved.items() if now in set(units)] if moved else []
    mine = pl.col("unit_code").is_in([*units, *olds])
    mine = mine if where is None else mine & where
    if "project_code" in wanted.columns:
        projects = wanted["project_code"].unique()
        is_wanted = pl.col("project_code").is_in(projects.drop_nulls().implode())
        mine = mine & (is_wanted | pl.col("project_code").is_null() if projects.null_count() else is_wanted)
    parts = [*_budget(facts, fiscal_year, until), _rows(facts, "payments", fiscal_year, until)]
    return _settled(facts, [part.filter(mine) for part in parts], levels=_levels(facts, fiscal_year, until))


def _budget(facts: "Facts", fiscal_year: int, until: dt.date) -> list[pl.LazyFrame]:
    rows = [_rows(facts, feed, fiscal_year, until) for feed in ("allotments", "adjustments")]
    return [*rows, _monthly(facts, fiscal_year, until)]


def _rows(facts: "Facts", feed: str, fiscal_year: int, until: dt.date) -> pl.LazyFrame:
    dated, measure = _DATED_MEASURE[feed]
    extra = [name for name in ("reporting_level", "allotment_code") if name in frames.FEEDS[feed]]
    return _of_year(facts, feed, fiscal_year, until).select(
        *_KEYS, *extra, measure, "slice_id", "row_no", feed=pl.lit(feed), occurs_on=pl.col(dated)
    )


def _of_year(facts: "Facts", feed: str, fiscal_year: int, until: dt.date) -> pl.LazyFrame:
    dated = pl.col(_DATED_MEASURE[feed][0])
    return facts.lazy(feed).filter(pl.col("fiscal_year") == fiscal_year, dated.is_null() | (dated <= until))


def _paid(facts: "Facts", fiscal_year: int, since: dt.date, until: dt.date) -> pl.LazyFrame:
    whole = _of_year(facts, "payments", fiscal_year, until)
    return (
        (whole if since == dt.date.min else whole.filter(pl.col("paid_on") >= since))
        .group_by(_PAID_TOGETHER)
        .agg(
            sum_or_null("payment_fen"),
            largest_fen=pl.col("payment_fen").max(),
            occurs_on=pl.col("paid_on").min(),
        )
        .with_columns(feed=pl.lit("payments"))
    )


def _monthly(facts: "Facts", fiscal_year: int, until: dt.date) -> pl.LazyFrame:
    told = facts.once(("told",), lambda: _told(facts))
    months = facts.execution_months.filter((pl.col("fiscal_year") == fiscal_year) & (pl.col("as_of_on") <= until)).join(
        told, on=["division_code", "fiscal_year"], how="anti"
    )
    latest = months.filter(pl.col("as_of_on") == pl.col("as_of_on").max().over("division_code"))
    given = pl.col("adjusted_appropriation_fen")
    return latest.lazy().select(
        *_KEYS,
        "reporting_level",
        "appropriation_fen",
        "payment_fen",
        "slice_id",
        "row_no",
        adjustment_fen=pl.coalesce(given - pl.col("appropriation_fen"), pl.col("adjustment_fen")),
        feed=pl.lit("execution_months"),
        occurs_on=pl.col("as_of_on"),
    )


def _told(facts: "Facts") -> pl.DataFrame:
    """Return the divisions and years that have allotments or payments."""
    parts = [facts.lazy(feed).select("division_code", "fiscal_year").unique() for feed in ("allotments", "payments")]
    return pl.concat(parts).unique().collect()


def _settled(facts: "Facts", parts: list[pl.LazyFrame], levels: pl.DataFrame | None = None) -> pl.DataFrame:
    """Put the parts together: units by the codes in use, doubled tables once, projects and kinds filled in."""
    both = pl.concat(pl.collect_all(parts), how="diagonal")
    known = with_departments(both, facts.units, facts.as_of)
    return _fill_kind(_fill_project(_count_once(known, _levels_of(known) if levels is None else levels)))


def _levels(facts: "Facts", fiscal_year: int, until: dt.date) -> pl.DataFrame:
    """Return the departments and feeds that deliver tables of units."""

    def compute() -> pl.DataFrame:
        budget = pl.concat(pl.collect_all(_budget(facts, fiscal_year, until)), how="diagonal")
        return _levels_of(with_departments(budget, facts.units, facts.as_of))

    return facts.once(("levels", fiscal_year, until), compute)


def _levels_of(both: pl.DataFrame) -> pl.DataFrame:
    return both.filter(pl.col("reporting_level") == "unit").select("department_code", "feed").unique()


def _count_once(both: pl.DataFrame, by_unit: pl.DataFrame) -> pl.DataFrame:
    """Leave out department tables where the same department's unit tables are there: they carry the same money."""
    doubled = (pl.col("reporting_level") == "department").fill_null(value=False)
    kept = both.filter(doubled)
    if kept.is_empty():
        return both
    return pl.concat([both.filter(~doubled), kept.join(by_unit, on=["department_code", "feed"], how="anti")])


def _fill_project(both: pl.DataFrame) -> pl.DataFrame:
    """Give payments the project name, kind and category that the budget states, where the feed left them out."""
    named = ["project_name", "spending_kind", "project_category"]
    known = (
        both.filter(pl.col("feed") != "payments", pl.col("project_code").is_not_null())
        .sort("occurs_on", "slice_id", "row_no", nulls_last=False)
        .group_by("unit_code", "project_code")
        .agg(pl.col(name).drop_nulls().first() for name in named)
    )
    joined = both.join(known, on=["unit_code", "project_code"], how="left", suffix="_known", maintain_order="left")
    return joined.with_columns(pl.coalesce(name, f"{name}_known") for name in named).drop(
        f"{name}_known" for name in named
    )


def _fill_kind(both: pl.DataFrame) -> pl.DataFrame:
    """Tell 项目, 人员 and 公用 apart where neither feed nor budget did: by project code, else by economic 类."""
    economic_class = pl.col("dept_economic_code").str.slice(0, 3)
    inferred = (
        pl.when(pl.col("project_code").is_not_null())
        .then(pl.lit("project"))
        .when(economic_class.is_in(PERSONNEL_CLASSES))
        .then(pl.lit("personnel"))
        .when(economic_class.is_not_null())
        .then(pl.lit("public"))
    )
    return both.with_columns(spending_kind=pl.coalesce("spending_kind", inferred))


def execution(moved: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Add movements up by some of their columns.

    Returns the ``by`` columns and appropriation_fen (B0), adjustment_fen (ADJ), adjusted_appropriation_fen
    (B1 = B0 + ADJ), payment_fen (PAY; null only where no payment row is there), available_fen, execution_rate_bp
    (R = PAY / B1, null without a positive B1), released_on (first release or top-up). B0 and B1 are never added.
    """
    # The day of a monthly report is not a day of release.
    is_release = pl.col("appropriation_fen").is_not_null() | (pl.col("adjustment_fen") > 0).fill_null(value=False)
    release = pl.col("occurs_on").filter(is_release & (pl.col("feed") != "execution_months"))
    summed = moved.group_by(by, maintain_order=True).agg(
        *(sum_or_null(name) for name in MEASURES), release.min().alias("released_on")
    )
    budgeted = pl.col("appropriation_fen").is_not_null() | pl.col("adjustment_fen").is_not_null()
    whole = pl.col("appropriation_fen").fill_null(0) + pl.col("adjustment_fen").fill_null(0)
    return summed.with_columns(adjusted_appropriation_fen=pl.when(budgeted).then(whole)).with_columns(
        available_fen=pl.col("adjusted_appropriation_fen") - pl.col("payment_fen").fill_null(0),
        execution_rate_bp=rate_bp(
            pl.when(pl.col("adjusted_appropriation_fen").is_not_null()).then(pl.col("payment_fen").fill_null(0)),
            pl.col("adjusted_appropriation_fen"),
        ),
    )
