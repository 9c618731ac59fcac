"""Whether a start loads the made-up district; what it does then stands in ``app.first_load``."""

import datetime as dt
from typing import NamedTuple

from app.output import note
from app.wiring import House
from warehouse.engine import reading
from warehouse.notes import SAMPLE_LOADED, SAMPLE_SCALE, SAMPLE_UNTIL, read_note
from warehouse.opening import holds_deliveries


class SampleWish(NamedTuple):
    """What ``serve --sample`` asks for; until is yesterday where it is None."""

    scale: float = 1.0
    until: dt.date | None = None


class SampleSize(NamedTuple):
    """What is to be loaded: the sample's size and its last day."""

    scale: float
    until: dt.date


def sample_to_load(house: House, wish: SampleWish | None) -> SampleSize | None:
    """Return the load to make at this start: a wished-for one into an empty warehouse, or one to finish; else None."""
    with reading(house.engine) as connection:
        until, loaded = read_note(connection, SAMPLE_UNTIL), read_note(connection, SAMPLE_LOADED)
        if until is not None:
            scale = float(read_note(connection, SAMPLE_SCALE) or 1)
            return None if loaded else SampleSize(scale, dt.date.fromisoformat(until))
        if wish is None:
            return None
        if holds_deliveries(connection):
            note("mingzhang: the warehouse holds deliveries already; the sample district is left out")
            return None
    return SampleSize(wish.scale, wish.until or house.today - dt.timedelta(days=1))
