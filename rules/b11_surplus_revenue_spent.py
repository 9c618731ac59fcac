"""B11 超收收入使用: revenue came in above the year's budget while spending was raised without a source of its own."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.funds import GENERAL
from rules.acts import ledger
from rules.judgement import LINEAGE, Judgement, build_findings, fences_of, graded
from rules.level_budgets import general_budget, level_judgement, level_reasons, with_place
from rules.rule import Rule

EVIDENCE = (
    *("name", "division_name", "revenue_on", "ytd_fen", "budget_fen", "surplus_fen", "raised_fen", "approved_fen"),
    "spent_fen",
)

TEXT = RuleText(
    code="B11",
    family="adjustment",
    name_zh="超收收入使用",
    name_en="Use of surplus revenue",
    formula_zh="取较小者：超收＝累计收入－全年收入预算（不含转移性收入和债务收入）；新增支出＝一般公共预算净追加（不含转移支付、"
    "债券等有专门来源的）－经批准的预算调整。",
    formula_en="The smaller of surplus = revenue so far - the year's revenue budget (transfers and debt left out) and "
    "raised spending = net additions to the general budget (without money of its own source) - approved adjustments.",
    law_zh="《中华人民共和国预算法》第六十六条；《中华人民共和国预算法实施条例》第七十八条。",
    law_en="Budget Law, Art. 66; Implementing Regulations of the Budget Law, Art. 78.",
    finding_zh="{name}收入超出全年预算{surplus_fen:wan}万元，同期净追加支出{raised_fen:wan}万元，"
    "疑似有{spent_fen:wan}万元超收收入安排了支出。",
    finding_en="{name}: revenue is {surplus_fen:yuan} yuan above the year's budget and spending was raised by "
    "{raised_fen:yuan} yuan net; up to {spent_fen:yuan} yuan of surplus may have been spent.",
    arithmetic_zh="截至{revenue_on:day}累计收入{ytd_fen:wan}万元－全年预算{budget_fen:wan}万元＝超收{surplus_fen:wan}万元；"
    "净追加{raised_fen:wan}万元－经批准调整{approved_fen:wan}万元。",
    arithmetic_en="By {revenue_on}: {ytd_fen:yuan} - {budget_fen:yuan} = {surplus_fen:yuan} yuan; raised "
    "{raised_fen:yuan} - approved {approved_fen:yuan} yuan.",
    innocent_zh=("追加支出来自上级补助、债券、调入资金，指标未注明", "超收收入已转入预算稳定调节基金"),
    innocent_en=(
        "raised from transfers, bonds or funds brought in, and not marked so",
        "the surplus went to the budget stabilisation fund",
    ),
    next_step_zh="建议向财政部门了解追加支出的资金来源和超收收入去向。",
    next_step_en="Ask the finance office where the added money came from and where the surplus went.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """The fence in fen, and words in the reason of an addition that name a source of its own."""

    red_fen: int = 1
    source_words: tuple[str, ...] = (
        "转移支付", "上级", "专项资金", "债券", "债务", "结转", "调入", "稳定调节基金", "预备费",
    )  # fmt: skip


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag levels with revenue above the year's budget and spending raised beyond what was approved.

    Judged only where revenue and adjustments are both delivered. An approval without an amount covers everything.
    """
    revenue, raises = _revenue(facts), _raises(facts, params)
    took_in = revenue.group_by("division_code").agg(
        revenue_on=pl.col("as_of_on").max(),
        ytd_fen=pl.when(pl.col("ytd_fen").is_not_null().all()).then(pl.col("ytd_fen").sum()),
        budget_fen=pl.when(pl.col("year_fen").is_not_null().all()).then(pl.col("year_fen").sum()),
    )
    raised = raises.group_by("division_code").agg(raised_fen=pl.col("adjustment_fen").sum())
    known = took_in.join(raised, on="division_code", how="left").join(_approved(facts), on="division_code", how="left")
    levels = _levels(with_place(known.sort("division_code"), facts))
    found = build_findings(
        "B11",
        graded(levels.with_columns(measured=pl.col("spent_fen")), fences_of(params, "fen")),
        as_of=facts.as_of,
        period=str(facts.as_of.year),
        measure_unit="fen",
        evidence=EVIDENCE,
        rows=pl.concat([one.select("division_code", *LINEAGE) for one in (revenue, raises)]),
        keys=["division_code"],
    )
    return level_judgement("B11", facts, found, levels, level_reasons(facts, ["adjustments", "revenue"], budget=False))


def _levels(rows: pl.DataFrame) -> pl.DataFrame:
    raised = pl.col("raised_fen").fill_null(0)
    approved = (
        pl.when(pl.col("is_open").fill_null(value=False)).then(raised).otherwise(pl.col("approved_fen").fill_null(0))
    )
    surplus = pl.col("ytd_fen") - pl.col("budget_fen")
    spent = pl.when(surplus.is_not_null()).then(pl.min_horizontal(surplus, raised - approved))
    return rows.with_columns(
        raised_fen=raised,
        approved_fen=approved,
        surplus_fen=surplus,
        spent_fen=spent,
        amount_fen=spent,
        reason=pl.when(surplus.is_null()).then(pl.lit("incomplete_record")),
    )


def _revenue(facts: Facts) -> pl.DataFrame:
    """Return the latest general revenue of each division by the lowest subjects told; year_fen is the year's budget."""
    code = pl.col("subject_code")
    kind = pl.coalesce(
        "revenue_kind",
        pl.when(code.str.starts_with("101"))
        .then(pl.lit("tax"))
        .when(code.str.starts_with("103"))
        .then(pl.lit("non_tax")),
    )
    own = facts.revenue.filter(
        pl.col("fiscal_year") == facts.as_of.year,
        pl.col("fund_type_code") == GENERAL,
        pl.col("extent").is_null() | (pl.col("extent") == "own"),
        kind.is_in(["tax", "non_tax"]),
        code.is_not_null(),
    )
    latest = own.filter(pl.col("as_of_on") == pl.col("as_of_on").max().over("division_code"))
    shorter = [
        latest.filter(code.str.len_chars() > length).select("division_code", subject_code=code.str.slice(0, length))
        for length in (3, 5, 7)
    ]
    lowest = latest.join(pl.concat(shorter).unique(), on=["division_code", "subject_code"], how="anti")
    return lowest.with_columns(year_fen=pl.coalesce("adjusted_budget_fen", "budget_fen"))


def _raises(facts: Facts, params: Params) -> pl.DataFrame:
    """Return the general budget's adjustments without a source of their own; moves cancel out."""
    reasons = facts.adjustments.select("slice_id", "row_no", "reason")
    own = general_budget(facts).filter(
        pl.col("feed") == "adjustments",
        pl.col("budget_source").is_null() | (pl.col("budget_source") == "current"),
    )
    told = own.join(reasons, on=["slice_id", "row_no"], how="left", maintain_order="left")
    return told.filter(~pl.col("reason").fill_null("").str.contains_any(list(params.source_words)))


def _approved(facts: Facts) -> pl.DataFrame:
    own = ledger(facts).filter(
        pl.col("document_kind") == "adjustment_approval",
        pl.col("event_on").is_not_null(),
        pl.col("fiscal_year") == facts.as_of.year,
    )
    return own.group_by(division_code="level").agg(
        approved_fen=pl.col("amount_fen").sum(), is_open=pl.col("amount_fen").is_null().any()
    )


RULE = Rule(TEXT, judge, Params, ("revenue", "adjustments", "documents"))
