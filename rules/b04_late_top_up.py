"""B04 年末追加: much of a project's budget was added in the last weeks of the year."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.money import rate_bp
from budget.subjects import project_subjects
from rules.delivered import feed_reasons
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded
from rules.rule import Rule
from rules.sources import adjustments_of, is_upper_money
from rules.spending import NAMES, PROJECT, execute, projects, sums_of, with_names

SHOWN = ("appropriation_fen", "adjustment_fen", "adjusted_appropriation_fen", "late_fen", "late_bp", "first_on")

TEXT = RuleText(
    code="B04",
    family="adjustment",
    name_zh="年末追加",
    name_en="Late top-up",
    formula_zh="比例＝11月1日以后追加额÷调整后预算；上级资金、直达资金不计。",
    formula_en="Share = additions from 1 November on / adjusted budget; money from above is left out.",
    law_zh="《中华人民共和国预算法》第十三条。",
    law_en="Budget Law, Art. 13.",
    finding_zh="{unit_name}“{project_name}”{first_on:day}起追加{late_fen:wan}万元，占调整后预算{late_bp:rate}，疑似年末追加偏多。",
    finding_en="{late_fen:yuan} yuan, {late_bp:rate} of the budget of {project_name} of {unit_name}, was added from "
    "{first_on} on.",
    arithmetic_zh="年初预算{appropriation_fen:wan}万元，调整{adjustment_fen:wan}万元，调整后预算"
    "{adjusted_appropriation_fen:wan}万元；11月1日以后追加{late_fen:wan}÷{adjusted_appropriation_fen:wan}＝{late_bp:rate}。",
    arithmetic_en="Budget {appropriation_fen:yuan} + adjustments {adjustment_fen:yuan} = "
    "{adjusted_appropriation_fen:yuan} yuan; added late {late_fen:yuan} = {late_bp:rate}.",
    innocent_zh=("上级转移支付年底下达", "突发事件处置", "据实结算的补助"),
    innocent_en=("transfers that came late", "an emergency", "grants settled on actual numbers"),
    next_step_zh="建议了解追加依据及当年能否形成支出。",
    next_step_en="Ask for the ground of the addition, and whether it can be spent this year.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of B1; from when an addition is late, what is small, and what comes from above."""

    yellow_bp: int = 1_000
    orange_bp: int = 2_000
    red_bp: int = 3_000
    first_month: int = 11
    least_late_fen: int = 10_000_000
    upper_words: tuple[str, ...] = ("上级", "专项转移支付", "直达")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag projects that got a fence or more of B1 by additions from the first day of ``first_month`` on.

    Judges the year of as_of from that month on, else the year before. Moves are no additions.
    """
    year = facts.as_of.year if facts.as_of.month >= params.first_month else facts.as_of.year - 1
    until = min(facts.as_of, dt.date(year, 12, 31))
    added = adjustments_of(facts, year, until).filter(
        pl.col("adjustment_kind") == "add",
        pl.col("adjustment_fen") > 0,
        pl.col("adjusted_on") >= dt.date(year, params.first_month, 1),
        pl.col("project_code").is_not_null(),
        ~is_upper_money(params.upper_words),
    )
    late = added.group_by(PROJECT).agg(late_fen=pl.col("adjustment_fen").sum(), first_on=pl.col("adjusted_on").min())
    budgets = execute(projects(sums_of(facts, year)), PROJECT, ["project_name"])
    known = with_names(budgets.join(late, on=list(PROJECT), how="inner", maintain_order="left"), facts).with_columns(
        subject=project_subjects(),
        project_name=pl.coalesce("project_name", "project_code"),
        late_bp=rate_bp(pl.col("late_fen"), pl.col("adjusted_appropriation_fen")),
        amount_fen=pl.col("late_fen"),
    )
    flagged = graded(
        known.filter(pl.col("late_fen") >= params.least_late_fen).with_columns(measured=pl.col("late_bp")),
        fences_of(params, "bp"),
    )
    found = build_findings(
        "B04",
        flagged,
        as_of=facts.as_of,
        period=str(year),
        measure_unit="bp",
        evidence=(*NAMES, "project_name", *SHOWN),
        rows=added,
        keys=PROJECT,
    )
    return Judgement(found, division_coverage("B04", feed_reasons(facts, "adjustments", year=year), str(year)))


RULE = Rule(TEXT, judge, Params, ("allotments", "adjustments"))
