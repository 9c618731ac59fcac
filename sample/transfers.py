"""Transfers of the two levels: from above, and from the district to its town; writes their table (xlsx)."""

import datetime as dt
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from sample.codes import FUND_NAMES
from sample.levels import LEVEL_NAMES, TOWN_CODE, own_lines, rounded
from sample.model import District, Line
from sample.people import DISTRICT_CODE
from sample.sheets import Sheet, Wan, style_of
from sample.small_transfers import SMALL, Small, passed_on
from sample.table_events import SPECIAL_SUMS

_COLUMNS = (
    "序号 方向 来源区划 来源区划名称 去向区划 转移支付类型 资金性质 项目编码 项目名称 功能科目 上级指标文号 指标文号 "
    "指标文标题 收文日期 下达日期 提前下达 所属年度 据实结算 金额 已下达金额"
)
_TRANSFERS = _COLUMNS.split()
_PREPAID = 4


class Transfer(NamedTuple):
    """Money from the level above, or to the town."""

    direction: str
    source: tuple[str, str]
    target: str
    kind: str
    line: Line | None
    documents: tuple[str, str, str]
    received_on: dt.date | None
    released_on: dt.date | None
    is_advance: bool
    is_prepaid: bool
    fen: int


def transfers(district: District, level: str, year: int) -> list[Transfer]:
    """Return a level's transfers of a year: general and shared ones as sums, special ones as the lines they became."""
    above = ("990100000", "青禾市") if level == DISTRICT_CODE else (DISTRICT_CODE, "青禾区")
    base = sum(line.appropriation_fen for line in own_lines(district, level, year) if line.fund == "11")
    early, late = dt.date(year - 1, 11, 20), dt.date(year, 1, 28)
    found = [
        _sum(level, above, ("一般性", "均衡性转移支付", 31), rounded(base * 0.14), (early, late)),
        _sum(level, above, ("共同事权", "义务教育共同事权转移支付", 45), rounded(base * 0.06), (early, late)),
        _sum(level, above, ("一般性", "体制补助", 52), rounded(base * 0.03), (early, dt.date(year, 2, 6))),
    ]
    if year == district.year:
        title, number, share, received, released = SPECIAL_SUMS[level]
        days = (dt.date(year, *received), dt.date(year, *released))
        found.append(_sum(level, above, ("专项", title, number), rounded(base * share), days))
    special: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in own_lines(district, level, year):
        if line.source == "上级转移支付" and line.project:
            special[line.unit.code, line.project.code].append(line)
    found += [_special(level, above, lines, place) for place, (_, lines) in enumerate(sorted(special.items()))]
    if level == TOWN_CODE:
        found += [_small(above, one, year, place) for place, one in enumerate(SMALL) if one.days is not None]
    if level == DISTRICT_CODE:
        found += _downward(district, year)
    return [_known(one, district.until) for one in found if _is_told(one, district.until)]


def _is_told(one: Transfer, until: dt.date) -> bool:
    """Tell what the table has: a document received, or passed on, or budgeted and still kept back."""
    days = [day for day in (one.received_on, one.released_on) if day]
    return min(days, default=until) <= until


def _known(one: Transfer, until: dt.date) -> Transfer:
    """Leave out a release that lies ahead."""
    return one._replace(released_on=None) if one.released_on and one.released_on > until else one


def _small(above: tuple[str, str], one: Small, year: int, place: int) -> Transfer:
    """Return a small transfer as the town has it: passed on to its units ten days after it came."""
    came = passed_on(one, dt.date(year, 1, 14))
    number = f"青财预〔{year}〕{400 + place}号"
    released = came and came + dt.timedelta(days=10)
    documents = (number, f"白财预〔{year}〕{400 + place}号", one.title)
    fen = one.wan * 1_000_000
    return Transfer("上级下达", above, TOWN_CODE, one.kind, None, documents, came, released, False, one.is_prepaid, fen)


