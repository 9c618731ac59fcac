"""E11 直达资金科目错用: direct funds were booked under a functional subject they are not for, or under none."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import line_subjects
from rules.direct_funds import direct_payments, tag_reasons
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded
from rules.rule import Rule
from rules.spending import NAMES, this_year, with_names
from rules.words import has_word

LINE = ("unit_code", "project_code", "function_code")
EVIDENCE = (*NAMES, "project_name", "function_zh", "function_en", "booked_fen", "payments")

TEXT = RuleText(
    code="E11",
    family="payment",
    name_zh="直达资金科目错用",
    name_en="Direct funds under a wrong subject",
    formula_zh="直达资金在不应使用的功能分类类级科目下（或未列科目）的净支付额。",
    formula_en="Net payments of direct funds under functional classes they are not for, or under none.",
    law_zh="《中华人民共和国预算法》第六十三条、第九十三条。",
    law_en="Budget Law, Art. 63 and 93.",
    finding_zh="{unit_name}“{project_name}”的直达资金{booked_fen:wan}万元列支{function_zh}，疑似科目使用不当。",
    finding_en="{booked_fen:yuan} yuan of direct funds of {project_name} of {unit_name} were booked under "
    "{function_en}; the subject seems wrong.",
    arithmetic_zh="本年以{function_zh}支付直达资金{payments}笔，冲减退款、更正后{booked_fen:yuan}元。",
    arithmetic_en="{payments} payments of direct funds under {function_en} this year, {booked_fen:yuan} yuan net of "
    "refunds and corrections.",
    innocent_zh=("该项直达资金的管理办法允许使用该科目", "科目更正尚在办理", "直达标识有误"),
    innocent_en=(
        "the rules of this very fund allow the subject",
        "a correction of the subject is under way",
        "the tag is wrong",
    ),
    next_step_zh="建议对照该项资金管理办法核实支出范围，确属错列的应更正科目。",
    next_step_en="Compare with the rules of the fund; a wrong subject should be corrected.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fence in fen; functional classes that direct funds are not for; projects that may use them all the same."""

    orange_fen: int = 1
    wrong_classes: tuple[str, ...] = ("202", "203", "204", "227", "230", "232", "233")
    allowed_words: tuple[str, ...] = ()


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag lines of direct funds under ``wrong_classes`` or no functional code, by what stays paid on them in fen.

    Refunds and corrections on the line are set off. Left out: projects whose name has one of ``allowed_words``;
    missing codes where no payment of the division carries any. Not judged: divisions whose data do not tell direct
    funds apart.
    """
    code = pl.col("function_code")
    is_coded = code.is_not_null().any().over("division_code")
    is_wrong = code.str.slice(0, 3).is_in(list(params.wrong_classes)) | (code.is_null() & is_coded)
    wrong = direct_payments(facts).filter(is_wrong)
    names = (
        this_year(facts)
        .filter(pl.col("project_code").is_not_null(), pl.col("project_name").is_not_null())
        .group_by("unit_code", "project_code")
        .agg(known_name=pl.col("project_name").min())
    )
    lines = (
        wrong.group_by(LINE, maintain_order=True)
        .agg(
            pl.col("division_code").min(),
            pl.col("project_name").drop_nulls().min(),
            booked_fen=pl.col("payment_fen").sum(),
            payments=(pl.col("payment_fen") > 0).sum().cast(pl.Int64),
        )
        .join(names, on=["unit_code", "project_code"], how="left", maintain_order="left")
        .with_columns(project_name=pl.coalesce("project_name", "known_name", "project_code", pl.lit("基本支出")))
        .filter(~has_word("project_name", params.allowed_words))
        .with_columns(
            subject=line_subjects(),
            function_zh=pl.when(code.is_null())
            .then(pl.lit("空白功能科目"))
            .otherwise(pl.concat_str(pl.lit("功能科目"), code)),
            function_en=pl.when(code.is_null())
            .then(pl.lit("no functional item"))
            .otherwise(pl.concat_str(pl.lit("functional item "), code)),
            measured=pl.col("booked_fen"),
            amount_fen=pl.col("booked_fen"),
        )
        .sort(LINE)
    )
    year = str(facts.as_of.year)
    found = build_findings(
        "E11",
        graded(with_names(lines, facts), fences_of(params, "fen")),
        as_of=facts.as_of,
        period=year,
        measure_unit="fen",
        evidence=EVIDENCE,
        rows=wrong,
        keys=LINE,
    )
    return Judgement(found, division_coverage("E11", tag_reasons(facts), year))


RULE = Rule(TEXT, judge, Params, ("allotments", "payments"), late="mutes", on_vouchers=True)
