"""B02 频繁追加: a project's budget was raised by several separate approvals in one year."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, with_departments
from budget.subjects import project_subjects
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded
from rules.rule import Rule
from rules.spending import NAMES, PROJECT, divisions_of, spent, with_names

MONEY = ("appropriation_fen", "adjustment_fen", "adjusted_appropriation_fen", "added_fen", "approvals", "documents")

TEXT = RuleText(
    code="B02",
    family="adjustment",
    name_zh="频繁追加",
    name_en="Repeated top-ups",
    formula_zh="同一项目本年追加预算的批次数（同一文号计一次，无文号时同一日期计一次）。",
    formula_en="Number of separate approvals that added money to one project this year (one document counts once; "
    "without a document number, one day counts once).",
    law_zh="《中华人民共和国预算法》第七十二条。",
    law_en="Budget Law, Art. 72.",
    finding_zh="{unit_name}“{project_name}”本年先后追加预算{approvals}次，疑似频繁追加。",
    finding_en="The budget of {project_name} of {unit_name} was raised {approvals} times this year.",
    arithmetic_zh="年初预算{appropriation_fen:wan}万元；追加{approvals}次，合计{added_fen:wan}万元；依据：{documents}。",
    arithmetic_en="Budget {appropriation_fen:yuan} yuan; {approvals} additions of {added_fen:yuan} yuan in all: "
    "{documents}.",
    innocent_zh=("上级专项转移支付陆续下达，按规定不属于预算调整", "政策提标、突发应急支出"),
    innocent_en=("earmarked transfers arriving one after another", "new policy or an emergency"),
    next_step_zh="建议了解每次追加的依据和年初预算编制的准确性。",
    next_step_en="Ask for the ground of each addition and how the first budget was drawn up.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in number of approvals."""

    yellow_count: int = 2
    orange_count: int = 3
    red_count: int = 5


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag projects whose budget was raised by a fence of separate approvals or more; several lines count once."""
    own = facts.adjustments.filter(
        pl.col("fiscal_year") == facts.as_of.year,
        pl.col("adjusted_on") <= facts.as_of,
        pl.col("adjustment_kind") == "add",
        pl.col("adjustment_fen") > 0,
        pl.col("project_code").is_not_null(),
    )
    approval = pl.coalesce(pl.col("document_no"), pl.col("adjusted_on").dt.to_string("%Y-%m-%d"))
    rows = with_departments(own, facts.units, facts.as_of).with_columns(approval=approval)
    counted = rows.group_by(PROJECT, maintain_order=True).agg(
        pl.col("division_code").min(),
        approvals=pl.col("approval").n_unique().cast(pl.Int64),
        documents=pl.col("approval").unique().sort().str.join("、"),
        added_fen=pl.col("adjustment_fen").sum(),
    )
    budgets = spent(facts, PROJECT, ["project_name"]).drop("division_code")
    known = counted.join(budgets, on=list(PROJECT), how="left", maintain_order="left").sort(PROJECT)
    flagged = graded(
        with_names(known, facts).with_columns(
            subject=project_subjects(),
            project_name=pl.coalesce("project_name", "project_code"),
            measured=pl.col("approvals"),
            amount_fen=pl.col("added_fen"),
        ),
        fences_of(params, "count"),
    )
    year = str(facts.as_of.year)
    found = build_findings(
        "B02",
        flagged,
        as_of=facts.as_of,
        period=year,
        measure_unit="count",
        evidence=(*NAMES, "project_name", *MONEY),
        rows=rows,
        keys=PROJECT,
    )
    return Judgement(found, division_coverage("B02", _reasons(facts), year))


def _reasons(facts: Facts) -> dict[str, str | None]:
    told = [facts.deliveries.filter(pl.col("feed") == "adjustments"), facts.adjustments]
    there = set(pl.concat([frame.select("division_code") for frame in told])["division_code"])
    return {one: None if one in there else "no_adjustments" for one in divisions_of(facts)}


RULE = Rule(TEXT, judge, Params, ("adjustments",))
