"""What is true of the revenue as built (G01 to G09, G20), reckoned apart from the rules: each proves the other."""

from collections.abc import Iterator
from typing import NamedTuple

from sample.levels import LEVELS
from sample.model import District
from sample.months import delivered_on
from sample.revenue import Taken, take_in

Entry = tuple[str, str, str]
LAND = ("1030146", "1030147", "1030148")
_QUARTERLY = (1, 4, 7, 10)
_WAN = 1_000_000
_LEAST_MONTH = 200 * _WAN
_LEAST_YEAR = 1_000 * _WAN
_LEAST_ITEM = 100 * _WAN


class Head(NamedTuple):
    """What is judged as one: a budget, a class or an item, with its months of two years and this year's budget."""

    level: str
    fund: str
    code: str
    now: tuple[int, ...]
    last: tuple[int, ...]
    budget: int

    @property
    def subject(self) -> str:
        """Return the head's subject."""
        return f"revenue:{self.level}/{self.fund}/{self.code}"

    def until(self, month: int) -> tuple[int, int]:
        """Return what came in by a month's end, this year and last."""
        return sum(self.now[:month]), sum(self.last[:month])


def heads(district: District, seed: int) -> Iterator[Head]:
    """Yield every head of both levels."""
    for level in LEVELS:
        now, last = (take_in(district, level, year, seed) for year in (district.year, district.year - 1))
        starts = {("11", "-"): "", ("11", "101"): "101", ("11", "103"): "103", ("14", "-"): ""}
        starts |= {(one.subject.fund, one.subject.code): one.subject.code for one in now}
        for (fund, code), start in starts.items():
            own = [one for one in now if one.subject.fund == fund and one.subject.code.startswith(start)]
            before = [one for one in last if one.subject.fund == fund and one.subject.code.startswith(start)]
            if own:
                yield Head(level, fund, code, _added(own), _added(before), sum(one.budget for one in own))


def _added(told: list[Taken]) -> tuple[int, ...]:
    return tuple(sum(one.months[place] for one in told) for place in range(12))


def months_there(district: District) -> list[int]:
    """Return the current year's months whose tables were delivered."""
    return [month for month in range(1, 13) if delivered_on(district.year, month) <= district.until]


def last_months(district: District) -> dict[str, int]:
    """Return each quarter's last delivered month."""
    return {f"{district.year}Q{(month + 2) // 3}": month for month in months_there(district)}


def growth_bp(now: int, base: int) -> int:
    """Return a rise in basis points, rounded down; none at all over a base that is not positive."""
    return (now - base) * 10_000 // base if base > 0 else -10_000


def revenue_truths(district: District, seed: int) -> set[Entry]:
    """Return (rule, subject, period) of every irregularity of revenue that is true of the built data."""
    every = list(heads(district, seed))
    by_code = {(head.level, head.fund, head.code): head for head in every}
    found: set[Entry] = set()
    for head in every:
        if head.fund == "11" and head.code in ("-", "101", "103"):
            found |= _monthly(head, district) | _pace(head, district)
        found |= _cumulative(head, by_code.get((head.level, "11", "-"), head), district)
    for level in LEVELS:
        found |= _structure(by_code, level, district) | _unremitted(district, level, seed)
    return found


def _monthly(head: Head, district: District) -> set[Entry]:
    found: set[Entry] = set()
    for month in months_there(district):
        period = f"{district.year}-{month:02d}"
        now, last = head.now[month - 1], head.last[month - 1]
        if last >= _LEAST_MONTH and growth_bp(now, last) >= 5_000:
            found.add(("G02", head.subject, period))
        elif month > 1:
            before, last_before = head.now[month - 2], head.last[month - 2]
            is_season = month in _QUARTERLY or growth_bp(last, last_before) >= 5_000
            if not is_season and before >= _LEAST_MONTH and growth_bp(now, before) >= 5_000:
                found.add(("G01", head.subject, period))
    return found


def _cumulative(head: Head, whole: Head, district: District) -> set[Entry]:
    found: set[Entry] = set()
    for period, month in last_months(district).items():
        now, last = head.until(month)
        rise = growth_bp(now, last)
        if head.code == "-" and last >= _LEAST_YEAR and rise >= 2_000:
            found.add(("G03", head.subject, period))
        is_item = head.fund == "11" and len(head.code) == 5
        is_large = last >= _LEAST_ITEM and last * 100 >= whole.until(month)[1]
        if is_item and is_large and rise >= 5_000:
            found.add(("G04" if head.code.startswith("101") else "G05", head.subject, period))
        if head.code in LAND and last >= _LEAST_YEAR and rise >= 10_000:
            found.add(("G06", head.subject, period))
    return found


def _pace(head: Head, district: District) -> set[Entry]:
    found: set[Entry] = set()
    for period, month in last_months(district).items():
        now, last = head.until(month)
        usual = last * 10_000 // sum(head.last)
        if head.budget >= _LEAST_YEAR and abs(now * 10_000 // head.budget - usual) >= 1_000:
            found.add(("G09", head.subject, period))
    return found


def _structure(by_code: dict[tuple[str, str, str], Head], level: str, district: District) -> set[Entry]:
    found: set[Entry] = set()
    for period, month in last_months(district).items():
        whole, taxes = (by_code[level, "11", code].until(month)[0] for code in ("-", "101"))
        if whole >= _LEAST_YEAR and (whole - taxes) * 10_000 // whole >= 4_000:
            found.add(("G07", f"revenue:{level}/11/-", period))
        land = sum(head.until(month)[0] for key, head in by_code.items() if key[0] == level and key[2] in LAND)
        if land >= _LEAST_YEAR and land >= whole:
            found.add(("G08", f"revenue:{level}/12/land", period))
    return found


def _unremitted(district: District, level: str, seed: int) -> set[Entry]:
    found: set[Entry] = set()
    told = [one for one in take_in(district, level, district.year, seed) if one.is_non_tax]
    items = {(one.subject.fund, one.subject.code[:5]) for one in told}
    for fund, item in items:
        own = [one for one in told if one.subject.fund == fund and one.subject.code.startswith(item)]
        for period, month in last_months(district).items():
            if month == 1:
                continue
            owed = sum(one.receivable(month - 1) - one.until(month) for one in own)
            if owed > 10_000:
                found.add(("G20", f"revenue:{level}/{fund}/{item}", period))
    return found
