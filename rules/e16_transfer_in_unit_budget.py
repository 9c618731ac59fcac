"""E16 部门预算中安排转移支付: a department paid the finance office or government of a town out of its own budget."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import written
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded
from rules.payee_names import plain_payee, town_finance_pattern, town_names
from rules.rule import Rule
from rules.spending import NAMES, divisions_of, with_names
from rules.vouchers import VOUCHER, lines_of, vouchers
from rules.words import has_word

SAME = ("unit_code", "payee")
EVIDENCE = (*NAMES, "payee_name", "payments", "total_fen", "first_on", "last_on", "purposes", "vouchers")

TEXT = RuleText(
    code="E16",
    family="payment",
    name_zh="部门预算中安排转移支付",
    name_en="Transfer hidden in a departmental budget",
    formula_zh="财政部门以外的单位本年向镇（乡）财政机构或镇（乡）人民政府的净支付额。",
    formula_en="Net payments this year of a unit other than the finance department to the finance office or government "
    "of a town or township.",
    law_zh="《中华人民共和国预算法实施条例》第五十九条。",
    law_en="Implementing Regulations of the Budget Law, Art. 59.",
    finding_zh="{unit_name}本年向“{payee_name}”支付{payments}笔共{total_fen:wan}万元，疑似在部门预算中安排转移支付。",
    finding_en="{unit_name} paid {payee_name} {total_fen:yuan} yuan in {payments} payments this year; a transfer may "
    "stand in its own budget.",
    arithmetic_zh="{first_on:day}至{last_on:day}支付{payments}笔，冲减退款、更正后合计{total_fen:yuan}元；用途："
    "{purposes}；凭证：{vouchers}。",
    arithmetic_en="{payments} payments from {first_on} to {last_on}, {total_fen:yuan} yuan net of refunds; purposes: "
    "{purposes}; vouchers {vouchers}.",
    innocent_zh=("委托镇办理具体事项并有协议", "依法缴纳的税费、租金", "代垫款项归还"),
    innocent_en=(
        "work done by the town under an agreement",
        "taxes, fees or rent that are owed",
        "money the town had advanced",
    ),
    next_step_zh="建议核实资金性质，属于转移支付的应由财政部门统一办理。",
    next_step_en="Ask what the money is for; a transfer belongs to the finance department.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in fen of a year's payments; the offices of a town; who may pay them; ordinary purposes."""

    orange_fen: int = 1
    red_fen: int = 100_000_000
    town_bodies: tuple[str, ...] = ("财政所", "财政分局", "财政办公室", "财政局", "财政专户", "人民政府")
    finance_words: tuple[str, ...] = ("财政", "国库支付")
    ordinary_purposes: tuple[str, ...] = ("税", "租金", "房租", "水费", "电费", "委托", "退还", "归还", "保证金")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag units and payees by what the unit paid the payee this year, net of refunds, in fen.

    The payee is the finance office or government of a town or township by name. Left out: payers that are finance
    offices themselves, payers of the same town (their town's name stands in the payee's), streets (no
    budget level: E15 looks at them) and ``ordinary_purposes``.
    """
    towns = town_names(facts)
    to_towns = vouchers(facts).filter(
        pl.col("net_fen") > 0, pl.col("payee_name").str.contains(town_finance_pattern(params.town_bodies))
    )
    paid = (
        with_names(to_towns, facts)
        .with_columns(payee=plain_payee())
        .filter(
            ~has_word("department_name", params.finance_words),
            ~has_word("unit_name", params.finance_words),
            ~has_word("purpose", params.ordinary_purposes),
            ~_is_own_town(towns),
        )
    )
    runs = (
        paid.sort("paid_on", "voucher")
        .group_by(SAME, maintain_order=True)
        .agg(
            pl.col("division_code").first(),
            pl.col("payee_name").min(),
            project_code=pl.when(pl.col("project_code").n_unique() == 1).then(pl.col("project_code").first()),
            payments=pl.len().cast(pl.Int64),
            total_fen=pl.col("net_fen").sum(),
            first_on=pl.col("paid_on").min(),
            last_on=pl.col("paid_on").max(),
            purposes=pl.col("purpose").drop_nulls().unique().sort().head(3).str.join("、"),
            vouchers=pl.col("voucher").sort().head(20).str.join("、"),
        )
        .with_columns(
            subject=written("payee:{}/{}/-", "unit_code", "payee"),
            measured=pl.col("total_fen"),
            amount_fen=pl.col("total_fen"),
        )
        .sort(SAME)
    )
    year = str(facts.as_of.year)
    found = build_findings(
        "E16",
        graded(with_names(runs, facts), fences_of(params, "fen")),
        as_of=facts.as_of,
        period=year,
        measure_unit="fen",
        evidence=EVIDENCE,
        rows=lines_of(facts).join(paid.select(*VOUCHER, "payee"), on=list(VOUCHER), how="inner"),
        keys=SAME,
    )
    return Judgement(found, division_coverage("E16", dict.fromkeys(divisions_of(facts)), year))


def _is_own_town(towns: dict[str, str]) -> pl.Expr:
    """Return whether payer and payee are of one town: the town's name stands in the payee's name."""
    name = pl.col("division_code").replace_strict(towns, default=None, return_dtype=pl.String)
    return pl.col("payee").str.contains(name, literal=True).fill_null(value=False)


RULE = Rule(TEXT, judge, Params, ("units", "payments"), late="mutes", on_vouchers=True)
