"""E10 支付信息不规范: payments without payee, account, purpose or subject, or with a purpose that says nothing."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import unit_subjects, written
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded
from rules.rule import Rule
from rules.spending import NAMES, divisions_of, with_names
from rules.vouchers import NOISE, VOUCHER, half_width, lines_of
from rules.words import has_word

# What a payment has to say: column, words shown.
FIELDS = (
    ("payee_name", "收款人", "payee"),
    ("payee_account", "收款账号", "account"),
    ("purpose", "用途", "purpose"),
    ("function_code", "功能科目", "functional item"),
    ("dept_economic_code", "部门经济科目", "economic item"),
)
EVIDENCE = (*NAMES, "month", "payments", "total_fen", "lacking_zh", "lacking_en", "vouchers")
VOUCHERS_SHOWN = 20

TEXT = RuleText(
    code="E10",
    family="payment",
    name_zh="支付信息不规范",
    name_en="Incomplete payment data",
    formula_zh="单位当月缺收款人、账号、用途或科目，或用途只写“往来款”“其他”等的支付笔数。",
    formula_en="Payments of a unit in a month that lack payee, account, purpose or subject, or whose purpose says "
    "nothing.",
    law_zh="《中华人民共和国预算法实施条例》第五十七条；《中华人民共和国预算法》第六十一条。",
    law_en="Implementing Regulations of the Budget Law, Art. 57; Budget Law, Art. 61.",
    finding_zh="{unit_name}{month:month}有{payments}笔支付（{total_fen:wan}万元）信息疑似不规范：{lacking_zh}。",
    finding_en="{payments} payments of {unit_name} in {month} ({total_fen:yuan} yuan) seem incomplete: {lacking_en}.",
    arithmetic_zh="{lacking_zh}；合计{payments}笔、{total_fen:yuan}元；凭证：{vouchers}。",
    arithmetic_en="{lacking_en}; {payments} payments, {total_fen:yuan} yuan in all; vouchers {vouchers}.",
    innocent_zh=("涉密支付，收款人按规定不列示", "批量代发，明细在银行代发清单中", "数据导出时漏列字段"),
    innocent_en=("a classified payee", "a batch paid through the bank's own list", "a column lost in the export"),
    next_step_zh="建议请财政国库部门或单位补充支付信息，必要时调阅凭证。",
    next_step_en="Ask the treasury or the unit to complete the data; look at the vouchers where needed.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fence in number of payments; the smallest payment that counts; purposes that say nothing; what may be silent."""

    orange_count: int = 1
    least_fen: int = 100_000
    vague_purposes: tuple[str, ...] = (
        "其他",
        "其它",
        "其他支出",
        "其他费用",
        "付款",
        "支付",
        "转账",
        "款项",
        "费用",
        "往来",
    )
    vague_words: tuple[str, ...] = ("往来款",)
    masked_pattern: str = r"[*＊]|涉密|保密"
    batch_words: tuple[str, ...] = ("代发", "批量", "发放", "工资")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag units by month by the number of payments of ``least_fen`` or more that lack something or say nothing.

    A field that no payment of the division carries is a matter of the feed and counts for nobody. Left out: refunds,
    corrections, masked and classified payees; payee and account of batches.
    """
    lines = lines_of(facts).filter(pl.col("payment_fen") > 0, pl.col("payment_kind").fill_null("normal") == "normal")
    bad = _lacking(lines, params)
    months = (
        bad.group_by(VOUCHER)
        .agg(pl.col("paid_on").min(), pl.col("payment_fen").sum(), pl.col(_names()).any())
        .filter(pl.col("payment_fen") >= params.least_fen)
        .with_columns(month=pl.col("paid_on").dt.to_string("%Y-%m"))
        .sort(VOUCHER)
        .group_by("unit_code", "month", maintain_order=True)
        .agg(
            pl.col("division_code").min(),
            pl.col(_names()).sum().cast(pl.Int64),
            payments=pl.len().cast(pl.Int64),
            total_fen=pl.col("payment_fen").sum(),
            vouchers=pl.col("voucher").head(VOUCHERS_SHOWN).str.join("、"),
        )
        .with_columns(
            subject=unit_subjects(),
            project_code=pl.lit(None, pl.String),
            measured=pl.col("payments"),
            amount_fen=pl.col("total_fen"),
            lacking_zh=_told("缺{}{}笔", 1, "用途不明{}笔", "，"),
            lacking_en=_told("no {}: {}", 2, "vague purpose: {}", ", "),
        )
        .sort("unit_code", "month")
    )
    found = build_findings(
        "E10",
        graded(with_names(months, facts), fences_of(params, "count")),
        as_of=facts.as_of,
        period=pl.col("month"),
        measure_unit="count",
        evidence=EVIDENCE,
        rows=bad.with_columns(month=pl.col("paid_on").dt.to_string("%Y-%m")),
        keys=["unit_code", "month"],
    )
    return Judgement(found, division_coverage("E10", dict.fromkeys(divisions_of(facts)), None))


def _names() -> list[str]:
    return [*(f"no_{name}" for name, _, _ in FIELDS), "is_vague"]


def _lacking(lines: pl.DataFrame, params: Params) -> pl.DataFrame:
    """Return the lines that lack something, with one flag a field and ``is_vague``."""
    flags = {"is_vague": pl.col("is_vague").fill_null(value=False)}
    for name, _, _ in FIELDS:
        is_empty = pl.col(name).fill_null("").str.strip_chars() == ""
        flags[f"no_{name}"] = is_empty & ~is_empty.all().over("division_code")
    known = lines.join(_vague(lines, params), on="purpose", how="left", maintain_order="left")
    lacking = known.with_columns(**flags).filter(pl.any_horizontal(_names()))
    told = pl.concat_str(pl.col("payee_name").fill_null(""), pl.col("purpose").fill_null(""))
    is_batch = has_word("purpose", params.batch_words)
    return (
        lacking.filter(~told.str.contains(params.masked_pattern))
        .with_columns(pl.col("no_payee_name", "no_payee_account") & ~is_batch)
        .filter(pl.any_horizontal(_names()))
    )


def _vague(lines: pl.DataFrame, params: Params) -> pl.DataFrame:
    """Return the purposes that say nothing, each once: the same words stand in many payments."""
    plain = half_width(pl.col("purpose")).str.replace_all(NOISE, "")
    is_vague = plain.is_in(list(params.vague_purposes)) | has_word("purpose", params.vague_words)
    return lines.select(pl.col("purpose").drop_nulls().unique()).filter(is_vague).with_columns(is_vague=pl.lit(True))


def _told(lacking: str, words: int, vague: str, between: str) -> pl.Expr:
    parts = [
        pl.when(pl.col(f"no_{field[0]}") > 0).then(
            written(lacking, pl.lit(field[words]), pl.col(f"no_{field[0]}").cast(pl.String))
        )
        for field in FIELDS
    ]
    parts.append(pl.when(pl.col("is_vague") > 0).then(written(vague, pl.col("is_vague").cast(pl.String))))
    return pl.concat_str(parts, separator=between, ignore_nulls=True)


RULE = Rule(TEXT, judge, Params, ("payments",), late="mutes", on_vouchers=True)
