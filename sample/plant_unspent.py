"""Plants projects without any spending (A03)."""

import datetime as dt
from collections.abc import Sequence

from sample.budgets import to_round
from sample.desk import Desk
from sample.model import Change, Line, Project

_AGES = (90, 150, 210, 91, 94, 105, 120, 135, 149, 151, 165, 180, 195, 209, 211, 225, 240, 260)
_FIRST_DAY = dt.date(2000, 1, 18)  # no budget is released before it


def plant_unspent(desk: Desk) -> None:
    """Plant projects without any payment and their innocent neighbours."""
    ages = _possible(desk.some(_AGES), _days(desk))
    whole_year = (desk.until - dt.date(desk.year, 1, 20)).days
    spread = desk.some((1, 2, 3)) if whole_year > max(_AGES) else []
    for place, age in enumerate([*ages, *(whole_year - step for step in spread)]):
        line = _new_project(desk, age, 0.0112 + 0.002 * (place % 6))
        if line and age >= _AGES[0]:
            desk.plant("A03", line.project_subject)
    _innocent_unspent(desk)


def _possible(ages: Sequence[int], oldest: int) -> list[int]:
    """Return ages that the year has room for: those too old become younger ones, none under the lowest fence."""
    youngest = min(ages)
    if oldest < youngest:
        return []
    return [age if age <= oldest else youngest + age % (oldest - youngest + 1) for age in ages]


def _new_project(desk: Desk, age: int, share: float, *, fen: int | None = None, name: str = "") -> Line | None:
    """Add a project to some unit, released age days ago and not paid yet."""
    model = desk.take_line(lambda line: desk.load[line.unit.code] < 4)
    if model is None or model.project is None:
        return None
    desk.serial += 1
    code = f"{model.unit.division}{desk.year % 100:02d}{9_000_000 + desk.serial:010d}"
    project = Project(code, name or f"{model.project.name}（新增）", model.project.category, model.function, model.fund)
    # A share of the unit's budget with the new project in it.
    amount = fen or to_round(desk.budget_of(model.unit.code) * share / (1 - share))
    released = desk.until - dt.timedelta(days=age)
    line = Line(
        desk.year,
        model.unit,
        project,
        model.function,
        model.economic,
        model.fund,
        "上级转移支付" if released.month > 1 else "本年预算",
        "项目支出",
        "even",
        amount,
        released,
        code=f"ZB{desk.year}{model.unit.division[6:]}{900_000 + desk.serial:06d}",
        document=f"青财预〔{desk.year}〕{150 + desk.serial}号",
    )
    desk.add_line(line)
    return line


def _innocent_unspent(desk: Desk) -> None:
    small, tiny = 45_000_000, 4_990_000
    for fen, age, why in (
        (small, 89, "下达仅89天，未满90天"),
        (small, 60, "下达仅60天"),
        (tiny, 200, "预算4.99万元，未达5万元标准"),
        (tiny, 170, "预算4.99万元，未达5万元标准"),
    ):
        if desk.until - dt.timedelta(days=age) < _FIRST_DAY.replace(year=desk.year):
            continue
        line = _new_project(desk, age, 0.0, fen=fen)
        if line:
            desk.innocent("A03", line.project_subject, why)
    for place in range(2):
        line = _new_project(desk, min(180, max(30, _days(desk) - 30)), 0.012 + 0.003 * place)
        if line:
            back = max(line.released_on, desk.until - dt.timedelta(days=20))
            change = Change(
                back, "追减", -line.appropriation_fen, f"青财预〔{desk.year}〕{188 + place}号", "收回统筹使用"
            )
            line.changes.append(change)
            desk.innocent("A03", line.project_subject, "预算已全部收回统筹，调整后预算为零")
    _reserves(desk)


def _days(desk: Desk) -> int:
    return (desk.until - _FIRST_DAY.replace(year=desk.year)).days


def _reserves(desk: Desk) -> None:
    kept: Sequence[tuple[str, str]] = (
        ("预留", "年初预留资金，待分配，不属于零支出项目"),
        ("质保金", "质保金，质保期满后支付"),
    )
    for category, why in kept:
        own = [line for lines in desk.by_unit.values() for line in lines if line.category == category]
        for line in own[:3]:
            desk.innocent("A03", line.project_subject, why)
            desk.innocent("A02", line.project_subject, why)
