"""Keeping secrets out of everything that is said: messages, logs, the warehouse."""

import base64
import urllib.parse

STARS = "***"


def address_of(url: str) -> str:
    """Return a URL as it may be shown: without user, password, query and fragment."""
    parts = urllib.parse.urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return urllib.parse.urlunsplit((parts.scheme, host + port, parts.path, "", ""))


class Veil:
    """Takes one secret out of texts, in every form in which a library might repeat it."""

    def __init__(self, secret: str | None, username: str = "") -> None:
        forms: set[str] = set()
        if secret:
            pair = f"{username}:{secret}".encode()
            forms = {secret, urllib.parse.quote(secret), urllib.parse.quote_plus(secret)}
            forms |= {repr(secret)[1:-1], repr(secret.encode())[2:-1]}
            forms |= {base64.b64encode(raw).decode() for raw in (secret.encode(), pair)}
        self._forms = sorted(forms, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return a text with the secret replaced by stars."""
        for form in self._forms:
            text = text.replace(form, STARS)
        return text
