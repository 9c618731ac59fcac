"""Plants slips of those who deliver, in codes, vouchers, days, signs, units and reports (H05 to H10)."""

import datetime as dt
from collections import Counter

import numpy as np
import polars as pl

from budget.subjects import unit_subject
from sample.desk import Desk
from sample.model import ROUND_FEN, Extra, Line
from sample.ordinary_lines import OrdinaryLines
from sample.payees import company
from sample.people import LATE_DIVISION
from sample.profiles import FINAL

_NUMBER = 44
_WRONG_CODES = ("30298", "30277", "31098", "30260", "30245", "31077")
_RIGHT_CODES = (
    ("30299", "年度科目表中的有效科目"),
    ("31099", "年度科目表中的有效科目"),
    ("30240", "年度科目表中的有效科目"),
)
_DOUBLED_FEN = (418_300, 356_700, 602_100, 274_900, 731_200, 185_600)
_EARLY_DAYS = (1, 15, 60, 3, 8, 22)
_LATE_DAY, _FEW_DAYS = 21, 5  # of January: released after the one, paid at most the other before
_CARRIES_FEN = 1_000_000
_NEGATIVE_FEN = (100, 52_000, 178_600, 236_400, 91_000, 340_500)
_UNLISTED = 5
_FALLS_FEN = (1_500_000, 10_000_000, 3_200_000, 24_000_000, 6_700_000, 2_100_000)
_DAY = dt.timedelta(days=1)


def plant_slips(desk: Desk) -> None:
    """Plant what H05 to H09 must find in the current year's vouchers and unit table, and look-alikes."""
    if desk.until < dt.date(desk.year, 3, 25):
        return
    lines = OrdinaryLines(desk, _NUMBER)
    _unlisted(desk)
    _codes(lines)
    _doubled(lines)
    _early(lines)
    _negative(lines)


def _unlisted(desk: Desk) -> None:
    """Leave the units least planted on out of this year's unit table; nothing about their pace is judged."""
    load = Counter(subject.partition(":")[2].partition("/")[0] for subject in _subjects(desk))
    order = np.random.default_rng([desk.district.units[0].base_fen, _NUMBER])
    open_units = [lines[0].unit for lines in desk.by_unit.values()]
    mixed = [open_units[int(place)] for place in order.permutation(len(open_units))]
    free = [
        unit
        for unit in mixed
        if unit.division != LATE_DIVISION and unit.opened is None and not desk.is_closed_to_others(unit)
    ]
    wanted = max(1, round(_UNLISTED * desk.share))
    units = sorted(free, key=lambda unit: load[unit.code])[:wanted]
    for unit in units:
        desk.plant("H09", unit.subject)
        desk.close(unit)
        desk.doubted.add(unit.code)
    desk.district.unlisted = frozenset(unit.code for unit in units)
    for unit in [one for one in desk.district.units if one.successor][:2]:
        desk.innocent("H09", unit.subject, "已撤并，单位表注明了承接单位")
    for department in sorted({unit.department.code for unit in desk.district.units})[:2]:
        desk.innocent("H09", unit_subject(department), "部门编码，列在单位表中")


def _subjects(desk: Desk) -> set[str]:
    """Return what is planted on, or stands beside it, so far."""
    return {mark.subject for mark in desk.marks} | desk.touched


def _codes(lines: OrdinaryLines) -> None:
    desk = lines.desk
    for place, code in enumerate(desk.some(_WRONG_CODES)):
        if line := lines.take("H05", "30201", 300_000):
            fen = 128_000 + 9_700 * place
            line.extras.append(
                Extra(lines.day(place), fen, "日常办公支出", company("office", 170 + place), economic=code)
            )
            desk.plant("H05", f"code:{line.unit.division}/dept_economic/{code}")
    for place, (code, why) in enumerate(_RIGHT_CODES):
        if line := lines.take("H05", "30201", 300_000):
            payee = company("office", 180 + place)
            line.extras.append(Extra(lines.day(place + 3), 117_000 + 700 * place, "其他费用", payee, economic=code))
            desk.innocent("H05", f"code:{line.unit.division}/dept_economic/{code}", why)


def _doubled(lines: OrdinaryLines) -> None:
    for place, fen in enumerate(lines.desk.some(_DOUBLED_FEN)):
        if line := lines.take("H06", "30201", fen):
            lines.voucher(
                "H06", line, lines.day(place + 1), fen, purpose="办公耗材款", payee=company("office", 190 + place)
            )
    for place in range(3):
        fen = 268_000 + 13_000 * place
        if line := lines.take("H06", "30201", 2 * fen):
            on, payee = lines.day(place + 4), company("print", 150 + place)
            lines.voucher("H06", line, on, fen, purpose="印刷费", payee=payee, why="金额相同但凭证号不同，是两笔支付")
            line.extras.append(Extra(on, fen, "印刷费", payee))


def double_vouchers(desk: Desk) -> None:
    """Deliver the vouchers planted for H06 a second time, each other one under another day of the same week."""
    tags = [tag for tag, (rule, why) in desk.tagged.items() if rule == "H06" and not why]
    again = desk.district.payments.filter(pl.col("tag").is_in(tags) & (pl.col("year") == desk.year))
    later = pl.int_range(pl.len()) % 2 == 1
    on = pl.when(later & (pl.col("paid_on").dt.day() < 25)).then(pl.col("paid_on") + _DAY).otherwise("paid_on")
    copies = again.with_columns(paid_on=on, tag=pl.lit(None, pl.String))
    desk.district.payments = pl.concat([desk.district.payments, copies])


