"""Commands about who may log in and what was done: user, audit."""

import sys
from typing import Annotated

import typer

from app.options import Data, Division, Json, SettingsFile, house_to_read, house_to_write
from app.output import print_json, print_table, say

user_cli = typer.Typer(no_args_is_help=True, help="Accounts of the people who log in.")
audit_cli = typer.Typer(no_args_is_help=True, help="The audit trail.")
Username = Annotated[str, typer.Argument(metavar="NAME", help="Name typed at log-in.")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from stdin; else a random one is printed once.")
]


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    for command in (add, disable, reset):
        user_cli.command()(command)
    user_cli.command("list")(list_users)
    audit_cli.command()(verify)
    cli.add_typer(user_cli, name="user")
    cli.add_typer(audit_cli, name="audit")


def add(
    name: Username,
    *,
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help="committee, office, deputy, unit, …_admin.")],
    division: Division = None,
    display_name: Annotated[str | None, typer.Option("--display-name", help="Name shown; else NAME.")] = None,
    password_stdin: PasswordStdin = False,
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Make an account; its password is printed once unless it comes from stdin."""
    house = house_to_write(settings, data)
    from app.people import add_person
    from warehouse.accounts import Account

    given = sys.stdin.readline().rstrip("\n") if password_stdin else None
    account = Account(name, display_name or name, role, division, is_disabled=False, is_sample=False)
    made = add_person(house, account, given)
    _show_password(name, "made", made, json=json)


def disable(name: Username, *, data: Data = None, settings: SettingsFile = None, json: Json = False) -> None:
    """Shut an account out."""
    house = house_to_read(settings, data)
    from app.people import disable_person

    disable_person(house, name)
    if json:
        print_json({"username": name, "status": "disabled"})
    else:
        say(f"account {name} is disabled")


def reset(
    name: Username,
    *,
    password_stdin: PasswordStdin = False,
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Give an account a new password and lift its lock."""
    house = house_to_read(settings, data)
    from app.people import reset_person

    given = sys.stdin.readline().rstrip("\n") if password_stdin else None
    _show_password(name, "reset", reset_person(house, name, given), json=json)


def _show_password(name: str, status: str, made: str | None, *, json: bool) -> None:
    if json:
        print_json({"username": name, "status": status, "password": made})
    else:
        say(f"account {name} is {status}" + (f"; password (shown once): {made}" if made else ""))


def list_users(*, data: Data = None, settings: SettingsFile = None, json: Json = False) -> None:
    """List the accounts."""
    house = house_to_read(settings, data)
    from app.people import list_people

    found = list_people(house)
    if json:
        print_json(found)
        return
    names = ("username", "role", "division", "status", "display_name")
    print_table(names, ([one[key] for key in names] for one in found))


def verify(
    *,
    head: Annotated[
        str | None, typer.Option("--head", metavar="HASH", help="Head of an earlier proof, kept elsewhere.")
    ] = None,
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Prove that no audit entry was changed, removed or reordered; with --head also that none was cut off the end."""
    house = house_to_read(settings, data)
    from warehouse.audit import verify_audit
    from warehouse.engine import reading

    with reading(house.engine) as connection:
        proof = verify_audit(connection, head)
    if json:
        print_json(proof._asdict() | {"holds": proof.broken_at is None})
    else:
        say(f"{proof.entries} entries hold; head {proof.head}" + (f"; {proof.reason}" if proof.reason else ""))
    if proof.broken_at is not None:
        raise typer.Exit(1)
