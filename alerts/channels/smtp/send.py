"""Speaking SMTP: one connection a message, so that one recipient's trouble is nobody else's.

What fails before the message is offered (connection, TLS, log-in) is the house's trouble and never a reason to give
a message up. From MAIL FROM on, the server's 5xx is its final word on this message and 4xx asks for patience.
"""

import base64
import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from alerts.channels.channel import ChannelError
from alerts.channels.smtp.payload import Envelope, envelope
from warehouse.outbox import Claimed

Security = Literal["starttls", "tls", "plain"]


@dataclass(frozen=True, kw_only=True)
class SmtpSettings:
    """Where and how to hand mail over; the secret is never shown."""

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    user: str | None = None
    secret: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    timeout_seconds: float = 30.0
    # Named in EHLO; given, because asking the resolver for our own name can hang on a host without DNS.
    local_name: str = "localhost"


@dataclass(frozen=True)
class SmtpChannel:
    """Sends each message to its one recipient."""

    settings: SmtpSettings

    def send(self, claimed: Claimed) -> str:
        """Hand one message to the server and return its words after the final 250."""
        letter = envelope(claimed, self.settings.sender)
        with self._telling(), self._opened() as server:
            return self._offer(server, letter)

    @contextlib.contextmanager
    def _telling(self) -> Iterator[None]:
        """Turn what can go wrong into ChannelError with the server's words."""
        try:
            yield
        except _Refused as error:
            raise ChannelError(self._scrubbed(error.words), is_permanent=error.code >= 500) from None
        except smtplib.SMTPResponseException as error:
            words = f"{error.smtp_code} {_text(error.smtp_error)}"
            raise ChannelError(self._scrubbed(words), is_permanent=False) from None
        except (smtplib.SMTPException, OSError) as error:
            words = f"{self.settings.host}:{self.settings.port} {type(error).__name__}: {error}"
            raise ChannelError(self._scrubbed(words), is_permanent=False) from None

    @contextlib.contextmanager
    def _opened(self) -> Iterator[smtplib.SMTP]:
        """Connect, secure the line and log in; take leave politely where the server still listens."""
        server = self._connected()
        try:
            if self.settings.security == "starttls":
                server.starttls(context=self._tls())
            if self.settings.user is not None:
                server.login(self.settings.user, self.settings.secret or "")
            yield server
            # The mail is handed over: whatever happens to this farewell, it must not be sent again.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
        finally:
            server.close()

    def _connected(self) -> smtplib.SMTP:
        place = self.settings
        if place.security == "tls":
            return smtplib.SMTP_SSL(
                place.host, place.port, place.local_name, timeout=place.timeout_seconds, context=self._tls()
            )
        return smtplib.SMTP(place.host, place.port, place.local_name, timeout=place.timeout_seconds)

    def _tls(self) -> ssl.SSLContext:
        ca_file = self.settings.ca_file
        return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))

    def _offer(self, server: smtplib.SMTP, letter: Envelope) -> str:
        server.ehlo_or_helo_if_needed()
        _accepted(server.mail(letter.sender))
        _accepted(server.rcpt(letter.recipient))
        try:
            code, words = _accepted(server.data(letter.content))
        except smtplib.SMTPDataError as error:  # DATA itself was refused
            raise _Refused(error.smtp_code, _text(error.smtp_error)) from error
        return self._scrubbed(f"{code} {words}")

    def _scrubbed(self, words: str) -> str:
        """Take the secret out of the server's words, plain or encoded, and make them one line."""
        secret = self.settings.secret
        if secret:
            plain = f"\0{self.settings.user}\0{secret}"
            for form in (secret, *(base64.b64encode(one.encode()).decode() for one in (secret, plain))):
                words = words.replace(form, "***")
        return " ".join(words.split())


class _Refused(Exception):  # noqa: N818 - the server's answer to one command, told on as ChannelError
    def __init__(self, code: int, words: str) -> None:
        super().__init__(f"{code} {words}")
        self.code = code
        self.words = f"{code} {words}"


def _accepted(answer: tuple[int, bytes]) -> tuple[int, str]:
    code, words = answer
    if code not in {250, 251}:
        raise _Refused(code, _text(words))
    return code, _text(words)


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
