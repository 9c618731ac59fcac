"""Revenue as the rules look at it: one figure a division, fund, subject and month, nothing counted twice.

The feed is cumulative and states classes beside their items, own level beside whole area, and the settled December
(a 13th month) beside the December first reported.
"""

from collections.abc import Sequence

import polars as pl

from budget.facts import Facts
from budget.money import rate_bp
from budget.subjects import written
from rules.extent import one_extent
from rules.tables import judged_years, quarters, whole_or_null

GENERAL, FUND = "11", "12"
TAX, NON_TAX = "101", "103"
ALL = "-"  # a budget's revenue as a whole
PLACE = ("division_code", "fund")
MONTH = (*PLACE, "fiscal_year", "month")
LEVELS = (3, 5, 7)  # digits of 类 款 项; 目 has nine
MEASURES = (
    "budget_fen",
    "month_fen",
    "ytd_fen",
    "last_month_fen",
    "last_ytd_fen",
    "receivable_fen",
    "remitted_fen",
)
# What a code tells where the sender names no fund (政府收支分类科目): the longest beginning counts.
FUND_OF_CODE = {"10301": "12", "10306": "13", "102": "14"}


def income(facts: Facts) -> pl.DataFrame:
    """Return one row a division, fund, subject and month, from the reports that end with a month; computed once.

    Columns: MONTH, subject_code, subject_name, MEASURES, extent_zh, extent_en, last_on (the report's day), slice_id,
    row_no. budget_fen is the adjusted budget where there is one. month_fen is as stated, else the difference of two
    cumulative figures; last_… are as stated, else last year's own report. A report dated after its year (13th
    month) settles December's cumulative figures and makes no month of its own.
    """
    return facts.once(("income",), lambda: _income(facts))


def _income(facts: Facts) -> pl.DataFrame:
    code = pl.col("subject_code")
    told = one_extent(facts.revenue.filter(code.is_not_null(), pl.col("as_of_on").is_not_null())).with_columns(
        fund=pl.coalesce(pl.col("fund_type_code").str.slice(0, 2), _fund_of(code)),
        budget_fen=pl.coalesce("adjusted_budget_fen", "budget_fen"),
        is_settled=pl.col("as_of_on").dt.year() > pl.col("fiscal_year"),
        month=pl.when(pl.col("as_of_on").dt.year() > pl.col("fiscal_year"))
        .then(pl.lit(12))
        .otherwise(pl.col("as_of_on").dt.month())
        .cast(pl.Int64),
        last_month_fen="last_year_month_fen",
        last_ytd_fen="last_year_ytd_fen",
    )
    ends = told.filter(pl.col("is_settled") | (pl.col("as_of_on") == pl.col("as_of_on").dt.month_end()))
    ordered = ends.sort("as_of_on", "slice_id", "row_no")
    first = ("month_fen", "last_month_fen")
    once = ordered.group_by(*MONTH, "subject_code", maintain_order=True).agg(
        *(pl.col(name).drop_nulls().last() for name in MEASURES if name not in first),
        *(pl.col(name).filter(~pl.col("is_settled")).drop_nulls().last() for name in first),
        *(pl.col(name).last() for name in ("subject_name", "extent_zh", "extent_en", "slice_id", "row_no")),
        last_on=pl.col("as_of_on").last(),
    )
    return _with_last_year(_with_months(once))


def _fund_of(code: pl.Expr) -> pl.Expr:
    told = pl.lit(GENERAL)
    for start in sorted(FUND_OF_CODE, key=len):
        told = pl.when(code.str.starts_with(start)).then(pl.lit(FUND_OF_CODE[start])).otherwise(told)
    return told


def _with_months(rows: pl.DataFrame) -> pl.DataFrame:
    """Fill the months that are not stated from the cumulative figures of two reports in a row."""
    series = ("division_code", "fund", "subject_code", "fiscal_year")
    before = pl.col("ytd_fen").shift(1).over(series, order_by="month")
    is_next = pl.col("month") == pl.col("month").shift(1).over(series, order_by="month") + 1
    change = pl.when(is_next).then(pl.col("ytd_fen") - before)
    own = pl.when(pl.col("month") == 1).then(pl.col("ytd_fen")).otherwise(change)
    return rows.with_columns(month_fen=pl.coalesce("month_fen", own))


