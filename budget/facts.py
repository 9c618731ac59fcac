"""The facts of some divisions as they stood at (as_of, known_at), and how they add up to budget execution.

This is the one place where B0, ADJ, B1 and PAY are formed, so that rules, screens and reports agree.
"""

import datetime as dt
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import polars as pl

from budget import frames
from budget.calendar import TimeProgressBy
from budget.money import rate_bp
from budget.units import departments, successors, with_departments

__all__ = ["Facts", "departments", "execution", "movements", "successors", "sum_or_null", "with_departments"]

MEASURES = ("appropriation_fen", "adjustment_fen", "payment_fen")
Computed = TypeVar("Computed")
PERSONNEL_CLASSES = ("301", "303")  # 工资福利支出, 对个人和家庭的补助: 人员经费; the rest of basic spending is 公用
_KEYS = list(frames.LINE)
_DATED_MEASURE = {
    "allotments": ("released_on", "appropriation_fen"),
    "adjustments": ("adjusted_on", "adjustment_fen"),
    "payments": ("paid_on", "payment_fen"),
}


def _none_of(feed: str) -> Callable[[], pl.DataFrame]:
    """Return what makes the frame of a feed that nobody delivers: no rows, all columns."""
    return lambda: frames.empty(frames.LINEAGE | frames.FEEDS[feed])


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Frames of the canonical feeds in force; each has the columns of its schema and of ``frames.LINEAGE``.

    Rows dated after ``as_of`` are already left out, voided and failed payments too, and what was done after
    ``as_of`` is not done yet (``frames.BEGINS``, ``frames.DONE_BY``). ``payments`` of earlier years are
    whole years: cut them with ``movements(until=…)`` where a like-for-like date is wanted.
    """

    as_of: dt.date
    known_at: dt.datetime
    units: pl.DataFrame
    allotments: pl.DataFrame
    adjustments: pl.DataFrame
    payments: pl.DataFrame
    execution_months: pl.DataFrame
    deliveries: pl.DataFrame
    checks: pl.DataFrame
    classifications: pl.DataFrame = field(default_factory=_none_of("classifications"))
    cash_plans: pl.DataFrame = field(default_factory=_none_of("cash_plans"))
    revenue: pl.DataFrame = field(default_factory=_none_of("revenue"))
    projects: pl.DataFrame = field(default_factory=_none_of("projects"))
    milestones: pl.DataFrame = field(default_factory=_none_of("milestones"))
    contracts: pl.DataFrame = field(default_factory=_none_of("contracts"))
    transfers: pl.DataFrame = field(default_factory=_none_of("transfers"))
    debt: pl.DataFrame = field(default_factory=_none_of("debt"))
    treasury: pl.DataFrame = field(default_factory=_none_of("treasury"))
    final_accounts: pl.DataFrame = field(default_factory=_none_of("final_accounts"))
    performance: pl.DataFrame = field(default_factory=_none_of("performance"))
    documents: pl.DataFrame = field(default_factory=_none_of("documents"))
    stamp: str = ""
    divisions: tuple[str, ...] = field(default_factory=tuple)
    time_progress_by: TimeProgressBy = "day"  # how the site reads 序时进度
    # What was computed from these frames once; not part of their identity, and never copied by dataclasses.replace.
    memo: dict[Hashable, Any] = field(init=False, repr=False, compare=False, default_factory=dict)

    def once(self, key: Hashable, compute: Callable[[], Computed]) -> Computed:
        """Return what ``compute`` returned the first time it was asked for under this key."""
        if key not in self.memo:
            self.memo[key] = compute()
        found: Computed = self.memo[key]
        return found


def sum_or_null(name: str) -> pl.Expr:
    """Sum a column; null, not zero, where every value is null."""
    return pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name)


def movements(facts: Facts, fiscal_year: int, until: dt.date) -> pl.DataFrame:
    """Return the year's budget and money movements up to a day (inclusive), one row a fact.

    Columns: the line keys of the feeds (fiscal_year, division_code, unit_code, project_code, function_code, …),
    department_code, occurs_on, and the measures appropriation_fen, adjustment_fen, payment_fen, each null where
    the row says nothing of it; feed, slice_id, row_no for lineage. Units carry the code and division they have at
    ``facts.as_of``, so that the earlier years of a reorganised unit belong to its successor. A (division, year)
    with neither allotments nor payments takes its latest cumulative execution_months. Computed once per facts.
    """
    return facts.once(("movements", fiscal_year, until), lambda: _movements(facts, fiscal_year, until))


def _movements(facts: Facts, fiscal_year: int, until: dt.date) -> pl.DataFrame:
    parts = [
        _part(facts.allotments, "allotments", fiscal_year, until),
        _part(facts.adjustments, "adjustments", fiscal_year, until),
        _part(facts.payments, "payments", fiscal_year, until),
        _monthly(facts, fiscal_year, until),
    ]
    both = with_departments(pl.concat(parts, how="diagonal"), facts.units, facts.as_of)
    return _fill_kind(_fill_project(_count_once(both)))


def _part(frame: pl.DataFrame, feed: str, fiscal_year: int, until: dt.date) -> pl.DataFrame:
    dated, measure = _DATED_MEASURE[feed]
    extra = [name for name in ("reporting_level", "allotment_code") if name in frame.columns]
    return frame.filter(
        (pl.col("fiscal_year") == fiscal_year) & (pl.col(dated).is_null() | (pl.col(dated) <= until))
    ).select(*_KEYS, *extra, measure, "slice_id", "row_no", feed=pl.lit(feed), occurs_on=pl.col(dated))


def _monthly(facts: Facts, fiscal_year: int, until: dt.date) -> pl.DataFrame:
    told = pl.concat([f.select("division_code", "fiscal_year") for f in (facts.allotments, facts.payments)])
    months = facts.execution_months.filter((pl.col("fiscal_year") == fiscal_year) & (pl.col("as_of_on") <= until)).join(
        told.unique(), on=["division_code", "fiscal_year"], how="anti"
    )
    latest = months.filter(pl.col("as_of_on") == pl.col("as_of_on").max().over("division_code"))
    given = pl.col("adjusted_appropriation_fen")
    return latest.select(
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


def _count_once(both: pl.DataFrame) -> pl.DataFrame:
    """Leave out department tables where the same department's unit tables are there: they carry the same money."""
    by_unit = both.filter(pl.col("reporting_level") == "unit").select("department_code", "feed").unique()
    doubled = pl.col("reporting_level") == "department"
    kept = both.filter(doubled.fill_null(value=False)).join(by_unit, on=["department_code", "feed"], how="anti")
    return pl.concat([both.filter(~doubled.fill_null(value=False)), kept])


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
