"""B09 预算周转金超限: the working fund is more than 1% of a level's general budget."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.money import rate_bp
from rules.judgement import LINEAGE, Judgement, build_findings, fences_of, graded
from rules.level_budgets import general_budget, is_first_budget, level_judgement, level_reasons, with_place
from rules.rule import Rule

EVIDENCE = (
    "name",
    "division_name",
    "fund_fen",
    "budget_fen",
    "share_bp",
    "most_bp",
    "excess_fen",
    "source_zh",
    "source_en",
)

TEXT = RuleText(
    code="B09",
    family="adjustment",
    name_zh="预算周转金超限",
    name_en="Working fund over limit",
    formula_zh="预算周转金余额（无余额数据时取预算安排数）－本级一般公共预算支出总额×1%，按分比较。",
    formula_en="Balance of the working fund (what the budget sets aside where no balance is delivered) - 1% of the "
    "level's general budget, compared in fen.",
    law_zh="《中华人民共和国预算法实施条例》第四十九条。",
    law_en="Implementing Regulations of the Budget Law, Art. 49.",
    finding_zh="{name}预算周转金{fund_fen:wan}万元，为本级一般公共预算支出总额的{share_bp:rate}，疑似超过{most_bp:rate}。",
    finding_en="{name}: the working fund of {fund_fen:yuan} yuan is {share_bp:rate} of the general budget, above "
    "{most_bp:rate}.",
    arithmetic_zh="预算周转金{fund_fen:wan}万元（{source_zh}）；支出总额{budget_fen:wan}万元×{most_bp:rate}，超出{excess_fen:wan}万元。",
    arithmetic_en="Working fund {fund_fen:yuan} yuan ({source_en}); budget {budget_fen:yuan} yuan at {most_bp:rate}: "
    "{excess_fen:yuan} yuan over.",
    innocent_zh=("支出总额口径不同", "预算指标尚未全部送达"),
    innocent_en=("another base", "not all of the budget was delivered yet"),
    next_step_zh="建议与财政部门核对预算周转金余额和支出总额口径。",
    next_step_en="Check the balance of the working fund and the base with the finance office.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """The limit in basis points, how the fund is known, and the fence above the limit: one fen."""

    red_fen: int = 1
    most_bp: int = 100
    excluded_functions: tuple[str, ...] = ()
    fund_words: tuple[str, ...] = ("预算周转金",)
    fund_functions: tuple[str, ...] = ("23016",)


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag levels whose working fund exceeds the limit by a fen; a level that names no such fund has none to judge."""
    funds = _funds(facts, params)
    first = general_budget(facts).filter(is_first_budget(params.excluded_functions))
    budgets = first.group_by("division_code").agg(budget_fen=pl.col("appropriation_fen").sum())
    most = (pl.col("budget_fen").cast(pl.Int128) * params.most_bp // 10_000).cast(pl.Int64)
    summed = funds.group_by("division_code").agg(
        fund_fen=pl.col("fen").sum(), source_zh=pl.col("source_zh").min(), source_en=pl.col("source_en").min()
    )
    known = budgets.join(summed, on="division_code", how="left").sort("division_code")
    levels = with_place(known, facts).with_columns(
        most_bp=pl.lit(params.most_bp),
        share_bp=rate_bp(pl.col("fund_fen"), pl.col("budget_fen")),
        excess_fen=pl.col("fund_fen") - most,
        amount_fen=pl.col("fund_fen") - most,
        measured=pl.when(pl.col("budget_fen") > 0).then(pl.col("fund_fen") - most),
        reason=pl.when(pl.col("fund_fen").is_null() | (pl.col("budget_fen") <= 0)).then(pl.lit("not_budgeted")),
    )
    found = build_findings(
        "B09",
        graded(levels, fences_of(params, "fen")),
        as_of=facts.as_of,
        period=str(facts.as_of.year),
        measure_unit="fen",
        evidence=EVIDENCE,
        rows=funds,
        keys=["division_code"],
    )
    return level_judgement("B09", facts, found, levels, level_reasons(facts))


def _funds(facts: Facts, params: Params) -> pl.DataFrame:
    """Return the latest balances of accounts named so; of levels without any, the budget lines for it."""
    words = list(params.fund_words)
    named = facts.treasury.filter(
        pl.col("account_name").str.contains_any(words),
        pl.col("extent").is_null() | (pl.col("extent") == "own"),
        pl.col("closing_fen").is_not_null(),
    )
    balances = named.filter(pl.col("as_of_on") == pl.col("as_of_on").max().over("division_code"))
    function = pl.col("function_code").fill_null("")
    is_fund = pl.any_horizontal(
        pl.col("project_name").fill_null("").str.contains_any(words),
        *(function.str.starts_with(one) for one in params.fund_functions),
    )
    lines = general_budget(facts).filter(is_fund, pl.col("appropriation_fen").is_not_null())
    told = [
        balances.select(
            "division_code", *LINEAGE, fen="closing_fen", source_zh=pl.lit("余额"), source_en=pl.lit("balance")
        ),
        lines.join(balances, on="division_code", how="anti").select(
            "division_code", *LINEAGE, fen="appropriation_fen", source_zh=pl.lit("预算安排"), source_en=pl.lit("budget")
        ),
    ]
    return pl.concat(told)


RULE = Rule(TEXT, judge, Params, ("allotments", "treasury"))
