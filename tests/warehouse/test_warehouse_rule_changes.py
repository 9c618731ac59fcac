"""Rule changes are added and decided once, by two people, and read within the reader's scope; nothing is altered."""

import datetime as dt

import pytest
import sqlalchemy as sa

from budget.thresholds import Aim
from warehouse.aims import divisions_of_aim
from warehouse.engine import reading, writing
from warehouse.rule_changes import (
    KeptChange,
    Proposal,
    RuleChangeError,
    add_change,
    approved_changes,
    decide_change,
    find_change,
    list_changes,
)
from warehouse.schema import table
from warehouse.scope import Scope

STREET, TOWN = "990101010", "990101100"
DAY = dt.date(2026, 7, 1)
HOUR = dt.timedelta(hours=1)


def asked(home: str | None = None, **more) -> Proposal:
    told = {
        "kind": "threshold", "rule_code": "A01", "aim": Aim(division_code=home), "from_on": DAY, "to_on": None,
        "values": {"yellow_bp": 1_500, "excluded_categories": ("预留", "质保金")}, "reason": "按学期用款",
        "proposed_by": "li", "home": home,
    }  # fmt: skip
    return Proposal(**told | more)


def added(engine: sa.Engine, now: dt.datetime, *proposals: Proposal) -> list[KeptChange]:
    with writing(engine) as connection:
        return [add_change(connection, one, now) for one in proposals]


def decided(engine: sa.Engine, change_id: int, at: dt.datetime, outcome="approved", by="wang") -> KeptChange:
    with writing(engine) as connection:
        return decide_change(connection, change_id, outcome, by=by, at=at, because="")


def test_what_was_proposed_is_read_back_as_it_was_asked(warehouse_engine: sa.Engine, now: dt.datetime) -> None:
    aim = Aim(unit_code="101001", project_code="X1", spending_kind="project", division_code=STREET)
    whole = asked(STREET, aim=aim, to_on=dt.date(2026, 12, 31))
    lift = asked(kind="lift", rule_code=None, lifts=1, values={})
    kept = added(warehouse_engine, now, whole, lift, asked(kind="exemption", aim=Aim(subject="unit:101001")))
    with reading(warehouse_engine) as connection:
        assert list_changes(connection, Scope.everything()) == kept[::-1]
        assert find_change(connection, Scope.everything(), 1) == kept[0]
        assert find_change(connection, Scope.everything(), 9) is None
    assert [(one.change_id, one.status, one.approved) for one in kept] == [
        (1, "pending", None), (2, "pending", None), (3, "pending", None),
    ]  # fmt: skip


def test_nobody_approves_what_they_proposed(warehouse_engine: sa.Engine, now: dt.datetime) -> None:
    added(warehouse_engine, now, asked())
    with pytest.raises(RuleChangeError, match="was proposed by li; another person has to approve it") as refused:
        decided(warehouse_engine, 1, now, by="li")
    assert refused.value.code == "self_approval"
    with reading(warehouse_engine) as connection:
        assert list_changes(connection, Scope.everything())[0].status == "pending"
    assert decided(warehouse_engine, 1, now, "rejected", by="li").status == "rejected", "taking it back is allowed"


def test_a_change_is_decided_once(warehouse_engine: sa.Engine, now: dt.datetime) -> None:
    added(warehouse_engine, now, asked())
    decided(warehouse_engine, 1, now)
    with pytest.raises(RuleChangeError, match="was approved by wang already"):
        decided(warehouse_engine, 1, now, "rejected", by="zhao")
    with pytest.raises(RuleChangeError, match="there is no rule change 7"):
        decided(warehouse_engine, 7, now)


def test_evaluation_goes_by_what_was_approved_up_to_the_moment(warehouse_engine: sa.Engine, now: dt.datetime) -> None:
    added(warehouse_engine, now, asked(), asked(rule_code="A02"), asked(rule_code="A03"))
    decided(warehouse_engine, 1, now + HOUR)
    decided(warehouse_engine, 2, now + 2 * HOUR, "rejected")
    with reading(warehouse_engine) as connection:
        assert approved_changes(connection, now + HOUR - dt.timedelta(microseconds=1)) == []
        (one,) = approved_changes(connection, now + HOUR)
        assert (one.version, one.values["yellow_bp"], one.approved_at) == (1, 1_500, now + HOUR)
        assert one.values["excluded_categories"] == ("预留", "质保金")
        assert approved_changes(connection, now + 9 * HOUR) == [one]
        then = list_changes(connection, Scope.everything(), known_at=now)
        assert [kept.status for kept in then] == ["pending"] * 3, "what was decided later was pending then"
        assert list_changes(connection, Scope.everything(), known_at=now - HOUR) == []


def test_an_office_sees_its_own_and_the_districts_changes(warehouse_engine: sa.Engine, now: dt.datetime) -> None:
    added(warehouse_engine, now, asked(), asked(STREET), asked(TOWN))
    with reading(warehouse_engine) as connection:
        seen = {
            name: [one.change_id for one in list_changes(connection, scope)]
            for name, scope in (("all", Scope.everything()), ("street", Scope.of([STREET])), ("none", Scope.of([])))
        }
        assert find_change(connection, Scope.of([STREET]), 3) is None
    assert seen == {"all": [3, 2, 1], "street": [2, 1], "none": []}


@pytest.mark.parametrize(
    ("aim", "home"),
    [
        (Aim(unit_code="101001"), {TOWN}),  # by the unit table delivered last
        (Aim(unit_code="101002"), {STREET}),  # no table lists it; its money is there
        (Aim(unit_code="101009"), set()),
        (Aim(project_code="X1"), {STREET, TOWN}),
        (Aim(project_code="X1", unit_code="101001"), {TOWN}),
        (Aim(project_code="X9"), set()),
        (Aim(subject="unit:101001"), {TOWN}),
        (Aim(subject="unit:101002"), set()),
    ],
    ids=str,
)
def test_where_an_aim_belongs_is_told_by_what_was_delivered(
    warehouse_engine: sa.Engine, now: dt.datetime, aim: Aim, home: set[str]
) -> None:
    place = {"source_row": 1, "fiscal_year": 2026}
    unit = {"unit_code": "101001", "unit_name": "甲", "unit_level": "unit"}
    paid = {"paid_on": DAY, "payment_fen": 1, "project_code": "X1"}
    clue = {"clue_id": "c", "clue_key": "k", "division_code": TOWN, "period": "2026", "status": "open", "level": "red"}
    alert = {"alert_id": 1, "rule_code": "A01", "subject": "unit:101001", "period": "2026", "clue_id": "c"}
    alert |= {"division_code": TOWN, "status": "open", "is_stale": False, "level": "red", "opened_on": DAY}
    rows = [
        ("budget_unit", place | unit | {"slice_id": 1, "row_no": 1, "division_code": STREET}),
        ("budget_unit", place | unit | {"slice_id": 2, "row_no": 1, "division_code": TOWN}),
        ("payment", place | paid | {"slice_id": 3, "row_no": 1, "unit_code": "101001", "division_code": TOWN}),
        ("payment", place | paid | {"slice_id": 3, "row_no": 2, "unit_code": "101002", "division_code": STREET}),
        ("clue", clue | {"opened_at": now, "opened_on": DAY}),
        ("alert", alert | {"run_id": 1, "finding_no": 1, "measure_unit": "bp"}),
    ]
    with writing(warehouse_engine) as connection:
        for name, row in rows:
            connection.execute(sa.insert(table(name)), row)
    with reading(warehouse_engine) as connection:
        assert divisions_of_aim(connection, aim) == home
