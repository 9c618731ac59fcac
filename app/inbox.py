"""The inbox: files that finance put into DATA/inbox are loaded and moved to ``done`` or ``failed``."""

import time
from collections.abc import Callable

from app.loading import Loaded, Refused, load_files
from app.wiring import House
from ingest.aside import drop_old
from ingest.inbox import BETWEEN_LOOKS, put_aside, waiting_files

ACTOR = "inbox"


def load_inbox(house: House) -> list[Loaded]:
    """Load what is wholly there, and move each file away with what became of it; uploads nobody wanted go too."""
    drop_old(house.uploads, house.clock())
    house.inbox.mkdir(parents=True, exist_ok=True)
    loaded = []
    for path in waiting_files(house.inbox, house.clock()):
        (one,) = load_files(house, [path], actor=ACTOR)
        put_aside(path, house.clock(), reason=_trouble(one))
        loaded.append(one)
    return loaded


def load_settled_inbox(house: House, sleep: Callable[[float], None] = time.sleep) -> list[Loaded]:
    """Look twice, a moment apart, so that one call also takes files without a ``.done`` marker."""
    first = load_inbox(house)
    sleep(BETWEEN_LOOKS.total_seconds() + 1)
    return first + load_inbox(house)


def _trouble(loaded: Loaded) -> str | None:
    if isinstance(loaded, Refused):
        return loaded.reason
    return "\n".join(loaded.messages) or "held" if loaded.status == "held" else None
