"""Revenue that falls short of its budget in the year that G10 judges, what only looks so, and what is true of both."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from sample.levels import LEVELS, TOWN_CODE
from sample.model import District
from sample.months import delivered_on
from sample.people import DISTRICT_CODE

FIRST_MONTH = 7
FENCES: Final = (500, 1_000, 1_500)
_LEAST_FEN = 100_000_000


class Short(NamedTuple):
    """What of its budget the subjects of a level whose codes begin with ``start`` take in over the year."""

    level: str
    fund: str
    start: str
    share: float


SHORTS: Final = (
    Short(DISTRICT_CODE, "13", "10306", 0.80),  # a state company pays no dividend
    Short(DISTRICT_CODE, "14", "1021", 0.90),
    Short(DISTRICT_CODE, "11", "103", 0.87),
    Short(TOWN_CODE, "12", "1030148", 0.84),
    Short(TOWN_CODE, "11", "101", 0.88),
)
INNOCENT: Final = (
    (DISTRICT_CODE, "11", "-", "部分收入短收，但合计按往年走势可完成预算的95%以上"),
    (DISTRICT_CODE, "11", "101", "季度税种集中入库，按往年走势可完成预算的95%以上"),
    (DISTRICT_CODE, "12", "-", "土地出让收入入库不均匀，按往年走势可完成预算的95%以上"),
    (TOWN_CODE, "11", "103", "非税收入前低后高，按往年走势可完成预算的95%以上"),
)


class Head(NamedTuple):
    """A fund's revenue of a level, or one class of it, with what came in by month and the budget of a year."""

    level: str
    fund: str
    code: str
    months: tuple[int, ...]
    budget: int

    @property
    def subject(self) -> str:
        """Return the head's subject."""
        return f"revenue:{self.level}/{self.fund}/{self.code}"

    def until(self, month: int) -> int:
        """Return what came in from January to a month (inclusive)."""
        return sum(self.months[:month])


HeadsOf = Callable[[str, int], list[Head]]


def judged_year(until: dt.date) -> int:
    """Return the year that G10 judges on a day."""
    return until.year if until.month >= FIRST_MONTH else until.year - 1


def share_of(level: str, fund: str, code: str) -> float | None:
    """Return what a subject takes in of its budget where it falls short, else None."""
    found = (one for one in SHORTS if (one.level, one.fund) == (level, fund) and code.startswith(one.start))
    return next((one.share for one in found), None)


def last_month(until: dt.date, year: int) -> int | None:
    """Return the last month of the year judged whose table was delivered; of a past year there is December only."""
    months = range(1, 13) if year == until.year else (12,)
    return max((month for month in months if delivered_on(year, month) <= until), default=None)


def short_heads(district: District, heads_of: HeadsOf) -> Iterator[tuple[str, str, str]]:
    """Yield (G10, subject, period) of what ends its year 5 % or more under budget; classes if graver than the total."""
    year = judged_year(district.until)
    month = last_month(district.until, year)
    if month is None:
        return
    for level in LEVELS:
        now, last = heads_of(level, year), {head.subject: head for head in heads_of(level, year - 1)}
        grade = {head.subject: _grade(_shortfall(head, last[head.subject], month)) for head in now}
        for head in now:
            total = f"revenue:{level}/{head.fund}/-"
            if grade[head.subject] > (0 if head.subject == total else grade[total]):
                yield ("G10", head.subject, str(year))


def _grade(shortfall: int) -> int:
    """Return 0 for no finding, else 1 to 3."""
    return sum(shortfall >= fence for fence in FENCES)


def _shortfall(head: Head, last: Head, month: int) -> int:
    """Return what is short at best, in basis points of the budget; nothing for a small budget."""
    if head.budget < _LEAST_FEN:
        return 0
    so_far, before, whole = head.until(month), last.until(month), last.until(12)
    rate = so_far * 10_000 // head.budget
    if month < 12:
        growth = whole * 10_000 // before
        grown = rate * (growth + (growth - 10_000) // 10) // 10_000
        added = (whole - before) * 10_000 // last.budget
        rate = min(max(rate, grown, rate + added), max(rate, 10_000))
    return 10_000 - rate
