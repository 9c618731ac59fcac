"""Writes the treasury's monthly balances (csv, GB18030) and the table of debt (xlsx)."""

import datetime as dt
import io
from pathlib import Path

import polars as pl

from sample.bonds import KINDS, Bond, balance_and_limit, bonds, capacity
from sample.cash import ACCOUNTS, balances
from sample.levels import LevelMonth
from sample.model import District
from sample.sheets import FEN_PER_WAN, Sheet, Wan
from sample.write_revenue import FUNDS

_TREASURY = ["账户名称", "资金性质", "年初余额", "本年累计收入", "本年累计支出", "月末余额", "暂付款余额"]
_DEBT: list[tuple[str, str, str]] = [
    *((name, "", "") for name in ("序号", "债务类型", "债券编码", "债券名称", "资金性质", "单位编码", "单位名称")),
    *((name, "", "") for name in ("项目编码", "项目名称", "资金用途", "使用方向")),
    *(("发行情况", name, "") for name in ("利率(%)", "发行日期", "到期日期", "到账日期", "发行额")),
    *(("债务情况", name, "") for name in ("限额", "余额", "已支出", "已还本", "逾期", "综合财力")),
]


def wan_text(fen: int | None) -> str:
    """Write an amount in 万元 with separators; — where there is none."""
    return "—" if fen is None else f"{fen / FEN_PER_WAN:,.2f}"


def write_table(path: Path, rows: list[list[str]]) -> None:
    """Write rows of text as GB18030, comma separated."""
    buffer = io.BytesIO()
    frame = pl.DataFrame(rows, schema={str(n): pl.String for n in range(len(rows[0]))}, orient="row")
    frame.with_columns(pl.all().replace("", None)).write_csv(buffer, include_header=False, line_terminator="\r\n")
    path.write_bytes(buffer.getvalue().decode("utf-8").encode("gb18030"))


def write_treasury(path: Path, district: District, when: LevelMonth, seed: int) -> None:
    """Write a level's accounts at a month's end, with a total."""
    cash = balances(district, when, seed)
    blank = [""] * (len(_TREASURY) - 1)
    rows = [
        [f"{when.title}库款情况表", *blank],
        ["编制单位：青禾区财政局国库科", *blank[:-1], "单位：万元"],
        _TREASURY,
    ]
    for one in cash:
        amounts = [one.opening, one.receipts, one.payouts, one.closing, one.advances]
        rows.append([ACCOUNTS[one.fund], FUNDS[one.fund], *(wan_text(fen) for fen in amounts)])
    told = [(one.opening, one.receipts, one.payouts, one.closing, one.advances or 0) for one in cash]
    rows.append(["合　　计", "", *(wan_text(sum(part)) for part in zip(*told, strict=True))])
    write_table(path, rows)


def write_debt(path: Path, district: District, when: LevelMonth, seed: int) -> None:
    """Write the district's limits and balances, and its bonds, at a month's end."""
    on = when.on
    known = [bond for bond in bonds(district, seed) if bond.issued_on <= on]
    means = capacity(district, on)
    with Sheet(path, "政府债务") as sheet:
        sheet.title(f"{when.title}政府债务情况表", len(_DEBT))
        sheet.preamble(f"截至{on.year}年{on.month}月{on.day}日", "单位：万元", len(_DEBT))
        sheet.merged_header(_DEBT)
        number = 0
        for kind, fund in KINDS.items():
            own = [bond for bond in known if bond.kind == kind]
            number += 1
            told = balance_and_limit(known, when, kind, is_current=when.year == district.year)
            sheet.cells(_limit_row(number, kind, *told, means if fund == "11" else None))
            for bond in own:
                number += 1
                sheet.cells(_bond_row(number, bond, on))
        sheet.cells(["注：限额、余额、综合财力按区级汇总填列；债券逐只填列发行额和已支出。"])


def _limit_row(number: int, kind: str, balance: int, limit: int, means: int | None) -> list[object]:
    return [
        str(number),
        kind,
        None,
        "区级汇总",
        FUNDS[KINDS[kind]],
        *([None] * 11),
        Wan(limit),
        Wan(balance),
        None,
        None,
        Wan(0),
        None if means is None else Wan(means),
    ]


def _bond_row(number: int, bond: Bond, on: dt.date) -> list[object]:
    unit, project = (bond.line.unit, bond.line.project) if bond.line else (None, None)
    arrived = bond.received_on
    return [
        str(number),
        bond.kind,
        bond.code,
        bond.name,
        FUNDS[bond.fund],
        unit.code if unit else None,
        unit.name if unit else None,
        project.code if project else None,
        project.name if project else None,
        "市政和民生工程建设" if project else "偿还到期债券",
        bond.use,
        f"{bond.rate_bp / 100:.2f}",
        bond.issued_on,
        bond.due_on,
        arrived if arrived <= on else None,
        Wan(bond.principal),
        None,
        None,
        Wan(bond.paid_fen(on)),
        Wan(0),
        Wan(0),
        None,
    ]
