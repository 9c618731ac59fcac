"""What is expected from whom by when, and what has come of it: the feed calendar, pure.

A period has arrived when a delivery that covers it became known after its end; what came before its end tells only a
part. Nothing that never came is fine: it is waited for until it is due, and overdue from then on.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeVar

from budget.calendar import workdays_between
from budget.due import LOOK_BACK, Expected, Period, due_of, periods_of

State = Literal["overdue", "held", "waiting", "arrived_late", "arrived"]
STATES: Final[tuple[State, ...]] = ("overdue", "held", "waiting", "arrived_late", "arrived")  # the worst first


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A published slice and the site's day on which it first came; a null division stands for all of them."""

    feed: str
    slice_key: str
    division_code: str | None
    fiscal_year: int | None
    first_on: dt.date | None
    last_on: dt.date | None
    known_at: dt.datetime
    came_on: dt.date
    batch_id: int


@dataclass(frozen=True, kw_only=True)
class HeldDelivery:
    """A slice of a delivery that a person has to look at; what is not told of it is null, and may be any.

    Of a delivery in which nothing could be read, what its name tells.
    """

    feed: str
    division_code: str | None
    parts: frozenset[str]  # what its slice key and its name say: codes among it
    first_on: dt.date | None
    last_on: dt.date | None
    known_at: dt.datetime
    batch_id: int
    fiscal_year: int | None = None


Delivery = TypeVar("Delivery", Arrival, HeldDelivery)


@dataclass(frozen=True, kw_only=True)
class Awaited:
    """One period of one feed of one division or department, and where it stands.

    ``days`` are working days left while it is waited for, else calendar days past the due day (0 where in time).
    ``batch_id`` is the delivery that is held, or the one by which the period arrived.
    """

    line: Expected
    division_code: str
    department_code: str | None
    period: Period
    due_on: dt.date
    state: State
    days: int
    received_on: dt.date | None
    data_until: dt.date | None
    batch_id: int | None
    has_ever_come: bool
    overdue_periods: int = 0  # of the same feed and sender, this one included


def await_deliveries(
    lines: Iterable[Expected],
    arrivals: Iterable[Arrival],
    held: Iterable[HeldDelivery],
    today: dt.date,
    changed_days: Mapping[dt.date, bool],
) -> list[Awaited]:
    """Return every period that is open today: over, or begun where it is due from its start; at most a year back.

    Where none is open yet, the running one stands for its feed and sender.
    """
    came, kept = _by_feed(arrivals), _by_feed(held)
    found: list[Awaited] = []
    for line in lines:
        periods = _open_periods(line, today, changed_days)
        for sender in _senders(line, came[line.feed], kept[line.feed]):
            judged = (_judge(line, sender, period, due, today) for period, due in periods)
            found += [_with_workdays(one, today, changed_days) for one in judged]
    return found


def _by_feed(deliveries: Iterable[Delivery]) -> dict[str, list[Delivery]]:
    found: dict[str, list[Delivery]] = defaultdict(list)
    for one in deliveries:
        found[one.feed].append(one)
    return found


def _with_workdays(one: Awaited, today: dt.date, changed_days: Mapping[dt.date, bool]) -> Awaited:
    """Count the days that are left as working days."""
    return replace(one, days=workdays_between(today, one.due_on, changed_days)) if one.state == "waiting" else one


def board(awaited: Iterable[Awaited]) -> list[Awaited]:
    """Return one row a feed and sender, the worst first: its oldest overdue or held period, else its latest one."""
    rows: dict[tuple[Expected, str, str | None], list[Awaited]] = defaultdict(list)
    for one in awaited:
        rows[one.line, one.division_code, one.department_code].append(one)
    return sorted((_shown(periods) for periods in rows.values()), key=_worst_first)


def _shown(periods: Sequence[Awaited]) -> Awaited:
    overdue = [one for one in periods if one.state == "overdue"]
    trouble = overdue or [one for one in periods if one.state == "held"]
    shown = trouble[0] if trouble else periods[-1]
    return replace(shown, overdue_periods=len(overdue))