def _with_last_year(rows: pl.DataFrame) -> pl.DataFrame:
    keys = [*MONTH, "subject_code"]
    last = rows.select(
        *PLACE, "month", "subject_code", fiscal_year=pl.col("fiscal_year") + 1, own_month="month_fen", own_ytd="ytd_fen"
    )
    both = rows.join(last, on=keys, how="left", maintain_order="left")
    return both.with_columns(
        last_month_fen=pl.coalesce("last_month_fen", "own_month"), last_ytd_fen=pl.coalesce("last_ytd_fen", "own_ytd")
    ).drop("own_month", "own_ytd")


def parts_of(facts: Facts, digits: int) -> pl.DataFrame:
    """Return the rows of ``income`` that make up each subject of so many digits, with its code as ``head``.

    A subject's own row stands for it; without one, the rows of the widest level below it do. Computed once.
    """
    return facts.once(("income_parts", digits), lambda: topmost(income(facts), MONTH, "subject_code", digits))


def topmost(rows: pl.DataFrame, keys: Sequence[str], code: str, digits: int) -> pl.DataFrame:
    """Keep, per key, the rows no other row of at least ``digits`` digits contains; ``head`` is what they add up to."""
    kept = rows.filter(pl.col(code).str.len_chars() >= digits)
    for size in (one for one in LEVELS if one >= digits):
        wider = kept.filter(pl.col(code).str.len_chars() == size).select(*keys, above=code)
        kept = kept.with_columns(
            above=pl.when(pl.col(code).str.len_chars() > size).then(pl.col(code).str.slice(0, size))
        ).join(wider, on=[*keys, "above"], how="anti", maintain_order="left")
    return kept.drop("above", strict=False).with_columns(head=pl.col(code).str.slice(0, digits))


def totals_of(facts: Facts, funds: Sequence[str]) -> pl.DataFrame:
    """Return the parts of whole budgets, with head ``-``: own revenue only, no transfers, no debt."""
    own = pl.col("head").is_in([TAX, "102", NON_TAX])
    return parts_of(facts, 3).filter(own, pl.col("fund").is_in(list(funds))).with_columns(head=pl.lit(ALL))


def classes_of(facts: Facts) -> pl.DataFrame:
    """Return the parts of 一般公共预算收入 as a whole, of its taxes and of its non-tax revenue."""
    both = parts_of(facts, 3).filter(pl.col("fund") == GENERAL, pl.col("head").is_in([TAX, NON_TAX]))
    return pl.concat([totals_of(facts, [GENERAL]), both])


def items_of(facts: Facts, class_code: str) -> pl.DataFrame:
    """Return the parts of the 款 of one 类 of 一般公共预算收入, with whole_fen: last year's revenue of all of it."""
    own = parts_of(facts, 5).filter(pl.col("fund") == GENERAL, pl.col("head").str.starts_with(class_code))
    whole = totals_of(facts, [GENERAL]).group_by(MONTH).agg(whole_fen=pl.col("last_ytd_fen").sum())
    return own.join(whole, on=list(MONTH), how="left", maintain_order="left")


def is_small_share(base: str, least_share_bp: int) -> pl.Expr:
    """Tell whether a base is less than a share of last year's revenue as a whole."""
    return pl.col(base).cast(pl.Int128) * 10_000 < pl.col("whole_fen").cast(pl.Int128) * least_share_bp


