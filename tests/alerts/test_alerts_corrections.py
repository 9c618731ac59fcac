"""恢复 or 数据更正: an alert ends by correction only where a later delivery unsays the rows it rested on."""

import datetime as dt

import pytest
import sqlalchemy as sa
from alert_ground import NOW, STREET, evaluate, finding, judged, register, rows_of

from warehouse.corrections import changed_facts
from warehouse.engine import writing
from warehouse.schema import table

LATER = NOW + dt.timedelta(days=1)


def deliver(connection, slice_id, rows, known_at, key="990101010/202609"):
    """Publish one slice of payments; rows are (voucher, fen) in order."""
    stamp = {"known_at": known_at, "row_count": len(rows)}
    connection.execute(
        sa.insert(table("landing")),
        {"sha256": f"x{slice_id}", "file_name": "f", "byte_count": 1, "received_at": known_at},
    )
    connection.execute(
        sa.insert(table("batch")),
        stamp
        | {"batch_id": slice_id, "feed": "payments", "mapping_name": "m", "mapping_sha256": "m"}
        | {"landing_sha256": f"x{slice_id}", "file_name": "f", "status": "published", "recorded_at": known_at}
        | {"accepted_count": 1, "rejected_count": 0, "totals_json": "{}"},
    )
    connection.execute(
        sa.insert(table("batch_slice")),
        stamp | {"slice_id": slice_id, "batch_id": slice_id, "feed": "payments", "slice_key": key},
    )
    for row_no, (voucher, fen) in enumerate(rows, start=1):
        connection.execute(
            sa.insert(table("payment")),
            {"slice_id": slice_id, "row_no": row_no, "source_row": row_no + 3, "fiscal_year": 2026}
            | {"division_code": STREET, "unit_code": "U1", "voucher_no": voucher, "payment_fen": fen}
            | {"paid_on": dt.date(2026, 9, 3)},
        )


FIRST = [("V1", 100), ("V2", 200)]
CASES = [
    # nothing was delivered again
    (None, set()),
    # delivered again, the same
    (FIRST, set()),
    # a cumulative file grew and moved the old rows down
    ([("V0", 50), *FIRST, ("V3", 300)], set()),
    # one row says something else now
    ([("V1", 100), ("V2", 20)], {(1, 2)}),
    # one row is gone
    ([("V2", 200)], {(1, 1)}),
    # everything is gone
    ([], {(1, 1), (1, 2)}),
]


@pytest.mark.parametrize(("again", "changed"), CASES)
def test_a_fact_is_changed_when_what_is_in_force_no_longer_states_it(warehouse_engine, again, changed):
    with writing(warehouse_engine) as connection:
        deliver(connection, 1, FIRST, NOW)
        if again is not None:
            deliver(connection, 2, again, LATER)
        assert changed_facts(connection, {(1, 1), (1, 2)}, LATER) == changed
        # as known before the second delivery nothing had changed
        assert changed_facts(connection, {(1, 1), (1, 2)}, NOW) == set()
        assert changed_facts(connection, set(), LATER) == set()


@pytest.mark.parametrize(
    ("again", "why"), [(None, "恢复"), ([*FIRST, ("V3", -300)], "恢复"), ([("V1", 100), ("V2", 20)], "数据更正")]
)
def test_an_alert_ends_with_the_reason_its_data_give(warehouse_engine, again, why):
    register(warehouse_engine)
    with writing(warehouse_engine) as connection:
        deliver(connection, 1, FIRST, NOW)
    evaluate(warehouse_engine, 1, [finding(evidence={"facts": [[1, 1], [1, 2]]})], [judged()], known_at=NOW)
    with writing(warehouse_engine) as connection:
        if again is not None:
            deliver(connection, 2, again, LATER)
    evaluate(warehouse_engine, 2, [], [judged()], known_at=LATER, now=LATER)
    assert rows_of(warehouse_engine, "alert_event", "notice", "reason")[1] == ("resolved", why)
    assert any(f"项目支出进度滞后（{why}）" in row[0] for row in rows_of(warehouse_engine, "outbox", "payload_json"))


ELSEWHERE = judged(scope="project:U9/P9")


@pytest.mark.parametrize(
    ("coverage", "again", "status", "why"),
    [
        # nobody could look: wait
        ([judged(reason="late_feed")], None, "open", "暂停判断：支付数据迟到，暂不判断"),
        ([judged(reason="unit_suspect")], FIRST[:1], "open", "暂停判断：疑似金额单位错误，暂不判断"),
        ([judged(reason="no_budget")], None, "open", "暂停判断：未收到预算指标"),
        # looked at, and none of the rule's business any more
        ([judged(reason="recalled")], None, "resolved", "不再适用：预算已收回"),
        ([judged(reason="immaterial")], FIRST[:1], "resolved", "不再适用：金额低于重要性标准"),
        ([judged(reason="covered_by_other")], None, "resolved", "不再适用：同一事实已由另一规则反映"),
        ([judged(reason="exempted")], None, "resolved", "豁免"),
        ([judged(reason="not_budgeted")], None, "resolved", "不再适用：本年没有预算"),
        # not among what was judged: the rows were taken back, or the unit has another code now
        ([ELSEWHERE], FIRST[:1], "resolved", "数据更正"),
        ([ELSEWHERE], None, "resolved", "不再适用：数据中已无此对象（撤并、改码等）"),
        # nothing was judged there at all
        ([judged(scope="project:U9/P9", reason="late_feed")], FIRST[:1], "open", "暂停判断：本次运行未覆盖"),
    ],
)
def test_an_alert_waits_only_while_nobody_can_look(warehouse_engine, coverage, again, status, why):
    register(warehouse_engine)
    with writing(warehouse_engine) as connection:
        deliver(connection, 1, FIRST, NOW)
    evaluate(warehouse_engine, 1, [finding(evidence={"facts": [[1, 1], [1, 2]]})], [judged()], known_at=NOW)
    if again is not None:
        with writing(warehouse_engine) as connection:
            deliver(connection, 2, again, LATER)
    evaluate(warehouse_engine, 2, [], coverage, known_at=LATER, now=LATER)
    assert rows_of(warehouse_engine, "alert", "status") == [(status,)]
    assert rows_of(warehouse_engine, "alert_event", "reason")[1] == (why,)
    told = f"项目支出进度滞后（{why}）" if status == "resolved" else why.partition("：")[2].removesuffix("，暂不判断")
    assert any(told in row[0] for row in rows_of(warehouse_engine, "outbox", "payload_json"))
