"""What the dashboard needs from the rest of the house, passed in by ``app``: no page reaches for anything else."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from budget.calendar import RestDayRule, TimeProgressBy
from budget.catalogue import Catalogue
from budget.expected import Awaited
from warehouse.scope import Scope

if TYPE_CHECKING:
    from dashboard.handover import Handover
    from dashboard.rule_desk import RuleDesk


class Account(Protocol):
    """A person who may log in."""

    @property
    def username(self) -> str:
        """Return the name typed at log-in."""

    @property
    def display_name(self) -> str:
        """Return the name shown on the page."""

    @property
    def role(self) -> str:
        """Return the role's key."""

    @property
    def division_code(self) -> str | None:
        """Return the account's own division; None for the district's."""

    @property
    def scope(self) -> Scope:
        """Return what the account may see; it fails closed."""


class SourceRow(Protocol):
    """One row of a delivered file as it stood there."""

    @property
    def header(self) -> Sequence[str]:
        """Return the column heads of the file."""

    @property
    def cells(self) -> Sequence[str]:
        """Return the raw cells, in the order of the heads."""


class MailSummary(Protocol):
    """One message written by the files transport."""

    @property
    def mail_id(self) -> str:
        """Return the name by which the message is read."""

    @property
    def subject(self) -> str:
        """Return the decoded subject."""

    @property
    def recipient(self) -> str:
        """Return the address it is for."""

    @property
    def written_at(self) -> dt.datetime:
        """Return when it was written, aware UTC."""


class Mail(MailSummary, Protocol):
    """A message with its text part."""

    @property
    def text(self) -> str:
        """Return the plain-text part."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """The district the service stands in."""

    district_name: str
    district_code: str
    timezone: str = "Asia/Shanghai"
    time_progress_by: TimeProgressBy = "day"
    rest_day_rule: RestDayRule = "later"
    changed_days: Mapping[dt.date, bool] = field(default_factory=dict)
    holds_sample: bool = False
    level_codes: Mapping[str, int] = field(default_factory=dict)  # level -> its number in files handed on


def _no_mails() -> Sequence[MailSummary]:
    return ()


def _no_mail(_mail_id: str) -> Mail | None:
    return None


def _no_board(_connection: Any, _scope: Scope, _moment: dt.datetime) -> Sequence[Awaited] | None:
    return None


def _no_report(_report_id: int) -> Path | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Services:
    """Everything the pages are given.

    ``source_row(mapping_name, sha256, file_name, sheet, row)`` reads the delivered bytes; it raises ValueError or
    OSError with a sentence where it cannot. ``authenticate`` returns None for a wrong name, a wrong password and a
    locked account alike. ``report_file`` raises ValueError where a kept document is gone and cannot be made again.
    """

    engine: Any
    snapshots: Path
    clock: Callable[[], dt.datetime]  # aware
    catalogue: Catalogue
    site: Site
    secret_key: str
    authenticate: Callable[[str, str], Account | None]
    load_account: Callable[[str], Account | None]
    record_audit: Callable[[str, str, str, Mapping[str, Any]], None]  # actor, action, object, detail
    source_row: Callable[[str, str, str, str | None, int], SourceRow]
    list_mails: Callable[[], Sequence[MailSummary]] = _no_mails
    read_mail: Callable[[str], Mail | None] = _no_mail
    report_file: Callable[[int], Path | None] = _no_report
    handover: "Handover | None" = None  # None where deliveries are not taken in on the pages
    rule_desk: "RuleDesk | None" = None  # None where rules are not shown and changed on the pages
    upload_bytes: int = 128 << 20  # of all files of one upload together
    # what is expected and came, as known at a moment; None without a calendar, ValueError where it is wrong
    freshness: Callable[[Any, Scope, dt.datetime], Sequence[Awaited] | None] = _no_board
    session_hours: int = 8
    login_limit: str = "10 per 15 minutes"
    secure_cookies: bool = False  # True where the site is served over https
    open_paths: frozenset[str] = frozenset({"/healthz", "/readyz", "/metrics"})
