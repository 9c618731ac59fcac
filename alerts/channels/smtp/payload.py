"""An outbox row as what SMTP carries: envelope and message bytes. Pure."""

from typing import NamedTuple

from alerts.channels.message import build_message
from warehouse.outbox import Claimed


class Envelope(NamedTuple):
    """One mail to one recipient, ready for the wire."""

    sender: str
    recipient: str
    content: bytes


def envelope(claimed: Claimed, sender: str) -> Envelope:
    """Build the envelope of one outbox row."""
    message = build_message(claimed, sender=sender)
    return Envelope(sender, claimed.recipient, message.as_bytes())