def added(parts: pl.DataFrame) -> pl.DataFrame:
    """Add parts up to their heads, one row a head and month; null where the figure of any part is missing.

    Adds head_name (zh) and head_en, subject, month_name and quarter; only months of judged years are for judging.
    """
    whole = [whole_or_null(name) for name in MEASURES]
    own_name = pl.col("subject_name").filter(pl.col("subject_code") == pl.col("head")).drop_nulls().min()
    told = parts.group_by(*MONTH, "head", maintain_order=True).agg(
        *whole,
        *(pl.col(name).first() for name in ("extent_zh", "extent_en", "whole_fen") if name in parts.columns),
        last_on=pl.col("last_on").max(),
        own_name=own_name,
    )
    return with_subjects(told).with_columns(head_name=_name_zh(), head_en=_name_en()).drop("own_name")


def with_subjects(rows: pl.DataFrame) -> pl.DataFrame:
    """Name what rows by fund and head are about, and the month and quarter they belong to."""
    number = pl.col("month").cast(pl.String).str.zfill(2)
    return rows.with_columns(
        subject=written("revenue:{}/{}/{}", "division_code", "fund", "head"),
        month_name=written("{}-{}", pl.col("fiscal_year").cast(pl.String), number),
        quarter=quarters("fiscal_year", "last_on"),
    )


BUDGETS_ZH = {"11": "一般公共预算收入", "12": "政府性基金收入", "13": "国有资本经营收入", "14": "社会保险基金收入"}
BUDGETS_EN = {
    "11": "general public budget revenue",
    "12": "government fund revenue",
    "13": "state capital revenue",
    "14": "social insurance fund revenue",
}
CLASSES_ZH = {TAX: "税收收入", NON_TAX: "非税收入"}
CLASSES_EN = {TAX: "tax revenue", NON_TAX: "non-tax revenue"}


def _name_zh() -> pl.Expr:
    whole = pl.col("fund").replace_strict(BUDGETS_ZH, default=pl.col("fund"), return_dtype=pl.String)
    part = pl.col("head").replace_strict(CLASSES_ZH, default=pl.col("head"), return_dtype=pl.String)
    bare = pl.col("own_name").str.replace_all(r"[\s\u3000]", "")
    is_class = pl.col("head").is_in([TAX, NON_TAX])
    return pl.when(pl.col("head") == ALL).then(whole).when(is_class).then(part).otherwise(pl.coalesce(bare, part))


def _name_en() -> pl.Expr:
    whole = pl.col("fund").replace_strict(BUDGETS_EN, default=pl.col("fund"), return_dtype=pl.String)
    part = pl.col("head").replace_strict(CLASSES_EN, default=written("item {}", "head"), return_dtype=pl.String)
    return pl.when(pl.col("head") == ALL).then(whole).otherwise(part)


def latest_of_quarters(facts: Facts, parts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return heads as they stood at the last report of each judged quarter, and the facts behind them.

    Both have ``subject`` and ``period`` (2026Q3).
    """
    judged = parts.filter(pl.col("fiscal_year").is_in(judged_years(facts.as_of)))
    heads = added(judged).with_columns(period=pl.col("quarter"))
    last = heads.filter(pl.col("month") == pl.col("month").max().over("subject", "period"))
    return last, behind(judged, last)


def behind(parts: pl.DataFrame, heads: pl.DataFrame) -> pl.DataFrame:
    """Return the facts that heads were added up from, with their subject and period."""
    wanted = heads.select(*MONTH, "head", "subject", "period")
    return parts.join(wanted, on=[*MONTH, "head"], how="inner").select("subject", "period", "slice_id", "row_no")


def growth_bp(now: str, base: str) -> pl.Expr:
    """Return the rise over a base in basis points, rounded down; null without a positive base."""
    return rate_bp(pl.col(now) - pl.col(base), pl.col(base))


def growth_reason(now: str, base: str, least_base_fen: int) -> pl.Expr:
    """Return why a rise is not judged: this year's figure or the base is missing, or the base is too low."""
    return (
        pl.when(pl.col(now).is_null())
        .then(pl.lit("incomplete_record"))
        .when(pl.col(base).is_null())
        .then(pl.lit("no_last_year"))
        .when(pl.col(base) < max(least_base_fen, 1))
        .then(pl.lit("immaterial"))
    )
