"""H08 正常支付写成负数: a payment that is no refund and no correction is below zero."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from budget.subjects import written
from rules.checked import TOLD, warned
from rules.delivered import feed_reasons
from rules.judgement import Judgement, build_findings, division_coverage, fences_of, graded, subject_coverage
from rules.paid_lines import has_word
from rules.rule import Rule
from rules.spending import NAMES, with_names
from rules.vouchers import VOUCHER, refund_lines_of

TEXT = RuleText(
    code="H08",
    family="data_quality",
    name_zh="正常支付写成负数",
    name_en="Negative normal payment",
    formula_zh="业务类型为正常（或未注明且用途不含退款、更正字样）的支付，金额小于零的部分。另计追加、追减正负不符的送达核对结果。",
    formula_en="The amount below zero of payments that are normal, or not told to be anything else by kind or "
    "purpose. Also what the checks of a delivery said of the signs of additions and cuts.",
    law_zh="实务做法：数据质量检查，不作为违规认定依据。",
    law_en="Practice: a check of data quality, no ground for finding a breach.",
    finding_zh="{name}{what_zh}，疑似正负号或业务类型有误。",
    finding_en="{name}: {what_en}; its sign or its kind appears to be wrong.",
    arithmetic_zh="{how_zh}。",
    arithmetic_en="{how_en}.",
    innocent_zh=("退款、红冲未注明业务类型", "跨年度退款"),
    innocent_en=("a refund whose kind was left out", "a refund of an earlier year"),
    next_step_zh="建议请报送单位补注业务类型和原凭证号，或更正金额。",
    next_step_en="Ask for the kind and the original voucher, or for the right amount.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Fences in fen below zero, and in rows of other checks; words that show a refund where no kind is told."""

    yellow_fen: int = 1
    orange_fen: int = 10_000_000
    red_fen: int = 100_000_000
    yellow_count: int = 1
    orange_count: int = 20
    refund_words: tuple[str, ...] = ("退款", "退回", "退汇", "冲销", "红冲", "冲减", "更正", "冲回")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag vouchers of normal payments below zero, by the amount; of additions and cuts what the checks said."""
    kind = pl.col("payment_kind")
    is_normal = (kind == "normal") | (kind.is_null() & ~has_word("purpose", params.refund_words))
    lines = refund_lines_of(facts).filter(is_normal.fill_null(value=False))
    # Refunds of nothing and open corrections are payments to look at, which E09 does.
    checks = warned(facts, "H08", names=("directions",))
    below = graded(_told(lines, facts), fences_of(params, "fen")).with_columns(measure_unit=pl.lit("fen"))
    other = graded(checks, fences_of(params, "count")).with_columns(measure_unit=pl.lit("count"), period=pl.col("year"))
    found = build_findings(
        "H08",
        with_names(pl.concat([below, other], how="diagonal"), facts),
        as_of=facts.as_of,
        period=pl.col("period"),
        measure_unit="fen",
        evidence=(*NAMES, *TOLD, "voucher", "paid_on", "payee_name", "purpose"),
        rows=lines,
        keys=VOUCHER,
    )
    covered = subject_coverage("H08", checks.with_columns(reason=pl.lit(None, pl.String)), pl.col("year"))
    return Judgement(found, pl.concat([division_coverage("H08", feed_reasons(facts, "payments"), None), covered]))


def _told(lines: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    summed = (
        lines.group_by(VOUCHER)
        .agg(
            pl.col("paid_on").min(),
            *(pl.col(name).drop_nulls().min() for name in ("payee_name", "purpose", "project_code")),
            measured=-pl.col("payment_fen").sum(),
        )
        .sort(VOUCHER)
    )
    day = pl.col("paid_on").dt.to_string("%Y-%m-%d")
    yuan = written("{}.{}", pl.col("measured") // 100, (pl.col("measured") % 100).cast(pl.String).str.pad_start(2, "0"))
    purpose = pl.col("purpose").fill_null("未填写")
    return with_names(summed, facts).with_columns(
        subject=written("payment:{}", "voucher"),
        amount_fen=pl.col("measured"),
        period=pl.col("paid_on").dt.to_string("%Y-%m"),
        name=pl.col("unit_name"),
        what_zh=written("凭证{}（{}）正常支付为-{}元", "voucher", day, yuan),
        what_en=written("the normal payment {} of {} is -{} yuan", "voucher", day, yuan),
        how_zh=written("凭证{}，{}，金额-{}元，用途：{}", "voucher", day, yuan, purpose),
        how_en=written("voucher {}, {}, -{} yuan", "voucher", day, yuan),
    )


RULE = Rule(TEXT, judge, Params, ("payments",))
