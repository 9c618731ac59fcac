"""Budget lines of a year: wages, office money and projects, their releases and their adjustments."""

import datetime as dt
import hashlib

import numpy as np

from sample.model import ROUND_FEN, THREE_PUBLIC, Change, Line, Unit
from sample.profiles import FINAL, UNSPENT
from sample.structure import MERGED, Slot, active_units

GROWTH = 1.03
FIRST_YEAR = 2020
THREE_PUBLIC_SHRINKS = 0.94 / GROWTH
WAGES = ("30101", "30102", "30103", "30107")
_PERSONNEL = {
    True: {"30101": 0.30, "30102": 0.22, "30103": 0.14, "30108": 0.14, "30110": 0.07, "30113": 0.13},
    False: {"30101": 0.30, "30107": 0.26, "30103": 0.10, "30108": 0.14, "30110": 0.07, "30113": 0.13},
}
_PUBLIC = {
    "30201": 0.17,
    "30202": 0.05,
    "30205": 0.04,
    "30206": 0.10,
    "30207": 0.05,
    "30209": 0.14,
    "30211": 0.09,
    "30213": 0.12,
    "30216": 0.05,
    "30217": 0.03,
    "30228": 0.06,
    "30231": 0.05,
    "31002": 0.05,
}
_SOMETIMES = ("30202", "30205", "30207", "30209", "30216", "31002")
_SOCIAL = {"30108": "2080505", "30113": "2210201"}
_SCHOOL_ITEMS = (("幼儿园", "2050201"), ("小学", "2050202"), ("中学", "2050204"))
# Units that keep no official car and entertain nobody: no 三公 budget at all.
NO_THREE_PUBLIC = ("区图书馆", "区审计服务中心", "柳园街道综合文化站", "区残疾人康复中心", "区特殊教育学校")


def to_round(fen: float) -> int:
    """Round to 0.01 万元, at least one such step."""
    return max(ROUND_FEN, round(fen / ROUND_FEN) * ROUND_FEN)


def build_lines(
    units: list[Unit], plans: dict[str, list[Slot]], year: int, years: list[int], rng: np.random.Generator
) -> list[Line]:
    """Build the year's lines of every unit, without adjustments or payments."""
    lines: list[Line] = []
    bases = {unit.name: unit.base_fen for unit in units}
    active = active_units(units, year)
    names = {unit.name for unit in active}
    for unit in active:
        base = unit.base_fen * GROWTH ** (year - years[0])
        merged = [old for old, new in MERGED.items() if new == unit.name and unit.opened is None and old in bases]
        base += sum(bases[old] for old in merged if old not in names) * GROWTH ** (year - years[0])
        lines += _basic(unit, year, base * (1 - unit.project_share), rng)
        for slot in plans[unit.code]:
            lines += _slot_lines(unit, slot, year, base * unit.project_share * slot.weight, rng)
    _number(lines)
    return lines


def _number(lines: list[Line]) -> None:
    for number, line in enumerate(lines, start=1):
        line.code = f"ZB{line.year}{line.unit.division[6:]}{number:06d}"
        line.document = line.document or f"青财预〔{line.year}〕{_document_no(line)}号"


def _document_no(line: Line) -> int:
    if line.source == "上级转移支付":
        return 200 + int(hashlib.sha256(line.code.encode()).hexdigest(), 16) % 160
    return {"990101000": 1, "990101010": 2, "990101011": 3, "990101012": 4}.get(line.unit.division, 5)


def main_function(unit: Unit) -> str:
    """Return the 项 of a unit's running costs: 行政运行 for offices, 事业运行 or the school's item for others."""
    if unit.department.theme == "school":
        return next((code for word, code in _SCHOOL_ITEMS if word in unit.name), "2050101")
    return f"{unit.department.running}{'01' if unit.is_office else '50'}"


def _function(unit: Unit, economic: str) -> str:
    if economic == "30110":
        return "2101101" if unit.is_office else "2101102"
    return _SOCIAL.get(economic, main_function(unit))


