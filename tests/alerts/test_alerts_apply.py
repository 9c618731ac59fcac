"""Applying runs: alerts, clues, events and mail in one transaction, and nothing twice; on both databases."""

import datetime as dt
import json
from dataclasses import replace

import pytest
import sqlalchemy as sa
from alert_ground import (
    CATALOGUE,
    DISTRICT,
    NOW,
    OFFICES,
    STREET,
    TODAY,
    TOWN,
    apply,
    evaluate,
    finding,
    judged,
    register,
    rows_of,
    save_run,
)

from alerts.apply import RunRefused
from warehouse.engine import open_engine, sqlite_url, writing
from warehouse.migrations import create
from warehouse.schema import table

LATER = NOW + dt.timedelta(days=1)
TOMORROW = TODAY + dt.timedelta(days=1)


@pytest.fixture
def engine(warehouse_engine):
    register(warehouse_engine)
    return warehouse_engine


def alerts(engine):
    return rows_of(engine, "alert", "rule_code", "subject", "status", "is_stale", "level", "run_id")


def mails(engine):
    return sorted(rows_of(engine, "outbox", "recipient", "run_id"), key=str)


def test_a_finding_opens_an_alert_a_clue_an_event_and_one_message_a_recipient(engine):
    summary = evaluate(engine, 1, [finding(amount=98_000_000)], [judged()])
    assert alerts(engine) == [("A02", "project:U1/P1", "open", False, "orange", 1)]
    assert rows_of(engine, "clue", "clue_id", "clue_key", "division_code", "status", "level", "amount_fen") == [
        ("2026-XS-0001", "U1/P1/2026", STREET, "open", "orange", 98_000_000)
    ]
    assert rows_of(engine, "alert_event", "clue_id", "notice", "reason", "actor", "from_level", "to_level") == [
        ("2026-XS-0001", "opened", "首次发现", "mingzhang", None, "orange")
    ]
    # the street's two addresses, and the district, which is told in numbers
    assert mails(engine) == [
        ("caijing@qinghe.example.test", 1),
        ("shiqiao2@qinghe.example.test", 1),
        ("shiqiao@qinghe.example.test", 1),
    ]
    assert (summary.notices["opened"], summary.clues["opened"], summary.mails, summary.warnings) == (1, 1, 3, ())


def test_the_same_run_applied_again_changes_and_owes_nothing(engine):
    evaluate(engine, 1, [finding()], [judged()])
    before = (alerts(engine), rows_of(engine, "alert_event", "event_id"), mails(engine))
    with writing(engine) as connection:
        summary = apply(connection, 1, now=LATER, today=TOMORROW)
    assert (alerts(engine), rows_of(engine, "alert_event", "event_id"), mails(engine)) == before
    assert summary.mails == 0


def test_an_equal_run_owes_no_mail_and_adds_no_event(engine):
    evaluate(engine, 1, [finding()], [judged()])
    summary = evaluate(engine, 2, [finding()], [judged()], now=LATER, today=TOMORROW)
    assert summary.mails == 0
    assert len(rows_of(engine, "alert_event", "event_id")) == 1
    assert alerts(engine) == [("A02", "project:U1/P1", "open", False, "orange", 2)]


def test_findings_in_another_order_give_the_same_alerts_and_clue_numbers(engine, tmp_path):
    some = [finding(subject=f"project:U{n}/P{n}", unit=f"U{n}", project=f"P{n}", amount=n) for n in range(1, 9)]
    other = open_engine(sqlite_url(tmp_path / "other.db"))
    with other.begin() as connection:
        create(connection)
    register(other)
    evaluate(engine, 1, some)
    evaluate(other, 1, some[::-1])
    keys = ("clue_id", "clue_key", "level", "amount_fen")
    assert rows_of(engine, "clue", *keys) == rows_of(other, "clue", *keys)
    assert rows_of(engine, "clue", *keys)[0] == ("2026-XS-0001", "U8/P8/2026", "orange", 8)
    other.dispose()


def test_worse_is_news_better_is_only_written_down(engine):
    evaluate(engine, 1, [finding(level="yellow")], [judged()])
    worse = evaluate(engine, 2, [finding(level="red", amount=5)], [judged()], now=LATER)
    better = evaluate(engine, 3, [finding(level="orange")], [judged()], now=LATER)
    assert (worse.mails, better.mails) == (3, 0)
    assert rows_of(engine, "alert_event", "notice", "from_level", "to_level")[1:] == [
        ("worsened", "yellow", "red"),
        ("eased", "red", "orange"),
    ]
    assert rows_of(engine, "clue", "level", "amount_fen") == [("orange", None)]


