"""Commands about the congress offices: whose division is whose, and where their digest goes."""

from dataclasses import asdict
from typing import Annotated, Literal

import typer

from app.options import Data, Json, SettingsFile, house_to_read, house_to_write
from app.output import print_json, print_table, say

office_cli = typer.Typer(no_args_is_help=True, help="The congress offices that sign reports and receive digests.")
Code = Annotated[str, typer.Argument(metavar="CODE", help="Nine-digit code of the division it watches over.")]
DivisionName = Annotated[str, typer.Option("--division", metavar="NAME", help="Name of the division, as 石桥街道.")]
OfficeName = Annotated[str, typer.Option("--name", metavar="NAME", help="Name of the office, as 石桥街道人大工委.")]
Kind = Annotated[
    Literal["district", "street", "town"], typer.Option("--kind", help="A town is a budget level, a street is not.")
]
MailTo = Annotated[str, typer.Option("--mail", metavar="ADDRESSES", help="Where its digest goes, separated by commas.")]


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    office_cli.command("set")(set_office)
    office_cli.command("list")(list_all)
    cli.add_typer(office_cli, name="office")


def set_office(
    code: Code,
    *,
    division: DivisionName,
    name: OfficeName,
    kind: Kind,
    mail: MailTo,
    data: Data = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Write the office of a division, in place of the one before."""
    house = house_to_write(settings, data)
    from app.offices import save_office
    from warehouse.offices import Office

    office = Office(division_code=code, division_name=division, office_name=name, division_kind=kind, mail_to=mail)
    save_office(house, office)
    if json:
        print_json(asdict(office))
    else:
        say(f"{name} watches over {division} ({code}); its digest goes to {', '.join(office.recipients)}")


def list_all(*, data: Data = None, settings: SettingsFile = None, json: Json = False) -> None:
    """List the offices."""
    house = house_to_read(settings, data)
    from warehouse.engine import reading
    from warehouse.offices import list_offices
    from warehouse.scope import Scope

    with reading(house.engine) as connection:
        found = [asdict(one) for one in list_offices(connection, Scope.everything())]
    if json:
        print_json(found)
        return
    names = ("division_code", "division_name", "office_name", "division_kind", "mail_to")
    print_table(names, ([one[key] for key in names] for one in found))
