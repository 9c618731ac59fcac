"""E15 以拨代支: a large payment went to the account of a subordinate unit or of another public body."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts, departments
from budget.subjects import written
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded
from rules.payee_names import ends_with_any, plain_payee, town_finance_pattern, unit_names
from rules.rule import Rule
from rules.spending import NAMES, divisions_of, with_names
from rules.vouchers import VOUCHER, lines_of, vouchers
from rules.words import has_word

EVIDENCE = (*NAMES, "voucher", "paid_on", "payee_name", "purpose", "payment_fen", "net_fen", "kind_zh", "kind_en")

TEXT = RuleText(
    code="E15",
    family="payment",
    name_zh="以拨代支",
    name_en="Passing money on booked as spending",
    formula_zh="单笔支付（冲减退款后）达到标准，且收款人是预算单位或其他机关单位。",
    formula_en="A single payment, net of refunds, of a fence or more to a budget unit or another public body.",
    law_zh="《中华人民共和国预算法》第五十七条。",
    law_en="Budget Law, Art. 57.",
    finding_zh="{unit_name}{paid_on:day}向{kind_zh}“{payee_name}”支付{net_fen:wan}万元，疑似以拨代支。",
    finding_en="On {paid_on} {unit_name} paid {net_fen:yuan} yuan to {payee_name}, {kind_en}; the money may only have "
    "been passed on.",
    arithmetic_zh="凭证{voucher}：支付{payment_fen:yuan}元，冲减退款、更正后{net_fen:yuan}元，标准{limit:yuan}元；"
    "用途：{purpose}。",
    arithmetic_en="Voucher {voucher}: {payment_fen:yuan} yuan, {net_fen:yuan} net of refunds, limit {limit:yuan} yuan; "
    "purpose: {purpose}.",
    innocent_zh=("按规定拨付公立医院、学校的补助", "委托其他单位承办并有协议", "缴纳税费、社会保险等法定款项"),
    innocent_en=(
        "lawful grants to public hospitals and schools",
        "work that another body does under an agreement",
        "taxes, contributions and other dues",
    ),
    next_step_zh="建议核实款项是否形成实际支出，收款单位是否有结余，并调阅拨款依据。",
    next_step_en="Ask whether the money was really spent, what is left with the payee, and on what ground it was paid.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in fen; words of public bodies, of those that are paid lawfully, and of ordinary purposes."""

    yellow_fen: int = 50_000_000
    orange_fen: int = 100_000_000
    red_fen: int = 500_000_000
    public_endings: tuple[str, ...] = (
        "局",
        "人民政府",
        "办事处",
        "委员会办公室",
        "财政所",
        "财政专户",
        "事务中心",
        "管理所",
    )
    lawful_payees: tuple[str, ...] = (
        "医院",
        "卫生院",
        "卫生服务中心",
        "学校",
        "中学",
        "小学",
        "大学",
        "学院",
        "幼儿园",
        "税务",
        "国库",
        "社会保险",
        "医疗保障",
        "公积金",
        "供电",
        "邮政",
        "村民委员会",
        "居民委员会",
        "法院",
    )
    ordinary_purposes: tuple[str, ...] = (
        "社会保险",
        "养老保险",
        "医疗保险",
        "公积金",
        "税",
        "工资",
        "工会",
        "缴费",
        "保证金",
        "诉讼费",
        "水费",
        "电费",
    )
    town_bodies: tuple[str, ...] = ("财政所", "财政分局", "财政办公室", "财政局", "财政专户", "人民政府")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag vouchers of a fence or more, net of refunds, to units of the unit tables or to other public bodies.

    A payee is one by the end of its name, without a remark in brackets: the name of a unit or one of
    ``public_endings``. Left out: the unit's own accounts (E04), finance offices of towns (E16), ``lawful_payees``,
    ``ordinary_purposes``, wages and pensions (301, 303).
    """
    names = unit_names(facts)
    own = departments(facts.units).select("unit_code", own_name=plain_payee("unit_name"))
    large = (
        vouchers(facts)
        .filter(pl.col("net_fen") >= min(fences_of(params, "fen").values()))
        .with_columns(payee=plain_payee())
        .join(own, on="unit_code", how="left", maintain_order="left")
        .with_columns(is_unit=ends_with_any("payee", names))
    )
    payee, purpose = pl.col("payee"), pl.col("purpose").fill_null("")
    is_own = payee.str.ends_with(pl.col("own_name")).fill_null(value=False)
    is_body = pl.col("is_unit") | ends_with_any("payee", params.public_endings)
    is_lawful = (
        has_word(payee, params.lawful_payees)
        | has_word(purpose, params.ordinary_purposes)
        | pl.col("economic_class").is_in(["301", "303"]).fill_null(value=False)
        | payee.str.contains(town_finance_pattern(params.town_bodies))
    )
    rows = large.filter(is_body & ~is_own & ~is_lawful).with_columns(
        subject=written("payment:{}", "voucher"),
        measured=pl.col("net_fen"),
        amount_fen=pl.col("net_fen"),
        kind_zh=pl.when("is_unit").then(pl.lit("预算单位")).otherwise(pl.lit("其他机关单位")),
        kind_en=pl.when("is_unit").then(pl.lit("a budget unit")).otherwise(pl.lit("another public body")),
    )
    found = build_findings(
        "E15",
        graded(with_names(rows, facts), fences_of(params, "fen")),
        as_of=facts.as_of,
        period=pl.col("paid_on").dt.to_string("%Y-%m"),
        measure_unit="fen",
        evidence=EVIDENCE,
        rows=lines_of(facts),
        keys=VOUCHER,
    )
    return Judgement(found, division_coverage("E15", dict.fromkeys(divisions_of(facts)), None))


RULE = Rule(TEXT, judge, Params, ("units", "payments"), late="mutes", on_vouchers=True)