def test_an_alert_is_resolved_only_where_its_subject_was_judged(engine):
    evaluate(engine, 1, [finding()], [judged()])
    late = evaluate(engine, 2, [], [judged(reason="late_feed")], now=LATER)
    still_late = evaluate(engine, 3, [], [judged(reason="late_feed")], now=LATER)
    assert alerts(engine) == [("A02", "project:U1/P1", "open", True, "orange", 1)]
    assert (late.mails, still_late.mails) == (3, 0)
    over = evaluate(engine, 4, [], [judged()], now=LATER, today=TOMORROW)
    assert alerts(engine) == [("A02", "project:U1/P1", "resolved", False, "orange", 1)]
    assert over.mails == 3
    assert rows_of(engine, "alert_event", "notice", "reason") == [
        ("opened", "首次发现"),
        ("stale", "暂停判断：支付数据迟到，暂不判断"),
        ("resolved", "恢复"),
        ("closed", "全部疑点均已消除，办结"),
    ]
    assert rows_of(engine, "clue", "status", "closed_at") == [("closed", LATER)]


def test_being_judged_again_after_a_pause_is_written_down_and_is_no_news(engine):
    evaluate(engine, 1, [finding()], [judged()])
    evaluate(engine, 2, [], [judged(reason="late_feed")])
    back = evaluate(engine, 3, [finding()], [judged()])
    assert back.mails == 0
    assert alerts(engine) == [("A02", "project:U1/P1", "open", False, "orange", 3)]
    assert rows_of(engine, "alert_event", "notice", "reason")[-1] == ("none", "恢复判断，级别未变")


def test_what_comes_back_reopens_its_alert_and_its_clue_under_the_old_number(engine):
    evaluate(engine, 1, [finding()], [judged()])
    evaluate(engine, 2, [], [judged()], now=LATER)
    again = evaluate(engine, 3, [finding(level="red")], [judged()], now=LATER, today=TOMORROW)
    assert again.clues == {"reopened": 1}
    assert rows_of(engine, "clue", "clue_id", "status", "level", "closed_at") == [("2026-XS-0001", "open", "red", None)]
    assert rows_of(engine, "alert", "opened_on", "resolved_on") == [(TOMORROW, None)]
    assert [row[0] for row in rows_of(engine, "alert_event", "notice")] == [
        "opened", "resolved", "closed", "opened", "reopened",
    ]  # fmt: skip


def test_alerts_on_one_unit_project_and_period_are_one_clue_and_amounts_are_not_added(engine):
    evaluate(
        engine,
        1,
        [
            finding("A02", level="yellow", amount=700),
            finding("A06", "line:U1/P1/2010101", level="red", amount=300),
            finding("A02", "project:U1/P2", project="P2"),
            finding("E05", "payment:V1", period="2026-03"),
        ],
    )
    assert rows_of(engine, "clue", "clue_key", "level", "amount_fen") == [
        ("U1/P1/2026", "red", 700),
        ("U1/P2/2026", "orange", None),
    ]


def test_one_of_two_alerts_recovers_and_the_clue_stays_open_at_the_level_that_is_left(engine):
    both = [finding("A02", level="yellow", amount=1), finding("A06", "line:U1/P1/-", level="red", amount=2)]
    cover = [judged(), judged("A06", "line:U1/P1/-")]
    evaluate(engine, 1, both, cover)
    partly = evaluate(engine, 2, both[:1], cover, now=LATER)
    assert rows_of(engine, "clue", "status", "level", "amount_fen") == [("open", "yellow", 1)]
    assert partly.mails == 3
    subjects = {subject for subject, run in rows_of(engine, "outbox", "subject", "run_id") if run == 2}
    assert "【明账】石桥街道: 部分恢复 1 条线索 (截至 2026-09-30)" in subjects


def test_a_finding_without_unit_is_a_clue_by_its_subject_and_one_without_division_is_the_districts(engine):
    evaluate(engine, 1, [finding("H01", "feed:units/990101", unit=None, project=None, division=None)])
    assert rows_of(engine, "clue", "clue_key", "division_code") == [("feed:units/990101/2026", DISTRICT)]
    assert mails(engine) == [("caijing@qinghe.example.test", 1)]


