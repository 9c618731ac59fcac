"""How much is paid on each line until the horizon when nothing is wrong, and in how many pieces."""

import datetime as dt
import math

import numpy as np

from sample.budgets import WAGES
from sample.model import Line, Segment
from sample.profiles import FINAL, UNSPENT, progress, to_weekdays

_WAGE_PARTS = 13
_OTHER_PARTS = 12
_WAGE_SHARE = 0.985
_YUAN = 100
_BIG_FEN = 50_000_000


def paydays(line: Line, horizon: dt.date) -> list[dt.date]:
    """Return the paydays of a wage line up to the horizon: monthly, and a 13th for wages at the end of December."""
    days = [(1, 17 + line.unit.number % 4), *((month, 9 + line.unit.number % 5) for month in range(2, 13))]
    if line.economic in WAGES:
        days.append((12, 22 + line.unit.number % 5))
    first, last = dt.date(line.year, 1, 1), dt.date(line.year, 12, 31)
    ordinals = np.array([dt.date(line.year, *day).toordinal() for day in days], dtype=np.int64)
    moved = [dt.date.fromordinal(int(day)) for day in to_weekdays(ordinals, first, last)]
    return [day for day in moved if day <= horizon]


def settle(lines: list[Line], horizon: dt.date, scale: float, rng: np.random.Generator) -> None:
    """Set paid_fen and count of every line as in an ordinary year."""
    drift: dict[tuple[str, str], float] = {}
    for line in lines:
        if line.profile == "monthly":
            parts = _WAGE_PARTS if line.economic in WAGES else _OTHER_PARTS
            each = int(line.appropriation_fen * _WAGE_SHARE) // parts // _YUAN * _YUAN
            line.count = len(paydays(line, horizon))
            line.paid_fen = each * line.count
            continue
        own = drift.setdefault((line.unit.code, line.project.code if line.project else ""), rng.uniform(-0.025, 0.025))
        own = 0.0 if line.profile == "三公" else own
        share = min(0.985, max(0.0, usual_share(line, horizon) + own * usual_share(line, horizon) * 1.5))
        budget = line.budget_fen(horizon)
        line.paid_fen = int(budget * share) // _YUAN * _YUAN if share > 0 else 0
        line.count = pieces(line, horizon, scale) if line.paid_fen else 0


def usual_share(line: Line, horizon: dt.date) -> float:
    """Return the share of a line's budget that is usually paid by the horizon."""
    if line.category in UNSPENT or line.released_on > horizon:
        return 0.0
    if line.profile == "even":
        full = (dt.date(line.year, 12, 28) - line.released_on).days
        return 0.85 * max(0.0, min(1.0, ((horizon - line.released_on).days - 6) / full))
    return FINAL[line.profile] * progress(line.profile, horizon)


def pieces(line: Line, horizon: dt.date, scale: float) -> int:
    """Return how many payments a line has until the horizon; large lines are paid in more pieces."""
    if line.project is None:
        whole = max(5.0, (24 if line.profile == "公用" else 20) * scale)
    else:
        larger = max(0.0, math.log10(max(1, line.appropriation_fen) / _BIG_FEN))
        whole = max(20.0 if line.appropriation_fen >= _BIG_FEN else 12.0, (30 + 24 * larger) * scale)
    if line.profile == "even":
        return max(3, round(whole * usual_share(line, horizon)))
    return max(4, round(whole * progress(line.profile, horizon)))


def segments_of(line: Line, horizon: dt.date) -> list[Segment]:
    """Return the spans a line's money is paid in: those set by hand, or one from release to the horizon."""
    if line.segments is not None:
        return line.segments
    rest = line.paid_fen - sum(extra.fen for extra in line.extras if not extra.voided)
    first = line.released_on + dt.timedelta(days=5)
    last = min(horizon, dt.date(line.year, 12, 30))
    if rest <= 0 or line.count == 0 or first > last:
        return []
    return [Segment(first, last, rest, line.count, line.profile)]
