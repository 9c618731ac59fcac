"""The inbox: files that finance put into DATA/inbox are loaded and moved to ``done`` or ``failed``."""

import time
from collections.abc import Callable
from pathlib import Path

from app.loading import Loaded, has_delivery, load_files
from app.reading import Refused
from app.wiring import House
from ingest.aside import drop_old
from ingest.inbox import BETWEEN_LOOKS, put_aside, sole_owner, waiting_files
from ingest.leftovers import sweep_landing
from ingest.mapping import load_mappings
from ingest.side_files import plan_inbox

ACTOR = "inbox"


def load_inbox(house: House) -> list[Loaded]:
    """Load what is wholly there, and move each file away with what became of it; of two at once one waits.

    A control file goes with its data file; it stays while that has not come. Uploads that nobody wanted go too, and
    what a load that was killed left half-written.
    """
    drop_old(house.uploads, house.clock())
    house.inbox.mkdir(parents=True, exist_ok=True)
    sweep_landing(house.landing)
    with sole_owner(house.inbox):
        now = house.clock()
        plan = plan_inbox(house.inbox, waiting_files(house.inbox, now), load_mappings(house.mapping_folders), now)
        loaded = [_load(house, path) for path in plan.load]
        for path in plan.used:
            put_aside(path, house.clock())
        return loaded + [_load(house, path) for path in plan.late if has_delivery(house, path)]


def _load(house: House, path: Path) -> Loaded:
    (one,) = load_files(house, [path], actor=ACTOR)
    put_aside(path, house.clock(), reason=_trouble(one))
    return one


def load_settled_inbox(house: House, sleep: Callable[[float], None] = time.sleep) -> list[Loaded]:
    """Look twice, a moment apart, so that one call also takes files without a ``.done`` marker."""
    first = load_inbox(house)
    sleep(BETWEEN_LOOKS.total_seconds() + 1)
    return first + load_inbox(house)


def _trouble(loaded: Loaded) -> str | None:
    if isinstance(loaded, Refused):
        return loaded.reason
    return "\n".join(loaded.messages) or "held" if loaded.status == "held" else None
