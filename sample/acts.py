"""Dated acts of the year (文书): approvals, replies, disclosures and reports, each within its time limit.

The calendar is that of 预算法 Art 14, 44, 52, 67-69, 78, 80, 86 and 监督法 Art 19, 20, 27.
"""

import datetime as dt
from typing import NamedTuple

import numpy as np

from sample.act import Act
from sample.arithmetic_changes import APPROVED, planned_change
from sample.department_names import DEPARTMENTS, Department
from sample.late_acts import delayed
from sample.levels import LEVELS, TOWN_CODE
from sample.model import District
from sample.people import DISTRICT_CODE
from sample.reserve import decisions


class Body(NamedTuple):
    """Who acts at a level."""

    name: str
    finance: str
    congress: str
    committee: str
    word: str


# The district hands its draft in a little late; a town's thirty days are nobody's.
_BEFORE_CONGRESS = {DISTRICT_CODE: 27, TOWN_CODE: 10}
# Days by which some proposals are answered late; 0 is the last day, None never.
_LATE_PROPOSALS: dict[int, int | None] = {5: 1, 8: 6, 11: 4, 14: 30, 17: 12, 20: None, 22: 0, 23: 0}
BODIES = {
    DISTRICT_CODE: Body("青禾区", "区财政局", "区人民代表大会", "区人大常委会", "青"),
    TOWN_CODE: Body("白鹭镇", "镇财政所", "镇人民代表大会", "镇人大主席团", "白"),
}


def acts_of(district: District, level: str, year: int, seed: int) -> list[Act]:
    """Return a level's acts for one budget year, oldest first; what lies after the horizon is not written yet.

    Late is what belongs to the current year: this year's budget, and the final account of the year before.
    """
    rng = np.random.default_rng([seed, 61, year, int(level)])
    approved = dt.date(year, 1, 14 if level == DISTRICT_CODE else 9)
    changed = planned_change(district, level, year)
    heard = [_heard(district, level, one) for one in (year, year + 1)]
    budget = [*_budget(level, year, approved, rng), *_adjustment(level, year, heard[0], rng, changed)]
    account = _account(level, year, heard[1], rng)
    found = [
        *(delayed(budget, level, seed) if year == district.year else budget),
        *(delayed(account, level, seed) if year + 1 == district.year else account),
    ]
    if level == DISTRICT_CODE:
        found += _proposals(year, _LATE_PROPOSALS if year == district.year else {}, rng)
    if year + 1 == district.year:
        found += _audit(level, year - 1, rectified=dt.date(year + 1, 3, 5))
    if year == district.year:
        found += decisions(district, level)
    known = [seen for one in found if (seen := one.seen(district.until))]
    return sorted(known, key=lambda one: (str(one.on), one.kind, one.division, one.unit, one.base_number))


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
            approved - dt.timedelta(days=_BEFORE_CONGRESS[level]),
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


def _adjustment(level: str, year: int, heard: dt.date, rng: np.random.Generator, fen: int) -> list[Act]:
    body, meets = BODIES[level], dt.date(year, *APPROVED)
    meeting = f"{body.committee}第{(year - 2021) * 6 + 4}次会议"
    rng.integers(800, 2600)
    return [
        Act(year, level, "报送预算调整初步方案", f"{body.name}{year}年预算调整初步方案", dt.date(year, 7, 28), meets),
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
        Act(year, level, "预算执行情况报告", f"{body.name}{year}年上半年预算执行情况的报告", heard, meeting=meeting),
        Act(
            year,
            level,
            "公开预算执行情况",
            f"{body.name}{year}年上半年预算执行情况公开",
            _later(heard, rng, 8, 18),
            heard,
        ),
    ]


def _heard(district: District, level: str, year: int) -> dt.date:
    """Return when account and execution are heard: in August, by the district this year in October only."""
    is_late = year == district.year and level == DISTRICT_CODE
    return dt.date(year, 10, 12) if is_late else dt.date(year, 8, 27)


def _account(level: str, year: int, meets: dt.date, rng: np.random.Generator) -> list[Act]:
    """Return the acts on the final account of a year, done in the next one."""
    body, is_late = BODIES[level], meets.month > 9
    meeting = f"{body.committee}第{(year - 2020) * 6 + 4}次会议"
    handed_in = meets - dt.timedelta(days=20 if is_late else 38)
    found = [
        Act(year, level, "报送决算草案", f"{body.name}{year}年决算草案", handed_in, meets),
        Act(year, level, "批准决算", f"关于批准{body.name}{year}年决算的决议", meets, meeting=meeting),
        Act(year, level, "公开政府决算", f"{body.name}{year}年政府决算公开", _later(meets, rng, 8, 18), meets),
        *_audit(level, year, heard=meets, rectified=dt.date(year + 2, 1, 20)),
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


def _audit(level: str, year: int, *, rectified: dt.date, heard: dt.date | None = None) -> list[Act]:
    """Return the audit report on a year, heard with its account, and the report on what was put right."""
    body, heard = BODIES[level], heard or dt.date(year + 1, 8, 27)
    meeting = f"{body.committee}第{(year - 2020) * 6 + 4}次会议"
    what = f"{body.name}{year}年"
    report = Act(year, level, "审计工作报告", f"{what}预算执行和其他财政收支的审计工作报告", heard, meeting=meeting)
    answer = Act(year, level, "审计整改情况报告", f"关于{what}审计查出问题整改情况的报告", rectified, heard)
    return [report, answer]


def _proposals(year: int, late: dict[int, int | None], rng: np.random.Generator) -> list[Act]:
    """Return the deputies' proposals, answered within three months, complex ones within six, some later."""
    given, found = dt.date(year, 3, 6), []
    for number in range(1, 25):
        is_complex = number % 3 == 0
        answered: dt.date | None = _later(given, rng, 40, 170 if is_complex else 85)
        if number in late:
            days = late[number]
            answered = None if days is None else dt.date(year, 6, 6) + dt.timedelta(days=days)
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
                is_open=number in late,
            )
        )
    return found