def test_a_history_run_writes_no_alert_and_owes_no_mail(engine):
    summary = evaluate(engine, 1, [finding()], [judged()], is_history=True)
    assert summary.is_history
    assert [rows_of(engine, name, "clue_id") for name in ("alert", "clue", "alert_event")] == [[], [], []]
    assert mails(engine) == []


def test_a_rule_that_did_not_run_leaves_its_alerts_alone(engine):
    evaluate(engine, 1, [finding()], [judged()])
    other = evaluate(engine, 2, [], [], codes="A01")
    assert other.mails == 0
    assert alerts(engine) == [("A02", "project:U1/P1", "open", False, "orange", 1)]


def test_last_years_alerts_are_neither_recovered_nor_stale_in_a_new_year(engine):
    evaluate(engine, 1, [finding()], [judged()])
    new_year = evaluate(engine, 2, [], [judged(period="2027")], as_of=dt.date(2027, 1, 31))
    assert new_year.mails == 0
    assert alerts(engine) == [("A02", "project:U1/P1", "open", False, "orange", 1)]


def test_clue_numbers_start_again_each_year_and_never_repeat_within_one(engine):
    evaluate(engine, 1, [finding(subject="project:U1/P1", project="P1")])
    evaluate(engine, 2, [finding(subject="project:U1/P2", project="P2")], codes="A02")
    evaluate(engine, 3, [finding(period="2027")], as_of=dt.date(2027, 1, 31), today=dt.date(2027, 2, 1))
    assert [row[0] for row in rows_of(engine, "clue", "clue_id")] == ["2026-XS-0001", "2026-XS-0002", "2027-XS-0001"]


def test_the_number_after_9999_is_10000(engine):
    evaluate(engine, 1, [finding()])
    with writing(engine) as connection:
        for name in ("alert_event", "alert"):
            connection.execute(sa.delete(table(name)))
        connection.execute(sa.update(table("clue")).values(clue_id="2026-XS-10000"))
    evaluate(engine, 2, [finding(subject="project:U1/P2", project="P2")])
    assert ("2026-XS-10001",) in rows_of(engine, "clue", "clue_id")


def test_an_office_that_is_missing_or_has_no_address_is_named_and_loses_no_alert(engine):
    register(engine, [replace(OFFICES[2], mail_to=" ")])
    found = [finding(division="990101099"), finding("A02", "project:U2/P2", unit="U2", division=TOWN)]
    summary = evaluate(engine, 1, found)
    assert len(alerts(engine)) == 2
    assert summary.warnings == (
        "区划 990101099 有 1 条线索变动，但没有登记收件机构；请登记该区划的机构。",
        "白鹭镇人大主席团 有 1 条线索变动，但没有登记收件地址；请补充地址。",
    )
    assert mails(engine) == [("caijing@qinghe.example.test", 1)]


@pytest.mark.parametrize(("applied", "asked", "words"), [((2,), 1, "早于已生效的第 2 次"), ((), 7, "没有第 7 次评估")])
def test_an_unknown_run_or_one_older_than_what_stands_is_refused(engine, applied, asked, words):
    for run_id in applied:
        evaluate(engine, run_id, [finding()])
    with pytest.raises(RunRefused, match=words), writing(engine) as connection:  # noqa: PT012
        if asked == 1:
            save_run(connection, 1, [])
        apply(connection, asked)


def test_a_failure_after_applying_leaves_neither_alert_nor_mail(engine):
    with pytest.raises(RuntimeError, match="power cut"), writing(engine) as connection:  # noqa: PT012
        save_run(connection, 1, [finding()])
        apply(connection, 1)
        raise RuntimeError("power cut")
    assert alerts(engine) == []
    assert mails(engine) == []


def test_names_come_from_the_unit_table_and_the_allotments(engine):
    with writing(engine) as connection:
        _deliver_names(connection)
    evaluate(engine, 1, [finding()])
    assert rows_of(engine, "clue", "unit_name", "project_name") == [("石桥街道市政所", "道路养护")]


