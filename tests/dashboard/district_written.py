"""The compact district, written into a warehouse as a whole."""

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from district import Writer, write_year
from district_judged import write_house, write_judgement


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
        write_judgement(connection, writer.facts)
        write_house(connection)
    return Seed(engine, snapshots, writer.facts)