def _downward(district: District, year: int) -> list[Transfer]:
    """Return what the district passes on: its own money without a day of receipt, the city's with one."""
    above = (DISTRICT_CODE, "青禾区")
    town = [one for one in transfers(district, TOWN_CODE, year) if one.received_on]
    own = [_small(above, one, year, place) for place, one in enumerate(SMALL) if year == district.year]
    kept_back = [one for one in own if one.received_on is None]
    return [_passed_down(one) for one in [*town, *kept_back]]


def _passed_down(one: Transfer) -> Transfer:
    """Return a transfer as the one who gave it has it: passed on the day the other received it."""
    upper, number, title = one.documents
    from_city = upper.startswith("市") and not one.is_advance
    received = one.received_on - dt.timedelta(days=8) if from_city and one.received_on else None
    documents = (upper if from_city else "", number if from_city else upper, title)
    return one._replace(direction="对下", received_on=received, released_on=one.received_on, documents=documents)


def _sum(
    level: str, above: tuple[str, str], told: tuple[str, str, int], fen: int, days: tuple[dt.date, dt.date]
) -> Transfer:
    kind, title, number = told
    received, released = days
    upper, own = ("市", "青") if level == DISTRICT_CODE else ("青", "白")
    documents = (f"{upper}财预〔{received.year}〕{number}号", f"{own}财预〔{released.year}〕{number + 100}号", title)
    early = received.year < released.year
    return Transfer("上级下达", above, level, kind, None, documents, received, released, early, False, fen)


def _special(level: str, above: tuple[str, str], lines: list[Line], place: int) -> Transfer:
    first = lines[0]
    received = first.released_on - dt.timedelta(days=_waiting(level, place))
    title = f"关于下达{first.project.name if first.project else ''}资金的通知"
    documents = (f"市财专〔{first.year}〕{60 + place}号", first.document, title)
    fen = sum(line.appropriation_fen for line in lines)
    return Transfer(
        "上级下达",
        above,
        level,
        "专项",
        first,
        documents,
        received,
        first.released_on,
        False,
        place % 9 == _PREPAID,
        fen,
    )


def _waiting(level: str, place: int) -> int:
    """Return how long money from above lay: some longer than thirty days, what is settled by actual cost too."""
    if place % 9 == _PREPAID:
        return 55
    if level == DISTRICT_CODE and place % 5 == 2:
        return 31 + place
    return 30 if place % 5 == 3 else 9 + place % 12


def write_transfers(path: Path, district: District, level: str, year: int) -> None:
    """Write a level's transfers, numbered, with a total."""
    found = transfers(district, level, year)
    with Sheet(path, "转移支付") as sheet:
        sheet.title(f"{LEVEL_NAMES[level]}{year}年转移支付情况表", len(_TRANSFERS))
        sheet.preamble("编制单位：青禾区财政局预算科", "单位：万元", len(_TRANSFERS))
        sheet.header(_TRANSFERS)
        for number, one in enumerate(found, 1):
            sheet.cells(_transfer_row(number, one, sheet.row, year))
        total, passed = Wan(sum(one.fen for one in found)), Wan(sum(one.fen for one in found if one.released_on))
        sheet.cells([None, "合    计", *([None] * (len(_TRANSFERS) - 4)), total, passed])


def _transfer_row(number: int, one: Transfer, row: int, year: int) -> list[object]:
    project = one.line.project if one.line else None
    return [
        *(str(number), one.direction, *one.source, one.target, one.kind),
        FUND_NAMES[one.line.fund if one.line else "11"],
        *((project.code, project.name, project.function) if project else (None, None, None)),
        *one.documents,
        *(one.received_on, one.released_on),
        "是" if one.is_advance else "否",
        str(year) if one.is_advance else None,
        "是" if one.is_prepaid else "否",
        Wan(one.fen, style_of(row)),
        Wan(one.fen) if one.released_on else None,
    ]
