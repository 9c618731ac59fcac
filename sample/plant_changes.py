"""Plants changes of the budget: unapproved (B01), large for a unit (B03), late (B04), cuts of key spending (B10)."""

import datetime as dt

import numpy as np

from sample.arithmetic_changes import UNAPPROVED, changed_fen, planned_change, planned_nets
from sample.budgets import to_round
from sample.desk import Desk, each_with
from sample.levels import LEVELS, TOWN_CODE
from sample.model import ROUND_FEN, THREE_PUBLIC, Change, Line, Unit
from sample.people import DISTRICT_CODE, LATE_DIVISION
from sample.settle import usual_share

WHOLE = 10_000
_CHANGED_BP = (1_000, 1_300, 1_700, 2_000, 2_500, 3_000)
_LATE_BP = (3_000, 1_000, 1_300, 2_000, 2_400, 3_600)
_KEY = ("205", "206", "208", "210", "213")
_CUT_BP = 115


def plant_changes(desk: Desk, rng: np.random.Generator) -> None:
    """Plant all of them; key spending is listed last, since its cuts are net of everything else."""
    if desk.until >= dt.date(desk.year, 5, 1):
        _much_changed(desk, rng)
    if desk.until >= dt.date(desk.year, 5, 1):
        _key_cuts(desk, rng)
    if desk.until >= dt.date(desk.year, 8, 1):
        _unapproved(desk)
    if desk.until >= dt.date(desk.year, 5, 1):
        _list_key_spending(desk)


def _document(desk: Desk) -> str:
    desk.serial += 1
    return f"青财预〔{desk.year}〕{700 + desk.serial}号"


def _change(desk: Desk, line: Line, on: dt.date, fen: int, reason: str) -> None:
    kind = "追加" if fen > 0 else "追减"
    line.changes.append(Change(on, kind, fen, _document(desk), reason))
    if line.kind != "人员经费":
        line.paid_fen = int(line.budget_fen(desk.until) * usual_share(line, desk.until)) // 100 * 100
    if line.project:
        desk.touched.add(line.project_subject)


def _plain_units(desk: Desk) -> list[Unit]:
    taken_over = {unit.successor for unit in desk.district.units}
    units = [lines[0].unit for lines in desk.by_unit.values()]
    return [
        unit
        for unit in units
        if unit.opened is None
        and unit.code not in taken_over
        and unit.division != LATE_DIVISION
        and not desk.is_closed_to_others(unit)
    ]


def _open_lines(desk: Desk, unit: Unit) -> list[Line]:
    """Return project lines that nobody changed, the largest first."""
    own = [
        line
        for line in desk.by_unit[unit.code]
        if line.kind == "项目支出"
        and line.source == "本年预算"
        and line.paid_fen > 0
        and line.segments is None
        and not (line.changes or line.extras)
        and line.project_subject not in desk.touched
    ]
    return sorted(own, key=lambda line: -line.appropriation_fen)


def _b0(desk: Desk, unit: Unit) -> int:
    return sum(line.appropriation_fen for line in desk.by_unit[unit.code])


