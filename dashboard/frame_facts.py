"""What the frame says around a page, gathered before it is drawn."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Late:
    """A division whose payments are late."""

    name: str
    days: int | None  # as the latest run says; None where the view is of another moment
    paid_until: dt.date | None


@dataclass(frozen=True, kw_only=True)
class FrameFacts:
    """What the frame says around a page."""

    district: str
    user: str
    csrf: str
    newest: dt.date
    years: Sequence[int]
    divisions: dict[str, str]
    deliveries: Sequence[dt.date]  # days on which something was delivered, newest first
    late: Sequence[Late]  # those late by the latest run, or whose payments end early in the view
    is_judged: bool  # whether a run says who is late
    on_time_count: int
    open_clues: int
    batch_id: int | None
    covered: tuple[int, int] | None  # units judged, units in all
    run_as_of: dt.date | None
    sees_all: bool
    is_sample: bool = False
    held_count: int = 0  # held deliveries that wait for a person, for those who may act
