"""An outbox row as the bytes and the name of an ``.eml`` file. Pure."""

import datetime as dt
import hashlib

from alerts.channels.message import build_message
from warehouse.outbox import Claimed


def file_name(claimed: Claimed) -> str:
    """Return a name that sorts by time owed and is the same at every attempt."""
    owed = claimed.created_at.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%S%fZ")
    mark = hashlib.sha256(claimed.message_id.encode()).hexdigest()[:12]
    division = "".join(letter for letter in claimed.division_code if letter.isalnum()) or "none"
    return f"{owed}-{division}-{mark}.eml"


def file_bytes(claimed: Claimed, sender: str) -> bytes:
    """Return the mail as it would be sent."""
    return build_message(claimed, sender=sender).as_bytes()
