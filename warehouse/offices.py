"""The congress offices: whose division is whose, and where their digest goes."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal, cast

import sqlalchemy as sa

from warehouse.schema import table
from warehouse.scope import Scope

OfficeKind = Literal["district", "street", "town"]


@dataclass(frozen=True, kw_only=True)
class Office:
    """One congress office; mail_to holds its addresses, separated by commas, semicolons or white space."""

    division_code: str
    division_name: str
    office_name: str
    division_kind: OfficeKind
    mail_to: str

    @property
    def recipients(self) -> tuple[str, ...]:
        """Return its addresses, each once, in the order written."""
        return tuple(dict.fromkeys(part for part in re.split(r"[,;，；、\s]+", self.mail_to) if part))


def save_offices(connection: sa.Connection, offices: Iterable[Office]) -> None:
    """Write offices, replacing those of the same division; others stay."""
    office = table("office")
    rows = [asdict(one) for one in offices]
    connection.execute(sa.delete(office).where(office.c.division_code.in_([row["division_code"] for row in rows])))
    if rows:
        connection.execute(sa.insert(office), rows)


def list_offices(connection: sa.Connection, scope: Scope) -> list[Office]:
    """Return the offices in scope, by division code."""
    office = table("office")
    query = sa.select(office).where(scope.condition(office.c.division_code)).order_by(office.c.division_code)
    return [
        Office(
            division_code=row.division_code,
            division_name=row.division_name,
            office_name=row.office_name,
            division_kind=cast(OfficeKind, row.division_kind),
            mail_to=row.mail_to,
        )
        for row in connection.execute(query)
    ]