def _early(lines: OrdinaryLines) -> None:
    """Date payments before the release of late transfers; before September, of projects released late in January."""
    desk = lines.desk
    marked = _subjects(desk)
    own = sorted((line for lines in desk.by_unit.values() for line in lines if line.project), key=lambda one: one.code)
    fits = [
        line
        for line in own
        if line.project_subject not in marked
        and line.unit.division != LATE_DIVISION
        and not desk.is_closed_to_others(line.unit)
        and line.paid_fen > _CARRIES_FEN
    ]
    late = [line for line in fits if line.source == "上级转移支付"]
    january = [
        line
        for line in fits
        if line.source == "本年预算" and line.category in FINAL and line.released_on.day > _LATE_DAY
    ]
    free = late or january
    wanted = desk.some(_EARLY_DAYS)
    for days, line in zip(wanted, free, strict=False):
        _before(line, days if late else min(days, _FEW_DAYS), 214_000 + 7_100 * days)
        desk.plant("H07", line.project_subject)
        desk.doubted.add(line.project_subject.removeprefix("project:"))
    for line in free[len(wanted) :][:2]:
        _before(line, 0, 231_000)
        desk.innocent("H07", line.project_subject, "支付与指标下达在同一天")
    used = _subjects(desk)
    for line in [one for one in fits if one.source == "上年结转" and one.project_subject not in used][:2]:
        _before(line, 2, 226_000)
        desk.innocent("H07", line.project_subject, "上年结转资金，批复前可以支付")


def _before(line: Line, days: int, fen: int) -> None:
    name = line.project.name if line.project else ""
    line.extras.append(Extra(line.released_on - days * _DAY, fen, f"{name}前期费用", company("service", 140 + days)))


def _negative(lines: OrdinaryLines) -> None:
    for place, fen in enumerate(lines.desk.some(_NEGATIVE_FEN)):
        if line := lines.take("H08", "30201", fen):
            payee = company("office", 100 + place)
            lines.voucher("H08", line, lines.day(place + 2), -fen, purpose="日常办公用品", payee=payee)
    for place in range(3):
        fen = 164_000 + 21_000 * place
        if line := lines.take("H08", "30201", 2 * fen):
            on, payee = lines.day(place + 6), company("print", 170 + place)
            paid, back = f"H08-paid-{line.code}", lines.tag("H08", "退款可以为负数")
            line.extras += [
                Extra(on, fen, "印刷费", payee, tag=paid),
                Extra(on, -fen, "印刷费退回", payee, kind="退款", tag=back, original=paid),
            ]


def plant_falls(desk: Desk) -> None:
    """Let some departments' cumulative reports fall; each disagrees with the vouchers too (H03)."""
    marked = {(mark.subject, mark.period) for mark in desk.marks}
    months = desk.district.months.filter((pl.col("year") == desk.year) & (pl.col("division") != LATE_DIVISION))
    sums = {
        (dep, month): fen
        for dep, month, fen in months.group_by("department", "month").agg(pl.col("paid").sum()).iter_rows()
    }
    free = [
        (dep, month)
        for dep, month in sorted(sums)
        if (dep, month - 1) in sums and not _is_marked(desk, marked, dep, (month - 1, month, month + 1))
    ]
    order = np.random.default_rng([desk.district.units[0].base_fen, desk.until.toordinal(), _NUMBER + 1])
    seen: set[str] = set()
    wanted = list(desk.some(_FALLS_FEN))
    for place in order.permutation(len(free)):
        dep, month = free[int(place)]
        if not wanted or dep in seen:
            continue
        fen = sums[dep, month] - sums[dep, month - 1] + wanted.pop(0)
        if _lower(desk, dep, month, fen):
            seen.add(dep)
            desk.plant("H10", unit_subject(dep), f"{desk.year}-{month:02d}")
            desk.plant("H03", unit_subject(dep), f"{desk.year}-{month:02d}")
    for dep, month in [one for one in free if one[0] not in seen][:3]:
        desk.innocent("H10", unit_subject(dep), "累计支出高于上期", f"{desk.year}-{month:02d}")


def _is_marked(desk: Desk, marked: set[tuple[str, str]], dep: str, months: tuple[int, ...]) -> bool:
    return any((unit_subject(dep), f"{desk.year}-{month:02d}") in marked for month in months)


def _lower(desk: Desk, dep: str, month: int, fen: int) -> bool:
    """Take fen off the largest line of a department's month, in steps of 0.01 万元; False where it is too small."""
    at = (pl.col("year") == desk.year) & (pl.col("month") == month) & (pl.col("department") == dep)
    largest = max(desk.district.months.filter(at)["paid"].to_list(), default=0)
    less = -(-fen // ROUND_FEN) * ROUND_FEN
    if largest <= less:
        return False
    first = at & (pl.col("paid") == largest)
    is_first = first & (first.cum_sum() == 1)
    paid = pl.when(is_first).then(pl.col("paid") - less).otherwise("paid")
    desk.district.months = desk.district.months.with_columns(paid=paid)
    return True


def fallen(desk: Desk) -> set[tuple[str, str, str]]:
    """Return every fall of a department's report beyond 1 万元, but for figures in another unit."""
    own = desk.district.months.filter(pl.col("year") == desk.year)
    sums = own.group_by("department", "month").agg(pl.col("paid").sum()).sort("department", "month").iter_rows()
    found, before = set(), ("", 0)
    for dep, month, fen in sums:
        is_slip = fen > 0 and before[1] // fen >= 5_000
        if dep == before[0] and before[1] - fen > 1_000_000 and not is_slip:
            found.add(("H10", unit_subject(dep), f"{desk.year}-{month:02d}"))
        before = dep, fen
    return found
