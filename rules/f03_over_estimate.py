"""F03 投资项目超概算: what an investment project has been paid, or is bound to by contract, nears its estimate."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.money import rate_bp
from budget.subjects import project_subjects
from rules.contracts import contract_facts, contracts_in_force
from rules.delivered import feed_reasons
from rules.judgement import Judgement, build_findings, division_coverage, subject_coverage
from rules.project_list import LISTED, list_rows, listed_projects
from rules.rule import Rule
from rules.spending import NAMES, this_year, with_names

AMOUNTS = ("estimate_fen", "paid_before_fen", "paid_now_fen", "paid_total_fen", "contracted_fen", "total_cost_fen")
EVIDENCE = (*NAMES, "project_name", "approval_no", *AMOUNTS, "share_bp", "by_zh", "by_en", "state_zh", "state_en")

TEXT = RuleText(
    code="F03",
    family="project",
    name_zh="投资项目超概算",
    name_en="Investment project over its estimate",
    formula_zh="累计支付（以前年度＋本年）与合同总额（含补充）中较大者÷批准的概算；是否超过以分比较。",
    formula_en="The larger of all payments (earlier years and this one) and all contracts with supplements over the "
    "approved estimate; whether it is exceeded is compared in fen.",
    law_zh="《政府投资条例》第二十三条。",
    law_en="Regulations on Government Investment, Art. 23.",
    finding_zh="{unit_name}“{project_name}”{by_zh}{total_cost_fen:wan}万元，占概算{share_bp:rate}，{state_zh}。",
    finding_en="{by_en} of {project_name} of {unit_name} come to {total_cost_fen:yuan} yuan, {share_bp:rate} of the "
    "estimate; {state_en}.",
    arithmetic_zh="概算{estimate_fen:wan}万元；以前年度支付{paid_before_fen:wan}万元，本年支付{paid_now_fen:wan}万元，"
    "累计{paid_total_fen:wan}万元；合同总额{contracted_fen:wan}万元；取较大者{total_cost_fen:wan}万元，占{share_bp:rate}。",
    arithmetic_en="Estimate {estimate_fen:yuan} yuan; paid before {paid_before_fen:yuan}, this year "
    "{paid_now_fen:yuan}, in all {paid_total_fen:yuan}; contracts {contracted_fen:yuan}; the larger one "
    "{total_cost_fen:yuan} yuan = {share_bp:rate}.",
    innocent_zh=("概算已按程序调整，数据尚未更新", "概算只含部分工程内容", "征地拆迁等费用另行核定"),
    innocent_en=(
        "a new estimate was approved and is not delivered yet",
        "the estimate covers part of the work",
        "land and relocation are approved apart",
    ),
    next_step_zh="建议核实概算批复及调整文件、合同变更和结算情况。",
    next_step_en="Check the approval of the estimate, changes of contracts and the settlement.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Nearing the estimate and far over it in basis points; over it in fen."""

    yellow_bp: int = 9_000
    red_bp: int = 11_000
    orange_fen: int = 1


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag investment projects whose payments or contracts near or exceed the estimate (概算).

    Yellow: the share reaches ``yellow_bp`` while the project is not done. Orange: over the estimate by ``orange_fen``.
    Red: the share reaches ``red_bp``. Money is that of the project in all units of the division. Payments count in all
    where the list says what was paid before, or the project began this year. Not judged: projects without an estimate,
    or with neither payments nor contracts that count.
    """
    known = _costs(facts).with_columns(reason=_reason(params))
    orange = max(params.orange_fen, 1)
    is_red, is_over = pl.col("share_bp") >= params.red_bp, pl.col("excess_fen") >= orange
    is_near = pl.col("share_bp") >= params.yellow_bp
    flagged = known.filter(pl.col("reason").is_null()).with_columns(
        level=pl.when(is_red)
        .then(pl.lit("red"))
        .when(is_over)
        .then(pl.lit("orange"))
        .when(is_near)
        .then(pl.lit("yellow")),
        limit=pl.when(is_red)
        .then(pl.lit(params.red_bp, pl.Int64))
        .when(is_over)
        .then(pl.lit(10_000, pl.Int64))
        .otherwise(pl.lit(params.yellow_bp, pl.Int64)),
        measured=pl.col("share_bp"),
        amount_fen=pl.when(is_over).then("excess_fen").otherwise("total_cost_fen"),
        state_zh=pl.when(is_over).then(pl.lit("疑似超概算")).otherwise(pl.lit("接近概算")),
        state_en=pl.when(is_over).then(pl.lit("it appears to be exceeded")).otherwise(pl.lit("it is nearly reached")),
    )
    year = str(facts.as_of.year)
    found = build_findings(
        "F03",
        with_names(flagged.filter(pl.col("level").is_not_null()), facts),
        as_of=facts.as_of,
        period=year,
        measure_unit="bp",
        evidence=EVIDENCE,
        rows=_behind(facts),
        keys=LISTED,
    )
    coverage = [
        subject_coverage("F03", known, year),
        division_coverage("F03", feed_reasons(facts, "projects"), year),
    ]
    return Judgement(found, pl.concat(coverage))


def _costs(facts: Facts) -> pl.DataFrame:
    paid = this_year(facts).group_by(LISTED).agg(paid_now_fen=pl.col("payment_fen").sum())
    bound = contracts_in_force(facts).group_by(LISTED).agg(contracted_fen=pl.col("total_fen").sum())
    listed = listed_projects(facts).filter(pl.col("is_investment"))
    before = pl.when(pl.col("start_year") >= facts.as_of.year).then(pl.col("paid_before_fen").fill_null(0))
    both = listed.join(paid, on=list(LISTED), how="left", maintain_order="left").join(
        bound.filter(pl.col("contracted_fen") > 0), on=list(LISTED), how="left", maintain_order="left"
    )
    return (
        both.with_columns(
            subject=project_subjects(),
            project_name=pl.coalesce("project_name", "project_code"),
            paid_before_fen=pl.coalesce(before, "paid_before_fen"),
            paid_now_fen=pl.col("paid_now_fen").fill_null(0),
        )
        .with_columns(paid_total_fen=pl.col("paid_before_fen") + pl.col("paid_now_fen"))
        .with_columns(total_cost_fen=pl.max_horizontal("paid_total_fen", "contracted_fen"))
        .with_columns(
            share_bp=rate_bp(pl.col("total_cost_fen"), pl.col("estimate_fen")),
            excess_fen=pl.col("total_cost_fen") - pl.col("estimate_fen"),
            by_zh=_by("累计支付", "合同总额"),
            by_en=_by("Payments", "Contracts"),
        )
    )


def _by(paid: str, bound: str) -> pl.Expr:
    is_paid = (pl.col("paid_total_fen") == pl.col("total_cost_fen")).fill_null(value=False)
    return pl.when(is_paid).then(pl.lit(paid)).otherwise(pl.lit(bound))


def _reason(params: Params) -> pl.Expr:
    is_done = (pl.col("status") == "done").fill_null(value=False)
    return (
        pl.when(pl.col("share_bp").is_null())
        .then(pl.lit("incomplete_record"))
        .when(is_done & (pl.col("excess_fen") < max(params.orange_fen, 1)))
        .then(pl.lit("exempt"))
    )


def _behind(facts: Facts) -> pl.DataFrame:
    contracts = contract_facts(facts).join(
        contracts_in_force(facts).select("unit_code", "contract_no", *LISTED), on=["unit_code", "contract_no"]
    )
    paid = this_year(facts).filter(pl.col("payment_fen").is_not_null())
    kept = [part.select(*LISTED, "slice_id", "row_no") for part in (list_rows(facts), contracts, paid)]
    return pl.concat(kept).unique()


RULE = Rule(TEXT, judge, Params, ("projects", "contracts", "payments"), late="mutes")
