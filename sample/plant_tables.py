"""Plants wages that are not paid and bond money for running costs; lists what goes wrong in the tables."""

import datetime as dt
from collections.abc import Iterator

import numpy as np

from sample.bonds import CURRENT, REFINANCE, bonds
from sample.budgets import WAGES
from sample.desk import Desk
from sample.levels import LEVELS, TOWN_CODE
from sample.model import Extra, Line, Mark, Unit
from sample.payees import company
from sample.people import DISTRICT_CODE, LATE_DIVISION
from sample.revenue_truths import last_months, months_there
from sample.table_truths import table_truths

# Months of wages not paid, unit by unit; one is that of a unit that pays a month later.
_MONTHS_OWED = (2, 3, 2, 4, 3, 2, 1, 1, 1)
_MOST_BONDS = 8
_STEP_FEN = 1_000_000


def plant_tables(desk: Desk, seed: int) -> list[Mark]:
    """Plant what has to stand in the payments: wages owed, and what bond projects paid for running costs.

    Returns the look-alikes among them, to be listed once the payments are built.
    """
    rng = np.random.default_rng([seed, 53])
    return [*_owe_wages(desk, rng), *_use_bonds(desk, seed)]


def list_tables(desk: Desk, seed: int, alike: list[Mark]) -> None:
    """List what is true of the tables as built, and what only looks so, ``alike`` too."""
    true = table_truths(desk.district, seed)
    for rule, subject, period in sorted(true):
        desk.plant(rule, subject, period)
    for mark in sorted({*alike, *(Mark(*told) for told in _look_alikes(desk, seed))}):
        if (mark.rule, mark.subject, mark.period) not in true:
            desk.marks.append(mark)


def _owe_wages(desk: Desk, rng: np.random.Generator) -> Iterator[Mark]:
    """Leave out the last paydays of some units that nothing else is planted on."""
    told = {mark.subject for mark in desk.marks} | desk.touched
    units = [lines[0].unit for lines in desk.by_unit.values()]
    free = [unit for unit in units if _is_free(desk, unit, told)]
    order = [free[int(place)] for place in rng.permutation(len(free))]
    for unit, months in zip(order, desk.some(_MONTHS_OWED), strict=False):
        wages = [line for line in desk.by_unit[unit.code] if line.economic in WAGES and line.profile == "monthly"]
        if any(line.count <= months for line in wages):
            continue
        for line in wages:
            line.paid_fen -= line.paid_fen // line.count * months
            line.count -= months
        desk.touched.add(unit.subject)
        if months == 1:
            yield Mark("G17", unit.subject, str(desk.year), "工资次月发放，只差一个月")


def _is_free(desk: Desk, unit: Unit, told: set[str]) -> bool:
    is_quiet = unit.subject not in told and not desk.is_closed_to_others(unit)
    return is_quiet and unit.opened is None and unit.division != LATE_DIVISION


def _use_bonds(desk: Desk, seed: int) -> Iterator[Mark]:
    """Let projects of bonds pay for running costs, or for the costs of issuing."""
    if desk.until < dt.date(desk.year, 4, 15):
        return
    for place, line in enumerate(_lines_of_bonds(desk, seed)):
        day = desk.weekday(dt.date(desk.year, 2, 20), desk.until - dt.timedelta(days=20), (place + 1) / 10)
        fen = _STEP_FEN * (3 + place)
        is_issue = place % 2 == 1
        purpose = "支付债券登记手续费" if is_issue else "项目管理部办公用品购置"
        code = "30204" if is_issue else "30201"
        line.extras.append(Extra(day, fen, purpose, company("service", 60 + place), economic=code))
        if is_issue:
            yield from _issued_for(desk, line, seed)


def _issued_for(desk: Desk, line: Line, seed: int) -> Iterator[Mark]:
    """Yield the bonds of a project whose only payments under 302 are the costs of issuing them."""
    for bond in bonds(desk.district, seed):
        if bond.line and bond.line.project_subject == line.project_subject:
            subject = f"bond:{DISTRICT_CODE}/{bond.code}"
            yield Mark("G13", subject, str(desk.year), "支付的是债券发行登记费用，不属项目经常性支出")


