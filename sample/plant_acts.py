"""Lists what is late among acts and contract notices, reckoned from what the files say, and what only looks late."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from sample.act import Act
from sample.acts import acts_of
from sample.desk import Desk
from sample.late_acts import DUE_DAYS
from sample.late_notices import LIMIT_WORKDAYS, workdays_between
from sample.levels import LEVELS
from sample.people import DISTRICT_CODE

_MOST_INNOCENT = 6
_KINDS = {
    "批复部门预算": ("C01", "budget_reply"),
    "批复单位预算": ("C02", "unit_reply"),
    "公开政府预算": ("C07", "budget_disclosure"),
    "公开预算调整": ("C07", "adjustment_disclosure"),
    "公开预算执行情况": ("C07", "execution_disclosure"),
    "公开政府决算": ("C07", "final_account_disclosure"),
    "公开部门预算": ("C08", "department_budget_disclosure"),
    "公开部门决算": ("C08", "department_final_account_disclosure"),
    "批复部门决算": ("C09", "final_account_reply"),
    "报送预算草案初步方案": ("C12", "budget_draft"),
    "报送预算调整初步方案": ("C12", "adjustment_draft"),
    "报送决算草案": ("C12", "final_account_draft"),
    "批复抄送人大": ("C13", "congress_copy"),
    "审计整改情况报告": ("C14", "audit_rectification"),
    "代表建议办理": ("C15", "deputy_proposal"),
}
_DISTRICT_ONLY = ("C12", "C13", "C14")


class Seen(NamedTuple):
    """What a rule may say of: its subject and period, when it was due and done, and why it is free of the limit."""

    rule: str
    subject: str
    period: str
    due: dt.date
    on: dt.date | None
    why: str = ""


def plant_acts(desk: Desk, seed: int) -> None:
    """List the late acts and contract notices of the current year, and innocents of each kind."""
    seen = [one for act in _every(desk, seed) for one in _judged(desk, act)]
    _list(desk, [*seen, *_windows(desk, seed)])
    _notices(desk)


def _every(desk: Desk, seed: int) -> Iterator[Act]:
    for year in (desk.year - 1, desk.year):
        for level in LEVELS:
            yield from acts_of(desk.district, level, year, seed)


def _judged(desk: Desk, act: Act) -> Iterator[Seen]:
    if act.kind not in _KINDS or act.base is None:
        return
    rule, kind = _KINDS[act.kind]
    name = act.unit[0] or act.base_number or f"{act.base:%Y-%m-%d}"
    subject = f"act:{act.division}/{kind}/{name}"
    yield Seen(rule, subject, str(act.year), _due(act, act.base), act.on, _free(desk, act, rule))


def _due(act: Act, base: dt.date) -> dt.date:
    if act.kind.startswith("报送"):
        return base - dt.timedelta(days=30)
    if act.kind == "代表建议办理":
        return base.replace(month=base.month + (6 if act.is_complex else 3))
    if act.kind == "审计整改情况报告":
        later = base.month + 6
        return base.replace(year=base.year + later // 13, month=(later - 1) % 12 + 1)
    return base + dt.timedelta(days=DUE_DAYS[act.kind])


def _free(desk: Desk, act: Act, rule: str) -> str:
    """Say why an act is bound to no limit, nothing where it is."""
    if act.is_secret:
        return "涉密单位按规定不公开"
    if rule in _DISTRICT_ONLY and act.division != DISTRICT_CODE:
        return "法律规定的是县级以上，镇不适用"
    if rule == "C02":
        used = [one for one in desk.district.units if one.closed is None or one.closed >= desk.until]
        if Counter(one.department.code for one in used)[act.unit[0]] == 1:
            return "部门只有一个单位，无需再批复"
    return ""


def _windows(desk: Desk, seed: int) -> Iterator[Seen]:
    """Yield the reports that are due from June to September, of the district and of the town, which has none."""
    acts = list(_every(desk, seed))
    last = dt.date(desk.year, 9, 30)
    for rule, kind, name, year in (
        ("C10", "预算执行情况报告", "execution_report", desk.year),
        ("C11", "批准决算", "final_account_approval", desk.year - 1),
    ):
        for level in LEVELS:
            days = [one.on for one in acts if (one.kind, one.division, one.year) == (kind, level, year) and one.on]
            free = "" if level == DISTRICT_CODE else "法律规定的是县级以上，镇不适用"
            yield Seen(rule, f"act:{level}/{name}/-", str(year), last, min(days, default=None), free)


def _list(desk: Desk, seen: list[Seen]) -> None:
    """List what is late, and of each rule some that are free of its limit or were done on the last day."""
    first = dt.date(desk.year, 1, 1)
    innocents: Counter[tuple[str, str]] = Counter()
    # What looks late comes first among the innocents.
    for one in sorted(seen, key=lambda one: (one.on or desk.until) <= one.due):
        done = one.on or desk.until
        if done > one.due and not one.why and (one.on is None or done >= first or one.period == str(desk.year)):
            desk.plant(one.rule, one.subject, one.period)
        why = one.why or ("在期限最后一日办理" if done == one.due and one.on else "")
        if why and innocents[one.rule, why] < _MOST_INNOCENT:
            innocents[one.rule, why] += 1
            desk.innocent(one.rule, one.subject, why, one.period)


def _notices(desk: Desk) -> None:
    innocents = 0
    for division in sorted({unit.division for unit in desk.district.units}):
        for work in desk.district.papers.works.get(division, ()):
            for one in work.contracts:
                subject = f"contract:{work.unit.code}/{one.number}"
                if one.signed_on is None:
                    continue
                taken = workdays_between(one.signed_on, one.announced_on or desk.until)
                if taken > LIMIT_WORKDAYS:
                    desk.plant("C16", subject)
                elif taken == LIMIT_WORKDAYS and one.announced_on and innocents < _MOST_INNOCENT:
                    innocents += 1
                    desk.innocent("C16", subject, "节假日安排未送达，最长假期内的天数不计")
