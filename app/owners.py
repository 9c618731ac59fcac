"""Who owns an attempt: a name that tells machine and process, so that the next one sees when its owner is gone."""

import os
import secrets
import socket

from ingest.leftovers import is_gone


def new_owner() -> str:
    """Return a name for one attempt of this process."""
    return f"{_here()}:{os.getpid()}:{secrets.token_hex(4)}"


def has_died(owner: str | None) -> bool:
    """Tell whether an owner is a process of this machine that is no more: it was killed, and holds nothing back."""
    host, number, _ = (owner or "::").rsplit(":", 2)
    return host == _here() and number.isdigit() and is_gone(int(number))


def _here() -> str:
    return socket.gethostname()[:40]
