"""Plants concentrated payees (E17): one company gets most of what a unit pays for one category of projects."""

import datetime as dt
from collections import defaultdict

import numpy as np

from sample.by_hand import left_of, payee_named
from sample.desk import Desk
from sample.model import Extra, Line
from sample.payees import Payee, company
from sample.people import LATE_DIVISION

_DAY = dt.timedelta(days=1)
_WAN = 1_000_000


def plant_concentrated(desk: Desk, seed: int) -> None:
    """Give most of what a unit pays for one category of projects to one company, in two projects at least."""
    if desk.until < dt.date(desk.year, 3, 25):
        return
    kept, desk.rng = desk.rng, np.random.default_rng([seed, 74])
    _concentrated(desk)
    desk.rng = kept


def _concentrated(desk: Desk) -> None:
    groups: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for lines in desk.by_unit.values():
        for line in lines:
            if line.project and line.paid_fen and line.unit.division != LATE_DIVISION:
                groups[line.unit.code, line.project.category].append(line)
    pairs = [(key, lines) for key, lines in sorted(groups.items()) if len(lines) > 1 and _may_gather(lines)]
    mixed = [pairs[int(place)] for place in desk.rng.permutation(len(pairs))]
    shares = [*desk.some((5_000, 7_000, 9_000, 5_400, 6_200, 5_800, 6_600)), -1, -1]
    for (unit, category), lines in mixed:
        if not shares:
            break
        share = shares[0]
        wanted = sum(line.paid_fen for line in lines) * (share if share > 0 else 6_000) // 10_000 + 1
        taken = _take_pair(desk, lines, wanted)
        if not taken:
            continue
        shares.pop(0)
        subject = f"category:{unit}/{category}"
        if share > 0:
            payee = company("digital", 170 + len(shares))._replace(account=f"6229{len(shares):012d}")
            desk.plant("E17", subject)
        else:
            payee = payee_named("国网青禾供电公司", 8_300)
            desk.innocent("E17", subject, "公用事业单位，不计入集中度")
        _gather(desk, taken, wanted, payee)
    _one_project(desk, [lines[0] for lines in groups.values() if len(lines) == 1])


def _one_project(desk: Desk, alone: list[Line]) -> None:
    """Pay most of the only project of a category to one company: one contract has one payee."""
    fits = [line for line in alone if left_of(line) >= 40 * _WAN and not line.extras]
    line = desk.lend_line(lambda one: any(one is other for other in fits), desk.rng)
    if line and line.project:
        _gather(desk, [line], line.paid_fen * 7 // 10, payee_named("青禾市政集团有限公司", 8_310))
        desk.innocent("E17", f"category:{line.unit.code}/{line.project.category}", "只有一个项目，一份合同一个收款人")


def _may_gather(lines: list[Line]) -> bool:
    total = sum(line.paid_fen for line in lines)
    codes = {line.project.code for line in lines if line.project}
    return len(codes) > 1 and total >= 60 * _WAN and all(line.economic[:3] in ("302", "310") for line in lines)


def _take_pair(desk: Desk, lines: list[Line], wanted: int) -> list[Line]:
    """Take the lines of a group that are still open, where they can carry what is wanted."""
    open_ones = [line for line in lines if line.segments is None and not line.extras]
    if sum(line.paid_fen for line in open_ones) * 19 // 20 < wanted or len(open_ones) < 2:
        return []
    taken = [desk.lend_line(lambda one, line=line: one is line, desk.rng) for line in open_ones]  # type: ignore[misc]
    found = [line for line in taken if line is not None]
    return found if len(found) > 1 and sum(line.paid_fen for line in found) * 19 // 20 >= wanted else []


def _gather(desk: Desk, lines: list[Line], wanted: int, payee: Payee) -> None:
    whole = sum(line.paid_fen for line in lines)
    for line in lines:
        share = wanted * line.paid_fen // whole + 1
        first = max(line.released_on + 20 * _DAY, dt.date(desk.year, 2, 25))
        for number in range(3):
            part = share // 3 + (share % 3 if number == 2 else 0)
            on = desk.weekday(first, desk.until - 12 * _DAY, 0.2 + 0.3 * number)
            line.extras.append(Extra(on, part, f"服务合同第{number + 1}期款", payee))
