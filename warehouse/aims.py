"""Which divisions the unit, project or subject of a rule change belongs to, by what was delivered and alerted."""

import sqlalchemy as sa

from budget.thresholds import Aim
from warehouse.schema import table

_WITH_UNITS = ("allotment", "adjustment", "payment", "execution_month")
_WITH_PROJECTS = ("allotment", "adjustment", "project", "payment")


def divisions_of_aim(connection: sa.Connection, aim: Aim) -> set[str]:
    """Return the divisions that deliveries, also superseded ones, name for an aim's subject, or its project and unit.

    A unit is of the division that the unit table delivered last says; where none lists it, of those its money is in.
    Empty where nothing was ever heard of it.
    """
    if aim.subject is not None:
        alert = table("alert")
        query = sa.select(alert.c.division_code).distinct().where(alert.c.subject == aim.subject)
        return set(connection.execute(query).scalars())
    if aim.project_code is not None:
        return _named(connection, _WITH_PROJECTS, aim)
    unit = table("budget_unit")
    latest = (
        sa.select(unit.c.division_code)
        .where(unit.c.unit_code == aim.unit_code)
        .order_by(unit.c.slice_id.desc(), unit.c.row_no.desc())
        .limit(1)
    )
    return set(connection.execute(latest).scalars()) or _named(connection, _WITH_UNITS, aim)


def _named(connection: sa.Connection, names: tuple[str, ...], aim: Aim) -> set[str]:
    found: set[str] = set()
    for name in names:
        fact = table(name)
        query = sa.select(fact.c.division_code).distinct()
        for part in ("unit_code", "project_code"):
            if (told := getattr(aim, part)) is not None:
                query = query.where(fact.c[part] == told)
        found |= set(connection.execute(query).scalars())
    return found
