"""The units of the made-up district and the projects they run through the years."""

import datetime as dt
import math
from dataclasses import dataclass, replace

import numpy as np

from sample.department_names import DEPARTMENTS
from sample.model import Project, Unit
from sample.project_names import PLACES, ROUNDS, SEASONAL, THEMES, TRANSFERS, Template

_SIZES_WAN = {"990101000": 2600.0, "990101100": 1500.0}
_STREET_SIZE_WAN = 1300.0
_HEAVY = ("works", "urban", "welfare", "street", "farm", "economy")
_FUND_ITEMS = {"works": "2120803", "street": "2120804", "welfare": "2296002", "culture": "2296003"}
# Units whose work falls into the flood and fire season: low early and low at year end, every year.
SEASONAL_UNITS = ("区防汛抗旱服务中心", "区综合应急救援大队", "白鹭镇林业工作站")
# Units reorganised (撤并) on 1 January of the current year: into which unit; a new name is a new unit.
MERGED = {"区旅游发展服务中心": "区文化馆", "区投资促进中心": "区投资促进和企业服务中心"}


@dataclass(frozen=True)
class Slot:
    """A steady share of a unit's project money, filled by one project a year."""

    weight: float
    template: Template
    projects: dict[int, Project]
    release: tuple[int, int] | None = None


def build_units(year: int, scale: float, rng: np.random.Generator) -> list[Unit]:
    """Build the units; below a scale of 1/3 each department keeps fewer of them."""
    units: list[Unit] = []
    for division, departments in DEPARTMENTS.items():
        size = _SIZES_WAN.get(division, _STREET_SIZE_WAN)
        for department in departments:
            kept = max(1, math.ceil(len(department.units) * min(1.0, scale * 3)))
            for position, name in enumerate(department.units[:kept]):
                wan = size * float(np.clip(rng.lognormal(0, 0.45), 0.35, 2.6)) * (1.25 if position == 0 else 0.9)
                low = 0.42 if department.theme in _HEAVY else 0.3
                share = float(rng.uniform(low, low + 0.22)) * (0.6 if department.theme == "school" else 1.0)
                code = f"{department.code}{position + 1:03d}"
                base = round(wan) * 1_000_000
                units.append(Unit(len(units), code, name, department, division, base, share, position == 0))
    return _reorganised(units, year)


def _reorganised(units: list[Unit], year: int) -> list[Unit]:
    by_name = {unit.name: unit for unit in units}
    changed = list(units)
    for old_name, new_name in MERGED.items():
        old = by_name.get(old_name)
        if old is None:
            continue
        new = by_name.get(new_name)
        if new is None:
            code = f"{old.department.code}{len(old.department.units) + 1:03d}"
            new = replace(old, number=len(changed), code=code, name=new_name, opened=dt.date(year, 1, 1))
            changed.append(new)
        closed = dt.date(year - 1, 12, 31)
        changed[old.number] = replace(old, closed=closed, successor=new.code)
    return changed


def active_units(units: list[Unit], year: int) -> list[Unit]:
    """Return the units that have a budget in a year."""
    return [
        unit
        for unit in units
        if not (unit.closed and unit.closed.year < year) and not (unit.opened and unit.opened.year > year)
    ]


class Serial:
    """Hands out project codes: 区划 9 digits, year 2, number 10."""

    def __init__(self) -> None:
        self._last = 0

    def code(self, division: str, year: int) -> str:
        """Return the next project code."""
        self._last += 1
        return f"{division}{year % 100:02d}{self._last:010d}"


def plan_slots(units: list[Unit], years: list[int], rng: np.random.Generator) -> dict[str, list[Slot]]:
    """Plan each unit's projects; a unit that took over another's work takes over its plan."""
    serial = Serial()
    plans = {unit.code: _plan(unit, years, serial, rng) for unit in units if unit.opened is None}
    for unit in units:
        if unit.successor and unit.successor not in plans:
            plans[unit.successor] = plans[unit.code]
    return plans


def _plan(unit: Unit, years: list[int], serial: Serial, rng: np.random.Generator) -> list[Slot]:
    themes = THEMES[unit.department.theme]
    wanted = int(rng.integers(5, 8))
    chosen = [themes[int(i)] for i in rng.permutation(len(themes))[:wanted]]
    weights = rng.uniform(0.6, 1.4, len(chosen))
    weights = weights / weights.sum()
    if unit.name in SEASONAL_UNITS:
        chosen = [Template(SEASONAL[i % len(SEASONAL)], "季节性", ("30227",)) for i in range(4)]
        weights = np.array([0.3, 0.3, 0.2, 0.2])
        return [
            _slot(unit, t, float(w), years=years, serial=serial, rng=rng) for t, w in zip(chosen, weights, strict=True)
        ]
    slots = [
        _slot(unit, t, float(w), years=years, serial=serial, rng=rng) for t, w in zip(chosen, weights, strict=True)
    ]
    return slots + _special(unit, chosen, years=years, serial=serial, rng=rng)


def _special(
    unit: Unit, chosen: list[Template], *, years: list[int], serial: Serial, rng: np.random.Generator
) -> list[Slot]:
    slots: list[Slot] = []
    if rng.random() < 0.4:
        month_day = (9, int(rng.integers(5, 26))) if rng.random() < 0.5 else (10, int(rng.integers(9, 29)))
        template = Template(TRANSFERS[int(rng.integers(len(TRANSFERS)))], "专项转移", ("30299",))
        slots.append(replace(_slot(unit, template, 0.07, years=years, serial=serial, rng=rng), release=month_day))
    if (unit.department.theme == "finance" and unit.is_office) or (unit.is_office and rng.random() < 0.2):
        slots.append(
            _slot(unit, Template("年初预留待分配经费", "预留", ("39999",)), 0.03, years=years, serial=serial, rng=rng)
        )
    if any(t.category == "工程" for t in chosen) and rng.random() < 0.3:
        slots.append(
            _slot(unit, Template("工程质量保证金", "质保金", ("31006",)), 0.02, years=years, serial=serial, rng=rng)
        )
    return slots


def _slot(
    unit: Unit, template: Template, weight: float, *, years: list[int], serial: Serial, rng: np.random.Generator
) -> Slot:
    """Fill a slot: some projects run through all years, others are followed by a new one after one to three years."""
    projects: dict[int, Project] = {}
    current: Project | None = None
    lasting = rng.random() < 0.7
    for place, year in enumerate(years):
        if current is None or (not lasting and rng.random() < 0.5):
            current = _project(unit, template, place, serial.code(unit.division, year), rng)
        projects[year] = current
    return Slot(weight, template, projects)


def _project(unit: Unit, template: Template, place: int, code: str, rng: np.random.Generator) -> Project:
    theme = unit.department.theme
    fund = theme in _FUND_ITEMS and template.category in ("工程", "民生") and rng.random() < 0.3
    items = unit.department.items
    function = _FUND_ITEMS[theme] if fund else items[int(rng.integers(len(items)))]
    where = PLACES[int(rng.integers(len(PLACES)))] if template.category == "工程" else ""
    tail = ROUNDS[int(rng.integers(len(ROUNDS)))] if place else ""
    return Project(code, f"{where}{template.name}{tail}", template.category, function, "12" if fund else "11")
