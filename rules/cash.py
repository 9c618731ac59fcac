"""Cash withdrawals: which vouchers were settled in cash, and whether a division says how it settles at all."""

from collections.abc import Mapping, Sequence

import polars as pl

from budget.facts import Facts
from budget.levels import Level
from budget.subjects import unit_subjects, written
from rules.delivered import column_reasons
from rules.judgement import build_findings, graded
from rules.paid_lines import has_word, paid_lines, parts_of
from rules.spending import with_names
from rules.vouchers import VOUCHER

MONTH = ("division_code", "unit_code", "month")


def cash_lines(facts: Facts, cash_words: tuple[str, ...], ordinary: tuple[str, ...]) -> pl.DataFrame:
    """Return the payment lines settled in cash, without those whose purpose holds an ordinary reason; with month."""
    is_cash = has_word("settlement_method", cash_words) & ~has_word("text", ordinary)
    return facts.once(
        ("cash_lines", cash_words, ordinary),
        lambda: paid_lines(facts).filter(is_cash).with_columns(month=pl.col("paid_on").dt.to_string("%Y-%m")),
    )


def withdrawals(lines: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Add cash lines up by voucher: paid_on, month, purpose, project_code and ``net_fen`` after what was given back."""
    return (
        parts_of(lines, facts)
        .group_by(VOUCHER)
        .agg(
            pl.col("paid_on").min(),
            pl.col("net_fen").sum(),
            pl.col("purpose").drop_nulls().min(),
            pl.col("project_code").drop_nulls().min(),
        )
        .with_columns(month=pl.col("paid_on").dt.to_string("%Y-%m"))
        .sort(VOUCHER)
    )


def settlement_reasons(facts: Facts) -> dict[str, str | None]:
    """Return, per division, ``no_settlement`` where its payments of the year name no settlement method."""
    is_told = pl.col("settlement_method").is_not_null()
    return column_reasons(facts, paid_lines(facts), is_told, "no_settlement")


def month_zh(column: str) -> pl.Expr:
    """Write a month such as 2026-03 as 2026年3月."""
    year, month = pl.col(column).str.slice(0, 4), pl.col(column).str.slice(5).str.strip_chars_start("0")
    return written("{}年{}月", year, month)


def judge_months(
    code: str,
    months: pl.DataFrame,
    lines: pl.DataFrame,
    *,
    fences: Mapping[Level, int],
    evidence: Sequence[str],
    facts: Facts,
) -> pl.DataFrame:
    """Return the findings on units' months by their number of vouchers; ``months`` has MONTH, pieces and net_fen."""
    told = months.sort(MONTH).with_columns(
        subject=unit_subjects(),
        project_code=pl.lit(None, pl.String),
        measured=pl.col("pieces"),
        amount_fen=pl.col("net_fen"),
        month_zh=month_zh("month"),
    )
    return build_findings(
        code,
        graded(with_names(told, facts), fences),
        as_of=facts.as_of,
        period=pl.col("month"),
        measure_unit="count",
        evidence=evidence,
        rows=lines,
        keys=MONTH,
    )
