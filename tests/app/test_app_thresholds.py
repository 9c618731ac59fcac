"""Thresholds as data, from a proposal to the findings that name it: on SQLite and on PostgreSQL."""

import datetime as dt
import json
from pathlib import Path

import polars as pl
import pytest
from thresholds_ground import STREET, TOWN, Clock, asked, made_house

from app.judging import judge
from app.shown import stored_alerts, stored_findings
from app.threshold_effect import effect_of
from app.thresholds import decide, propose
from app.wiring import House
from budget.thresholds import Aim
from warehouse.alerts import clue_detail
from warehouse.audit import verify_audit
from warehouse.engine import reading
from warehouse.rule_changes import RuleChangeError, find_change, list_changes
from warehouse.scope import Scope

DAY = dt.date(2026, 11, 1)
HERE, THERE = "unit:101001", "unit:201001"
PROJECT = "project:101001/X1"
ALL = Scope.everything()


@pytest.fixture
def story(empty_warehouse_url: str, tmp_path: Path) -> tuple[House, Clock]:
    """Return a fresh house and its clock, once on SQLite and once on PostgreSQL."""
    return made_house(empty_warehouse_url, tmp_path)


@pytest.fixture
def house(story: tuple[House, Clock]) -> House:
    return story[0]


@pytest.fixture
def clock(story: tuple[House, Clock]) -> Clock:
    return story[1]


def proposed(house: House, **more: object) -> int:
    return propose(house, asked(**more), through="test").change_id


def approved(house: House, **more: object) -> int:
    number = proposed(house, **more)
    decide(house, number, "approved", by="wang", because="", through="test")
    return number


def found(judged, code: str = "A01") -> dict[str, tuple[str, object]]:
    """Return subject -> level and versions."""
    rows = judged.evaluation.findings.filter(pl.col("rule_code") == code).select("subject", "level", "evidence")
    return {row[0]: (row[1], json.loads(row[2]).get("threshold")) for row in rows.iter_rows()}


def test_what_was_approved_judges_and_the_finding_names_it(house: House) -> None:
    assert found(judge(house, dry_run=True)) == {HERE: ("red", None), THERE: ("red", None)}
    number = proposed(house)
    assert found(judge(house, dry_run=True))[HERE] == ("red", None), "a proposal judges nothing yet"
    decide(house, number, "approved", by="wang", because="已核实", through="test")
    judge(house)
    told = {one["subject"]: one["threshold"] for one in stored_findings(house, None, ["A01"])}
    assert told == {HERE: "1", THERE: None}
    assert found(judge(house, dry_run=True)) == {HERE: ("orange", "1"), THERE: ("red", None)}


def test_what_was_rejected_judges_nothing(house: House) -> None:
    decide(house, proposed(house), "rejected", by="wang", because="理由不足", through="test")
    assert found(judge(house, dry_run=True))[HERE] == ("red", None)


def test_nobody_approves_what_they_proposed_and_nothing_is_kept_of_the_attempt(house: House) -> None:
    number = proposed(house)
    with pytest.raises(RuleChangeError, match=r"^rule change 1 was proposed by li; another person has to approve it$"):
        decide(house, number, "approved", by="li", because="", through="test")
    with reading(house.engine) as connection:
        kept = find_change(connection, ALL, number)
        assert kept is not None
        assert kept.status == "pending"
        proof = verify_audit(connection)
    assert decide(house, number, "rejected", by="li", because="", through="test").status == "rejected"
    with reading(house.engine) as connection:
        after = verify_audit(connection)
    assert (proof.broken_at, after.broken_at) == (None, None)
    assert after.entries == proof.entries + 1, "the refusal left no entry, taking it back left one"


def test_a_past_evaluation_goes_by_what_was_approved_then(house: House, clock: Clock) -> None:
    first = approved(house)
    between = clock()
    clock.forward(hours=1)
    approved(house, values={"red_bp": 9_500, "orange_bp": 9_400})
    assert found(judge(house, as_of=DAY, dry_run=True))[HERE] == ("yellow", "2")
    then = judge(house, as_of=DAY, known_at=between, dry_run=True)
    assert found(then)[HERE] == ("orange", str(first))
    before = judge(house, as_of=DAY, known_at=between - dt.timedelta(seconds=1), dry_run=True)
    assert found(before)[HERE] == ("red", None)


@pytest.mark.parametrize(("day", "level"), [(9, "red"), (10, "orange"), (20, "orange"), (21, "red")])
def test_it_holds_from_its_first_to_its_last_business_day(house: House, clock: Clock, day: int, level: str) -> None:
    approved(house, from_on=dt.date(2026, 10, 10), to_on=dt.date(2026, 10, 20))
    clock.forward(days=30)
    assert found(judge(house, as_of=dt.date(2026, 10, day), dry_run=True))[HERE][0] == level