def _worst_first(one: Awaited) -> tuple[int, int, str, str, str]:
    urgency = one.days if one.state == "waiting" else -one.days
    return STATES.index(one.state), urgency, one.line.feed, one.division_code, one.department_code or ""


@dataclass(frozen=True)
class _Sender:
    """A division, or a department of it, with what came from it and what of it is held."""

    division: str
    department: str | None
    came: Sequence[Arrival]
    held: Sequence[HeldDelivery]


def _senders(line: Expected, came: Sequence[Arrival], held: Sequence[HeldDelivery]) -> Iterator[_Sender]:
    for division in line.divisions:
        for department in line.departments or (None,):
            own = [one for one in came if _is_from(one, division, department)]
            stuck = [one for one in held if _is_held_from(one, division, department)]
            yield _Sender(division, department, own, stuck)


def _is_from(one: Arrival, division: str, department: str | None) -> bool:
    if one.division_code not in {None, division}:
        return False
    return department is None or department in one.slice_key.split("/")


def _is_held_from(one: HeldDelivery, division: str, department: str | None) -> bool:
    return one.division_code == division and (department is None or department in one.parts)


def _judge(line: Expected, sender: _Sender, period: Period, due_on: dt.date, today: dt.date) -> Awaited:
    whole = [one for one in sender.came if _covers(line, period, one) and _is_whole(line, period, one)]
    first = min(whole, key=lambda one: (one.known_at, one.batch_id), default=None)
    newest = max((one.known_at for one in whole), default=None)
    held = [one for one in sender.held if _speaks(line, period, one) and (newest is None or one.known_at > newest)]
    past = (first.came_on if first else today) - due_on
    return Awaited(
        line=line,
        division_code=sender.division,
        department_code=sender.department,
        period=period,
        due_on=due_on,
        state=_state(first, due_on, today, is_held=bool(held)),
        days=max(past.days, 0),
        received_on=first.came_on if first else None,
        data_until=max((one.last_on for one in sender.came if one.last_on), default=None),
        batch_id=held[-1].batch_id if held else first.batch_id if first else None,
        has_ever_come=bool(sender.came),
    )


def _state(first: Arrival | None, due_on: dt.date, today: dt.date, *, is_held: bool) -> State:
    if is_held:
        return "held"
    if first is not None:
        return "arrived" if first.came_on <= due_on else "arrived_late"
    return "overdue" if today > due_on else "waiting"


def _covers(line: Expected, period: Period, one: Arrival) -> bool:
    """Tell whether a slice speaks of a period at all."""
    if line.rhythm == "once":
        return True
    by_year = line.is_cumulative or line.rhythm == "yearly" or one.first_on is None
    if by_year and one.fiscal_year is not None:
        return one.fiscal_year == period.first.year
    return _overlaps(period, one)


def _speaks(line: Expected, period: Period, one: HeldDelivery) -> bool:
    """Tell whether a held slice speaks of a period: of a year by its fiscal year, as its days may lie before it."""
    if line.rhythm == "yearly" and one.fiscal_year is not None:
        return one.fiscal_year == period.first.year
    return _overlaps(period, one)


def _overlaps(period: Period, one: Arrival | HeldDelivery) -> bool:
    starts_in_time = one.first_on is None or one.first_on <= period.last
    return starts_in_time and (one.last_on is None or one.last_on >= period.first)


def _is_whole(line: Expected, period: Period, one: Arrival) -> bool:
    """Tell whether a slice can tell all of a period: plans always do, figures only once the period is over."""
    if line.due_from == "start" or line.rhythm == "once":
        return True
    return one.came_on >= period.last or (one.last_on is not None and one.last_on >= period.last)


def _open_periods(line: Expected, today: dt.date, changed_days: Mapping[dt.date, bool]) -> list[tuple[Period, dt.date]]:
    """Return the open periods with their due days, the oldest first; the running one where none is open."""
    known = [
        (period, due_of(line, period, changed_days))
        for period in periods_of(line, today, changed_days)
        if line.since is None or period.first >= line.since
    ]
    still = [(period, due) for period, due in known if due >= today - LOOK_BACK]
    is_begun = line.due_from == "start" or line.rhythm == "once"
    over = [(period, due) for period, due in still if is_begun or period.last < today]
    return over or still[-1:]
