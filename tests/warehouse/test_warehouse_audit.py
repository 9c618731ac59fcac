"""The audit chain shows every change made behind its back."""

import datetime as dt

import pytest
import sqlalchemy as sa

from warehouse.audit import GENESIS, record_audit, verify_audit
from warehouse.engine import reading, writing

AT = dt.datetime(2026, 6, 30, 8, 15, 0, 123456, tzinfo=dt.UTC)


@pytest.fixture
def chain(warehouse_engine: sa.Engine) -> sa.Engine:
    with writing(warehouse_engine) as connection:
        for number in range(1, 5):
            record_audit(
                connection,
                at=AT + dt.timedelta(minutes=number),
                actor="李主任",
                action="login",
                target=f"session-{number}",
                detail={"from": "10.0.0.7", "次数": number},
            )
    return warehouse_engine


def test_an_untouched_chain_holds(chain: sa.Engine) -> None:
    with reading(chain) as connection:
        proof = verify_audit(connection)
    assert (proof.entries, proof.broken_at, proof.reason) == (4, None, None)
    assert proof.head != GENESIS


def test_an_empty_chain_holds(warehouse_engine: sa.Engine) -> None:
    with reading(warehouse_engine) as connection:
        assert verify_audit(connection) == (0, GENESIS, None, None)


@pytest.mark.parametrize(
    ("tampering", "broken_at", "says"),
    [
        pytest.param("UPDATE audit_entry SET actor = '无' WHERE entry_no = 2", 2, "was changed", id="other actor"),
        pytest.param(
            "UPDATE audit_entry SET happened_at = '2026-07-01 00:00:00' WHERE entry_no = 3",
            3,
            "was changed",
            id="other instant",
        ),
        pytest.param("UPDATE audit_entry SET detail_json = '{}' WHERE entry_no = 4", 4, "was changed", id="newest"),
        pytest.param("DELETE FROM audit_entry WHERE entry_no = 2", 2, "is missing", id="one entry removed"),
        pytest.param("DELETE FROM audit_entry WHERE entry_no = 1", 1, "is missing", id="the first removed"),
        pytest.param(
            "UPDATE audit_entry SET previous_hash = 'x' WHERE entry_no = 3", 3, "does not follow", id="cut loose"
        ),
    ],
)
def test_tampering_is_found_where_it_happened(chain: sa.Engine, tampering: str, broken_at: int, says: str) -> None:
    with writing(chain) as connection:
        assert connection.execute(sa.text(tampering)).rowcount == 1
    with reading(chain) as connection:
        proof = verify_audit(connection)
    assert (proof.entries, proof.broken_at) == (broken_at - 1, broken_at)
    assert says in str(proof.reason)


def test_cutting_off_the_newest_entries_is_found_by_the_head_kept_outside(chain: sa.Engine) -> None:
    with reading(chain) as connection:
        head = verify_audit(connection).head
    with writing(chain) as connection:
        connection.execute(sa.text("DELETE FROM audit_entry WHERE entry_no = 4"))
    with reading(chain) as connection:
        assert verify_audit(connection).broken_at is None
        cut = verify_audit(connection, head)
    assert cut.broken_at == 4
    assert head in str(cut.reason)


def test_a_head_kept_earlier_is_still_found_after_more_entries(chain: sa.Engine) -> None:
    with reading(chain) as connection:
        head = verify_audit(connection).head
    with writing(chain) as connection:
        record_audit(connection, at=AT, actor="a", action="b", target="c", detail={})
    with reading(chain) as connection:
        assert verify_audit(connection, head).broken_at is None
