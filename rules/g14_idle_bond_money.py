"""G14 债券资金闲置: bond money has been there for long and most of it is unspent."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.money import rate_bp
from rules.debts import bonds_of, rows_of_bonds
from rules.judgement import Judgement, fences_of
from rules.rule import Rule
from rules.spending import NAMES, with_names
from rules.tables import judgement

TEXT = RuleText(
    code="G14",
    family="district",
    name_zh="债券资金闲置",
    name_en="Idle bond money",
    formula_zh="闲置天数＝债务报表截止日－债券资金到账日；未支出比例＝（到账额－已支出）÷到账额，达到标准的才判断。",
    formula_en="Days idle = day of the statement - day the money came, judged where the unspent share "
    "(received - spent) / received reaches its limit.",
    law_zh="分析性指标，不作为违规认定依据。",
    law_en="An analytical figure, no ground for finding a breach.",
    finding_zh="{bond_name}资金到账{days}天，仍有{unspent_bp:rate}未支出，疑似闲置。",
    finding_en="{unspent_bp:rate} of {bond_name} is unspent {days} days after the money came.",
    arithmetic_zh="{received_on:day}到账{raised_fen:wan}万元，截至{on:day}已支出{paid_fen:wan}万元，未支出{unspent_fen:wan}万元，"
    "占{unspent_bp:rate}。",
    arithmetic_en="{raised_fen:yuan} yuan came on {received_on}; {paid_fen:yuan} yuan spent by {on}, "
    "{unspent_fen:yuan} yuan ({unspent_bp:rate}) left.",
    innocent_zh=(
        "项目按合同节点付款，尚未到付款期",
        "项目调整用途正在报批",
    ),
    innocent_en=(
        "payment by milestones that are not due yet",
        "a change of use is being approved",
    ),
    next_step_zh="建议了解项目进展和资金使用计划，必要时提请调整用途。",
    next_step_en="Ask how the project is getting on and how the money will be used.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in days since the money came; the unspent share and amount from which it counts as idle."""

    yellow_days: int = 180
    orange_days: int = 365
    least_unspent_bp: int = 5_000
    least_unspent_fen: int = 100_000_000


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag bonds at least half unspent a fence of days or more after their money came.

    Days run to the statement that says what was spent, not to as_of: an old statement is no proof of idleness. Not
    judged: refinancing and repaid bonds, a missing date or amount, an unspent share or amount under its materiality.
    """
    received = pl.coalesce("received_fen", "principal_fen")
    unspent = received - pl.col("paid_fen")
    bonds = bonds_of(facts).with_columns(
        raised_fen=received,
        unspent_fen=unspent,
        unspent_bp=rate_bp(unspent, received),
        days=(pl.col("on") - pl.col("received_on")).dt.total_days(),
    )
    known = with_names(bonds, facts).with_columns(
        measured=pl.col("days"), amount_fen=pl.col("unspent_fen"), reason=_reason(params)
    )
    return judgement(
        "G14",
        facts,
        "debt",
        known,
        fences_of(params, "days"),
        measure_unit="days",
        evidence=EVIDENCE,
        rows=rows_of_bonds(facts),
    )


def _reason(params: Params) -> pl.Expr:
    is_over = (pl.col("use_class") == "refinance") | (pl.col("repaid_fen") >= pl.col("principal_fen"))
    is_spent = (pl.col("unspent_bp") < params.least_unspent_bp) | (pl.col("unspent_fen") < params.least_unspent_fen)
    return (
        pl.when(is_over.fill_null(value=False))
        .then(pl.lit("exempt"))
        .when(pl.col("days").is_null() | pl.col("unspent_bp").is_null())
        .then(pl.lit("incomplete_record"))
        .when(is_spent)
        .then(pl.lit("immaterial"))
    )


EVIDENCE = (
    *(name for name in NAMES if name != "division_name"),
    "project_name",
    "bond_code",
    "bond_name",
    "received_on",
    "on",
    "days",
    "raised_fen",
    "paid_fen",
    "unspent_fen",
    "unspent_bp",
)
RULE = Rule(TEXT, judge, Params, ("debt",))
