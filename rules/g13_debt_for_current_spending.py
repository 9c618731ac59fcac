"""G13 举债资金用于经常性支出: a bond is for current spending, or its project paid some."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from rules.debts import bonds_of, rows_of_bonds
from rules.judgement import Judgement
from rules.rule import Rule
from rules.spending import NAMES, with_names
from rules.tables import judgement
from rules.vouchers import lines_of

TEXT = RuleText(
    code="G13",
    family="district",
    name_zh="举债资金用于经常性支出",
    name_en="Debt used for current spending",
    formula_zh="债券使用方向为经常性支出的，取发行额；否则取债券资金到账后，同一单位、项目、资金性质在301、"
    "302、303类的支付净额（发行费用和设计、监理等工程其他费用除外）。",
    formula_en="The principal of a bond stated to be for current spending; else the net payments under "
    "economic classes 301, 302 and 303 of the same unit, project and fund since the money "
    "came (issuing costs, and design, supervision and the like, left out).",
    law_zh="《中华人民共和国预算法》第三十五条。",
    law_en="Budget Law, Art. 35.",
    finding_zh="{division_name}{bond_name}{state_zh}，疑似举债资金用于经常性支出。",
    finding_en="{bond_name} of {division_name} {state_en}.",
    arithmetic_zh="债券{bond_code}发行额{principal_fen:yuan}元；到账后项目在301、302、303类支付{current_fen:yuan}元。",
    arithmetic_en="Bond {bond_code}: {principal_fen:yuan} yuan raised; {current_fen:yuan} yuan paid by "
    "its project under 301, 302 and 303 since.",
    innocent_zh=(
        "项目同时有其他资金，经常性支出由其他资金承担",
        "与工程直接相关的费用误记科目",
    ),
    innocent_en=(
        "the project has other money as well",
        "costs of the works booked under a wrong item",
    ),
    next_step_zh="建议请单位提供债券资金的使用台账和支付凭证，核实资金来源。",
    next_step_en="Ask for the ledger of the bond money and the vouchers.",
    confidence="certain",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in fen; the economic 类 that are current spending; words of issuing costs and of works."""

    orange_fen: int = 1
    red_fen: int = 1
    current_classes: tuple[str, ...] = ("301", "302", "303")
    issue_words: tuple[str, ...] = ("发行费", "手续费", "登记费", "评级", "兑付费")
    works_words: tuple[str, ...] = (
        "监理",
        "设计",
        "勘察",
        "勘测",
        "咨询",
        "检测",
        "监测",
        "评估",
        "造价",
        "招标代理",
    )


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag bonds that are stated to be for current spending (red), or whose project paid such spending (orange).

    Red: use_class current and a principal of ``red_fen`` or more. Orange: net payments of ``orange_fen`` or more since
    the money came, on the bond's unit, project and fund, under ``current_classes``. Payments and bonds that name
    ``issue_words`` are left out: issuing costs are no spending of the project. So are payments that name
    ``works_words``: they belong to the works, whatever item they are booked under.
    """
    words = "|".join(params.issue_words) or "$^"
    bonds = bonds_of(facts).with_columns(
        is_issue=pl.concat_str("purpose", "bond_name", separator=" ", ignore_nulls=True).str.contains(words)
    )
    lines = _current_lines(facts, params)
    paid = _paid_on(bonds, lines)
    sums = paid.group_by("subject", "period").agg(current_fen=pl.col("payment_fen").sum())
    known = bonds.join(sums, on=["subject", "period"], how="left", maintain_order="left")
    return judgement(
        "G13",
        facts,
        "debt",
        _graded(with_names(known, facts), params),
        {},
        measure_unit="fen",
        evidence=EVIDENCE,
        rows=pl.concat([rows_of_bonds(facts), paid.select("subject", "period", "slice_id", "row_no")]),
    )


def _current_lines(facts: Facts, params: Params) -> pl.DataFrame:
    words = "|".join((*params.issue_words, *params.works_words)) or "$^"
    economic_class = pl.col("dept_economic_code").str.slice(0, 3)
    return lines_of(facts).filter(
        economic_class.is_in(list(params.current_classes)),
        pl.col("project_code").is_not_null(),
        ~pl.col("purpose").fill_null("").str.contains(words),
    )


def _paid_on(bonds: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Return the payments of a bond's unit, project and fund since its money came, with its subject and period."""
    wanted = bonds.filter(pl.col("project_code").is_not_null(), pl.col("unit_code").is_not_null()).select(
        "subject", "period", "unit_code", "project_code", "fund", "received_on"
    )
    own = lines.with_columns(fund=pl.col("fund_type_code").str.slice(0, 2))
    both = own.join(wanted, on=["unit_code", "project_code"], how="inner", suffix="_bond")
    is_fund = (pl.col("fund") == pl.col("fund_bond")).fill_null(value=True)
    return both.filter(is_fund, pl.col("paid_on") >= pl.col("received_on"))


def _graded(bonds: pl.DataFrame, params: Params) -> pl.DataFrame:
    is_current = (pl.col("use_class") == "current").fill_null(value=False)
    is_red = is_current & (pl.col("principal_fen") >= params.red_fen)
    is_orange = pl.col("current_fen") >= params.orange_fen
    return bonds.with_columns(
        level=pl.when(is_red).then(pl.lit("red")).when(is_orange).then(pl.lit("orange")),
        limit=pl.when(is_red).then(params.red_fen).otherwise(params.orange_fen),
        measured=pl.when(is_red).then("principal_fen").otherwise("current_fen"),
        amount_fen=pl.when(is_red).then("principal_fen").otherwise("current_fen"),
        state_zh=pl.when(is_red)
        .then(pl.lit("报表列明的使用方向为经常性支出"))
        .otherwise(pl.lit("所属项目支付了工资福利、商品服务或补助支出")),
        state_en=pl.when(is_red)
        .then(pl.lit("is stated to be for current spending"))
        .otherwise(pl.lit("has a project that paid wages, running costs or subsidies")),
        reason=pl.when("is_issue")
        .then(pl.lit("exempt"))
        .when(is_current & pl.col("principal_fen").is_null())
        .then(pl.lit("incomplete_record")),
    )


EVIDENCE = (
    *(name for name in NAMES if name != "division_name"),
    "project_name",
    "bond_code",
    "bond_name",
    "purpose",
    "principal_fen",
    "current_fen",
    "received_on",
    "on",
    "state_zh",
    "state_en",
)
RULE = Rule(TEXT, judge, Params, ("debt", "payments"))
