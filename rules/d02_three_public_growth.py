"""D02 三公同比增长: a unit spends more on the three public items than up to the same day of last year."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import unit_subjects
from rules.delivered import feed_reasons
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded, subject_coverage
from rules.public_items import day_words, items_of, items_on_same_day, unpaid_divisions
from rules.rule import Rule
from rules.spending import NAMES, this_year, with_names

EVIDENCE = (
    *NAMES,
    "until_zh",
    "payment_fen",
    "last_fen",
    "base_fen",
    "increase_fen",
    "growth_bp",
    "base_zh",
    "base_en",
)
UNIT = "unit_code"

TEXT = RuleText(
    code="D02",
    family="three_public",
    name_zh="“三公”经费同比增长",
    name_en="Three-public spending growing",
    formula_zh="（本年累计“三公”支出－基数）÷基数；基数为上年同日累计，上年明显偏低时取前三年同日累计的中位数。",
    formula_en="(three-public payments this year - base) / base; the base is last year's up to the same day, or, where "
    "last year was unusually low, the median of the three years before.",
    law_zh="《机关事务管理条例》第十二条、第三十二条；《中华人民共和国预算法》第九十五条。",
    law_en="Regulations on the Administration of Government Offices, Art. 12 and 32; Budget Law, Art. 95.",
    finding_zh="{unit_name}截至{until_zh}“三公”支出{payment_fen:wan}万元，较{base_zh}{base_fen:wan}万元增长"
    "{growth_bp:rate}，疑似未做到只减不增。",
    finding_en="{unit_name} spent {payment_fen:yuan} yuan on the three public items, {growth_bp:rate} more than "
    "{base_fen:yuan} yuan ({base_en}).",
    arithmetic_zh="（{payment_fen:yuan}元－{base_fen:yuan}元）÷{base_fen:yuan}元＝{growth_bp:rate}；上年同期"
    "{last_fen:yuan}元。",
    arithmetic_en="({payment_fen:yuan} - {base_fen:yuan}) / {base_fen:yuan} yuan = {growth_bp:rate}; last year "
    "{last_fen:yuan} yuan.",
    innocent_zh=("报废更新公务用车", "职能或人员划入", "上年同期有支出尚未入账"),
    innocent_en=("a car replaced", "tasks or staff taken over", "payments of last year booked later"),
    next_step_zh="建议请单位说明增长原因，提供“三公”经费明细。",
    next_step_en="Ask for the reasons and the details.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of growth; the items; what is too small to judge; when last year counts as low."""

    yellow_bp: int = 1
    orange_bp: int = 1_000
    red_bp: int = 3_000
    least_base_fen: int = 1_000_000
    least_increase_fen: int = 1_000_000
    low_base_bp: int = 5_000
    economic_codes: tuple[str, ...] = ("30212", "30217", "30231", "31013")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag units whose three-public spending grew by a fence or more against the base.

    The base is last year's spending up to the same day; where it is below ``low_base_bp`` of the median of the three
    years before (all of them known) that median stands in. Not judged: units without last year's figure, and those
    whose base or increase is too small.
    """
    groups = {"three_public": params.economic_codes}
    own = items_of(this_year(facts), groups)
    units = _paid(own, "payment_fen")
    for back in (1, 2, 3):
        past = _paid(items_on_same_day(facts, groups, back), f"back{back}_fen").drop("division_code")
        units = units.join(past, on=UNIT, how="left", maintain_order="left")
    known = _measured(_with_base(units, params)).with_columns(subject=unit_subjects(), until_zh=_until(facts))
    judged = known.with_columns(reason=_reason(facts, params), project_code=pl.lit(None, pl.String))
    year = str(facts.as_of.year)
    found = build_findings(
        "D02",
        graded(with_names(judged.filter(pl.col("reason").is_null()), facts), fences_of(params, "bp")),
        as_of=facts.as_of,
        period=year,
        measure_unit="bp",
        evidence=EVIDENCE,
        rows=own,
        keys=[UNIT],
    )
    silent = division_coverage("D02", unpaid_divisions(facts), year)
    return Judgement(found, pl.concat([subject_coverage("D02", judged, year), silent]))


def _until(facts: Facts) -> pl.Expr:
    return pl.lit(day_words(facts.as_of))


def _paid(moved: pl.DataFrame, name: str) -> pl.DataFrame:
    paid = moved.filter(pl.col("payment_fen").is_not_null()).group_by(UNIT)
    return paid.agg(pl.col("division_code").min(), pl.col("payment_fen").sum().alias(name)).sort(UNIT)


def _with_base(units: pl.DataFrame, params: Params) -> pl.DataFrame:
    years = pl.concat_list("back1_fen", "back2_fen", "back3_fen")
    middle = pl.when(pl.all_horizontal(pl.col(f"back{n}_fen").is_not_null() for n in (1, 2, 3))).then(
        years.list.sort().list.get(1)
    )
    last = pl.col("back1_fen")
    is_low = (last.cast(pl.Int128) * 10_000 < middle.cast(pl.Int128) * params.low_base_bp).fill_null(value=False)
    return units.with_columns(
        last_fen=last,
        base_fen=pl.when(is_low).then(middle).otherwise(last),
        base_zh=pl.when(is_low).then(pl.lit("前三年同期中位数（上年基数偏低）")).otherwise(pl.lit("上年同期")),
        base_en=pl.when(is_low).then(pl.lit("median of three years, last year was low")).otherwise(pl.lit("last year")),
    )


def _measured(units: pl.DataFrame) -> pl.DataFrame:
    increase = pl.col("payment_fen") - pl.col("base_fen")
    base = pl.when(pl.col("base_fen") > 0).then(pl.col("base_fen"))
    growth = (increase.cast(pl.Int128) * 10_000 // base).cast(pl.Int64)
    return units.with_columns(increase_fen=increase, amount_fen=increase, growth_bp=growth, measured=growth)


def _reason(facts: Facts, params: Params) -> pl.Expr:
    last = [one for one, told in feed_reasons(facts, "payments", year=facts.as_of.year - 1).items() if told]
    is_small = (pl.col("base_fen") < params.least_base_fen) | (
        pl.col("increase_fen").is_between(1, params.least_increase_fen - 1)
    )
    return (
        pl.when(pl.col("division_code").is_in(last) | pl.col("base_fen").is_null() | (pl.col("base_fen") <= 0))
        .then(pl.lit("no_last_year"))
        .when(is_small)
        .then(pl.lit("immaterial"))
    )


RULE = Rule(TEXT, judge, Params, ("payments",), late="mutes", paced=True)
