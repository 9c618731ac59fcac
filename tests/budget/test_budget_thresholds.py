"""Which approved changes hold on a business day, known by when, and what they state together."""

import datetime as dt

import pytest

from budget.thresholds import Aim, Change, in_force, layered

APPROVED = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 5, 1, 9, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)


def change(version=1, *, rule="A01", aim=None, first="2026-04-01", last=None, at=APPROVED, kind="threshold", **values):
    return Change(
        version=version,
        kind=kind,
        rule_code=rule,
        aim=aim or Aim(),
        from_on=dt.date.fromisoformat(first),
        to_on=last and dt.date.fromisoformat(last),
        approved_at=at,
        values=values,
    )


def lift(version, of, first, at=LATER):
    return Change(
        version=version, kind="lift", rule_code="A01", aim=Aim(), from_on=dt.date.fromisoformat(first), to_on=None,
        approved_at=at, lifts=of,
    )  # fmt: skip


def standing(changes, day, known_at=NOW, rule="A01"):
    return [one.version for one in in_force(changes, dt.date.fromisoformat(day), known_at).of_rule(rule)]


@pytest.mark.parametrize(
    ("day", "holds"),
    [("2026-03-31", False), ("2026-04-01", True), ("2026-06-30", True), ("2026-07-01", False)],
    ids=["the day before", "the first day counts", "the last day counts", "the day after"],
)
def test_a_change_holds_from_its_first_to_its_last_day(day, holds):
    assert standing([change(last="2026-06-30")], day) == ([1] if holds else [])


def test_without_a_last_day_it_goes_on():
    assert standing([change()], "2031-01-01") == [1]


def test_what_was_approved_later_is_not_known_before():
    made = [change(1, at=LATER)]
    assert standing(made, "2026-12-31", LATER - dt.timedelta(microseconds=1)) == []
    assert standing(made, "2026-12-31", LATER) == [1]


def test_of_two_with_the_same_aim_the_one_approved_later_stands_whole():
    first, second = change(7, at=LATER, yellow_bp=1_500), change(9, at=APPROVED, orange_bp=2_500)
    assert standing([first, second], "2026-12-31") == [7]
    assert standing([second, first], "2026-12-31") == [7], "their order decides nothing"


def test_where_the_later_one_ends_the_earlier_one_stands_again():
    always, summer = change(1), change(2, first="2026-06-01", last="2026-08-31", at=LATER)
    days = ("2026-05-31", "2026-06-01", "2026-08-31", "2026-09-01")
    assert [standing([always, summer], day) for day in days] == [[1], [2], [2], [1]]


def test_a_lift_ends_what_it_names_from_its_first_day_on():
    made = [change(1), change(2, aim=Aim(unit_code="101001")), lift(3, of=1, first="2026-07-01")]
    assert standing(made, "2026-06-30") == [1, 2]
    assert standing(made, "2026-07-01") == [2]
    assert standing(made, "2026-07-01", LATER - dt.timedelta(seconds=1)) == [1, 2], "nobody knew of the lift yet"


def test_an_exemption_from_every_rule_counts_for_each_and_one_from_a_rule_for_that_rule():
    made = [change(1, kind="exemption", rule=None, last="2026-12-31"),
            change(2, kind="exemption", rule="A03", last="2026-12-31")]  # fmt: skip
    held = in_force(made, dt.date(2026, 12, 31), NOW)
    assert [one.version for one in held.exempting("A01")] == [1]
    assert [one.version for one in held.exempting("A03")] == [1, 2]
    assert in_force(made, dt.date(2027, 1, 1), NOW).exemptions == ()


DISTRICT, DIVISION, KIND, UNIT, PROJECT = (
    Aim(), Aim(division_code="990101010"), Aim(spending_kind="project"), Aim(unit_code="101001"),
    Aim(project_code="X1"),
)  # fmt: skip
ORDER = [
    (DISTRICT, DIVISION, "a division before the whole district"),
    (DIVISION, KIND, "a spending kind before a division"),
    (KIND, UNIT, "a unit before a spending kind"),
    (UNIT, PROJECT, "a project before a unit"),
    (KIND, Aim(spending_kind="project", division_code="990101010"), "a kind in one division before the kind"),
    (UNIT, Aim(unit_code="101001", spending_kind="public"), "a kind of one unit before the unit"),
    (Aim(unit_code="101001", spending_kind="public"), PROJECT, "a project before everything said of its unit"),
]


@pytest.mark.parametrize(("wide", "narrow", "why"), ORDER, ids=[row[2] for row in ORDER])
def test_the_narrower_aim_comes_later_and_wins(wide, narrow, why):
    made = [change(1, aim=narrow, yellow_bp=2_000), change(2, aim=wide, yellow_bp=1_000, red_bp=9_000)]
    held = in_force(made, dt.date(2026, 12, 31), NOW).of_rule("A01")
    assert [one.version for one in held] == [2, 1], why
    assert layered(held) == {"yellow_bp": 2_000, "red_bp": 9_000}, "what it leaves out stays as the wider one states it"


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (DISTRICT, UNIT, True),
        (DIVISION, UNIT, True),
        (UNIT, Aim(unit_code="101002"), False),
        (Aim(unit_code="101001", project_code="X1"), Aim(unit_code="101001", project_code="X2"), False),
        (Aim(unit_code="101001", project_code="X1"), PROJECT, True),
    ],
)
def test_two_aims_may_meet_unless_a_part_is_stated_differently(one, other, meet):
    assert one.may_meet(other) is other.may_meet(one) is meet
