"""What the scheduler does, as plain functions over the same steps as the commands; each returns one line about it.

Every job may be repeated and then changes nothing more.
"""

import os
import socket

from alerts.dispatch import Dispatched, dispatch
from app.channels import open_channel
from app.fetching import fetch_due
from app.inbox import load_inbox
from app.judging import judge
from app.wiring import House

DISPATCH_LIMIT = 200


def send_due(house: House) -> Dispatched:
    """Send what is due in the outbox, one pass."""
    worker = f"{socket.gethostname()}:{os.getpid()}"
    return dispatch(house.engine, open_channel(house), now=house.clock, worker=worker, limit=DISPATCH_LIMIT)


def inbox_job(house: House) -> str:
    """Load what waits in the inbox, and say what became of it."""
    loaded = load_inbox(house)
    return ", ".join(f"{one.file} {one.status}" for one in loaded) or "nothing waits"


def fetch_job(house: House) -> str:
    """Fetch from every source that is due, and say how each ended."""
    return ", ".join(one.line for one in fetch_due(house)) or "nothing is due"


def evaluate_job(house: House) -> str:
    """Evaluate as of yesterday, and say how many findings there are."""
    judged = judge(house)
    found = ", ".join(f"{level} {count}" for level, count in judged.levels.items())
    return f"run {judged.run_id} as of {judged.as_of}: {found}"


def dispatch_job(house: House) -> str:
    """Send what is due, and say how much went out."""
    done = send_due(house)
    return f"sent {done.sent}, deferred {done.deferred}, dead {done.dead}"


def quarterly_draft_job(house: House) -> str:
    """Draft last quarter's report of every office."""
    # Documents need heavy libraries, four times a year.
    from app.reporting import draft_reports  # noqa: PLC0415

    return ", ".join(draft_reports(house))
