"""G19 预决算差异大: a class of the final account is far from its budget."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.money import rate_bp
from budget.subjects import written
from rules.accounts import CLASS, account_parts, accounts_by_class
from rules.judgement import Judgement, fences_of
from rules.rule import Rule
from rules.tables import judgement

TEXT = RuleText(
    code="G19",
    family="district",
    name_zh="预决算差异大",
    name_en="Final account far from budget",
    formula_zh="差异＝|决算数－预算数|÷预算数，按类计算，收入、支出分别比较；预算数默认取调整预算数，"
    "报表未列时取年初预算数。",
    formula_en="Difference = |outturn - budget| / budget, by class, revenue and spending apart; the "
    "adjusted budget by default, the first one where the account states no other.",
    law_zh="《中华人民共和国预算法》第七十五条。",
    law_en="Budget Law, Art. 75.",
    finding_zh="{division_name}{period}年决算{class_name}决算数{state_zh}预算数{gap_bp:rate}，预决算差异疑似偏大。",
    finding_en="In the {period} final account of {division_name} the outturn of class {head} is {gap_bp:rate} "
    "{state_en} the budget.",
    arithmetic_zh="年初预算{appropriation_fen:wan}万元，调整预算{adjusted_appropriation_fen:wan}万元，决算{outturn_fen:wan}万元；"
    "差异{size_fen:wan}万元，占{gap_bp:rate}；结转下年{carryover_out_fen:wan}万元（{extent_zh}口径）。",
    arithmetic_en="Budget {appropriation_fen:yuan}, adjusted {adjusted_appropriation_fen:yuan}, outturn "
    "{outturn_fen:yuan} yuan; difference {size_fen:yuan} yuan = {gap_bp:rate}; carried over "
    "{carryover_out_fen:yuan} yuan ({extent_en}).",
    innocent_zh=(
        "上级转移支付年底下达，结转下年使用",
        "机构改革、职能划转",
        "据实结算项目节约",
    ),
    innocent_en=(
        "transfers came late and were carried over",
        "a reorganisation",
        "less was needed than planned",
    ),
    next_step_zh="建议在审查决算时请财政部门说明差异原因。",
    next_step_en="Ask for the reasons when the final account is examined.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in basis points of the difference, either way; the budget compared with; the smallest budget."""

    yellow_bp: int = 1_000
    orange_bp: int = 2_000
    red_bp: int = 3_000
    compare_with: str = "adjusted"
    least_budget_fen: int = 500_000_000


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag classes (类) of last year's final account whose outturn differs from the budget by a fence or more.

    ``compare_with`` "adjusted" takes the adjusted budget where the account states one; "initial", and any other word,
    the first one. Not judged: a missing figure, no budget, one under ``least_budget_fen``.
    """
    last = pl.col("fiscal_year") == facts.as_of.year - 1
    initial, adjusted = pl.col("appropriation_fen"), pl.col("adjusted_appropriation_fen")
    base = pl.coalesce(adjusted, initial) if params.compare_with == "adjusted" else initial
    names = {
        "subject": written("account:{}/{}/{}", "division_code", "fund", "head"),
        "period": pl.col("fiscal_year").cast(pl.String),
    }
    gap = pl.col("outturn_fen") - pl.col("base_fen")
    known = (
        accounts_by_class(facts)
        .filter(last)
        .with_columns(base_fen=base, **names)
        .with_columns(
            gap_fen=gap,
            size_fen=gap.abs(),
            amount_fen=gap.abs(),
            measured=rate_bp(gap.abs(), pl.col("base_fen")),
            gap_bp=rate_bp(gap.abs(), pl.col("base_fen")),
            class_name=pl.coalesce("class_name", "head"),
            state_zh=pl.when(gap > 0).then(pl.lit("高于")).otherwise(pl.lit("低于")),
            state_en=pl.when(gap > 0).then(pl.lit("above")).otherwise(pl.lit("below")),
            reason=_reason(params),
        )
    )
    return judgement(
        "G19",
        facts,
        "final_accounts",
        known,
        fences_of(params, "bp"),
        measure_unit="bp",
        evidence=EVIDENCE,
        rows=account_parts(facts).filter(last).with_columns(**names).select("subject", "period", "slice_id", "row_no"),
        year=facts.as_of.year - 1,
    )


def _reason(params: Params) -> pl.Expr:
    base = pl.col("base_fen")
    return (
        pl.when(pl.col("outturn_fen").is_null() | base.is_null())
        .then(pl.lit("incomplete_record"))
        .when(base <= 0)
        .then(pl.lit("not_budgeted"))
        .when(base < params.least_budget_fen)
        .then(pl.lit("immaterial"))
    )


EVIDENCE = (
    *(name for name in CLASS if name not in {"division_code", "fiscal_year"}),
    "class_name",
    "extent_zh",
    "extent_en",
    "appropriation_fen",
    "adjusted_appropriation_fen",
    "outturn_fen",
    "carryover_out_fen",
    "base_fen",
    "gap_fen",
    "size_fen",
    "gap_bp",
    "state_zh",
    "state_en",
)
RULE = Rule(TEXT, judge, Params, ("final_accounts",))
