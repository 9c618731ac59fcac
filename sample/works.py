"""Projects with their milestones and contracts: a few of each division's projects, told in more detail."""

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sample.late_notices import noticed_on
from sample.levels import rounded
from sample.model import District, Line, Project, Unit
from sample.months import month_end
from sample.payees import Payee, company
from sample.people import DISTRICT_CODE

_CATEGORIES = {"工程": "工程", "信息化": "货物", "采购": "货物", "设备": "货物", "民生": "服务", "运维": "服务"}
_MOST = {DISTRICT_CODE: 14}
_MOST_ELSEWHERE = 6
_STEPS = {
    "工程": (("立项审批", 0), ("招标完成", 8), ("开工", 15), ("主体完工", 70), ("竣工验收", 95)),
    "货物": (("采购方案", 0), ("合同签订", 30), ("交付验收", 90)),
    "服务": (("实施方案", 0), ("启动实施", 20), ("年度考核", 80)),
}


class Milestone(NamedTuple):
    """What is to be reached by the end of a month; done is None while it is not."""

    number: int
    name: str
    planned_on: dt.date
    done_on: dt.date | None
    share: int


class Contract(NamedTuple):
    """A contract and the days of its life; later days are None while they lie ahead."""

    number: str
    name: str
    supplier: Payee
    budget: int
    fen: int
    supplement: int
    paid: int
    signed_on: dt.date
    announced_on: dt.date | None
    delivered_on: dt.date | None
    accepted_on: dt.date | None


@dataclass(frozen=True)
class Work:
    """A project of one unit: its money this year and over all, what is to be reached, and what was bought."""

    unit: Unit
    project: Project
    kind: str
    planned: int
    total: int
    estimate: int
    feasibility: int
    paid_before: int
    first_year: int
    last_year: int
    stored_on: dt.date
    is_livelihood: bool
    source: str
    milestones: tuple[Milestone, ...]
    contracts: tuple[Contract, ...]


def works_of(district: District, division: str, year: int, seed: int) -> list[Work]:
    """Return a division's projects that are told in detail, in order of unit and project."""
    own: dict[tuple[str, str], list[Line]] = {}
    for line in district.lines[year]:
        if line.unit.division == division and line.project and line.category in _CATEGORIES and not line.is_unbudgeted:
            own.setdefault((line.unit.code, line.project.code), []).append(line)
    first = sorted(own.items(), key=lambda item: (item[1][0].category != "工程", item[0]))
    chosen = sorted(first[: _MOST.get(division, _MOST_ELSEWHERE)])
    until = min(district.until, dt.date(year, 12, 31))
    return [_work(lines, year, until, np.random.default_rng([seed, 53, year, int(key[1])])) for key, lines in chosen]


def _work(lines: list[Line], year: int, until: dt.date, rng: np.random.Generator) -> Work:
    line, project = lines[0], lines[0].project
    if project is None:
        raise ValueError(f"line {line.code} belongs to no project")
    kind = _CATEGORIES[project.category]
    planned = sum(one.appropriation_fen for one in lines)
    years = int(rng.integers(1, 4)) if kind == "工程" else 1
    first = year - int(rng.integers(0, years))
    total = rounded(planned * years * rng.uniform(1.0, 1.1))
    return Work(
        unit=line.unit,
        project=project,
        kind=kind,
        planned=planned,
        total=total,
        estimate=rounded(total * rng.uniform(1.0, 1.05)),
        feasibility=rounded(total * rng.uniform(0.98, 1.04)),
        paid_before=rounded(planned * (year - first) * 0.8),
        first_year=first,
        last_year=first + years - 1,
        stored_on=dt.date(first - 1, int(rng.integers(9, 12)), int(rng.integers(1, 28))),
        is_livelihood=bool(rng.random() < 0.3),
        source=line.source,
        milestones=_milestones(kind, year, until, rng),
        contracts=_contracts(line, kind, planned, until, rng),
    )


def _milestones(kind: str, year: int, until: dt.date, rng: np.random.Generator) -> tuple[Milestone, ...]:
    found = []
    steps = _STEPS[kind]
    for number, (name, share) in enumerate(steps, 1):
        planned = month_end(year, min(12, 2 + number * 10 // len(steps)))
        done = planned - dt.timedelta(days=int(rng.integers(0, 20)))
        found.append(Milestone(number, name, planned, done if done <= until else None, share))
    return tuple(found)


def _contracts(line: Line, kind: str, planned: int, until: dt.date, rng: np.random.Generator) -> tuple[Contract, ...]:
    found = []
    for place in range(int(rng.integers(1, 3))):
        signed = dt.date(line.year, int(rng.integers(3, 8)), int(rng.integers(1, 29)))
        if signed > until:
            continue
        budget = rounded(planned * 0.45)
        fen = rounded(budget * rng.uniform(0.88, 0.99))
        delivered = signed + dt.timedelta(days=int(rng.integers(60, 150)))
        accepted = delivered + dt.timedelta(days=int(rng.integers(5, 20)))
        number = f"QH{line.unit.division[6:]}-{line.year}-{line.code[-6:]}-{place + 1}"
        found.append(
            Contract(
                number,
                f"{line.project.name if line.project else ''}{'施工' if kind == '工程' else '采购'}合同",
                company({"工程": "works", "货物": "equipment", "服务": "service"}[kind], int(rng.integers(0, 190))),
                budget,
                fen,
                rounded(fen * 0.05) if rng.random() < 0.2 else 0,
                rounded(fen * (0.9 if accepted <= until else 0.4)),
                signed,
                _known(noticed_on(number, signed), until),
                _known(delivered, until),
                _known(accepted, until),
            )
        )
    return tuple(found)


def _known(day: dt.date, until: dt.date) -> dt.date | None:
    return day if day <= until else None
