"""Made-up payment files for the benchmarks: as the treasury exports them, GB18030, as many rows as asked for."""

from pathlib import Path

import polars as pl

HEADER = (
    "业务年度",
    "区划编码",
    "单位编码",
    "单位名称",
    "项目编码",
    "功能科目编码",
    "部门经济科目编码",
    "资金性质编码",
    "指标编号",
    "支付申请编号",
    "支付凭证号",
    "业务类型",
    "结算方式",
    "支付日期",
    "支付金额",
    "收款人名称",
    "收款人账号",
    "收款人开户行",
    "用途",
    "原支付凭证号",
    "作废标志",
)
# 项级 codes of education that are valid in 2026.
FUNCTION_CODES = ("2050101", "2050102", "2050201", "2050202", "2050203", "2050204", "2050299", "2050302")
KEY = "支付凭证号"
_ROWS_A_PIECE = 250_000


def write_payments(path: Path, rows: int, *, first: int = 0, encoding: str = "gb18030") -> Path:
    """Write payments numbered from ``first``; the same numbers give the same rows."""
    with path.open("wb") as out:
        out.write((",".join(HEADER) + "\r\n").encode(encoding))
        for start in range(first, first + rows, _ROWS_A_PIECE):
            piece = payments(start, min(_ROWS_A_PIECE, first + rows - start))
            text = piece.write_csv(include_header=False, line_terminator="\r\n")
            out.write(text.encode(encoding))
    return path


def _function_code(n: pl.Expr) -> pl.Expr:
    return (n % len(FUNCTION_CODES)).replace_strict(dict(enumerate(FUNCTION_CODES)), return_dtype=pl.String)


def payments(first: int, rows: int) -> pl.DataFrame:
    """Return rows as text cells under HEADER: separators in every ninth amount, a refund in a thousand."""
    n = pl.col("n")
    is_refund = n % 1000 == 999
    original = n - 500  # of a refund, which gives back at most what was paid
    amount_of = pl.when(is_refund).then(original).otherwise(n)
    yuan, fen = (amount_of * 7919) % 900_000, (amount_of * 37) % 100
    plain = pl.format("{}.{}", yuan, fen.cast(pl.String).str.zfill(2))
    grouped = pl.format(
        "{},{}.{}", yuan // 1000 + 1, (yuan % 1000).cast(pl.String).str.zfill(3), fen.cast(pl.String).str.zfill(2)
    )
    amount = pl.when(is_refund).then(pl.format("-{}", plain)).when(n % 9 == 4).then(grouped).otherwise(plain)
    month, day = n % 10 + 1, n % 28 + 1
    cells = [
        pl.lit("2026"),
        pl.lit("990101010"),
        pl.format("101{}", (n % 60).cast(pl.String).str.zfill(3)),
        pl.format("青禾区第{}事务中心", n % 60),
        pl.when(n % 4 > 0).then(pl.format("99010101026{}", (n % 997).cast(pl.String).str.zfill(6))),
        _function_code(n),
        pl.format("302{}", (n % 9 + 1).cast(pl.String).str.zfill(2)),
        pl.lit("11"),
        pl.format("ZB2026{}", (n % 4999).cast(pl.String).str.zfill(5)),
        pl.format("SQ2026{}", n.cast(pl.String).str.zfill(9)),
        pl.format("PZ2026{}", n.cast(pl.String).str.zfill(9)),
        pl.when(is_refund).then(pl.lit("退款")).otherwise(pl.lit("正常")),
        pl.lit("转账"),
        pl.format("2026-{}-{}", month, day),
        amount,
        pl.format("青禾区{}建筑工程有限公司", n % 5003),
        pl.format("6222{}", ((n * 104_729) % 10**12).cast(pl.String).str.zfill(12)),
        pl.lit("中国工商银行青禾支行"),
        pl.format("支付第{}期工程进度款", n % 12 + 1),
        pl.when(is_refund).then(pl.format("PZ2026{}", original.cast(pl.String).str.zfill(9))),
        pl.lit("0"),
    ]
    numbers = pl.DataFrame({"n": pl.int_range(first, first + rows, eager=True, dtype=pl.Int64)})
    return numbers.select(cell.cast(pl.String).alias(name) for cell, name in zip(cells, HEADER, strict=True))
