"""Projects as the project list tells them; a few of each division with milestones and contracts as well."""

import datetime as dt
from collections.abc import Iterable

import numpy as np

from sample.late_notices import noticed_on
from sample.levels import rounded
from sample.model import Contract, District, Line, Milestone, Work
from sample.months import month_end
from sample.payees import company
from sample.people import DISTRICT_CODE

_CATEGORIES = {"工程": "工程", "信息化": "货物", "采购": "货物", "设备": "货物", "民生": "服务", "运维": "服务"}
_MOST = {DISTRICT_CODE: 20}
_MOST_ELSEWHERE = 6
_LARGE_FEN = 400_000_000  # from here on open tender, and suppliers that are no small firms
_STEPS = {
    "工程": (("立项审批", 0), ("招标完成", 8), ("开工", 15), ("主体完工", 70), ("竣工验收", 95)),
    "货物": (("采购方案", 0), ("合同签订", 30), ("交付验收", 90)),
    "服务": (("实施方案", 0), ("启动实施", 20), ("年度考核", 80)),
}


def works_of(district: District, division: str, year: int, seed: int) -> list[Work]:
    """Return a division's projects in order of unit and project; some are told in detail, works (工程) first."""
    own: dict[tuple[str, str], list[Line]] = {}
    for line in district.lines[year]:
        if line.unit.division == division and line.project:
            own.setdefault((line.unit.code, line.project.code), []).append(line)
    detailed = [(key, lines) for key, lines in own.items() if _may_be_told(lines)]
    detailed.sort(key=lambda item: (item[1][0].category != "工程", item[0]))
    chosen = {key for key, _ in detailed[: _MOST.get(division, _MOST_ELSEWHERE)]}
    until = min(district.until, dt.date(year, 12, 31))
    return [
        _work(lines, until, np.random.default_rng([seed, 53, year, int(key[1])]), in_detail=key in chosen)
        for key, lines in sorted(own.items())
    ]


def _may_be_told(lines: list[Line]) -> bool:
    return lines[0].category in _CATEGORIES and not any(line.is_unbudgeted for line in lines)


def _spent(lines: Iterable[Line], until: dt.date) -> int:
    """Return the larger of what the year's budget was raised to and what is paid."""
    own = [line for line in lines if not line.is_unbudgeted]
    return max(sum(line.budget_fen(until) for line in own), sum(line.paid_fen for line in own))


def _work(lines: list[Line], until: dt.date, rng: np.random.Generator, *, in_detail: bool) -> Work:
    line, project, year = lines[0], lines[0].project, lines[0].year
    if project is None:
        raise ValueError(f"line {line.code} belongs to no project")
    kind = _CATEGORIES.get(project.category, "服务")
    planned = sum(one.appropriation_fen for one in lines)
    years = int(rng.integers(1, 4)) if kind == "工程" else 1
    first = year - int(rng.integers(0, years))
    # The estimate leaves room for what the year's budget was raised to, or overspent to.
    total = rounded(max(planned, _spent(lines, until)) * years * rng.uniform(1.0, 1.1))
    return Work(
        unit=line.unit,
        project=project,
        kind=kind,
        planned=planned,
        total=total,
        estimate=rounded(total * rng.uniform(1.09, 1.14)),
        feasibility=rounded(total * rng.uniform(1.07, 1.16)),
        paid_before=rounded(planned * (year - first) * 0.8),
        first_year=first,
        last_year=first + years - 1,
        stored_on=dt.date(first - 1, int(rng.integers(9, 12)), int(rng.integers(1, 28))),
        is_livelihood=bool(rng.random() < 0.3) and in_detail,
        source=line.source,
        milestones=_milestones(kind, year, until, rng) if in_detail else (),
        contracts=_contracts(line, kind, planned, until, rng) if in_detail else (),
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
                supplement := rounded(fen * 0.05) if rng.random() < 0.2 else 0,
                rounded((fen + supplement) * _paid_share(signed, accepted, until)),
                signed,
                _known(noticed_on(number, signed), until),
                _known(delivered, until),
                _known(accepted, until),
                fen < _LARGE_FEN,
            )
        )
    return tuple(found)


def _paid_share(signed: dt.date, accepted: dt.date, until: dt.date) -> float:
    """Return the share paid: an advance, an instalment after three months, all but a retention after acceptance."""
    if (until - accepted).days >= 20:
        return 0.97
    return 0.65 if (until - signed).days >= 90 else 0.4


def _known(day: dt.date, until: dt.date) -> dt.date | None:
    return day if day <= until else None
