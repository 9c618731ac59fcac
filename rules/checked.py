"""What the checks before publishing said of the deliveries in force, and how a delivery is named in a sentence."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from budget.facts import Facts, departments
from budget.subjects import written

FEED_ZH: Final = {
    "allotments": "预算指标表",
    "adjustments": "指标调整表",
    "payments": "支付明细",
    "execution_months": "执行月报",
    "units": "预算单位表",
    "classifications": "科目表",
    "cash_plans": "用款计划表",
    "revenue": "收入月报",
    "projects": "项目库",
    "milestones": "项目节点表",
    "contracts": "采购合同表",
    "transfers": "转移支付表",
    "debt": "债务表",
    "treasury": "库款表",
    "final_accounts": "决算表",
    "performance": "绩效表",
    "documents": "文书登记表",
}
# What a finding about a delivery, a unit or a voucher has in common, so that one sentence serves them all.
TOLD: Final = ("name", "what_zh", "what_en", "how_zh", "how_en")
_KEPT: Final = ("subject", "year", "division_code", "measured", *TOLD)


def feed_zh() -> pl.Expr:
    """Name the table that column ``feed`` means."""
    return pl.col("feed").replace_strict(FEED_ZH, default=pl.col("feed"), return_dtype=pl.String)


def table_zh(rows: pl.DataFrame, facts: Facts) -> pl.Expr:
    """Name deliveries by place, time and table, from columns slice_key and feed of some rows."""
    divisions = division_names(facts)
    places = {key: place_zh(key, divisions) for key in rows["slice_key"]}
    return pl.concat_str(pl.col("slice_key").replace_strict(places, return_dtype=pl.String), feed_zh())


def division_names(facts: Facts) -> dict[str, str]:
    """Return the names of the divisions that unit tables name."""
    known = departments(facts.units).select("division_code", "division_name").drop_nulls().unique()
    return dict(known.sort("division_code", "division_name").iter_rows())


def place_zh(slice_key: str, divisions: Mapping[str, str]) -> str:
    """Say in words what a delivery is of: divisions by name, years and months as people write them."""
    words = []
    for part in slice_key.split("/"):
        when = re.fullmatch(r"(20\d\d)(\d\d)?", part)
        month = f"{int(when[2])}月" if when and when[2] else ""
        words.append(f"{when[1]}年{month}" if when else divisions.get(part, part))
    return "".join(words)


def warned(facts: Facts, code: str, *, but_feeds: Iterable[str] = (), names: Iterable[str] = ()) -> pl.DataFrame:
    """Return the checks of a code that warned, one row a delivery and part: subject, year, measured and words.

    Deliveries of last year count, as its accounts come this year. Left out are the feeds that a rule judges by their
    facts; ``names`` keeps some checks of a code only. ``measured`` is the number of rows concerned; a check that did
    not count them is left out.
    """
    own = facts.checks.filter(
        pl.col("check_code") == code,
        pl.col("outcome").is_in(["warn", "hold"]),
        pl.col("fiscal_year").is_null() | (pl.col("fiscal_year") >= facts.as_of.year - 1),
        ~pl.col("feed").is_in(list(but_feeds)),
        pl.col("concerned_count") > 0,
        # What is of no division cannot be shown to an office; the delivery's page tells it.
        pl.col("division_code").is_not_null(),
    )
    if names:
        own = own.filter(pl.col("check_name").is_in(list(names)))
    told = own.with_columns(
        subject=written("check:{}/{}/{}", "feed", "slice_key", "part"),
        year=pl.coalesce("fiscal_year", pl.lit(facts.as_of.year)).cast(pl.String),
        measured=pl.col("concerned_count"),
        name=table_zh(own, facts),
    )
    counts = [pl.col(name).cast(pl.String) for name in ("concerned_count", "checked_count")]
    checked = counts[1].fill_null("?")
    return told.select(
        *_KEPT[:5],
        what_zh=written("有{}行", counts[0]),
        what_en=written("{} rows of {} ({})", counts[0], "feed", "slice_key"),
        how_zh=written("送达时核对{}行，不符{}行", checked, counts[0]),
        how_en=written("{} of {} rows checked at delivery", counts[0], checked),
    )
