"""Accounts: who gets in, who is locked out, and what each may see."""

import datetime as dt

import pytest
import sqlalchemy as sa

from warehouse import accounts
from warehouse.accounts import Account, AccountError
from warehouse.engine import reading, writing
from warehouse.schema import table

NOW = dt.datetime(2026, 6, 30, 8, 0, tzinfo=dt.UTC)
PASSWORD = "correct horse battery"
LI = Account("li", "李主任", "committee", None, is_disabled=False, is_sample=False)


@pytest.fixture
def engine(warehouse_engine: sa.Engine) -> sa.Engine:
    with writing(warehouse_engine) as connection:
        accounts.add_account(connection, LI, PASSWORD, NOW)
    return warehouse_engine


def log_in(engine: sa.Engine, username: str, password: str, now: dt.datetime = NOW) -> Account | None:
    with reading(engine) as connection:
        login = accounts.find_login(connection, username, now)
    account = accounts.check_password(login, password)
    if login.account is not None:
        with writing(engine) as connection:
            accounts.record_attempt(connection, username, now, succeeded=account is not None)
    return account


def test_the_right_password_lets_in_and_a_wrong_one_does_not(engine: sa.Engine) -> None:
    assert log_in(engine, "li", PASSWORD) == LI
    assert log_in(engine, "li", PASSWORD + " ") is None
    assert log_in(engine, "nobody", PASSWORD) is None


def test_the_password_is_stored_as_an_argon2_hash_only(engine: sa.Engine) -> None:
    with reading(engine) as connection:
        stored = connection.scalar(sa.select(table("account").c.password_hash))
    assert str(stored).startswith("$argon2id$")


def test_the_fifth_failure_locks_for_a_quarter_of_an_hour(engine: sa.Engine) -> None:
    for _ in range(4):
        log_in(engine, "li", "wrong")
    assert log_in(engine, "li", PASSWORD) == LI, "four failures do not lock, and a success starts the count anew"
    for _ in range(5):
        log_in(engine, "li", "wrong")
    assert log_in(engine, "li", PASSWORD) is None
    assert log_in(engine, "li", PASSWORD, NOW + dt.timedelta(minutes=14, seconds=59)) is None
    assert log_in(engine, "li", PASSWORD, NOW + dt.timedelta(minutes=15)) == LI


def test_a_disabled_account_is_shut_out_and_sees_nothing(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        accounts.disable_account(connection, "li")
        account = accounts.load_account(connection, "li")
    assert log_in(engine, "li", PASSWORD) is None
    assert account is not None
    assert not account.scope.allows("990101000")


def test_a_reset_gives_a_new_password_and_lifts_the_lock(engine: sa.Engine) -> None:
    for _ in range(5):
        log_in(engine, "li", "wrong")
    with writing(engine) as connection:
        accounts.set_password(connection, "li", "another long password")
    assert log_in(engine, "li", "another long password") == LI
    assert log_in(engine, "li", PASSWORD) is None


@pytest.mark.parametrize(
    ("role", "division", "sees_own", "sees_other"),
    [
        pytest.param("committee", None, True, True, id="the committee sees the district"),
        pytest.param("office", "990101010", True, False, id="a street office sees its street"),
        pytest.param("office", None, False, False, id="an office whose division is missing sees nothing"),
        pytest.param("unit", None, False, False, id="a unit whose division is missing sees nothing"),
        pytest.param("unit", "990101010", False, False, id="a unit does not see its whole street"),
        pytest.param("committee", "990101010", True, False, id="a division narrows every role"),
    ],
)
def test_scope_fails_closed(role: str, division: str | None, *, sees_own: bool, sees_other: bool) -> None:
    scope = Account("x", "x", role, division, is_disabled=False, is_sample=False).scope
    assert (scope.allows("990101010"), scope.allows("990101100")) == (sees_own, sees_other)


@pytest.mark.parametrize(
    ("account", "password", "says"),
    [
        pytest.param(LI, PASSWORD, "exists already", id="a taken name"),
        pytest.param(Account("w", "王", "boss", None, False, False), PASSWORD, "known roles", id="an unknown role"),
        pytest.param(Account("w", "王", "office", None, False, False), PASSWORD, "division code", id="no division"),
        pytest.param(Account(" w", "王", "committee", None, False, False), PASSWORD, "spaces", id="a padded name"),
        pytest.param(Account("w", "王", "committee", None, False, False), "short", "at least 12", id="too short"),
    ],
)
def test_an_account_that_cannot_be_is_refused(engine: sa.Engine, account: Account, password: str, says: str) -> None:
    with pytest.raises(AccountError, match=says), writing(engine) as connection:
        accounts.add_account(connection, account, password, NOW)
    with reading(engine) as connection:
        assert accounts.list_accounts(connection) == [LI]


def test_changing_an_account_that_is_not_there_is_refused(engine: sa.Engine) -> None:
    with pytest.raises(AccountError, match="no account"), writing(engine) as connection:
        accounts.disable_account(connection, "nobody")