def _deliver_names(connection):
    stamp = {"known_at": NOW, "row_count": 1}
    connection.execute(
        sa.insert(table("landing")), {"sha256": "x", "file_name": "f", "byte_count": 1, "received_at": NOW}
    )
    connection.execute(
        sa.insert(table("batch")),
        stamp
        | {"batch_id": 1, "feed": "units", "mapping_name": "m", "mapping_sha256": "m", "landing_sha256": "x"}
        | {"file_name": "f", "status": "published", "recorded_at": NOW, "accepted_count": 1, "rejected_count": 0}
        | {"totals_json": "{}"},
    )
    for slice_id, feed in ((1, "units"), (2, "units"), (3, "allotments")):
        connection.execute(
            sa.insert(table("batch_slice")),
            stamp | {"slice_id": slice_id, "batch_id": 1, "feed": feed, "slice_key": str(slice_id)},
        )
    line = {"row_no": 1, "source_row": 1, "division_code": STREET, "unit_code": "U1"}
    for slice_id, name in ((1, "市政管理所"), (2, "石桥街道市政所")):
        connection.execute(
            sa.insert(table("budget_unit")), line | {"slice_id": slice_id, "unit_name": name, "unit_level": "unit"}
        )
    connection.execute(
        sa.insert(table("allotment")),
        line
        | {"slice_id": 3, "fiscal_year": 2026, "project_code": "P1", "project_name": "道路养护"}
        | {"appropriation_fen": 1},
    )


def test_two_thousand_findings_are_applied_in_well_under_two_seconds(engine):
    many = [
        finding(subject=f"project:U{n % 120}/P{n}", unit=f"U{n % 120}", project=f"P{n}", amount=n) for n in range(2_000)
    ]
    cover = [judged(scope=one["subject"]) for one in many]
    with writing(engine) as connection:
        save_run(connection, 1, many, cover)
        save_run(connection, 2, many[:1_000], cover)
        statements = []
        sa.event.listen(connection, "before_cursor_execute", lambda *given: statements.append(given[2]))
        apply(connection, 1)
        apply(connection, 2)
    # a query an alert would be thousands
    assert len(statements) < 60
    assert sum(row[2] == "resolved" for row in alerts(engine)) == 1_000


def test_the_catalogue_may_lack_a_rule(engine):
    with writing(engine) as connection:
        save_run(connection, 1, [finding("Z99", "unit:U1", project=None)], codes="Z99")
        apply(connection, 1, catalogue={code: text for code, text in CATALOGUE.items() if code != "Z99"})
    told = dict(rows_of(engine, "outbox", "recipient", "payload_json"))
    assert "规则 Z99：首次发现" in told["shiqiao@qinghe.example.test"]


def test_late_data_are_named_payments_first_with_the_clues_they_and_nothing_else_put_on_hold(engine):
    def late(feed, days):
        return finding(
            "H01",
            f"feed:{feed}/{STREET}",
            unit=None,
            project=None,
            measured=days,
            evidence={"division_name": f"石桥街道{feed}", "last_on": "2026-08-30", "days": days},
        )

    recalled = finding("A03", "project:U9/P9", unit="U9", project="P9")
    cover = [judged(reason="late_feed"), judged("A03", "project:U9/P9", reason="recalled")]
    evaluate(engine, 1, [finding(), recalled])
    evaluate(engine, 2, [late("execution_months", 51), late("payments", 31)], cover, now=LATER)
    sent = [
        json.loads(payload)["text"] for payload, run in rows_of(engine, "outbox", "payload_json", "run_id") if run == 2
    ]
    assert len(sent) == 3
    for text in sent:
        assert [line for line in text.splitlines() if line.startswith("数据: ")] == [
            "数据: 石桥街道payments支付数据疑似迟到：最后一笔为2026年8月30日，已31天没有新数据，1 条线索暂停判断。",
            "数据: 石桥街道execution_months支付数据疑似迟到：最后一笔为2026年8月30日，已51天没有新数据。",
        ]


def test_without_any_office_nothing_is_lost_and_the_warning_says_so(warehouse_engine):
    summary = evaluate(warehouse_engine, 1, [finding("H01", "feed:units/x", unit=None, project=None, division=None)])
    assert rows_of(warehouse_engine, "alert", "division_code", "status") == [("", "open")]
    assert summary.warnings == ("区划 （空） 有 1 条线索变动，但没有登记收件机构；请登记该区划的机构。",)
    assert mails(warehouse_engine) == []
