"""Money as integer fen and rates as integer basis points."""

from decimal import Decimal

import polars as pl

FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000
BP_PER_WHOLE = 10_000
MOST_BP = 2**63 - 1

FEN_PER_UNIT: dict[str, int] = {"元": 100, "百元": 10_000, "千元": 100_000, "万元": 1_000_000, "亿元": 10_000_000_000}


def rate_bp(numerator_fen: pl.Expr, denominator_fen: pl.Expr) -> pl.Expr:
    """Return numerator over denominator in basis points, rounded down.

    Null where either side is null or the denominator is not positive. The product is formed in Int128: at
    national totals an Int64 product wraps silently. A rate that no Int64 holds is held at the largest one.
    """
    positive = pl.when(denominator_fen > 0).then(denominator_fen.cast(pl.Int128))
    rate = numerator_fen.cast(pl.Int128) * BP_PER_WHOLE // positive
    return rate.clip(pl.lit(-MOST_BP, pl.Int128), pl.lit(MOST_BP, pl.Int128)).cast(pl.Int64)


def rate_bp_of(numerator_fen: int | None, denominator_fen: int | None) -> int | None:
    """Return one rate in basis points, rounded down; None where the denominator is missing or not positive."""
    if numerator_fen is None or denominator_fen is None or denominator_fen <= 0:
        return None
    return numerator_fen * BP_PER_WHOLE // denominator_fen


def wan(fen: int) -> Decimal:
    """Return fen as exact 万元 (six decimals at most)."""
    return Decimal(fen) / FEN_PER_WAN


def format_wan(fen: int | None) -> str:
    """Write fen as 万元 with two decimals and separators; half away from zero; a true minus; 无数据 for null."""
    if fen is None:
        return "无数据"
    whole, rest = divmod(abs(fen) * 100 + FEN_PER_WAN // 2, FEN_PER_WAN * 100)
    text = f"{whole:,}.{rest // FEN_PER_WAN:02d}"
    return f"\u2212{text}" if fen < 0 and text != "0.00" else text


def format_yuan(fen: int | None) -> str:
    """Write fen as 元 with two decimals and separators; a true minus; 无数据 for null."""
    if fen is None:
        return "无数据"
    sign = "\u2212" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def format_rate(bp: int | None) -> str:
    """Write basis points as a percentage with two decimals; a true minus; 无数据 for null."""
    if bp is None:
        return "无数据"
    sign = "\u2212" if bp < 0 else ""
    return f"{sign}{abs(bp) // 100:,}.{abs(bp) % 100:02d}%"


def format_gap(bp: int | None) -> str:
    """Write the size of a difference of rates in percentage points, without sign; 无数据 for null."""
    return "无数据" if bp is None else f"{abs(bp) // 100:,}.{abs(bp) % 100:02d}个百分点"


def format_points(bp: int | None) -> str:
    """Write a difference of rates in percentage points, signed; 无数据 for null."""
    if bp is None:
        return "无数据"
    sign = "\u2212" if bp < 0 else "+" if bp > 0 else ""
    return f"{sign}{abs(bp) // 100:,}.{abs(bp) % 100:02d} 个百分点"
