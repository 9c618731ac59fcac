"""The compact district, written into a warehouse as a whole."""

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from district import Writer, write_year
from district_judged import write_house, write_judgement

CODES = [
    {"scheme": scheme, "code": code, "name": name, "valid_from_year": since, "valid_to_year": until}
    for scheme, code, name, since, until in (
        ("function", "205", "教育支出", 2007, None),
        ("function", "2130305", "水利工程建设旧称", 2007, 2019),
        ("function", "2130305", "水利工程建设", 2020, None),
        ("dept_economic", "30213", "维修(护)费", 2018, None),
        ("fund", "11", "一般公共预算资金", 2020, None),
    )
]


@dataclass
class Seed:
    """What a test needs to know of the district that was written."""

    engine: sa.Engine
    snapshots: Path
    facts: dict[str, tuple[int, int]]  # voucher_no -> slice and row


def write_district(engine: sa.Engine, snapshots: Path) -> Seed:
    """Write the whole district and one run over it."""
    with engine.begin() as connection:
        writer = Writer(connection)
        for year in range(2023, 2027):
            write_year(writer, year)
        writer.deliver("classifications", "classification", CODES, division=None, year=2020)
        write_judgement(connection, writer.facts)
        write_house(connection)
    return Seed(engine, snapshots, writer.facts)