def _much_changed(desk: Desk, rng: np.random.Generator) -> None:
    changed = changed_fen(desk.district)
    units = [unit for unit in _plain_units(desk) if changed.get(unit.subject, 0) * 40 < _b0(desk, unit)]
    mixed = iter([units[int(place)] for place in rng.permutation(len(units))])
    on = dt.date(desk.year, 4, 14)

    def change(share: int, reason: str, why: str) -> None:
        for unit in mixed:
            lines = _open_lines(desk, unit)
            exact = _b0(desk, unit) * share // WHOLE - changed.get(unit.subject, 0)
            if lines and lines[0].appropriation_fen > exact // 4 and exact > 15_000_000:
                fen = (exact // ROUND_FEN if why else -(-exact // ROUND_FEN) + 1) * ROUND_FEN
                wages = next(line for line in desk.by_unit[unit.code] if line.economic == "30103")
                _change(desk, wages if "工资" in reason else lines[0], on, fen, reason)
                if why:
                    desk.innocent("B03", unit.subject, why)
                else:
                    desk.plant("B03", unit.subject)
                return

    for share in desk.some(_CHANGED_BP):
        change(share, "项目建设需要追加", "")
    change(990, "项目建设需要追加", "调整金额不足年初预算的10%")
    change(1_200, "落实工资政策追加", "落实工资政策，不属调剂")
    for share in (960, 970):
        change(share, "项目建设需要追加", "调整金额不足年初预算的10%")


def plant_late_top_ups(desk: Desk) -> None:
    """Plant additions of November and December (B04)."""
    if desk.until < dt.date(desk.year, 11, 6):
        return

    def take(share: int) -> Line | None:
        least = 10_500_000 * WHOLE // max(share, 1_000)
        return desk.take_line(lambda line: line.fund == "11" and line.appropriation_fen >= least)

    last = min(desk.until, dt.date(desk.year, 12, 20))
    for place, (share, line) in enumerate(each_with(desk.some(_LATE_BP), take)):
        on = desk.weekday(dt.date(desk.year, 11, 2), last, place / 8)
        # x / (B0 + x) = share, rounded up to what the table can write.
        fen = -(-line.appropriation_fen * share // (WHOLE - share) // ROUND_FEN) * ROUND_FEN + ROUND_FEN
        _change(desk, line, on, fen, "项目建设需要追加")
        desk.plant("B04", line.project_subject)
    for _, line in each_with(range(2), take):
        _change(desk, line, dt.date(desk.year, 10, 30), to_round(line.appropriation_fen * 0.12), "项目建设需要追加")
        desk.innocent("B04", line.project_subject, "追加在11月以前")
    for _, line in each_with(range(2), take):
        on = desk.weekday(dt.date(desk.year, 11, 2), last, 0.4)
        _change(desk, line, on, to_round(line.appropriation_fen * 0.15), "上级专项资金下达")
        desk.innocent("B04", line.project_subject, "上级资金年底下达，不属本级追加")


def _unapproved(desk: Desk) -> None:
    """Add money that no adjustment plan carried, to the town where it has a project for it; the rest is approved."""
    on = dt.date(desk.year, 4, 21)
    if (desk.until - on).days < 90:
        return
    open_lines = [line for unit in _plain_units(desk) for line in _open_lines(desk, unit) if line.fund == "11"]
    # Of no key class, whose cuts it would make good, where there is such a project.
    open_lines.sort(key=lambda line: line.function.startswith(_KEY))
    chosen = {level: [line for line in open_lines if line.unit.division in LEVELS[level]][:3] for level in LEVELS}
    guilty = TOWN_CODE if chosen[TOWN_CODE] else DISTRICT_CODE
    approved = planned_change(desk.district, guilty, desk.year)
    wanted = approved - planned_nets(desk.district, guilty, desk.year)["11"] + 60_000_000
    for line in chosen[guilty]:
        _change(desk, line, on, to_round(wanted / len(chosen[guilty])), UNAPPROVED)
    for level in LEVELS:
        subject = f"act:{level}/adjustment_approval/11"
        if level == guilty and chosen[guilty]:
            desk.plant("B01", subject)
        else:
            desk.innocent("B01", subject, "预算调整已经批准，变动在批准金额之内")


def _key_lines(desk: Desk, level: str, key: str) -> list[Line]:
    return [
        line
        for division in LEVELS[level]
        for line in desk.district.lines[desk.year]
        if line.unit.division == division
        and line.function.startswith(key)
        and line.fund == "11"
        and not line.is_unbudgeted
    ]


def net_change(lines: list[Line], on: dt.date) -> int:
    """Return what changes added to lines up to a day, money from above left out."""
    return sum(
        change.fen
        for line in lines
        if line.source != "上级转移支付"
        for change in line.changes
        if change.on <= on and "上级" not in change.reason
    )


def _key_cuts(desk: Desk, rng: np.random.Generator) -> None:
    """Cut key classes that have room for it, five of those of a full district."""
    told = {mark.subject for mark in desk.marks if mark.rule == "B03"}
    plain = {unit.code for unit in _plain_units(desk) if unit.subject not in told}
    every = [(level, key) for level in LEVELS for key in _KEY]
    left = max(2, round(5 * desk.share))
    for level, key in (every[int(place)] for place in rng.permutation(len(every))):
        lines = _key_lines(desk, level, key)
        b0 = sum(line.appropriation_fen for line in lines)
        open_lines = [line for line in lines if line.unit.code in plain and _can_be_cut(desk, line)]
        wanted = net_change(lines, desk.until) + b0 * _CUT_BP // WHOLE
        if b0 and left and wanted > 0 and sum(line.appropriation_fen for line in open_lines) > wanted * 2:
            _cut(desk, open_lines, wanted)
            left -= 1


def _list_key_spending(desk: Desk) -> None:
    for level in LEVELS:
        for key in _KEY:
            lines = _key_lines(desk, level, key)
            b0, cut = sum(line.appropriation_fen for line in lines), -net_change(lines, desk.until)
            if b0 and cut * 100 >= b0:
                desk.plant("B10", f"function:{level}/{key}")
            elif b0 and cut > 0:
                desk.innocent("B10", f"function:{level}/{key}", "净调减不足年初预算的1%")
            elif b0:
                desk.innocent("B10", f"function:{level}/{key}", "有增有减，合计未调减")


def _can_be_cut(desk: Desk, line: Line) -> bool:
    is_office = line.kind == "公用经费" and line.economic not in THREE_PUBLIC
    is_project = line.kind == "项目支出" and line.source == "本年预算" and line.project_subject not in desk.touched
    is_untouched = line.segments is None and not (line.changes or line.extras)
    return (is_office or is_project) and line.paid_fen > 0 and is_untouched


def _cut(desk: Desk, lines: list[Line], wanted: int) -> None:
    on = dt.date(desk.year, 4, 28)
    whole = sum(line.appropriation_fen for line in lines)
    for line in lines:
        fen = to_round(line.appropriation_fen * wanted / whole)
        _change(desk, line, on, -fen, "压减项目支出统筹使用")
