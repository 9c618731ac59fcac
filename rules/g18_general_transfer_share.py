"""G18 一般性转移支付占比低: general transfers are a small part of all transfers."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.money import rate_bp
from budget.subjects import written
from rules.judgement import Judgement, fences_of
from rules.rule import Rule
from rules.tables import judged_years, judgement

TEXT = RuleText(
    code="G18",
    family="district",
    name_zh="一般性转移支付占比低",
    name_en="Low share of general transfers",
    formula_zh="一般性转移支付占比＝一般性转移支付÷（一般性＋专项），上级下达和对下分别计算，累计到季末；"
    "共同事权转移支付默认计入一般性；以100%－占比与标准比较。",
    formula_en="Share = general transfers / (general + special), received and passed on apart, cumulative "
    "up to each quarter's end; shared-power transfers count as general by default; 100% less "
    "the share is held against the fences.",
    law_zh="《中华人民共和国预算法》第十六条。",
    law_en="Budget Law, Art. 16.",
    finding_zh="{division_name}{state_zh}转移支付中一般性转移支付占{share_bp:rate}，比重疑似偏低。",
    finding_en="General transfers are {share_bp:rate} of the transfers {state_en} at {division_name}.",
    arithmetic_zh="截至{period}一般性{general_fen:wan}万元÷合计{whole_fen:wan}万元＝{share_bp:rate}。",
    arithmetic_en="By {period}: general {general_fen:yuan} yuan / all {whole_fen:yuan} yuan = {share_bp:rate}.",
    innocent_zh=(
        "大额专项项目集中下达",
        "共同事权转移支付的归类口径不同",
    ),
    innocent_en=(
        "large special grants came together",
        "shared-power transfers are classified otherwise",
    ),
    next_step_zh="建议了解专项转移支付的项目构成，研究整合、转列的可能。",
    next_step_en="Ask what the special transfers consist of and which of them could be merged.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of the share that is not general; the smallest sum; where 共同事权 belongs."""

    yellow_bp: int = 4_000
    orange_bp: int = 4_500
    red_bp: int = 5_000
    least_total_fen: int = 1_000_000_000
    shared_as: str = "general"


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag divisions whose special transfers, received or passed on, reach a fence of all of them.

    Cumulative up to the end of each quarter; the running one up to as_of. ``shared_as`` counts 共同事权 as "general"
    or "special"; any other word leaves it out. Not judged: an unknown kind or amount, a sum under
    ``least_total_fen``.
    """
    rows = _by_quarters(_told(facts, params), facts.as_of)
    is_general = pl.col("kind") == "general"
    whole = pl.col("transfer_fen").sum()
    known = rows.group_by("subject", "period", "division_code", "direction", maintain_order=True).agg(
        general_fen=pl.col("transfer_fen").filter(is_general).sum(),
        whole_fen=whole,
        is_known=(pl.col("kind").is_not_null() & pl.col("transfer_fen").is_not_null()).all(),
    )
    share = rate_bp(pl.col("general_fen"), pl.col("whole_fen"))
    judged = known.with_columns(
        share_bp=share,
        measured=rate_bp(pl.col("whole_fen") - pl.col("general_fen"), pl.col("whole_fen")),
        amount_fen=pl.col("whole_fen") - pl.col("general_fen"),
        state_zh=pl.col("direction").replace_strict({"in": "上级下达", "out": "对下"}, default=""),
        state_en=pl.col("direction").replace_strict({"in": "received", "out": "passed on"}, default=""),
        reason=pl.when(~pl.col("is_known"))
        .then(pl.lit("incomplete_record"))
        .when(pl.col("whole_fen") < max(params.least_total_fen, 1))
        .then(pl.lit("immaterial")),
    )
    return judgement(
        "G18",
        facts,
        "transfers",
        judged,
        fences_of(params, "bp"),
        measure_unit="bp",
        evidence=("state_zh", "state_en", "general_fen", "whole_fen", "share_bp"),
        rows=rows.select("subject", "period", "slice_id", "row_no"),
    )


def _told(facts: Facts, params: Params) -> pl.DataFrame:
    shared = params.shared_as if params.shared_as in {"general", "special"} else "apart"
    kind = pl.col("transfer_kind").replace({"shared": shared})
    is_in = pl.col("direction") == "in"
    days = ("received_on", "released_on")
    told = facts.transfers.filter(
        pl.col("direction").is_not_null(), pl.col("fiscal_year").is_in(judged_years(facts.as_of))
    )
    return told.with_columns(
        kind=kind,
        on=pl.when(is_in).then(pl.coalesce(days)).otherwise(pl.coalesce(days[::-1])),
        subject=written("transfers:{}/{}", "division_code", "direction"),
    ).filter((pl.col("kind") != "apart").fill_null(value=True))


def _by_quarters(told: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    """Repeat each row for every quarter by whose end it is known; one without a day is known from the first."""
    ends = [
        (year, f"{year}Q{number}", dt.date(year, number * 3, 30 if number in {2, 3} else 31))
        for year in judged_years(as_of)
        for number in range(1, 5)
        if dt.date(year, number * 3 - 2, 1) <= as_of
    ]
    schema = {"fiscal_year": pl.Int32(), "period": pl.String(), "ends_on": pl.Date()}
    every = told.join(pl.DataFrame(ends, schema=schema, orient="row"), on="fiscal_year", how="inner")
    return every.filter((pl.col("on") <= pl.col("ends_on")).fill_null(value=True))


RULE = Rule(TEXT, judge, Params, ("transfers",))
