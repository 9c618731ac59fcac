"""What the frame says around a page, gathered before it is drawn."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Late:
    """A division whose payments are late."""

    name: str
    days: int
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
    late: Sequence[Late]
    on_time_count: int
    open_clues: int
    batch_id: int | None
    covered: tuple[int, int] | None  # units judged, units in all
    run_as_of: dt.date | None
    sees_all: bool
    is_sample: bool = False
