"""The sample's own arithmetic of changes: what was approved (B01), whose are many (B03), and which came late (B04)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from sample.levels import LEVELS, own_lines
from sample.model import Change, District, Line

# The reason of an addition that no adjustment plan carried.
UNAPPROVED = "追加安排（未列入调整方案）"
# The day of the year on which the adjustment plans are approved.
APPROVED = (8, 27)
_WHOLE = 10_000
_TENTH_BP = 1_000
_LEAST_FEN = 10_000_000
_OTHER = ("上级", "直达")
_POLICY = ("工资", "职能划转")


def _changes(district: District) -> Iterator[tuple[Line, Change]]:
    for line in district.lines[district.year]:
        if line.source != "上级转移支付" and not line.is_unbudgeted:
            for change in line.changes:
                if change.on <= district.until and not any(word in change.reason for word in _OTHER):
                    yield line, change


def changed_fen(district: District) -> dict[str, int]:
    """Return, by unit subject, what its budget was changed by; both sides of a move count once."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for line, change in _changes(district):
        if not any(word in change.reason for word in _POLICY):
            side = "in" if change.fen > 0 else "out"
            sums[line.unit.subject][side if change.kind == "调剂" else "changed"] += abs(change.fen)
    return {subject: own["changed"] + max(own["in"], own["out"]) for subject, own in sums.items()}


def much_changed(district: District) -> set[str]:
    """Return the subjects of units whose changes reach a tenth of B0."""
    budget: dict[str, int] = defaultdict(int)
    for line in district.lines[district.year]:
        budget[line.unit.subject] += 0 if line.is_unbudgeted else line.appropriation_fen
    taken_over = {unit.successor for unit in district.units}
    exempt = {unit.subject for unit in district.units if unit.code in taken_over}
    return {
        subject
        for subject, fen in changed_fen(district).items()
        if fen >= _LEAST_FEN and fen * _WHOLE >= budget[subject] * _TENTH_BP and subject not in exempt
    }


def late_top_ups(district: District) -> set[str]:
    """Return the subjects of projects that got a tenth of B1 from November on; none before that month."""
    budget: dict[str, int] = defaultdict(int)
    late: dict[str, int] = defaultdict(int)
    for line in district.lines[district.year]:
        if line.project and not line.is_unbudgeted:
            budget[line.project_subject] += line.budget_fen(district.until)
    for line, change in _changes(district):
        if line.project and change.kind == "追加" and change.on >= dt.date(district.year, 11, 1):
            late[line.project_subject] += max(0, change.fen)
    return {
        subject for subject, fen in late.items() if fen >= _LEAST_FEN and fen * _WHOLE >= budget[subject] * _TENTH_BP
    }


def planned_nets(district: District, level: str, year: int) -> dict[str, int]:
    """Return, by fund, what a level's adjustment plan changes total spending by: all but what it left out.

    It carries what was done up to the meeting, and later what has waited for an approval for a quarter of a year.
    """
    last = max(dt.date(year, 8, 31), district.until - dt.timedelta(days=90))
    funds: dict[str, int] = defaultdict(int)
    for line in own_lines(district, level, year):
        for change in line.changes if line.source != "上级转移支付" else []:
            if change.kind != "调剂" and change.reason != UNAPPROVED and change.on <= last:
                funds[line.fund] += change.fen
    return funds


def planned_change(district: District, level: str, year: int) -> int:
    """Return the amount that is approved, rounded up to 万元: the largest change of any fund, up or down."""
    fen = max((abs(one) for one in planned_nets(district, level, year).values()), default=0)
    return (fen // 1_000_000 + 1) * 1_000_000


def unapproved(district: District) -> set[str]:
    """Return the subjects of levels and funds that were changed a quarter of a year ago by more than was approved."""
    last = district.until - dt.timedelta(days=90)
    found = set()
    for level in LEVELS if last.year == district.year else ():
        funds: dict[str, int] = defaultdict(int)
        for line in own_lines(district, level, district.year):
            for change in line.changes if line.source != "上级转移支付" else []:
                is_own = change.kind != "调剂" and not any(word in change.reason for word in _OTHER)
                funds[line.fund] += change.fen if is_own and change.on <= last else 0
        is_approved = district.until >= dt.date(district.year, *APPROVED)
        approved = planned_change(district, level, district.year) if is_approved else 0
        for fund, fen in funds.items():
            if abs(fen) >= _LEAST_FEN and abs(fen) > approved:
                found.add(f"act:{level}/adjustment_approval/{fund}")
    return found