def test_an_exemption_ends_the_alert_as_exempted_and_its_end_lets_it_come_back(house: House, clock: Clock) -> None:
    judge(house)
    last = dt.date(2026, 11, 2)
    approved(house, kind="exemption", rule_code=None, values={}, from_on=DAY, to_on=last)

    def standing(subject: str) -> str:
        return next(one["status"] for one in stored_alerts(house) if (one["rule"], one["subject"]) == ("A01", subject))

    clock.forward(days=1)
    coverage = judge(house).evaluation.coverage  # judges 2 November, the exemption's last day
    assert (standing(HERE), standing(THERE)) == ("resolved", "open")
    reasons = dict(coverage.filter(pl.col("rule_code") == "A01").select("scope", "reason").iter_rows())
    assert reasons == {HERE: "exempted", THERE: None}
    clue = next(one["clue"] for one in stored_alerts(house) if (one["rule"], one["subject"]) == ("A01", HERE))
    with reading(house.engine) as connection:
        detail = clue_detail(connection, ALL, clue)
    assert detail is not None
    assert "豁免" in detail[2]["reason"].to_list()
    clock.forward(days=1)
    judge(house)
    assert standing(HERE) == "open"


def test_a_lift_ends_what_it_names(house: House, clock: Clock) -> None:
    number = approved(house)
    clock.forward(hours=1)
    with pytest.raises(RuleChangeError, match="rule change 9 is no threshold or exemption in force"):
        proposed(house, kind="lift", rule_code=None, lifts=9)
    lift = approved(house, kind="lift", rule_code=None, aim=Aim(), values={}, lifts=number, from_on=DAY)
    assert found(judge(house, as_of=DAY, dry_run=True))[HERE] == ("red", None)
    assert found(judge(house, as_of=DAY - dt.timedelta(days=1), dry_run=True))[HERE] == ("orange", "1")
    with reading(house.engine) as connection:
        kept = find_change(connection, ALL, lift)
    assert kept is not None
    assert (kept.asked.home, kept.asked.rule_code) == (STREET, "A01"), "it is of whom it ends"


RIGHTS = [
    ("li", {}, None),
    ("shiqiao", {}, None),
    ("shiqiao", {"aim": Aim(unit_code="201001")}, "no_right"),  # another division's unit
    ("shiqiao", {"aim": Aim()}, "no_right"),  # the whole district
    ("shiqiao", {"aim": Aim(spending_kind="project")}, "no_right"),
    ("shiqiao", {"aim": Aim(spending_kind="project", division_code=STREET)}, None),
    ("bailu", {"aim": Aim(division_code=TOWN)}, None),
    ("anquan", {}, "no_right"),
    ("xitong", {}, "no_right"),
    ("shenji", {}, "no_right"),
    ("daibiao", {}, "no_right"),
    ("nobody", {}, "nobody"),
]


def test_who_may_propose_what(house: House) -> None:
    told = []
    for by, more, _ in RIGHTS:
        code = None
        try:
            proposed(house, by=by, **more)
        except RuleChangeError as refused:
            code = refused.code
        told.append((by, more, code))
    assert told == RIGHTS


def test_who_may_approve(house: House) -> None:
    for by in ("shiqiao", "bailu", "xitong", "shenji", "daibiao"):
        number = proposed(house, by="li")
        with pytest.raises(RuleChangeError, match="may not decide rule changes"):
            decide(house, number, "approved", by=by, because="", through="test")
    for by in ("wang", "anquan"):
        assert decide(house, proposed(house), "approved", by=by, because="", through="test").decided_by == by


WRONG = [
    ({"rule_code": "Z99"}, "no_rule", "there is no rule Z99"),
    ({"values": {}}, "no_values", "at least one parameter of rule A01"),
    ({"values": {"yellow_bq": 1}}, "values", "rule A01 has no key yellow_bq; its keys are"),
    ({"values": {"yellow_bp": -1}}, "values", "a whole number from 0 on was expected"),
    ({"values": {"yellow_bp": 2_500}}, "values", "fences must rise with the level"),
    ({"reason": "  "}, "reason", "a reason of at most 500 characters"),
    ({"to_on": dt.date(2025, 12, 31)}, "dates", "lies before its first day"),
    ({"aim": Aim(division_code="石桥")}, "division", "nine digits"),
    ({"aim": Aim(unit_code="101009")}, "unknown_aim", "nothing was ever delivered of 101009"),
    ({"aim": Aim(unit_code="101001", division_code=TOWN)}, "unknown_aim", "nothing was ever delivered of 101001"),
    ({"aim": Aim(spending_kind="gifts")}, "kind", "kinds are personnel, public, project"),
    ({"aim": Aim(project_code="X1")}, "several", "X1 is of several divisions"),
    ({"kind": "exemption", "values": {}}, "end_date", "none is for ever"),
    ({"kind": "exemption", "values": {}, "aim": Aim(), "to_on": DAY}, "aim", "needs whom it is for"),
]


