"""What planting single vouchers needs: a line to put them on, a day, a payee, a tag."""

import datetime as dt

from sample.desk import Desk
from sample.model import Line
from sample.payees import BANKS, Payee

_DAY = dt.timedelta(days=1)


def payee_named(name: str, number: int) -> Payee:
    """Return a payee of a name, with an account of its own."""
    return Payee(name, f"6228{number:012d}", BANKS[number % len(BANKS)])


def line_for(desk: Desk, fen: int, classes: tuple[str, ...] = ("302", "310")) -> Line | None:
    """Lend a line that has paid enough to carry vouchers of so many fen beside what is on it already."""
    return desk.lend_line(lambda line: left_of(line) > fen * 11 // 10 and line.economic[:3] in classes, desk.rng)


def left_of(line: Line) -> int:
    """Return what a line pays that no voucher by hand pays yet, in fen."""
    return line.paid_fen - sum(extra.fen for extra in line.extras if not extra.voided)


def day_of(desk: Desk, place: int, *, before: int = 14) -> dt.date:
    """Return a weekday from late February on, so many days before the horizon."""
    first = dt.date(desk.year, 2, 25)
    return desk.weekday(first, max(first + 20 * _DAY, desk.until - before * _DAY), (place * 0.381966 + 0.21) % 1.0)


def tag_of(desk: Desk, rule: str, why: str = "") -> str:
    """Return a tag by which a voucher is listed once it has a number."""
    tag = f"{rule}-{len(desk.tagged)}"
    desk.tagged[tag] = (rule, why)
    return tag
