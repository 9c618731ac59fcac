"""Hands out ordinary money of units (no projects) to carry small planted vouchers, spread over units and offices."""

import datetime as dt
from collections import defaultdict

import numpy as np

from sample.desk import Desk
from sample.model import Extra, Line
from sample.payees import Payee
from sample.people import LATE_DIVISION

_RESERVE = 2  # a line carries planted vouchers up to a half of what it has paid


class OrdinaryLines:
    """Lines of one economic item of the current year; a unit is handed out once a rule.

    Draws from its own generator, so that what is planted elsewhere stays as it is.
    """

    def __init__(self, desk: Desk, number: int) -> None:
        self.desk = desk
        self._order = np.random.default_rng([desk.district.units[0].base_fen, desk.until.toordinal(), number])
        self._seen: dict[str, set[str]] = defaultdict(set)
        self._carried: dict[int, int] = defaultdict(int)
        self._load: dict[str, int] = defaultdict(int)

    def take(self, rule: str, economic: str, fen: int) -> Line | None:
        """Take a line of a unit not seen by this rule, the least loaded units first; None where none is left."""
        own = [line for lines in self.desk.by_unit.values() for line in lines if self._fits(line, rule, economic, fen)]
        if not own:
            return None
        mixed = [own[int(place)] for place in self._order.permutation(len(own))]
        line = min(mixed, key=lambda one: self._load[one.unit.code])
        self._seen[rule].add(line.unit.code)
        self._load[line.unit.code] += 1
        self._carried[id(line)] += fen
        return line

    def _fits(self, line: Line, rule: str, economic: str, fen: int) -> bool:
        return (
            line.project is None
            and line.economic == economic
            and line.unit.division != LATE_DIVISION
            and line.unit.code not in self._seen[rule]
            and not self.desk.is_closed_to_others(line.unit)
            and not line.is_unbudgeted
            and line.paid_fen > _RESERVE * (self._carried[id(line)] + fen)
        )

    def day(self, place: int, *, first: dt.date | None = None) -> dt.date:
        """Return a weekday between late February (or ``first``) and a week before the horizon."""
        start = first or dt.date(self.desk.year, 2, 25)
        last = max(start, self.desk.until - dt.timedelta(days=7))
        return self.desk.weekday(start, last, (place * 0.381966 + 0.11) % 1.0)

    def month(self, place: int) -> dt.date:
        """Return the first day of a finished month from February on, each place another one in turn."""
        months = range(2, max(3, self.desk.until.month))
        return dt.date(self.desk.year, months[place * 3 % len(months)], 1)

    def tag(self, rule: str, why: str = "") -> str:
        """Return a new tag by which a planted voucher is listed."""
        tag = f"{rule}-{len(self.desk.tagged)}"
        self.desk.tagged[tag] = (rule, why)
        return tag

    def voucher(
        self,
        rule: str,
        line: Line,
        on: dt.date,
        fen: int,
        *,
        purpose: str,
        payee: Payee | None = None,
        economic: str | None = None,
        settlement: str | None = None,
        why: str = "",
    ) -> str:
        """Put one voucher on a line, listed for a rule; return its tag."""
        tag = self.tag(rule, why)
        line.extras.append(Extra(on, fen, purpose, payee, tag=tag, economic=economic, settlement=settlement))
        return tag
