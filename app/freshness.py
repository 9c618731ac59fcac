"""The freshness board of a house: its calendar held against what has arrived, for one reader at one moment."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.holidays import load_changed_days
from app.settings import CHECKOUT
from app.wiring import House
from budget.expected import Awaited, await_deliveries, board
from budget.frames import FEEDS
from ingest.expected import held_deliveries, load_calendar
from ingest.mapping import load_mappings
from warehouse.engine import Connection, reading
from warehouse.freshness import read_arrivals, read_held
from warehouse.notes import SAMPLE_UNTIL, read_note
from warehouse.offices import list_offices
from warehouse.scope import Scope

SAMPLE_CALENDAR = CHECKOUT / "sample" / "calendar.toml"


def calendar_file(house: House, connection: Connection) -> Path | None:
    """Return the calendar in use: the site's own, else the sample's where the sample is loaded; None without one."""
    own = house.data / "calendar.toml"
    if own.exists():
        return own
    return SAMPLE_CALENDAR if read_note(connection, SAMPLE_UNTIL) is not None else None


def checked_calendar(house: House) -> int | None:
    """Return how many lines the site's own calendar has; None without one, CalendarError where it is wrong."""
    own = house.data / "calendar.toml"
    return len(load_calendar(own)) if own.exists() else None


def awaited(house: House, connection: Connection, scope: Scope, moment: dt.datetime) -> list[Awaited] | None:
    """Return every expected period that a reader may see, as known at a moment; None where there is no calendar."""
    path = calendar_file(house, connection)
    if path is None:
        return None
    offices = [one.division_code for one in list_offices(connection, Scope.everything())]
    lines = [one.expected(offices) for one in load_calendar(path)]
    seen = [replace(one, divisions=tuple(code for code in one.divisions if scope.allows(code))) for one in lines]
    stuck = read_held(connection, moment)
    held = held_deliveries(load_mappings(house.mapping_folders), stuck) if stuck else []
    return await_deliveries(
        seen,
        read_arrivals(connection, scope, moment, house.settings.zone),
        [one for one in held if scope.allows(one.division_code)],
        house.settings.today(moment),
        load_changed_days(),
    )


def read_board(house: House, connection: Connection, scope: Scope, moment: dt.datetime) -> Sequence[Awaited] | None:
    """Return one row a feed and sender, the worst first; None without a calendar, CalendarError where it is wrong."""
    found = awaited(house, connection, scope, moment)
    return None if found is None else board(found)


def overdue_by_feed(house: House) -> dict[str, int]:
    """Count the senders that are overdue with each feed; every feed has its number."""
    with reading(house.engine) as connection:
        rows = read_board(house, connection, Scope.everything(), house.clock()) or []
    late = [one.line.feed for one in rows if one.state == "overdue"]
    return {feed: late.count(feed) for feed in FEEDS}


def told(one: Awaited) -> dict[str, Any]:
    """Return one row in the shape docs/json.md promises."""
    return {
        "feed": one.line.feed,
        "title": one.line.title,
        "division": one.division_code,
        "department": one.department_code,
        "period": one.period.name,
        "due_on": one.due_on,
        "state": one.state,
        "days": one.days,
        "received_on": one.received_on,
        "data_until": one.data_until,
        "batch": one.batch_id,
        "ever_came": one.has_ever_come,
        "overdue_periods": one.overdue_periods,
        "owner": one.line.owner,
        "contact": one.line.contact,
    }
