"""Writes the list of acts (csv, UTF-8 with a byte order mark)."""

import datetime as dt
from pathlib import Path

from sample.act import Act

_COLUMNS = (
    "业务年度 区划编码 单位编码 单位名称 文书类型 文号 标题 日期 起算日期 起算文号 发文机关 收文机关 会议 "
    "金额 复杂件 涉密"
)
_HEADER = _COLUMNS.split()


def write_acts(path: Path, acts: list[Act]) -> None:
    """Write a list of acts as UTF-8 with a byte order mark, comma separated; dates as people write them."""
    lines = [",".join(_HEADER), *(",".join(_cells(one)) for one in acts)]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("utf-8-sig"))


def _cells(one: Act) -> list[str]:
    return [
        *(str(one.year), one.division, *one.unit, one.kind, one.number, one.title, _day(one.on), _day(one.base)),
        *(one.base_number, *one.bodies, one.meeting),
        "" if one.fen is None else f"{one.fen // 1_000_000}.00",
        "是" if one.is_complex else "否",
        "是" if one.is_secret else "否",
    ]


def _day(day: dt.date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
