"""Writing a congress office: checked first, audited with it."""

import re

from app.people import COMMAND_LINE
from app.wiring import House
from warehouse.audit import record_audit
from warehouse.engine import writing
from warehouse.offices import Office, save_offices

_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")


class OfficeError(ValueError):
    """An office cannot be written as asked."""


def save_office(house: House, office: Office) -> None:
    """Write an office; OfficeError where its code is not nine digits or a recipient is no mail address."""
    if not re.fullmatch(r"\d{9}", office.division_code):
        raise OfficeError(f'division code "{office.division_code}" was expected to be nine digits, as 990101010')
    if not office.recipients:
        raise OfficeError(f"{office.office_name} needs at least one mail address, or its digests have nowhere to go")
    for address in office.recipients:
        if not _ADDRESS.fullmatch(address):
            raise OfficeError(f'"{address}" is not a mail address; several are separated by commas')
    with writing(house.engine) as connection:
        save_offices(connection, [office])
        record_audit(
            connection,
            at=house.clock(),
            actor=COMMAND_LINE,
            action="set_office",
            target=office.division_code,
            detail={"office_name": office.office_name, "mail_to": office.mail_to},
        )
