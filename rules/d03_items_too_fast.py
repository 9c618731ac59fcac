"""D03 三公会议培训进度过快: a unit spends its three-public, meeting or training budget faster than expected."""

from dataclasses import dataclass

import polars as pl

from budget.calendar import time_progress_bp
from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import written
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded, subject_coverage
from rules.public_items import expected_items, items_of, unpaid_divisions
from rules.rule import MONEY, Rule
from rules.spending import (
    EXECUTION,
    NAMES,
    budget_reasons,
    execute,
    shortfall_fen,
    since_release,
    this_year,
    with_known_zeros,
    with_names,
)

NAMES_OF = {
    "three_public": ("“三公”经费", "three-public items"),
    "meeting": ("会议费", "meetings"),
    "training": ("培训费", "training"),
}
EVIDENCE = (
    *(*NAMES, *EXECUTION, "item_zh", "item_en", "gap_bp", "expected_progress_bp", "time_progress_bp", "days"),
    *("basis_zh", "basis_en"),
)
KEY = ("unit_code", "item")

TEXT = RuleText(
    code="D03",
    family="three_public",
    name_zh="“三公”会议培训支出过快",
    name_en="Three-public, meeting or training money spent fast",
    formula_zh="超前＝执行率－历史同期进度；没有历史数据的，以序时进度代替。“三公”（不含购车）、会议费、培训费分别计算。",
    formula_en="Lead = R - S*, the median R of the same items on the same day of the three years before (time elapsed "
    "where there is no history); the three public items without cars bought, meetings and training each for itself.",
    law_zh="《机关事务管理条例》第十二条、第三十二条；《中华人民共和国预算法》第九十五条。",
    law_en="Regulations on the Administration of Government Offices, Art. 12 and 32; Budget Law, Art. 95.",
    finding_zh="{unit_name}{item_zh}执行率{execution_rate_bp:rate}，比同期进度{expected_progress_bp:rate}快{gap_bp:gap}，"
    "疑似支出过快。",
    finding_en="{unit_name} has spent {execution_rate_bp:rate} of its budget for {item_en}, {gap_bp:gap} more than "
    "expected by now.",
    arithmetic_zh="支出{payment_fen:yuan}元÷调整后预算{adjusted_appropriation_fen:yuan}元＝{execution_rate_bp:rate}；"
    "{basis_zh}{expected_progress_bp:rate}，序时进度{time_progress_bp:rate}。",
    arithmetic_en="Paid {payment_fen:yuan} of {adjusted_appropriation_fen:yuan} yuan = {execution_rate_bp:rate}; "
    "{basis_en} {expected_progress_bp:rate}, time elapsed {time_progress_bp:rate}.",
    innocent_zh=("培训、会议集中在年中举办", "一次性接待任务", "预算调整已批准、尚未报送"),
    innocent_en=("training held in one season", "a single large event", "an approved adjustment not delivered yet"),
    next_step_zh="建议请单位提供支出明细和后续安排，提示控制进度。",
    next_step_en="Ask for the details and the plan for the rest of the year.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of the lead; the smallest budget; days after release; the items of each group."""

    yellow_bp: int = 1_500
    orange_bp: int = 2_500
    red_bp: int = 4_000
    least_budget_fen: int = 2_000_000
    mute_days: int = 60
    least_history_years: int = 2
    public_codes: tuple[str, ...] = ("30212", "30217", "30231")
    meeting_codes: tuple[str, ...] = ("30215",)
    training_codes: tuple[str, ...] = ("30216",)


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag units whose R under one group of items leads the expected progress by a fence or more.

    Expected is S* of the unit's own group, else of the group in its division, else the share of time elapsed.
    """
    groups = {"three_public": params.public_codes, "meeting": params.meeting_codes, "training": params.training_codes}
    own = items_of(this_year(facts), groups)
    lines = with_known_zeros(execute(own, KEY), facts)
    known = with_names(_with_expected(lines, facts, groups, params.least_history_years), facts).with_columns(
        subject=written("item:{}/{}", "unit_code", "item"),
        project_code=pl.lit(None, pl.String),
        item_zh=pl.col("item").replace_strict({key: zh for key, (zh, _) in NAMES_OF.items()}),
        item_en=pl.col("item").replace_strict({key: en for key, (_, en) in NAMES_OF.items()}),
        days=since_release(facts.as_of),
        gap_bp=pl.col("execution_rate_bp") - pl.col("expected_progress_bp"),
    )
    led = pl.when(pl.col("gap_bp") > 0).then(pl.col("gap_bp")).otherwise(0)
    judged = known.with_columns(reason=_reason(facts, params), measured=pl.col("gap_bp"), led=led).with_columns(
        amount_fen=shortfall_fen("adjusted_appropriation_fen", "led")
    )
    year = str(facts.as_of.year)
    found = build_findings(
        "D03",
        graded(judged.filter(pl.col("reason").is_null()), fences_of(params, "bp")),
        as_of=facts.as_of,
        period=year,
        measure_unit="bp",
        evidence=EVIDENCE,
        rows=own,
        keys=KEY,
    )
    silent = division_coverage("D03", unpaid_divisions(facts), year)
    return Judgement(found, pl.concat([subject_coverage("D03", judged, year), silent]))


def _with_expected(
    lines: pl.DataFrame, facts: Facts, groups: dict[str, tuple[str, ...]], least_years: int
) -> pl.DataFrame:
    ruler = time_progress_bp(facts.as_of, facts.time_progress_by)
    unit = expected_items(facts, groups, ["unit_code"], least_years)
    division = expected_items(facts, groups, ["division_code"], least_years).rename({"expected_progress_bp": "wide_bp"})
    both = lines.join(unit, on=[*KEY], how="left", maintain_order="left").join(
        division, on=["division_code", "item"], how="left", maintain_order="left"
    )
    own, wide = pl.col("expected_progress_bp"), pl.col("wide_bp")
    words = (
        ("本单位历史同期进度", "own progress in earlier years"),
        ("本区划历史同期进度", "progress in the division"),
    )
    time = ("没有历史数据，以序时进度代替", "time elapsed, as there is no history:")
    basis = [
        pl.when(own.is_not_null())
        .then(pl.lit(words[0][n]))
        .when(wide.is_not_null())
        .then(pl.lit(words[1][n]))
        .otherwise(pl.lit(time[n]))
        for n in (0, 1)
    ]
    return both.with_columns(
        basis_zh=basis[0],
        basis_en=basis[1],
        expected_progress_bp=pl.coalesce(own, wide, pl.lit(ruler, pl.Int64)),
        time_progress_bp=pl.lit(ruler, pl.Int64),
    ).drop("wide_bp")


def _reason(facts: Facts, params: Params) -> pl.Expr:
    unbudgeted = [division for division, reason in budget_reasons(facts).items() if reason]
    budget = pl.col("adjusted_appropriation_fen")
    return (
        pl.when(pl.col("division_code").is_in(unbudgeted) | pl.col("execution_rate_bp").is_null())
        .then(pl.lit("no_budget"))
        .when(budget < params.least_budget_fen)
        .then(pl.lit("immaterial"))
        .when(pl.col("days") < params.mute_days)
        .then(pl.lit("muted_after_release"))
    )


RULE = Rule(TEXT, judge, Params, MONEY, late="mutes", paced=True, leans_on_budget=True)
