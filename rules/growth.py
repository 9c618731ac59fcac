"""Revenue against the same span of the year before: what the rules on 累计同比 share."""

from collections.abc import Mapping
from typing import Final, Protocol

import polars as pl

from budget.facts import Facts
from budget.levels import Level
from rules.income import growth_bp, growth_reason, is_small_share, items_of, latest_of_quarters
from rules.judgement import Judgement, fences_of
from rules.tables import judgement

EVIDENCE: Final = ("head_name", "head_en", "month_name", "extent_zh", "extent_en", "ytd_fen", "last_ytd_fen")

# Arithmetic of all of them.
YTD_ARITHMETIC_ZH: Final = (
    "{month_name:month}累计{ytd_fen:wan}万元，上年同期{last_ytd_fen:wan}万元，增加{rise_fen:wan}万元，增幅{growth_bp:rate}"
    "（{extent_zh}口径）。"
)
YTD_ARITHMETIC_EN: Final = (
    "{ytd_fen:yuan} yuan up to {month_name} against {last_ytd_fen:yuan} yuan in the same months of last year: "
    "{rise_fen:yuan} yuan more, {growth_bp:rate} ({extent_en})."
)


class ItemParams(Protocol):
    """What the parameters of a rule on items state."""

    @property
    def least_base_fen(self) -> int:
        """Return the smallest base in fen."""

    @property
    def least_share_bp(self) -> int:
        """Return the smallest base as a share of last year's revenue."""


def items_year_to_date(code: str, facts: Facts, class_code: str, params: ItemParams) -> Judgement:
    """Flag the 款 of a 类 of 一般公共预算 as ``year_to_date`` does, those left out that are too small a share."""
    return year_to_date(
        code,
        facts,
        items_of(facts, class_code),
        fences_of(params, "bp"),
        least_base_fen=params.least_base_fen,
        immaterial=is_small_share("last_ytd_fen", params.least_share_bp),
    )


def year_to_date(
    code: str,
    facts: Facts,
    parts: pl.DataFrame,
    fences: Mapping[Level, int],
    *,
    least_base_fen: int,
    immaterial: pl.Expr | None = None,
) -> Judgement:
    """Flag heads whose cumulative revenue rose over last year's by a fence or more, quarter by quarter.

    ``immaterial`` tells further heads that are too small, from the columns of ``income.added``.
    """
    heads, rows = latest_of_quarters(facts, parts)
    reason = growth_reason("ytd_fen", "last_ytd_fen", least_base_fen)
    if immaterial is not None:
        reason = pl.coalesce(reason, pl.when(immaterial).then(pl.lit("immaterial")))
    known = heads.with_columns(
        reason=reason,
        growth_bp=growth_bp("ytd_fen", "last_ytd_fen"),
        measured=growth_bp("ytd_fen", "last_ytd_fen"),
        rise_fen=pl.col("ytd_fen") - pl.col("last_ytd_fen"),
        amount_fen=pl.col("ytd_fen") - pl.col("last_ytd_fen"),
    )
    return judgement(
        code,
        facts,
        "revenue",
        known,
        fences,
        measure_unit="bp",
        evidence=(*EVIDENCE, "growth_bp", "rise_fen"),
        rows=rows,
    )
