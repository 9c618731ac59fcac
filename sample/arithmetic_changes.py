"""The sample's own arithmetic of changes: whose budget was changed by much (B03), and which got much late (B04)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from sample.model import Change, District, Line

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
