"""Accounts as commands and log-in use them; every change leaves an audit entry."""

import secrets
from collections.abc import Iterable
from typing import Any

from app.wiring import House
from warehouse import accounts
from warehouse.accounts import Account
from warehouse.audit import record_audit
from warehouse.engine import reading, writing

COMMAND_LINE = "command line"


def new_password() -> str:
    """Return a random password that can be read over the telephone."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    groups = ("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def add_person(house: House, account: Account, password: str | None) -> str | None:
    """Make an account; return the password that was made up where none was given."""
    made = None if password is not None else new_password()
    with writing(house.engine) as connection:
        accounts.add_account(connection, account, password or made or "", house.clock())
        told = {"role": account.role, "division": account.division_code}
        _note(house, connection, "user add", account.username, told)
    return made


def disable_person(house: House, username: str) -> None:
    """Shut an account out."""
    with writing(house.engine) as connection:
        accounts.disable_account(connection, username)
        _note(house, connection, "user disable", username, {})


def reset_person(house: House, username: str, password: str | None) -> str | None:
    """Give an account a new password; return the one that was made up where none was given."""
    made = None if password is not None else new_password()
    with writing(house.engine) as connection:
        accounts.set_password(connection, username, password or made or "")
        _note(house, connection, "user reset", username, {})
    return made


def _note(house: House, connection: Any, action: str, username: str, detail: dict[str, Any]) -> None:
    record_audit(connection, at=house.clock(), actor=COMMAND_LINE, action=action, target=username, detail=detail)


def list_people(house: House) -> list[dict[str, Any]]:
    """Return every account as JSON-able dictionaries."""
    with reading(house.engine) as connection:
        found = accounts.list_accounts(connection)
    return [
        {
            "username": one.username,
            "display_name": one.display_name,
            "role": one.role,
            "division": one.division_code,
            "status": "disabled" if one.is_disabled else "active",
            "sample": one.is_sample,
        }
        for one in found
    ]


def authenticate(house: House, username: str, password: str) -> Account | None:
    """Return the account a name and password belong to; None alike for unknown, wrong, locked and disabled."""
    with reading(house.engine) as connection:
        login = accounts.find_login(connection, username, house.clock())
    account = accounts.check_password(login, password)
    if login.account is not None:
        with writing(house.engine) as connection:
            accounts.record_attempt(connection, username, house.clock(), succeeded=account is not None)
    return account


def load_person(house: House, username: str) -> Account | None:
    """Return an account that may use the service; None where it is gone or disabled."""
    with reading(house.engine) as connection:
        account = accounts.load_account(connection, username)
    return None if account is None or account.is_disabled else account


def fresh_sample_passwords(house: House, people: Iterable[Any]) -> list[tuple[Account, str]]:
    """Give every sample user a new random password, valid until the next start, and return them."""
    made = []
    for person in people:
        account = Account(
            person.username, person.display_name, person.role, person.division_code, is_disabled=False, is_sample=True
        )
        password = new_password()
        with writing(house.engine) as connection:
            if accounts.load_account(connection, account.username) is None:
                accounts.add_account(connection, account, password, house.clock())
            else:
                accounts.set_password(connection, account.username, password)
        made.append((account, password))
    return made
