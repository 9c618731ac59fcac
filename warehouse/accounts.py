"""Local accounts: argon2 hashes, roles, the division an account may see, and a lock after repeated failures.

Checking a password takes tens of milliseconds on purpose, so it stands between two short transactions:
``find_login`` (read), ``check_password`` (no connection), ``record_attempt`` (write).
"""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Final

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from warehouse.schema import table
from warehouse.scope import Scope

# Who uses the service, with the words shown for it. Those in WHOLE_DISTRICT may be without a division.
ROLES: Final[dict[str, str]] = {
    "committee": "区人大财经工委",
    "office": "镇街人大",
    "deputy": "人大代表",
    "unit": "预算单位",
    "system_admin": "系统管理员",
    "security_admin": "安全管理员",
    "audit_admin": "审计管理员",
}
WHOLE_DISTRICT: Final = frozenset({"committee", "deputy", "system_admin", "security_admin", "audit_admin"})
SEES_NOTHING_YET: Final = frozenset({"unit"})
MIN_PASSWORD_LENGTH: Final = 12
FAILURES_BEFORE_LOCK: Final = 5
LOCK: Final = dt.timedelta(minutes=15)
_HASHER: Final = PasswordHasher()


class AccountError(ValueError):
    """An account cannot be made or changed as asked."""


@dataclass(frozen=True)
class Account:
    """One person's account, without the password."""

    username: str
    display_name: str
    role: str
    division_code: str | None
    is_disabled: bool
    is_sample: bool

    @property
    def scope(self) -> Scope:
        """Return what the account may see: its division; the whole district only by role; else nothing.

        A unit may see no more than itself; scopes do not go below a division yet, so for now it sees nothing.
        """
        if self.is_disabled or self.role in SEES_NOTHING_YET:
            return Scope.of(())
        if self.division_code is not None:
            return Scope.of({self.division_code})
        return Scope.everything() if self.role in WHOLE_DISTRICT else Scope.of(())


@dataclass(frozen=True)
class Login:
    """What a log-in is checked against; ``account`` is None where the name is unknown, disabled or locked."""

    account: Account | None
    password_hash: str


def add_account(connection: sa.Connection, account: Account, password: str, now: dt.datetime) -> None:
    """Make an account; refuse a name that is taken, an unknown role, an office without a division, a short password."""
    _check_account(account)
    if load_account(connection, account.username) is not None:
        raise AccountError(f'account "{account.username}" exists already; use "user reset" for a new password')
    connection.execute(
        sa.insert(table("account")).values(
            username=account.username,
            display_name=account.display_name,
            role=account.role,
            division_code=account.division_code,
            password_hash=_hash(password),
            is_disabled=account.is_disabled,
            is_sample=account.is_sample,
            failed_count=0,
            created_at=now,
        )
    )


def _check_account(account: Account) -> None:
    if not account.username or account.username != account.username.strip():
        raise AccountError(f'user name "{account.username}" is empty or has spaces around it')
    if account.role not in ROLES:
        raise AccountError(f'role "{account.role}" is unknown; known roles: {", ".join(ROLES)}')
    if account.division_code is None and account.role not in WHOLE_DISTRICT:
        raise AccountError(f'role "{account.role}" sees one division: give its 9-digit division code')


def _hash(password: str) -> str:
    if len(password) < MIN_PASSWORD_LENGTH:
        raise AccountError(f"a password of at least {MIN_PASSWORD_LENGTH} characters was expected")
    return _HASHER.hash(password)


def set_password(connection: sa.Connection, username: str, password: str) -> None:
    """Replace a password, and lift the lock."""
    _change(connection, username, password_hash=_hash(password), failed_count=0, locked_until_at=None)


def disable_account(connection: sa.Connection, username: str) -> None:
    """Shut an account out; sessions it has open end at their next request."""
    _change(connection, username, is_disabled=True)


def _change(connection: sa.Connection, username: str, **values: object) -> None:
    account = table("account")
    changed = connection.execute(sa.update(account).where(account.c.username == username).values(**values))
    if changed.rowcount == 0:
        raise AccountError(f'there is no account "{username}"; "user list" shows the accounts there are')


def load_account(connection: sa.Connection, username: str) -> Account | None:
    """Return an account by its name; None where there is none."""
    account = table("account")
    row = connection.execute(sa.select(account).where(account.c.username == username)).first()
    return _account(row) if row else None


def list_accounts(connection: sa.Connection) -> list[Account]:
    """Return every account by name."""
    account = table("account")
    return [_account(row) for row in connection.execute(sa.select(account).order_by(account.c.username))]


def _account(row: sa.Row[tuple[object, ...]]) -> Account:
    return Account(
        row.username, row.display_name, row.role, row.division_code, bool(row.is_disabled), bool(row.is_sample)
    )


def find_login(connection: sa.Connection, username: str, now: dt.datetime) -> Login:
    """Return what a log-in is checked against.

    An unknown, disabled or locked name gets a hash too that no password fits, so that every answer takes as long.
    """
    account = table("account")
    row = connection.execute(sa.select(account).where(account.c.username == username)).first()
    if row is None or row.is_disabled or (row.locked_until_at and row.locked_until_at > now):
        return Login(None, _nobodys_hash())
    return Login(_account(row), row.password_hash)


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash("nobody logs in with this")


def check_password(login: Login, password: str) -> Account | None:
    """Return the account where the password fits; None otherwise, in about the same time."""
    try:
        _HASHER.verify(login.password_hash, password)
    except (VerificationError, InvalidHashError):
        return None
    return login.account


def record_attempt(connection: sa.Connection, username: str, now: dt.datetime, *, succeeded: bool) -> None:
    """Count a failed log-in and lock the account for a while at the fifth; a success starts the count anew."""
    account = table("account")
    own = account.c.username == username
    if succeeded:
        connection.execute(sa.update(account).where(own).values(failed_count=0, locked_until_at=None))
        return
    connection.execute(sa.update(account).where(own).values(failed_count=account.c.failed_count + 1))
    full = own & (account.c.failed_count >= FAILURES_BEFORE_LOCK)
    connection.execute(sa.update(account).where(full).values(failed_count=0, locked_until_at=now + LOCK))
