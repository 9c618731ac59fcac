"""Dated acts of the year (文书): approvals, replies, disclosures and reports, each within its time limit.

The calendar is that of 预算法 Art 14, 44, 52, 67-69, 78, 80, 86 and 监督法 Art 19, 20, 27.
"""

import datetime as dt
from typing import NamedTuple

import numpy as np

from sample.arithmetic_changes import APPROVED, planned_change
from sample.department_names import DEPARTMENTS, Department
from sample.levels import LEVELS, TOWN_CODE
from sample.model import District
from sample.people import DISTRICT_CODE


class Body(NamedTuple):
    """Who acts at a level."""

    name: str
    finance: str
    congress: str
    committee: str
    word: str


class Act(NamedTuple):
    """One act: who did what when, and the day its time limit counts from; on is None while it is owed."""

    year: int
    division: str
    kind: str
    title: str
    on: dt.date | None
    base: dt.date | None = None
    unit: tuple[str, str] = ("", "")
    number: str = ""
    base_number: str = ""
    bodies: tuple[str, str] = ("", "")
    meeting: str = ""
    fen: int | None = None
    is_complex: bool = False


BODIES = {
    DISTRICT_CODE: Body("青禾区", "区财政局", "区人民代表大会", "区人大常委会", "青"),
    TOWN_CODE: Body("白鹭镇", "镇财政所", "镇人民代表大会", "镇人大主席团", "白"),
}


def acts_of(district: District, level: str, year: int, seed: int) -> list[Act]:
    """Return a level's acts for one budget year, oldest first; what lies after the horizon is not written yet."""
    rng = np.random.default_rng([seed, 61, year, int(level)])
    approved = dt.date(year, 1, 14 if level == DISTRICT_CODE else 9)
    found = [
        *_budget(level, year, approved, rng),
        *_adjustment(level, year, rng, planned_change(district, level, year)),
        *_account(level, year, rng),
    ]
    if level == DISTRICT_CODE:
        found += _proposals(year, rng)
    known = [one for one in found if one.on and one.on <= district.until]
    return sorted(known, key=lambda one: (str(one.on), one.kind, one.division, one.unit))


def _later(day: dt.date, rng: np.random.Generator, first: int, last: int) -> dt.date:
    return day + dt.timedelta(days=int(rng.integers(first, last + 1)))


def _departments(level: str) -> list[tuple[str, Department]]:
    return [(division, one) for division in LEVELS[level] for one in DEPARTMENTS[division]]


def _budget(level: str, year: int, approved: dt.date, rng: np.random.Generator) -> list[Act]:
    body = BODIES[level]
    meeting = f"{body.congress}第{year - 2021}次会议"
    found = [
        Act(
            year,
            level,
            "报送预算草案初步方案",
            f"{body.name}{year}年预算草案初步方案",
            approved - dt.timedelta(days=38),
            approved,
            bodies=(body.finance, body.committee),
        ),
        Act(
            year,
            level,
            "批准预算",
            f"关于{body.name}{year}年预算的决议",
            approved,
            bodies=(body.congress, ""),
            meeting=meeting,
        ),
        Act(year, level, "公开政府预算", f"{body.name}{year}年政府预算公开", _later(approved, rng, 10, 19), approved),
        Act(
            year,
            level,
            "批复抄送人大",
            f"{body.name}{year}年部门预算批复抄送件",
            _later(approved, rng, 15, 20),
            approved,
            bodies=(body.finance, body.committee),
        ),
    ]
    for division, one in _departments(level):
        replied = _later(approved, rng, 8, 19)
        number = f"{body.word}财预〔{year}〕{int(rng.integers(10, 99))}号"
        unit = (one.code, one.name)
        found += [
            Act(
                year,
                division,
                "批复部门预算",
                f"关于批复{one.name}{year}年部门预算的通知",
                replied,
                approved,
                unit,
                number,
            ),
            Act(
                year,
                division,
                "公开部门预算",
                f"{one.name}{year}年部门预算",
                _later(replied, rng, 7, 19),
                replied,
                unit,
            ),
        ]
        if len(one.units) > 1:
            title = f"关于批复所属单位{year}年预算的通知"
            found.append(
                Act(
                    year,
                    division,
                    "批复单位预算",
                    title,
                    _later(replied, rng, 5, 14),
                    replied,
                    unit,
                    base_number=number,
                )
            )
    return found


def _adjustment(level: str, year: int, rng: np.random.Generator, fen: int) -> list[Act]:
    body, meets = BODIES[level], dt.date(year, *APPROVED)
    meeting = f"{body.committee}第{(year - 2021) * 6 + 4}次会议"
    rng.integers(800, 2600)
    return [
        Act(year, level, "报送预算调整初步方案", f"{body.name}{year}年预算调整初步方案", dt.date(year, 7, 21), meets),
        Act(
            year,
            level,
            "批准预算调整",
            f"关于批准{body.name}{year}年预算调整方案的决议",
            meets,
            meeting=meeting,
            fen=fen,
        ),
        Act(year, level, "公开预算调整", f"{body.name}{year}年预算调整公开", _later(meets, rng, 8, 18), meets),
        Act(year, level, "预算执行情况报告", f"{body.name}{year}年上半年预算执行情况的报告", meets, meeting=meeting),
        Act(
            year,
            level,
            "公开预算执行情况",
            f"{body.name}{year}年上半年预算执行情况公开",
            _later(meets, rng, 8, 18),
            meets,
        ),
    ]


def _account(level: str, year: int, rng: np.random.Generator) -> list[Act]:
    """Return the acts on the final account of a year, done in the next one."""
    body, meets = BODIES[level], dt.date(year + 1, 8, 27)
    meeting = f"{body.committee}第{(year - 2020) * 6 + 4}次会议"
    found = [
        Act(year, level, "报送决算草案", f"{body.name}{year}年决算草案", dt.date(year + 1, 7, 20), meets),
        Act(year, level, "批准决算", f"关于批准{body.name}{year}年决算的决议", meets, meeting=meeting),
        Act(year, level, "公开政府决算", f"{body.name}{year}年政府决算公开", _later(meets, rng, 8, 18), meets),
        Act(
            year,
            level,
            "审计工作报告",
            f"{body.name}{year}年预算执行和其他财政收支的审计工作报告",
            meets,
            meeting=meeting,
        ),
        Act(
            year,
            level,
            "审计整改情况报告",
            f"关于{body.name}{year}年审计查出问题整改情况的报告",
            dt.date(year + 2, 1, 20),
            meets,
        ),
    ]
    for division, one in _departments(level):
        replied, unit = _later(meets, rng, 8, 18), (one.code, one.name)
        found += [
            Act(year, division, "批复部门决算", f"关于批复{one.name}{year}年部门决算的通知", replied, meets, unit),
            Act(
                year,
                division,
                "公开部门决算",
                f"{one.name}{year}年部门决算",
                _later(replied, rng, 7, 19),
                replied,
                unit,
            ),
        ]
    return found


def _proposals(year: int, rng: np.random.Generator) -> list[Act]:
    """Return the deputies' proposals, answered within three months, complex ones within six."""
    given, found = dt.date(year, 3, 6), []
    for number in range(1, 7):
        is_complex = number % 3 == 0
        answered = _later(given, rng, 40, 170 if is_complex else 85)
        title = f"关于代表建议第{number:03d}号的答复"
        found.append(
            Act(
                year,
                DISTRICT_CODE,
                "代表建议办理",
                title,
                answered,
                given,
                base_number=f"建议〔{year}〕{number:03d}号",
                is_complex=is_complex,
            )
        )
    return found
