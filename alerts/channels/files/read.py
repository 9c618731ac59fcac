"""Reading back the mail that the files channel wrote, for the page that lists it."""

import datetime as dt
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from alerts.channels.message import DIVISION_HEADER
from warehouse.scope import Scope


@dataclass(frozen=True, kw_only=True)
class MailSummary:
    """One mail in the folder; ``mail_id`` is its file name, ``written_at`` its Date in UTC."""

    mail_id: str
    subject: str
    recipient: str
    written_at: dt.datetime
    division_code: str


@dataclass(frozen=True, kw_only=True)
class Mail(MailSummary):
    """One mail with both its parts."""

    text: str
    html: str


def list_mails(folder: Path, scope: Scope, *, limit: int | None = 200) -> list[MailSummary]:
    """Return the newest mails in scope, newest first; an absent folder holds none."""
    found: list[MailSummary] = []
    for path in sorted(folder.glob("*.eml"), key=lambda one: one.name, reverse=True):
        if limit is not None and len(found) == limit:
            break
        mail = _parsed(path)
        if mail is not None and scope.allows(mail.division_code):
            found.append(mail)
    return found


def read_mail(folder: Path, name: str, scope: Scope) -> Mail | None:
    """Return one mail; None where there is none of that name or the reader may not see it.

    The name must be that of a file in the folder itself: anything with a path in it is nobody's mail.
    """
    if name not in {path.name for path in folder.glob("*.eml")}:
        return None
    mail = _parsed(folder / name)
    return mail if mail is not None and scope.allows(mail.division_code) else None


def _parsed(path: Path) -> Mail | None:
    """Read one mail; None for a file that is none of ours."""
    message = message_from_bytes(path.read_bytes(), policy=default)
    date = message["Date"] and message["Date"].datetime
    if date is None or message[DIVISION_HEADER] is None:
        return None
    return Mail(
        mail_id=path.name,
        subject=str(message["Subject"]),
        recipient=str(message["To"]),
        written_at=date.astimezone(dt.UTC),
        division_code=str(message[DIVISION_HEADER]),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    content = "" if part is None else part.get_content()
    return str(content).replace("\r\n", "\n")
