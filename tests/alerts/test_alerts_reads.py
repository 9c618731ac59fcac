"""What screens read of alerts and clues: only what the reader may see, in the order it is worked."""

import pytest
from alert_ground import DISTRICT, OFFICES, STREET, TOWN, evaluate, finding, judged, register

from warehouse import alerts
from warehouse.engine import writing
from warehouse.offices import Office, list_offices, save_offices
from warehouse.scope import Scope

ALL, OURS, NOBODY = Scope.everything(), Scope.of([STREET]), Scope.of([])


@pytest.fixture
def engine(warehouse_engine):
    register(warehouse_engine)
    found = [
        finding("A02", "project:U1/P1", level="yellow", amount=900),
        finding("A06", "line:U1/P1/-", level="red", amount=5, evidence={"excess_fen": 5}),
        finding("A02", "project:U2/P2", unit="U2", project="P2", level="red", amount=None),
        finding("A02", "project:U3/P3", unit="U3", project="P3", level="red", amount=70, division=TOWN),
        finding("A02", "project:U4/P4", unit="U4", project="P4", level="orange", division=DISTRICT),
    ]
    cover = [judged(), judged(scope="project:U2/P2", reason="late_feed"), judged(scope="project:U4/P4")]
    evaluate(warehouse_engine, 1, found)
    evaluate(warehouse_engine, 2, [found[1], found[3]], cover)
    return warehouse_engine


def read(engine, function, *given, **more):
    with engine.connect() as connection:
        return function(connection, *given, **more)


@pytest.mark.parametrize(
    ("scope", "filters", "clues"),
    [
        # gravest first, then by money; the closed one keeps its level
        (ALL, {}, ["U3/P3/2026", "U1/P1/2026", "U2/P2/2026", "U4/P4/2026"]),
        (OURS, {}, ["U1/P1/2026", "U2/P2/2026"]),
        (NOBODY, {}, []),
        # a filter narrows the scope and never widens it
        (OURS, {"division": TOWN}, []),
        (ALL, {"division": TOWN}, ["U3/P3/2026"]),
        (ALL, {"status": "closed"}, ["U4/P4/2026"]),
        (ALL, {"levels": ["orange"]}, ["U4/P4/2026"]),
        (ALL, {"levels": []}, []),
        (ALL, {"rule": "A06"}, ["U1/P1/2026"]),
        (ALL, {"unit": "U2"}, ["U2/P2/2026"]),
        (ALL, {"project": "P3"}, ["U3/P3/2026"]),
    ],
)
def test_clues_in_scope_and_order(engine, scope, filters, clues):
    found = read(engine, alerts.list_clues, scope, **filters)
    assert found["clue_key"].to_list() == clues
    assert dict(found.schema) == alerts.CLUES


def test_a_clue_counts_its_alerts(engine):
    found = read(engine, alerts.list_clues, OURS)
    assert found.select("alert_count", "open_count", "stale_count", "rule_codes").rows() == [
        (2, 1, 0, "A02,A06"),
        (1, 1, 1, "A02"),
    ]


@pytest.mark.parametrize(
    ("scope", "filters", "subjects"),
    [
        (ALL, {"status": "open"}, ["project:U3/P3", "line:U1/P1/-", "project:U2/P2"]),
        (OURS, {}, ["line:U1/P1/-", "project:U2/P2", "project:U1/P1"]),
        (OURS, {"rule": "A02", "levels": ["yellow"]}, ["project:U1/P1"]),
        (OURS, {"division": DISTRICT}, []),
        (NOBODY, {}, []),
    ],
)
def test_alerts_in_scope_and_order(engine, scope, filters, subjects):
    found = read(engine, alerts.list_alerts, scope, **filters)
    assert found["subject"].to_list() == subjects
    assert dict(found.schema) == alerts.ALERTS


def test_a_clue_is_shown_with_its_alerts_evidence_and_story(engine):
    clue_id = read(engine, alerts.list_clues, OURS)["clue_id"][0]
    clue, its_alerts, events = read(engine, alerts.clue_detail, OURS, clue_id)
    assert clue["clue_key"].to_list() == ["U1/P1/2026"]
    assert its_alerts.select("rule_code", "status").rows() == [("A06", "open"), ("A02", "resolved")]
    assert '"excess_fen": 5' in its_alerts["evidence"][0]
    assert events.select("notice", "reason").rows() == [
        ("opened", "首次发现"),
        ("opened", "首次发现"),
        ("resolved", "恢复"),
    ]


def test_a_clue_of_another_division_looks_like_none(engine):
    theirs = read(engine, alerts.list_clues, Scope.of([TOWN]))["clue_id"][0]
    assert read(engine, alerts.clue_detail, OURS, theirs) is None
    assert read(engine, alerts.clue_detail, OURS, "2026-XS-9999") is None
    assert read(engine, alerts.clue_detail, Scope.of([TOWN]), theirs) is not None


def test_counts_by_division_and_level(engine):
    assert read(engine, alerts.count_clues, ALL).rows() == [
        (STREET, "red", 2, 5),
        (TOWN, "red", 1, 70),
    ]
    assert read(engine, alerts.count_clues, OURS).rows() == [(STREET, "red", 2, 5)]
    assert read(engine, alerts.count_clues, ALL, status="closed").rows() == [(DISTRICT, "orange", 1, None)]
    assert read(engine, alerts.count_open_alerts) == {(STREET, "red"): 2, (TOWN, "red"): 1}


def test_offices_are_replaced_by_division_and_listed_in_scope(engine):
    assert [one.office_name for one in read(engine, list_offices, OURS)] == ["石桥街道人大工委"]
    renamed = Office(**{**vars(OFFICES[1]), "office_name": "石桥街道人大工作委员会"})
    with writing(engine) as connection:
        save_offices(connection, [renamed])
        save_offices(connection, [])
    assert [one.office_name for one in read(engine, list_offices, ALL)] == [
        "区人大财经工委",
        "石桥街道人大工作委员会",
        "白鹭镇人大主席团",
    ]


@pytest.mark.parametrize(
    ("mail_to", "recipients"),
    [
        ("a@x.test", ("a@x.test",)),
        ("a@x.test, b@x.test;c@x.test\nd@x.test，e@x.test", tuple(f"{one}@x.test" for one in "abcde")),
        ("a@x.test a@x.test", ("a@x.test",)),
        ("", ()),
        (" ; ", ()),
    ],
)
def test_addresses_of_an_office(mail_to, recipients):
    assert Office(**{**vars(OFFICES[0]), "mail_to": mail_to}).recipients == recipients
