"""H09 单位编码断链: money under a unit that the unit table does not know, or that ended without a successor."""

from dataclasses import dataclass

import polars as pl

from budget import frames
from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import unit_subjects, written
from rules.checked import TOLD
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded
from rules.rule import Rule
from rules.spending import divisions_of

MONEY = {
    "allotments": "appropriation_fen",
    "adjustments": "adjustment_fen",
    "payments": "payment_fen",
    "execution_months": None,
}
FEEDS = tuple(
    feed for feed in frames.FEEDS if feed != "units" and {"fiscal_year", "unit_code"} <= set(frames.FEEDS[feed])
)
UNIT = ("division_code", "unit_code")
USED = ("unit_name", "rows", "last_on", "amount_fen")

TEXT = RuleText(
    code="H09",
    family="data_quality",
    name_zh="单位编码断链",
    name_en="Broken chain of units",
    formula_zh="使用单位表中没有的单位编码、停用后仍在使用的编码，或上年有收支、本年从单位表中消失且未注明承接单位的编码，计其"
    "数据行数。",
    formula_en="Number of rows under a unit code that the unit table does not hold, that was closed before, or that "
    "had "
    "money last year and left the table without a successor.",
    law_zh="实务做法：数据质量检查，不作为违规认定依据。",
    law_en="Practice: a check of data quality, no ground for finding a breach.",
    finding_zh="{name}{what_zh}，疑似单位改名、改码或撤并后未衔接。",
    finding_en="{what_en}; a rename, recoding or merger may not have been handed on.",
    arithmetic_zh="{how_zh}。",
    arithmetic_en="{how_en}.",
    innocent_zh=("单位表尚未更新", "单位撤销且没有承接单位", "编码录入有误"),
    innocent_en=("a unit table not renewed yet", "a unit abolished without a successor", "a mistyped code"),
    next_step_zh="建议请报送单位更新单位表并注明承接单位；更正前，与该单位往年比较的预警暂不判断。",
    next_step_en="Ask for a renewed unit table with successors; comparisons with the unit's past are not judged "
    "until then.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in number of rows."""

    yellow_count: int = 1
    orange_count: int = 50
    red_count: int = 500


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag units whose rows lead nowhere; judged are divisions with a unit table, by this year's where there is one.

    A unit that has a successor leads somewhere, and so does the department of a unit that the table holds.
    """
    known = facts.units
    rows = _rows(facts, facts.as_of.year)
    past = _rows(facts, facts.as_of.year - 1)
    used = _used(rows)
    lost = pl.concat([_unknown(used, facts), _closed(used, facts), _dropped(_used(past), facts)])
    judged = lost.unique(UNIT, keep="first", maintain_order=True).sort(UNIT)
    flagged = graded(_told(judged, facts), fences_of(params, "count"))
    year = str(facts.as_of.year)
    found = build_findings(
        "H09",
        flagged.with_columns(project_code=pl.lit(None, pl.String)),
        as_of=facts.as_of,
        period=pl.col("year"),
        measure_unit="count",
        evidence=("unit_name", *TOLD),
        rows=pl.concat([rows, past]).filter(pl.col("unit_code").is_in(judged["unit_code"].implode())).collect(),
        keys=UNIT,
    )
    there = set(known["division_code"].unique())
    reasons = {one: None if one in there else "no_units" for one in divisions_of(facts)}
    return Judgement(found, division_coverage("H09", reasons, year))


def _rows(facts: Facts, year: int) -> pl.LazyFrame:
    """Return a year's rows that name a unit, by the codes delivered, in divisions that have a unit table."""
    there = pl.col("division_code").is_in(facts.units["division_code"].unique().implode())
    parts: list[pl.LazyFrame] = []
    for feed in FEEDS:
        own = facts.lazy(feed).filter(pl.col("fiscal_year") == year, there, pl.col("unit_code").is_not_null())
        measure = MONEY.get(feed)
        # Papers may be dated long after a unit is closed; money may not.
        on = pl.col(frames.DATED[feed]) if feed in MONEY else pl.lit(None, pl.Date)
        named = pl.col("unit_name") if "unit_name" in frames.FEEDS[feed] else pl.lit(None, pl.String)
        fen = pl.col(measure) if measure else pl.lit(None, pl.Int64)
        parts.append(own.select(*UNIT, "slice_id", "row_no", unit_name=named, on=on, fen=fen))
    return pl.concat(parts)


def _used(rows: pl.LazyFrame) -> pl.DataFrame:
    summed = rows.group_by(UNIT).agg(
        pl.col("unit_name").drop_nulls().min(),
        rows=pl.len().cast(pl.Int64),
        last_on=pl.col("on").max(),
        amount_fen=pl.col("fen").abs().max(),
    )
    return summed.collect()


def _led(facts: Facts) -> pl.Series:
    """Return the codes that lead somewhere: units with a successor."""
    return facts.units.filter(pl.col("successor_code").is_not_null())["unit_code"].unique()


def _table(facts: Facts) -> pl.DataFrame:
    """Return this year's unit table, or every one where this year has none."""
    own = facts.units.filter(pl.col("fiscal_year") == facts.as_of.year)
    return own if own.height else facts.units


def _unknown(used: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    table = _table(facts)
    known = pl.concat([table["unit_code"], table["parent_code"].drop_nulls(), _led(facts)]).unique()
    wrong = used.filter(~pl.col("unit_code").is_in(known.implode()))
    return _with_state(wrong, "不在单位表中", "is not in the unit table")


def _closed(used: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    order = ["fiscal_year", "valid_from", "valid_to"]
    latest = facts.units.sort(order, nulls_last=False).unique("unit_code", keep="last", maintain_order=True)
    ended = latest.filter(pl.col("successor_code").is_null(), pl.col("valid_to").is_not_null())
    both = used.join(ended.select("unit_code", "valid_to"), on="unit_code", how="inner")
    wrong = both.filter(pl.col("last_on") > pl.col("valid_to")).drop("valid_to")
    return _with_state(
        wrong, "已停用且无承接单位，停用后仍有收支", "was closed without a successor and still has money"
    )


def _dropped(used: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Return the units with money last year that this year's table, where there is one, does not hold any more."""
    table = facts.units.filter(pl.col("fiscal_year") == facts.as_of.year)
    before = facts.units.filter(pl.col("fiscal_year") == facts.as_of.year - 1)
    if table.is_empty() or before.is_empty():
        return _with_state(used.clear(), "", "")
    there = pl.concat([table["unit_code"], table["parent_code"].drop_nulls(), _led(facts)]).unique()
    gone = used.filter(
        pl.col("unit_code").is_in(before["unit_code"].implode()), ~pl.col("unit_code").is_in(there.implode())
    )
    return _with_state(gone, "上年有收支，本年单位表中已无且未注明承接单位", "left the unit table without a successor")


def _with_state(wrong: pl.DataFrame, zh: str, en: str) -> pl.DataFrame:
    return wrong.select(*UNIT, *USED, state_zh=pl.lit(zh), state_en=pl.lit(en))


def _told(wrong: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    names = dict(facts.units.sort("fiscal_year", nulls_last=False).select("unit_code", "unit_name").iter_rows())
    listed = pl.col("unit_code").replace_strict(names, default=None, return_dtype=pl.String)
    count = pl.col("rows").cast(pl.String)
    named = wrong.with_columns(unit_name=pl.coalesce(listed, "unit_name", "unit_code"))
    return named.with_columns(
        subject=unit_subjects(),
        year=pl.lit(str(facts.as_of.year)),
        measured=pl.col("rows"),
        name=pl.col("unit_name"),
        what_zh=written("（单位编码{}）{}", "unit_code", "state_zh"),
        what_en=written("Unit {} {}", "unit_code", "state_en"),
        how_zh=written("该编码下{}行数据，最后日期{}", count, pl.col("last_on").cast(pl.String).fill_null("无")),
        how_en=written(
            "{} rows under this code, the last of {}", count, pl.col("last_on").cast(pl.String).fill_null("-")
        ),
    )


RULE = Rule(TEXT, judge, Params, ("units", "allotments", "adjustments", "payments", "execution_months"))
