"""Plants direct funds (直达资金): under a wrong subject (E11), paid too slowly or at once (E12); and ordinary ones."""

import datetime as dt
from collections.abc import Sequence

import numpy as np

from sample.budgets import to_round
from sample.desk import Desk
from sample.model import Line, Project, Segment

_FIRST_DAY = (1, 20)
_LEAST_ROOM = 120
_DAY = dt.timedelta(days=1)
# Days since release, share paid in basis points.
_SLOW = ((290, 3_000), (280, 5_200), (250, 3_000), (220, 1_500), (180, 1_000), (150, 500), (270, 4_800))
_ORDINARY = ((295, 8_800), (260, 7_900), (200, 6_400), (120, 4_000), (60, 1_500))
_WRONG_CLASSES = ("202", "203", "204", "227", "230", "232", "233")
_WRONG_ITEMS = ("2040605", "2040604", "2040607")
_NAMES = (
    "城乡困难群众救助补助",
    "基本公共卫生服务补助",
    "农业生产发展补助",
    "就业补助",
    "义务教育补助",
    "老旧小区改造补助",
)


def plant_direct(desk: Desk, seed: int) -> None:
    """Plant direct funds of the current year; they are new projects with budgets of their own."""
    kept, desk.rng = desk.rng, np.random.default_rng([seed, 71])
    _wrong(desk)
    _slow(desk)
    _at_once(desk)
    _innocent(desk)
    for place, (age, share) in enumerate(_possible(desk, desk.some(_ORDINARY))):
        _fund(desk, place, age=age, share=share, category="业务")
    desk.rng = kept


def _possible(desk: Desk, ages: Sequence[tuple[int, int]], *, is_paced: bool = True) -> list[tuple[int, int]]:
    """Return what the year has room for: funds too old become younger ones, as far from the floor as before."""
    oldest = (desk.until - dt.date(desk.year, *_FIRST_DAY)).days
    found = []
    for age, share in ages:
        if age <= oldest:
            found.append((age, share))
        elif oldest >= _LEAST_ROOM:
            younger = oldest - age % 25
            found.append((younger, max(share - (_floor(age) - _floor(younger)), 0) if is_paced else share))
    return found


def _floor(age: int) -> int:
    """Return what is expected to be paid of a fund so many days after release, in basis points."""
    return min(max(age - 30, 0), 270) * 10_000 // 270


def _fund(
    desk: Desk, place: int, *, age: int, share: int, category: str, fen: int = 0, function: str = ""
) -> Line | None:
    """Add a direct fund released age days ago with a share of it (basis points) paid evenly since."""
    model = desk.lend_line(lambda line: line.function[:3] not in _WRONG_CLASSES, desk.rng)
    if model is None:
        return None
    desk.serial += 1
    code = f"{model.unit.division}{desk.year % 100:02d}{9_000_000 + desk.serial:010d}"
    name = f"{_NAMES[place % len(_NAMES)]}（直达资金）"
    item = function or model.function
    line = Line(
        desk.year,
        model.unit,
        Project(code, name, category, item, "11"),
        item,
        "30299",
        "11",
        "上级转移支付",
        "项目支出",
        "even",
        to_round(fen or 24_000_000 + 2_700_000 * place),
        desk.until - age * _DAY,
        code=f"ZB{desk.year}{model.unit.division[6:]}{900_000 + desk.serial:06d}",
        document=f"青财预〔{desk.year}〕{360 + desk.serial}号",
        is_direct=True,
    )
    desk.add_line(line)
    _pay(line, line.released_on + min(14, age) * _DAY, desk.until - 2 * _DAY, share)
    return line


def _pay(line: Line, first: dt.date, last: dt.date, share: int) -> None:
    line.paid_fen = line.appropriation_fen * share // 10_000
    line.segments = [Segment(first, last, line.paid_fen, 3, "even")] if line.paid_fen and first <= last else []
    line.paid_fen = line.paid_fen if line.segments else 0


def _wrong(desk: Desk) -> None:
    ages = desk.some(((240, 7_000), (210, 6_000), (180, 5_500), (150, 4_500), (120, 3_500), (90, 2_500)))
    for place, (age, share) in enumerate(_possible(desk, ages, is_paced=False)):
        line = _fund(desk, place, age=age, share=share, category="业务", function=_WRONG_ITEMS[place % 3])
        if line and line.paid_fen:
            desk.plant("E11", line.line_subject)


def _slow(desk: Desk) -> None:
    for place, (age, share) in enumerate(_possible(desk, desk.some(_SLOW))):
        line = _fund(desk, place, age=age, share=share, category="业务")
        if line:
            desk.plant("E12", line.project_subject)


def _at_once(desk: Desk) -> None:
    for place, (age, share) in enumerate(
        _possible(desk, desk.some(((95, 10_000), (130, 9_000), (160, 8_000))), is_paced=False)
    ):
        line = _fund(desk, place, age=age, share=0, category="业务")
        if line:
            _pay(line, line.released_on + 3 * _DAY, line.released_on + 6 * _DAY, share)
            desk.plant("E12", line.project_subject)
    for place, (age, share) in enumerate(_possible(desk, [(110, 9_500)], is_paced=False)):
        line = _fund(desk, place, age=age, share=0, category="补助")
        if line:
            _pay(line, line.released_on + 3 * _DAY, line.released_on + 6 * _DAY, share)
            desk.innocent("E12", line.project_subject, "补助资金一次性发放，属正常情形")


def _innocent(desk: Desk) -> None:
    for place, (age, share) in enumerate(_possible(desk, [(29, 0), (25, 0)], is_paced=False)):
        line = _fund(desk, place, age=age, share=share, category="业务")
        if line:
            desk.innocent("E12", line.project_subject, "直达资金下达不足30天")
    for place, (age, share) in enumerate(_possible(desk, [(200, 0)], is_paced=False)):
        line = _fund(desk, place, age=age, share=share, category="业务", fen=4_990_000)
        if line:
            desk.innocent("E12", line.project_subject, "直达资金不足10万元")
    for place, (age, share) in enumerate(_possible(desk, [(200, 6_500), (100, 3_000)], is_paced=False)):
        line = _fund(desk, place, age=age, share=share, category="民生", function="2130505")
        if line:
            desk.innocent("E11", line.line_subject, "直达资金列支科目符合规定")
    own = [line for lines in desk.by_unit.values() for line in lines if line.function[:3] == "204" and line.paid_fen]
    for line in [line for line in own if line.project and not line.is_direct][:2]:
        desk.innocent("E11", line.line_subject, "不是直达资金")
