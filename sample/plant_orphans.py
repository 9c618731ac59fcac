"""Plants payments on lines without any budget (A07) and the early payments that 预算法 第五十四条 allows."""

import datetime as dt
from dataclasses import replace

from sample.desk import Desk
from sample.model import Extra, Line, Project
from sample.people import LATE_DIVISION
from sample.profiles import FINAL

_FEN = (
    *(1, 5_000, 88_000, 150_000, 320_000, 499_900, 760_000, 1_000_000, 1_340_000, 1_880_000),
    *(2_500_000, 3_100_000, 4_200_000, 5_600_000, 7_000_000, 8_800_000, 12_000_000, 950_000),
)
_OTHER_FUNCTION = "2299999"


def plant_orphans(desk: Desk) -> None:
    """Plant payments on another functional item of a project, on unknown projects, on basic spending elsewhere."""
    if desk.until < dt.date(desk.year, 2, 15):
        return
    for place, fen in enumerate(desk.some(_FEN)):
        model = desk.take_line(lambda line, fen=fen: line.budget_fen(desk.until) > fen * 8)  # type: ignore[misc]
        if model is None or model.project is None:
            continue
        line = _orphan(desk, model, place % 3)
        first = desk.weekday(dt.date(desk.year, 2, 5), desk.until, 0.1 + 0.05 * place % 0.8)
        _pay(line, desk.weekday(first, desk.until, 0.5), first, fen)
        desk.plant("A07", line.line_subject)
    _early(desk)
    _booked_wrong(desk)


def _orphan(desk: Desk, model: Line, form: int) -> Line:
    project = model.project
    function = _OTHER_FUNCTION
    if form == 1 and project:
        code = f"{project.code[:11]}{8_000_000 + len(desk.marks):010d}"
        project, function = Project(code, project.name, project.category, model.function, model.fund), model.function
    line = replace(
        model,
        project=None if form == 2 else project,
        function=function,
        economic="30299" if form == 2 else model.economic,
        appropriation_fen=0,
        changes=[],
        extras=[],
        segments=[],
        code="",
        is_unbudgeted=True,
    )
    desk.district.lines[desk.year].append(line)
    return line


def _pay(line: Line, later: dt.date, first: dt.date, fen: int) -> None:
    purpose = "支付专项工作经费" if line.project else "支付临时工作经费"
    if fen < 1_000_000:
        line.extras.append(Extra(first, fen, purpose))
    else:
        line.extras += [Extra(first, fen // 3, purpose), Extra(later, fen - fen // 3, f"{purpose}（尾款）")]
    line.paid_fen = fen


def _early(desk: Desk) -> None:
    """Pay early in January on last year's projects that have no budget this year."""
    now = {line.line_subject for line in desk.district.lines[desk.year]}
    gone = [
        line
        for line in desk.district.lines[desk.year - 1]
        if line.project
        and line.line_subject not in now
        and line.unit.code in desk.by_unit
        and not desk.is_closed_to_others(line.unit)
        and line.unit.division != LATE_DIVISION
        and line.category in FINAL
    ]
    for place, old in enumerate(gone[:: max(1, len(gone) // 6)][:6]):
        line = replace(
            old, year=desk.year, appropriation_fen=0, changes=[], extras=[], segments=[], code="", is_unbudgeted=True
        )
        on = desk.weekday(dt.date(desk.year, 1, 5), dt.date(desk.year, 1, 9), place / 6)
        fen = 1_200_000 + place * 430_000
        line.extras.append(Extra(on, fen, "预算批复前支付上年结转项目款"))
        line.paid_fen = fen
        desk.district.lines[desk.year].append(line)
        desk.innocent("A07", line.line_subject, "预算下达前支付上年结转项目支出，符合预算法第五十四条")


def _booked_wrong(desk: Desk) -> None:
    for place in range(3):
        model = desk.take_line(lambda line: line.paid_fen > 5_000_000)
        if model is None:
            continue
        line = _orphan(desk, model, 0)
        first = desk.weekday(dt.date(desk.year, 2, 5), desk.until, 0.3 + 0.1 * place)
        tag, fen = f"A07-back-{place}", 800_000 + 90_000 * place
        line.extras += [
            Extra(first, fen, "误列科目", tag=tag),
            Extra(desk.weekday(first, desk.until, 0.3), -fen, "更正科目", kind="更正", original=tag),
        ]
        desk.innocent("A07", line.line_subject, "误列科目，已全额更正，净支出为零")