def _basic(unit: Unit, year: int, fen: float, rng: np.random.Generator) -> list[Line]:
    released = dt.date(year, 1, 12 + unit.number % 4)
    office_share = 0.17 if unit.is_office else 0.2
    lines = [
        _line(unit, code, "人员经费", "monthly", fen=fen * (1 - office_share) * share, released=released)
        for code, share in _PERSONNEL[unit.is_office].items()
    ]
    left_out = {code for place, code in enumerate(_SOMETIMES) if (unit.number + place) % 3 == 0}
    left_out |= set(THREE_PUBLIC) if unit.name in NO_THREE_PUBLIC else set()
    public = dict(_PUBLIC)
    if unit.department.theme in ("economy", "office", "congress") and unit.is_office:
        public["30212"] = 0.03
    for code, share in public.items():
        if code not in left_out:
            profile = "三公" if code in THREE_PUBLIC else "公用"
            noise = rng.uniform(0.96, 1.04)
            # 三公 budgets only shrink (只减不增), each year by the same share.
            level = THREE_PUBLIC_SHRINKS ** (year - FIRST_YEAR) if code in THREE_PUBLIC else noise
            amount = fen * office_share * share * level
            lines.append(_line(unit, code, "公用经费", profile, fen=amount, released=released))
    return lines


def _line(unit: Unit, code: str, kind: str, profile: str, *, fen: float, released: dt.date) -> Line:
    return Line(
        released.year,
        unit,
        None,
        _function(unit, code),
        code,
        "11",
        "本年预算",
        kind,
        profile,
        to_round(fen),
        released,
    )


def _slot_lines(unit: Unit, slot: Slot, year: int, fen: float, rng: np.random.Generator) -> list[Line]:
    project = slot.projects[year]
    fen *= rng.uniform(0.97, 1.03)
    codes = slot.template.economic
    released = dt.date(year, 1, int(rng.integers(18, 29)))
    source, profile = "本年预算", project.category
    if slot.release:
        released = dt.date(year, *slot.release) + dt.timedelta(days=int(rng.integers(-3, 4)))
        source, profile = "上级转移支付", "even"
    shares = [1.0] if len(codes) == 1 else [0.7, 0.3]
    carried = project.category not in UNSPENT and slot.release is None and rng.random() < 0.08
    parts = [(code, source, fen * share * (0.9 if carried else 1.0)) for code, share in zip(codes, shares, strict=True)]
    if carried:
        parts.append((codes[0], "上年结转", fen * 0.1))
    return [
        Line(
            year,
            unit,
            project,
            project.function,
            code,
            project.fund,
            origin,
            "项目支出",
            profile,
            to_round(part),
            released,
        )
        for code, origin, part in parts
    ]


def adjust_lines(lines: list[Line], year: int, rng: np.random.Generator) -> None:
    """Add the year's ordinary adjustments: June top-ups, cuts and moves, December cuts and wage top-ups.

    At most one top-up a project: repeated ones (B02) are planted, never by chance.
    """
    topped: set[str] = set()
    for line in lines:
        june, december = dt.date(year, 6, 12 + _offset(line)), dt.date(year, 12, 9 + _offset(line))
        draw, size = rng.random(), rng.uniform(0.4, 1.0)
        if line.project is None:
            if line.economic == "30103" and draw < 0.2:
                _change(line, december, "追加", line.appropriation_fen * 0.05 * size, "落实工资政策追加")
        elif line.category in UNSPENT or line.profile == "even" or line.appropriation_fen < 20_000_000:
            continue
        elif draw < 0.10 and line.project.code not in topped:
            topped.add(line.project.code)
            _change(line, june, "追加", line.appropriation_fen * 0.12 * size, "年中追加安排")
        elif draw < 0.15:
            _change(line, june, "追减", -line.appropriation_fen * 0.06 * size, "压减一般性支出")
        elif draw < 0.21:
            _change(line, december, "追减", -line.appropriation_fen * 0.03 * size, "年终收回统筹")
    _moves(lines, year, rng)


def _offset(line: Line) -> int:
    return int(line.unit.division[6:]) % 7


def _change(line: Line, on: dt.date, kind: str, fen: float, reason: str) -> None:
    amount = to_round(abs(fen)) * (1 if fen > 0 else -1)
    document = f"青财预〔{on.year}〕{60 + 10 * on.month + int(line.unit.division[6:]) % 10}号"
    line.changes.append(Change(on, kind, amount, document, reason))


def _moves(lines: list[Line], year: int, rng: np.random.Generator) -> None:
    by_unit: dict[str, list[Line]] = {}
    for line in lines:
        if line.project and line.category in FINAL and line.source == "本年预算" and not line.changes:
            by_unit.setdefault(line.unit.code, []).append(line)
    for own in by_unit.values():
        if len(own) >= 2 and rng.random() < 0.15:
            giver, taker = own[0], own[1]
            on = dt.date(year, 6, 12 + _offset(giver))
            fen = min(giver.appropriation_fen, taker.appropriation_fen) * 0.05
            _change(giver, on, "调剂", -fen, "项目间调剂")
            _change(taker, on, "调剂", fen, "项目间调剂")
