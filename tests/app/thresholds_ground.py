"""A small house of two divisions whose units are far behind, with people who propose and decide; its clock is set."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from app.settings import Settings, WarehouseSettings, read_settings
from app.wiring import House
from budget.thresholds import Aim
from warehouse.engine import writing
from warehouse.migrations import create
from warehouse.rule_changes import Proposal
from warehouse.schema import table

STREET, TOWN = "990101010", "990101100"
HOME = {"101001": STREET, "201001": TOWN}
START = dt.datetime(2026, 11, 2, 2, tzinfo=dt.UTC)
PEOPLE = (
    ("li", "committee", None),
    ("wang", "committee", None),
    ("anquan", "security_admin", None),
    ("xitong", "system_admin", None),
    ("shenji", "audit_admin", None),
    ("daibiao", "deputy", None),
    ("shiqiao", "office", STREET),
    ("bailu", "office", TOWN),
)
SETTINGS = Path(__file__).resolve().parents[2] / "settings.toml"


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    moment: dt.datetime = field(default=START)

    def __call__(self) -> dt.datetime:
        return self.moment

    def forward(self, **by: int) -> dt.datetime:
        self.moment += dt.timedelta(**by)
        return self.moment


def made_house(url: str, data: Path) -> tuple[House, Clock]:
    """Return a house with facts and people, and its clock."""
    clock, settings = Clock(), read_settings(SETTINGS)
    told = Settings.model_validate(
        settings.model_dump() | {"warehouse": WarehouseSettings(url=url).model_dump(), "rules": settings.rules}
    )
    house = House(settings=told, settings_file=SETTINGS, data=data, clock=clock)
    with writing(house.engine) as connection:
        create(connection)
        write_facts(connection)
        write_people(connection)
    return house, clock


def write_people(connection: sa.Connection) -> None:
    """Write the people; nobody logs in, so that no password has to be hashed."""
    for name, role, division in PEOPLE:
        person = {"username": name, "display_name": name, "role": role, "division_code": division}
        rest = {"password_hash": "-", "is_disabled": False, "is_sample": False, "failed_count": 0, "created_at": START}
        connection.execute(sa.insert(table("account")), person | rest)


def write_facts(connection: sa.Connection) -> None:
    """Write both divisions: each one unit with 100 万元 for a project and 100 for running it, 10 paid on either."""
    known = START - dt.timedelta(days=1)
    connection.execute(
        sa.insert(table("landing")), {"sha256": "a", "file_name": "a.csv", "byte_count": 1, "received_at": known}
    )
    for number, (unit, division) in enumerate(HOME.items()):
        for at, (feed, name, rows) in enumerate(_feeds(unit, division)):
            slice_id = number * 10 + at + 1
            _publish(connection, slice_id, feed, division, known)
            place = {"slice_id": slice_id, "fiscal_year": 2026, "division_code": division, "unit_code": unit}
            for row_no, row in enumerate(rows, 1):
                told = place | {"row_no": row_no, "source_row": row_no + 1} | row
                connection.execute(sa.insert(table(name)), told)


def _feeds(unit: str, division: str) -> list[tuple[str, str, list[dict[str, object]]]]:
    released, paid = dt.date(2026, 1, 5), dt.date(2026, 10, 30)
    project = {"project_code": "X1", "project_name": "路灯", "spending_kind": "project", "function_code": "2120303"}
    running = {"spending_kind": "public", "function_code": "2010302"}
    named = {"unit_name": f"{unit}单位", "unit_level": "unit", "division_name": division}
    money = {"released_on": released, "appropriation_fen": 100_000_000}
    spent = {"paid_on": paid, "payment_fen": 10_000_000, "payment_kind": "normal", "is_voided": False}
    return [
        ("units", "budget_unit", [named]),
        ("allotments", "allotment", [money | project, money | running]),
        ("payments", "payment", [
            spent | project | {"voucher_no": f"{unit}-1"},
            spent | running | {"voucher_no": f"{unit}-2"},
        ]),
    ]  # fmt: skip


def _publish(connection: sa.Connection, slice_id: int, feed: str, division: str, known: dt.datetime) -> None:
    batch = {
        "batch_id": slice_id, "feed": feed, "mapping_name": "m", "mapping_sha256": "m", "landing_sha256": "a",
        "file_name": "a.csv", "status": "published", "known_at": known, "recorded_at": known, "row_count": 2,
        "accepted_count": 2, "rejected_count": 0, "totals_json": "{}",
    }  # fmt: skip
    piece = {
        "slice_id": slice_id, "batch_id": slice_id, "feed": feed, "slice_key": f"{division}/2026",
        "division_code": division, "fiscal_year": 2026, "first_on": dt.date(2026, 1, 5),
        "last_on": dt.date(2026, 11, 1), "row_count": 2, "known_at": known,
    }  # fmt: skip
    connection.execute(sa.insert(table("batch")), batch)
    connection.execute(sa.insert(table("batch_slice")), piece)


def asked(by: str = "li", **more: object) -> Proposal:
    """Return what somebody asks for: unless said otherwise, A01 of one unit is red from 90 points on only."""
    told = {
        "kind": "threshold", "rule_code": "A01", "aim": Aim(unit_code="101001"), "from_on": dt.date(2026, 1, 1),
        "to_on": None, "values": {"red_bp": 9_000}, "reason": "按学期用款", "proposed_by": by,
    }  # fmt: skip
    return Proposal(**(told | more))  # type: ignore[arg-type]
