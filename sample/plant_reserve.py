"""Plants what levels set aside: a reserve too small (B07), half used by June (B08), a working fund too large (B09)."""

import datetime as dt

from sample.desk import Desk
from sample.levels import LEVELS
from sample.model import RESERVE, SET_ASIDE, WORKING_FUND, Line, Unit
from sample.reserve import FUND_BP, RELEASED, decisions, fund_fen, reserve_fen, share_bp

_RANGE_BP = (100, 300)
_MOST_FUND_BP = 100
_LAST_EARLY_MONTH = 6


def plant_reserve(desk: Desk) -> None:
    """Add each level's reserve to its finance office's budget, and list what is true of it."""
    released = dt.date(desk.year, *RELEASED)
    for level in LEVELS:
        office = _office(desk, level)
        if released > desk.until or office is None:
            continue
        fen = reserve_fen(desk.district, level)
        _add_line(desk, office, RESERVE, fen, released)
        _plant_fund(desk, office, level, released)
        subject = f"division:{level}"
        if _RANGE_BP[0] <= share_bp(level) <= _RANGE_BP[1]:
            desk.innocent("B07", subject, "预备费在本级一般公共预算支出额的1%至3%之间")
        else:
            desk.plant("B07", subject)
        if _early_fen(desk, level) * 2 >= fen:
            desk.plant("B08", subject)
        else:
            desk.innocent("B08", subject, "预备费动支有政府决定，比例不高")


def _plant_fund(desk: Desk, office: Unit, level: str, released: dt.date) -> None:
    _add_line(desk, office, WORKING_FUND, fund_fen(desk.district, level), released)
    if FUND_BP[level] > _MOST_FUND_BP:
        desk.plant("B09", f"division:{level}")
    else:
        desk.innocent("B09", f"division:{level}", "预算周转金未超过本级一般公共预算支出总额的1%")


def _early_fen(desk: Desk, level: str) -> int:
    known = [one for one in decisions(desk.district, level) if one.on and one.on <= desk.until]
    return sum(one.fen or 0 for one in known if one.on and one.on.month <= _LAST_EARLY_MONTH)


def _office(desk: Desk, level: str) -> Unit | None:
    """Return the level's finance office, else its first office."""
    offices = [one for one in desk.district.units if one.division == level and one.is_office and one.closed is None]
    return next((one for one in offices if one.department.theme == "finance"), offices[0] if offices else None)


def _add_line(desk: Desk, unit: Unit, function: str, fen: int, released: dt.date) -> None:
    year = desk.year
    line = Line(year, unit, None, function, "39999", "11", "本年预算", "公用经费", "公用", fen, released, segments=[])
    line.code = f"ZB{year}{unit.division[6:]}{900_000 + SET_ASIDE.index(function)}"
    line.document = f"青财预〔{year}〕9号"
    desk.district.lines[year].append(line)
