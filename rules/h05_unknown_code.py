"""H05 科目代码不存在或已失效: rows carry a code that no classification table knows in their year."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.classification import NOT_IN_YEAR, UNKNOWN, judge_codes
from budget.facts import Facts
from budget.subjects import written
from rules.checked import TOLD, division_names, warned
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded, subject_coverage
from rules.rule import Rule
from rules.spending import divisions_of

SCHEMES = {
    "function_code": ("function", "功能分类科目"),
    "dept_economic_code": ("dept_economic", "部门经济分类科目"),
    "gov_economic_code": ("gov_economic", "政府经济分类科目"),
    "fund_type_code": ("fund", "资金性质"),
}
FEEDS = {
    "allotments": "appropriation_fen",
    "adjustments": "adjustment_fen",
    "payments": "payment_fen",
    "execution_months": "payment_fen",
}
KEY = ("division_code", "scheme", "code")

TEXT = RuleText(
    code="H05",
    family="data_quality",
    name_zh="科目代码不存在或已失效",
    name_en="Unknown or expired code",
    formula_zh="预算、调整、支付和月报中，科目代码在当年科目表中查不到的行数，按区划和代码计。",
    formula_en="Number of rows of budget, adjustments, payments and reports whose code the table of their year does "
    "not "
    "hold, by division and code.",
    law_zh="实务做法：数据质量检查，不作为违规认定依据。",
    law_en="Practice: a check of data quality, no ground for finding a breach.",
    finding_zh="{name}{what_zh}的科目代码疑似不存在或已失效。",
    finding_en="{what_en}: the code appears to be unknown or expired.",
    arithmetic_zh="{how_zh}。",
    arithmetic_en="{how_en}.",
    innocent_zh=("科目表不是当年版本", "本地增设的明细科目", "录入或导出时截断了代码"),
    innocent_en=("a table of another year", "a local item below the official ones", "a code cut short in export"),
    next_step_zh="建议核对当年政府收支分类科目，请报送单位更正代码或补充科目表。",
    next_step_en="Compare with the year's classification; ask for the right code or for the table.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in number of rows with one code."""

    yellow_count: int = 1
    orange_count: int = 20
    red_count: int = 100


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag codes of this year's rows that the year's table does not hold; of other feeds what the checks said.

    Not judged: codes below an item under which the table lists nothing, and schemes without a table.
    """
    year = str(facts.as_of.year)
    wrong = _wrong(facts)
    found = build_findings(
        "H05",
        graded(pl.concat([_told(wrong, facts), _checks(facts)]), fences_of(params, "count")).with_columns(
            unit_code=pl.lit(None, pl.String), project_code=pl.lit(None, pl.String)
        ),
        as_of=facts.as_of,
        period=pl.col("year"),
        measure_unit="count",
        evidence=("scheme", "code", *TOLD),
        rows=wrong.drop("status"),
        keys=KEY,
    )
    missing = None if facts.classifications.height else "no_classifications"
    checked = subject_coverage("H05", _checks(facts).with_columns(reason=pl.lit(None, pl.String)), pl.col("year"))
    return Judgement(
        found, pl.concat([division_coverage("H05", dict.fromkeys(divisions_of(facts), missing), year), checked])
    )


def _checks(facts: Facts) -> pl.DataFrame:
    return warned(facts, "H05", but_feeds=FEEDS).with_columns(
        scheme=pl.lit(None, pl.String), code=pl.lit(None, pl.String), amount_fen=pl.lit(None, pl.Int64)
    )


def _wrong(facts: Facts) -> pl.DataFrame:
    """Return this year's rows with a wrong code: KEY, status, feed, fen, slice_id, row_no."""
    parts: list[pl.DataFrame] = []
    for column, (scheme, _) in SCHEMES.items():
        for feed, measure in FEEDS.items():
            own = facts.lazy(feed).filter(
                pl.col("fiscal_year") == facts.as_of.year, pl.col("division_code").is_not_null()
            )
            codes = judge_codes(
                own.select("fiscal_year", column).unique().collect(), column, scheme, facts.classifications
            )
            bad = codes.filter(pl.col("status").is_in([UNKNOWN, NOT_IN_YEAR])).select("code", "status")
            if bad.height:
                rows = own.join(bad.lazy(), left_on=column, right_on="code", how="inner", maintain_order="left")
                parts.append(
                    rows.select(
                        "division_code",
                        "status",
                        "slice_id",
                        "row_no",
                        code=column,
                        scheme=pl.lit(scheme),
                        feed=pl.lit(feed),
                        fen=pl.col(measure),
                    ).collect()
                )
    names = ("division_code", "scheme", "code", "status", "feed")
    empty = pl.DataFrame(
        schema=dict.fromkeys(names, pl.String) | dict.fromkeys(("fen", "slice_id", "row_no"), pl.Int64)
    )
    return pl.concat([empty, *(part.select(empty.columns) for part in parts)])


def _told(wrong: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    words = dict(SCHEMES.values())
    names = division_names(facts)
    summed = (
        wrong.group_by(*KEY, "status")
        .agg(measured=pl.len().cast(pl.Int64), amount_fen=pl.col("fen").abs().sum())
        .sort(*KEY)
    )
    scheme_zh = pl.col("scheme").replace_strict(words, return_dtype=pl.String)
    year = str(facts.as_of.year)
    is_expired = pl.col("status") == NOT_IN_YEAR
    state = [
        pl.when(is_expired).then(pl.lit(expired)).otherwise(pl.lit(unknown))
        for expired, unknown in (
            ("其他年度有、本年没有", "任何年度都没有"),
            ("valid in other years only", "in no table"),
        )
    ]
    count = pl.col("measured").cast(pl.String)
    return summed.select(
        subject=written("code:{}/{}/{}", "division_code", "scheme", "code"),
        year=pl.lit(year),
        division_code="division_code",
        measured="measured",
        name=pl.col("division_code").replace_strict(names, default=pl.col("division_code"), return_dtype=pl.String),
        what_zh=written("{}“{}”（{}行）", scheme_zh, "code", count),
        what_en=written("{} code {} in {} rows", "scheme", "code", count),
        how_zh=written("{}年{}表中查不到“{}”（{}），涉及{}行", pl.lit(year), scheme_zh, "code", state[0], count),
        how_en=written("{} code {} is {}; {} rows of {}", "scheme", "code", state[1], count, pl.lit(year)),
        scheme="scheme",
        code="code",
        amount_fen="amount_fen",
    )


RULE = Rule(TEXT, judge, Params, ("classifications", "allotments", "adjustments", "payments", "execution_months"))