def test_what_is_wrong_with_a_proposal_is_said_in_one_sentence_and_nothing_is_kept(house: House) -> None:
    for more, code, says in WRONG:
        with pytest.raises(RuleChangeError) as refused:
            proposed(house, **more)
        assert (more, refused.value.code) == (more, code)
        assert says in str(refused.value)
    with reading(house.engine) as connection:
        assert list_changes(connection, ALL) == []


def test_a_project_of_several_divisions_is_named_with_its_unit_or_division(house: House) -> None:
    for aim in (Aim(project_code="X1", unit_code="101001"), Aim(project_code="X1", division_code=STREET)):
        kept = propose(house, asked(rule_code="A02", aim=aim, values={"red_bp": 9_000}), through="test")
        assert kept.asked.home == STREET


def test_two_changes_that_would_cross_their_fences_are_not_both_let_in(house: House) -> None:
    approved(house, aim=Aim(division_code=STREET), values={"orange_bp": 2_900})
    with pytest.raises(RuleChangeError, match="orange_bp = 2900 above red_bp = 2500"):
        proposed(house, values={"red_bp": 2_500})
    later = {"values": {"red_bp": 2_500}, "aim": Aim(unit_code="201001")}
    assert proposed(house, **later), "another division's unit never meets it"


def test_what_two_people_propose_at_once_is_held_against_each_other_when_it_is_approved(house: House) -> None:
    first = proposed(house, aim=Aim(division_code=STREET), values={"orange_bp": 2_900})
    second = proposed(house, values={"red_bp": 2_500})
    decide(house, first, "approved", by="wang", because="", through="test")
    with pytest.raises(RuleChangeError, match="fences must rise"):
        decide(house, second, "approved", by="wang", because="", through="test")
    with reading(house.engine) as connection:
        kept = find_change(connection, ALL, second)
    assert kept is not None
    assert kept.status == "pending"


def test_a_change_the_rule_cannot_judge_by_is_not_approved(house: House) -> None:
    number = proposed(house, rule_code="A08", values={"first_rush_month": 13})
    with pytest.raises(RuleChangeError, match="the rule cannot judge by rule change 1: ValueError: month must be in"):
        decide(house, number, "approved", by="wang", because="", through="test")


def test_what_a_change_would_do_is_told_before_it_is_approved(house: House) -> None:
    def effect(**more: object) -> dict[str, tuple[str, str | None, str | None]]:
        with reading(house.engine) as connection:
            kept = find_change(connection, ALL, proposed(house, **more))
        assert kept is not None
        return {one.subject: (one.state, one.before, one.after) for one in effect_of(house, kept).shifts}

    same = ("same", "red", "red")
    assert effect() == {HERE: ("level", "red", "orange"), THERE: same}
    silent = {"values": {"yellow_bp": 9_900, "orange_bp": 9_900, "red_bp": 9_900}}
    assert effect(**silent) == {HERE: ("gone", "red", None), THERE: same}
    freed = {"kind": "exemption", "rule_code": "A01", "values": {}, "to_on": dt.date(2026, 12, 31)}
    assert effect(**freed) == {HERE: ("gone", "red", None), THERE: same}
    number = approved(house, **silent)
    assert effect(kind="lift", rule_code=None, values={}, lifts=number, from_on=DAY)[HERE] == ("new", None, "red")
    coming = effect(from_on=dt.date(2027, 1, 1))
    assert coming[HERE] == ("new", None, "orange"), "what begins later is tried as on its first day"


def test_every_step_stands_in_the_audit_chain_with_who_and_what(house: House) -> None:
    number = approved(house)
    with reading(house.engine) as connection:
        assert verify_audit(connection).broken_at is None
        rows = connection.exec_driver_sql(
            "SELECT actor, action, object, detail_json FROM audit_entry ORDER BY entry_no DESC LIMIT 2"
        ).all()
    assert [row[:3] for row in rows] == [
        ("wang", "approve_rule_change", str(number)),
        ("li", "propose_rule_change", str(number)),
    ]
    told = json.loads(rows[1][3])
    assert (told["rule"], told["values"], told["aim"]) == ("A01", {"red_bp": 9_000}, {"unit_code": "101001"})
    assert told["reason"] == "按学期用款"
