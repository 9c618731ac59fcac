"""G10 短收: a year's own revenue will end, or ended, below its budget."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.divisions import is_budget_level
from budget.facts import Facts
from budget.forecast import COURSE, FORECAST, forecasts, interval
from budget.levels import LEVELS
from budget.money import rate_bp
from budget.progress import HISTORY_YEARS
from budget.subjects import revenue_subjects, written
from budget.units import departments
from rules.delivered import feed_reasons
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded, subject_coverage
from rules.outturn import WORDS, outturn_words
from rules.revenue_heads import FUND_NAMES, HEAD, HEAD_NAMES, TOTAL, head_rows, heads, past_courses
from rules.rule import Rule
from rules.spending import shortfall_fen

TABLE = ("ytd_fen", "budget_fen", "sender_forecast_fen", "income_rate_bp", "shortfall_bp", *FORECAST, *COURSE, *WORDS)
RANKS = {level: number for number, level in enumerate(LEVELS)}
NAMED = ("division_name", "fund_zh", "fund_en", "head_zh", "head_en", "judged_year", "reported_on")

TEXT = RuleText(
    code="G10",
    family="district",
    name_zh="短收",
    name_en="Revenue shortfall",
    formula_zh="短收比例＝1－全年收入÷预算（有调整预算的用调整预算）；年度未结束时以按往年同月到年底的走势预计的全年收入区间的"
    "上限代替；不含转移性收入和债务收入。",
    formula_en="Shortfall = 1 - the year's revenue / budget (adjusted where there is one); before the year has "
    "ended the upper end of the forecast, drawn from how earlier years went on from the same month; transfers and "
    "borrowing left out.",
    law_zh="《中华人民共和国预算法实施条例》第七十八条。",
    law_en="Implementing Regulations of the Budget Law, Art. 78.",
    finding_zh="{division_name}{judged_year}年{fund_zh}{head_zh}{outcome_zh}，疑似短收。",
    finding_en="{head_en} of {fund_en} of {division_name}: {outcome_en} ({judged_year}), which appears to fall short.",
    arithmetic_zh="截至{reported_on:day}累计{ytd_fen:wan}万元÷预算{budget_fen:wan}万元＝{income_rate_bp:rate}；"
    "{course_zh}{outcome_zh}，较预算少{shortfall_bp:rate}；另：财政部门预计全年{sender_forecast_fen:wan}万元。",
    arithmetic_en="{ytd_fen:yuan} yuan by {reported_on} / budget {budget_fen:yuan} yuan = {income_rate_bp:rate}; "
    "{course_en}{outcome_en}, {shortfall_bp:rate} short; the sender itself expects {sender_forecast_fen:yuan} yuan.",
    innocent_zh=("减税降费、退税政策集中兑现", "大额一次性收入推后入库", "预算编制时对收入估计偏高"),
    innocent_en=("tax relief", "a large one-off receipt comes later", "the budget was set too high"),
    next_step_zh="建议了解短收原因，以及拟采取的平衡措施（压减支出、调入预算稳定调节基金等）是否按规定报告。",
    next_step_en="Ask for the reasons, how the budget will be balanced, and whether that was reported as it must be.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of the budget; the smallest budget; when the year at hand is judged."""

    yellow_bp: int = 500
    orange_bp: int = 1_000
    red_bp: int = 1_500
    least_budget_fen: int = 100_000_000
    first_month: int = 7
    least_history_years: int = 1


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag own revenue that ends its year a fence or more below budget: each fund's total, and taxes and non-tax.

    From ``first_month`` on the year of as_of is judged by its latest report, before it the year before. Of a forecast
    the upper end is held against the fences; without history the sender's own forecast stands. Taxes and
    non-tax are told where they fall short more gravely than the total.
    """
    year = facts.as_of.year if facts.as_of.month >= params.first_month else facts.as_of.year - 1
    missing = {
        one: reason if is_budget_level(one) else "exempt"
        for one, reason in feed_reasons(facts, "revenue", year=year).items()
        if reason
    }
    judged = _told(_latest(facts, year), facts, year, params)
    over = graded(judged.filter(pl.col("reason").is_null()), fences_of(params, "bp"))
    kept = over.join(_told_by_total(over), on="subject", how="anti", maintain_order="left")
    yielded = over.join(kept, on="subject", how="anti").select("subject", is_told=pl.lit(True))
    known = judged.join(yielded, on="subject", how="left", maintain_order="left").with_columns(
        reason=pl.when("is_told").then(pl.lit("covered_by_other")).otherwise("reason")
    )
    found = build_findings(
        "G10",
        kept,
        as_of=facts.as_of,
        period=str(year),
        measure_unit="bp",
        evidence=(*NAMED, *TABLE),
        rows=head_rows(facts),
        keys=[*HEAD, "fiscal_year", "as_of_on"],
    )
    told = subject_coverage("G10", known, str(year))
    return Judgement(found, pl.concat([told, division_coverage("G10", missing, str(year))]))


def _told_by_total(over: pl.DataFrame) -> pl.DataFrame:
    """Return the classes that fall short no more gravely than the total they are part of."""
    ranked = over.with_columns(rank=pl.col("level").replace_strict(RANKS, return_dtype=pl.Int64))
    totals = ranked.filter(pl.col("head_code") == TOTAL).select("division_code", "fund_code", total_rank="rank")
    both = ranked.filter(pl.col("head_code") != TOTAL).join(totals, on=["division_code", "fund_code"])
    return both.filter(pl.col("rank") <= pl.col("total_rank")).select("subject")


def _latest(facts: Facts, year: int) -> pl.DataFrame:
    own = heads(facts).filter(pl.col("fiscal_year") == year, pl.col("as_of_on") <= facts.as_of)
    return own.filter(pl.col("as_of_on") == pl.col("as_of_on").max().over("division_code", "fund_code"))


def _told(latest: pl.DataFrame, facts: Facts, year: int, params: Params) -> pl.DataFrame:
    """Add how the year ends, why it is not judged, and the words for it."""
    course = interval(past_courses(facts, year, HISTORY_YEARS), [*HEAD, "month"])
    enough = course.filter(pl.col("growth_years") >= params.least_history_years)
    known = latest.join(enough, on=[*HEAD, "month"], how="left", maintain_order="left").with_columns(
        income_rate_bp=rate_bp(pl.col("ytd_fen"), pl.col("budget_fen")),
        sender_bp=rate_bp(pl.col("sender_forecast_fen"), pl.col("budget_fen")),
    )
    ended = pl.col("as_of_on") == dt.date(year, 12, 31)
    rate = pl.col("income_rate_bp")
    ends = known.with_columns(**forecasts("income_rate_bp")).with_columns(
        pl.when(ended).then(rate).otherwise(pl.coalesce(name, "sender_bp")).alias(name) for name in FORECAST
    )
    words = {"rate_zh": "完成预算", "verb_en": "collected"}
    after, before = outturn_words(ended=True, **words), outturn_words(ended=False, **words)
    return (
        ends.with_columns(shortfall_bp=10_000 - pl.col("forecast_high_bp"))
        .with_columns(
            subject=revenue_subjects(),
            measured=pl.col("shortfall_bp"),
            amount_fen=shortfall_fen("budget_fen", "shortfall_bp"),
            unit_code=pl.lit(None, pl.String),
            project_code=pl.lit(None, pl.String),
            judged_year=pl.lit(year),
            reported_on=pl.col("as_of_on"),
            reason=_reason(params),
            **_names(facts),
        )
        .with_columns(pl.when(ended).then(after[name]).otherwise(before[name]).alias(name) for name in WORDS)
    )


def _reason(params: Params) -> pl.Expr:
    return (
        pl.when(pl.col("ytd_fen").is_null() | pl.col("budget_fen").is_null())
        .then(pl.lit("incomplete_record"))
        .when(pl.col("budget_fen") < max(params.least_budget_fen, 1))
        .then(pl.lit("immaterial"))
        .when(pl.col("forecast_bp").is_null())
        .then(pl.lit("no_history"))
    )


def _names(facts: Facts) -> dict[str, pl.Expr]:
    names = dict(departments(facts.units).select("division_code", "division_name").drop_nulls().iter_rows())
    division, fund = pl.col("division_code"), pl.col("fund_code")
    said = {"division_name": division.replace_strict(names, default=division, return_dtype=pl.String)}
    for place, language in enumerate(("zh", "en")):
        funds = {code: words[place] for code, words in FUND_NAMES.items()}
        of_head = {code: words[place] for code, words in HEAD_NAMES.items()}
        other = written("资金{}" if language == "zh" else "fund {}", fund)
        said[f"fund_{language}"] = fund.str.slice(0, 2).replace_strict(funds, default=other, return_dtype=pl.String)
        said[f"head_{language}"] = pl.col("head_code").replace_strict(of_head, return_dtype=pl.String)
    return said


RULE = Rule(TEXT, judge, Params, ("revenue",))
