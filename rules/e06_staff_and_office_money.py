"""E06 人员与公用经费混用: staff money paid for goods and services, or office money for staff."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import unit_subjects
from rules.delivered import column_reasons
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded
from rules.paid_lines import all_vouchers, paid_lines, parts_of
from rules.rule import Rule
from rules.spending import NAMES, with_names

EVIDENCE = (*NAMES, "pieces", "net_fen", "staff_fen", "office_fen", "vouchers")
STAFF_CLASSES = ("301", "303")
OFFICE_CLASS = "302"
UNIT = ("division_code", "unit_code")

TEXT = RuleText(
    code="E06",
    family="payment",
    name_zh="人员与公用经费混用",
    name_en="Staff and office money mixed",
    formula_zh="公用经费指标列支301、303类，与人员经费指标列支302类（不含编外人员劳务等科目）的支付合计，冲减退款、更正后。",
    formula_en="Payments of classes 301 and 303 from office money, and of class 302 from staff money (without items "
    "that "
    "pay outside staff), net of refunds and corrections.",
    law_zh="《中华人民共和国预算法》第七十二条。",
    law_en="Budget Law, Art. 72.",
    finding_zh="{unit_name}本年有{pieces}笔、共{net_fen:wan}万元支付的经费类别与经济科目不一致，疑似人员与公用经费混用。",
    finding_en="{unit_name} made {pieces} payments ({net_fen:yuan} yuan) whose kind of money and economic class "
    "differ; "
    "staff and office money may have been mixed.",
    arithmetic_zh="公用经费列支人员科目{staff_fen:yuan}元＋人员经费列支公用科目{office_fen:yuan}元＝{net_fen:yuan}元；"
    "凭证：{vouchers}。",
    arithmetic_en="Staff items from office money {staff_fen:yuan} + office items from staff money {office_fen:yuan} = "
    "{net_fen:yuan} yuan; vouchers {vouchers}.",
    innocent_zh=("编外人员报酬按规定列劳务费", "指标调剂已批准、尚未报送", "科目登记有误，正在更正"),
    innocent_en=(
        "outside staff paid as services",
        "an approved transfer not delivered yet",
        "a wrong item being corrected",
    ),
    next_step_zh="建议请单位说明列支依据，必要时办理更正或调剂手续。",
    next_step_en="Ask for the ground of these payments; correct them where needed.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """The fence in fen of a unit's sum (any); items of class 302 that pay staff outside the establishment."""

    orange_fen: int = 1
    outside_staff_codes: tuple[str, ...] = ("30226", "30228", "30229", "30239")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag units with payments whose kind of money and economic class do not fit; projects are left out.

    The kind is the payment's own, else that of its allotment; where neither tells it the payment is not judged.
    """
    kind, code = pl.col("spending_kind"), pl.col("economic_code")
    is_staff = (kind == "public") & pl.col("economic_class").is_in(STAFF_CLASSES)
    is_outside = code.is_in(list(params.outside_staff_codes))
    is_office = (kind == "personnel") & (pl.col("economic_class") == OFFICE_CLASS) & ~is_outside
    lines = paid_lines(facts)
    picked = lines.filter((is_staff | is_office).fill_null(value=False))
    of_staff = pl.col("economic_class").is_in(STAFF_CLASSES)
    units = (
        parts_of(picked, facts)
        .group_by(UNIT)
        .agg(
            pl.col("net_fen").sum(),
            staff_fen=pl.col("net_fen").filter(of_staff).sum(),
            office_fen=pl.col("net_fen").filter(~of_staff).sum(),
            pieces=pl.col("voucher").n_unique().cast(pl.Int64),
            vouchers=all_vouchers(),
        )
        .sort(UNIT)
        .with_columns(
            subject=unit_subjects(),
            project_code=pl.lit(None, pl.String),
            measured=pl.col("net_fen"),
            amount_fen=pl.col("net_fen"),
        )
    )
    year = str(facts.as_of.year)
    found = build_findings(
        "E06",
        graded(with_names(units, facts), fences_of(params, "fen")),
        as_of=facts.as_of,
        period=year,
        measure_unit="fen",
        evidence=EVIDENCE,
        rows=picked,
        keys=UNIT,
    )
    reasons = column_reasons(facts, lines, kind.is_not_null(), "no_spending_kinds")
    return Judgement(found, division_coverage("E06", reasons, year))


RULE = Rule(TEXT, judge, Params, ("allotments", "payments"), late="mutes", on_vouchers=True)