def _lines_of_bonds(desk: Desk, seed: int) -> Iterator[Line]:
    """Yield the current year's lines of projects that bonds of former years were raised for, each project once."""
    seen: set[str] = set()
    for bond in bonds(desk.district, seed):
        if bond.line is None or bond.use == CURRENT or bond.line.project is None or bond.line.year == desk.year:
            continue
        lines = desk.by_unit.get(bond.line.unit.code, [])
        line = next((one for one in lines if one.project and one.project.code == bond.line.project.code), None)
        if line is None or line.project_subject in seen or line.segments is not None or line.paid_fen < 20 * _STEP_FEN:
            continue
        if line.unit.division == LATE_DIVISION or desk.is_closed_to_others(line.unit):
            continue
        seen.add(line.project_subject)
        yield line
        if len(seen) == _MOST_BONDS:
            return


def _look_alikes(desk: Desk, seed: int) -> Iterator[tuple[str, str, str, str]]:
    """Yield what looks irregular and is not: (rule, subject, period, why); what is true is taken out later."""
    district, year = desk.district, desk.year
    for level in LEVELS:
        yield from _of_months(level, year, months_there(district))
        for period in last_months(district):
            yield from _of_quarter(level, period)
    yield from _of_debt(desk, seed)
    for period in last_months(district):
        yield "G03", f"revenue:{DISTRICT_CODE}/14/-", period, "收缴进度快于上年，累计增幅不到20%"
        for kind in ("general", "special"):
            yield "G11", f"debt:{DISTRICT_CODE}/{kind}", period, "季末余额在限额的90%以内，季中新增限额已批准"
        yield "G12", f"debt:{DISTRICT_CODE}/all", period, "债务率接近120%，未达到"
    for place in range((desk.until.month + 2) // 3):
        for name in (f"{DISTRICT_CODE}/in", f"{DISTRICT_CODE}/out", f"{TOWN_CODE}/in"):
            yield "G18", f"transfers:{name}", f"{year}Q{place + 1}", "专项转移支付占比不到40%"
    for level in LEVELS:
        for code in ("204", "207", "210", "213", "215", "220"):
            yield "G19", f"account:{level}/11/{code}", str(year - 1), "预决算差异接近10%，未达到"


def _of_debt(desk: Desk, seed: int) -> Iterator[tuple[str, str, str, str]]:
    for bond in bonds(desk.district, seed):
        subject, year = f"bond:{DISTRICT_CODE}/{bond.code}", str(desk.year)
        why = "再融资债券用于偿还到期债券" if bond.use == REFINANCE else "资金到账不足180天，或者已支出过半"
        yield "G14", subject, year, why
        if bond.use == REFINANCE:
            yield "G13", subject, year, "再融资债券用于偿还到期债券，不是经常性支出"


def _of_months(level: str, year: int, months: list[int]) -> Iterator[tuple[str, str, str, str]]:
    for month in months:
        period = f"{year}-{month:02d}"
        if month in (4, 7, 10):
            yield "G01", f"revenue:{level}/11/101", period, "季度申报纳税月份，环比大幅增长属正常"
            yield "G02", f"revenue:{level}/11/101", period, "季度申报纳税月份，与上年同月相比正常"
        if month in (3, 6):
            yield "G01", f"revenue:{level}/11/103", period, "上年同月同样增长，属季节性"


def _of_quarter(level: str, period: str) -> Iterator[tuple[str, str, str, str]]:
    yield "G04", f"revenue:{level}/11/10111", period, "印花税接近翻番，但规模不足1%"
    yield "G05", f"revenue:{level}/11/10399", period, "其他收入接近翻番，但规模不足1%"
    for code in ("1030146", "1030148"):
        yield "G06", f"revenue:{level}/12/{code}", period, "土地收入集中入库，累计增幅不到100%"
    yield "G07", f"revenue:{level}/11/-", period, "税收占比高于60%"
    yield "G08", f"revenue:{level}/12/land", period, "土地出让收入低于一般公共预算收入"
    for head in ("-", "101", "103"):
        yield "G09", f"revenue:{level}/11/{head}", period, "按季、集中入库，与历年同期进度相差不到10个百分点"
    yield "G15", f"treasury:{level}", period, "库款在月均支出的0.3至0.8倍之间"
    yield "G16", f"treasury:{level}", period, "暂付款接近上年支出的3%，未达到"
    yield "G20", f"revenue:{level}/11/10307", period, "当月应缴尚在结算期内，次月缴清"
