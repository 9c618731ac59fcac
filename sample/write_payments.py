"""Writes payment vouchers as the treasury payment system exports them: GB18030, comma separated."""

import io
from pathlib import Path

import polars as pl

_HEADER = {
    "year": "业务年度",
    "division": "区划编码",
    "unit": "单位编码",
    "unit_name": "单位名称",
    "project": "项目编码",
    "function": "功能科目编码",
    "economic": "部门经济科目编码",
    "fund": "资金性质编码",
    "allotment": "指标编号",
    "application": "支付申请编号",
    "voucher": "支付凭证号",
    "kind": "业务类型",
    "settlement": "结算方式",
    "day": "支付日期",
    "amount": "支付金额",
    "payee": "收款人名称",
    "account": "收款人账号",
    "bank": "收款人开户行",
    "purpose": "用途",
    "original": "原支付凭证号",
    "voided": "作废标志",
    "contract": "合同编号",
}
_COMPACT_DIVISIONS = ("990101000", "990101010", "990101012")


def write_payments(path: Path, frame: pl.DataFrame, division: str) -> None:
    """Write vouchers; the district writes 20260331, the others 2026-3-31; every ninth amount has separators."""
    ready = frame.with_columns(
        day=pl.col("paid_on").dt.strftime("%Y%m%d" if division in _COMPACT_DIVISIONS else "%Y-%-m-%-d"),
        amount=_amount(frame),
    )
    buffer = io.BytesIO()
    ready.select(pl.col(name).alias(header) for name, header in _HEADER.items()).write_csv(
        buffer, line_terminator="\r\n"
    )
    path.write_bytes(buffer.getvalue().decode("utf-8").encode("gb18030"))


def _amount(frame: pl.DataFrame) -> pl.Series:
    texts = [
        f"{fen / 100:,.2f}" if place % 9 == 4 else f"{fen / 100:.2f}"
        for place, fen in enumerate(frame["fen"].to_list())
    ]
    return pl.Series("amount", texts, dtype=pl.String)
