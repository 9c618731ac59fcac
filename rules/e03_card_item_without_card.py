"""E03 公务卡强制目录未用公务卡: items that the official card is compulsory for were paid in another way."""

from dataclasses import dataclass

import polars as pl

from budget.catalogue import RuleText
from budget.facts import Facts
from rules.cash import MONTH, judge_months, settlement_reasons
from rules.judgement import Judgement, division_coverage, fences_of
from rules.paid_lines import all_vouchers, has_word, paid_lines, parts_of
from rules.rule import Rule
from rules.spending import NAMES

EVIDENCE = (*NAMES, "month_zh", "month", "pieces", "net_fen", "economic_codes", "methods", "vouchers")

TEXT = RuleText(
    code="E03",
    family="payment",
    name_zh="公务卡强制目录未用公务卡",
    name_en="No official card where it is compulsory",
    formula_zh="公务卡强制结算目录内的经济科目，未以公务卡结算、金额在公务卡可支付范围内的支付笔数，按单位按月计。",
    formula_en="Number of payments of a unit in a month under items that the official card is compulsory for, of a "
    "size "
    "a card can pay, which were not settled by card.",
    law_zh="实务做法：公务卡强制结算目录由各地制定，本规则所列科目为默认值，不作为违规认定依据。",
    law_en="Practice: the compulsory list is set locally and the items here are a default, no ground for finding a "
    "breach.",
    finding_zh="{unit_name}{month_zh}有{pieces}笔、共{net_fen:wan}万元公务卡强制目录内支出未以公务卡结算，疑似应刷卡未刷卡。",
    finding_en="In {month} {unit_name} settled {pieces} payments ({net_fen:yuan} yuan) without the official card under "
    "items for which it appears to be compulsory.",
    arithmetic_zh="科目：{economic_codes}；结算方式：{methods}；{pieces}笔合计{net_fen:yuan}元；凭证：{vouchers}。",
    arithmetic_en="Items {economic_codes}; settled by {methods}; {pieces} payments, {net_fen:yuan} yuan; vouchers "
    "{vouchers}.",
    innocent_zh=("收款方不具备刷卡条件", "按合同对公转账的定点服务", "本地目录不含该科目"),
    innocent_en=("a payee who takes no card", "a contract paid by transfer", "an item the local list leaves out"),
    next_step_zh="建议对照本地公务卡强制结算目录，了解未刷卡的原因。",
    next_step_en="Compare with the local list and ask why no card was used.",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """The fence in number of payments; the items and what a card can pay; words for cards and for reasons without."""

    orange_count: int = 1
    economic_codes: tuple[str, ...] = ("30211", "30216", "30217", "30231")
    least_fen: int = 50_000
    card_limit_fen: int = 5_000_000
    card_words: tuple[str, ...] = ("公务卡",)
    no_card_purposes: tuple[str, ...] = ("刷卡条件", "无法刷卡", "无POS", "托收", "代扣", "保险")


def judge(facts: Facts, params: Params) -> Judgement:
    """Flag months with payments of at least ``least_fen`` and at most ``card_limit_fen`` that no card settled.

    Not judged: divisions whose payments do not say how they were settled, or never name a card.
    """
    is_compulsory = pl.col("economic_code").is_in(list(params.economic_codes))
    is_other = pl.col("settlement_method").is_not_null() & ~has_word("settlement_method", params.card_words)
    lines = paid_lines(facts).filter(is_compulsory).filter(is_other & ~has_word("text", params.no_card_purposes))
    month = pl.col("paid_on").dt.to_string("%Y-%m").alias("month")
    parts = parts_of(lines, facts).filter(pl.col("net_fen").is_between(params.least_fen, params.card_limit_fen))
    reasons = _reasons(facts, params)
    judged = [one for one, reason in reasons.items() if reason is None]
    months = (
        parts.with_columns(month)
        .filter(pl.col("division_code").is_in(judged))
        .group_by(MONTH)
        .agg(
            pl.col("net_fen").sum(),
            pieces=pl.col("voucher").n_unique().cast(pl.Int64),
            economic_codes=pl.col("economic_code").unique().sort().str.join("、"),
            methods=pl.col("settlement_method").unique().sort().str.join("、"),
            vouchers=all_vouchers(),
        )
    )
    found = judge_months(
        "E03", months, lines.with_columns(month), fences=fences_of(params, "count"), evidence=EVIDENCE, facts=facts
    )
    return Judgement(found, division_coverage("E03", reasons, None))


def _reasons(facts: Facts, params: Params) -> dict[str, str | None]:
    """Return no_settlement also where no payment ever names a card: such a feed does not tell cards apart."""
    methods = facts.lazy("payments").select("division_code", "settlement_method").unique().collect()
    cards = set(methods.filter(has_word("settlement_method", params.card_words))["division_code"])
    told = settlement_reasons(facts)
    paying = set(paid_lines(facts)["division_code"].unique())
    return {
        one: reason or ("no_settlement" if one in paying and one not in cards else None) for one, reason in told.items()
    }


RULE = Rule(TEXT, judge, Params, ("payments",), late="mutes", on_vouchers=True)
