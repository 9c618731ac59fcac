"""The outbox: claimed once, kept until taken, and counted; on both databases."""

import datetime as dt
import threading

import pytest
from smtp_ground import NOW, message, owe, state

from warehouse import outbox
from warehouse.engine import writing

LATER = NOW + dt.timedelta(minutes=5)


def in_writing(engine, function, *given):
    with writing(engine) as connection:
        return function(connection, *given)


@pytest.fixture
def engine(warehouse_engine):
    owe(warehouse_engine, "a@example.test")
    return warehouse_engine


A = message("a@example.test").message_id


def claim(engine, worker="w1", now=NOW):
    return in_writing(engine, outbox.claim, A, worker, now)


def test_a_message_known_by_its_number_is_owed_once(engine):
    again = in_writing(engine, outbox.add_messages, [message("a@example.test"), message("b@example.test")], LATER)
    assert again == 1
    assert state(engine, "created_at") == {"a@example.test": NOW, "b@example.test": LATER}


def test_no_messages_is_a_fine_number_of_messages(engine):
    assert in_writing(engine, outbox.add_messages, [], NOW) == 0


def test_a_message_is_claimed_once_and_carries_its_attempt(engine):
    first = claim(engine)
    assert (first.recipient, first.attempt, first.created_at) == ("a@example.test", 1, NOW)
    assert claim(engine, "w2") is None


def test_twenty_threads_that_claim_at_once_get_each_message_once(engine):
    numbers = [message(f"r{n}@example.test") for n in range(10)]
    in_writing(engine, outbox.add_messages, numbers, NOW)
    gate, won = threading.Barrier(20), []

    def work(worker):
        gate.wait(timeout=30)
        ids = [one.message_id for one in numbers]
        won.extend(one for one in ids if in_writing(engine, outbox.claim, one, worker, NOW))

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == sorted(one.message_id for one in numbers)


def test_a_message_is_not_due_before_its_time(engine):
    claimed = claim(engine)
    assert in_writing(engine, outbox.defer, claimed, "w1", LATER, "451 later")
    before = LATER - dt.timedelta(microseconds=1)
    with engine.connect() as connection:
        assert outbox.due_messages(connection, before) == []
        assert outbox.due_messages(connection, LATER) == [A]
    assert claim(engine, now=before) is None
    assert claim(engine, now=LATER).attempt == 2


def test_the_longest_due_come_first_and_no_more_than_asked(engine):
    owe(engine, "z@example.test", now=NOW - dt.timedelta(hours=1))
    with engine.connect() as connection:
        assert outbox.due_messages(connection, NOW) == [message("z@example.test").message_id, A]
        assert outbox.due_messages(connection, NOW, 1) == [message("z@example.test").message_id]


@pytest.mark.parametrize(("silent_for", "released"), [(dt.timedelta(minutes=10), 1), (dt.timedelta(seconds=599), 0)])
def test_a_claim_older_than_the_lease_returns(engine, silent_for, released):
    claim(engine)
    now = NOW + silent_for
    assert in_writing(engine, outbox.release_expired, now, dt.timedelta(minutes=10)) == released
    assert state(engine, "status") == {"a@example.test": "pending" if released else "sending"}


def test_a_worker_whose_claim_ran_out_can_neither_defer_nor_bury(engine):
    old = claim(engine)
    in_writing(engine, outbox.release_expired, LATER, dt.timedelta(0))
    claim(engine, "w2", LATER)
    assert not in_writing(engine, outbox.defer, old, "w1", LATER, "too late")
    assert not in_writing(engine, outbox.bury, old, "w1", "too late")
    assert state(engine, "status", "claimed_by") == {"a@example.test": ("sending", "w2")}


def test_a_final_250_counts_also_when_the_claim_ran_out_and_only_once(engine):
    claim(engine)
    in_writing(engine, outbox.release_expired, LATER, dt.timedelta(0))
    assert in_writing(engine, outbox.mark_sent, A, LATER, "250 ok")
    assert not in_writing(engine, outbox.mark_sent, A, LATER, "250 again")
    assert state(engine, "status", "sent_at", "last_response") == {"a@example.test": ("sent", LATER, "250 ok")}
    assert claim(engine, now=LATER) is None


def test_the_dead_stay_dead_until_a_person_revives_them(engine):
    in_writing(engine, outbox.bury, claim(engine), "w1", "550 no such user " + "x" * 900)
    assert len(state(engine, "last_response")["a@example.test"]) == outbox.RESPONSE_LIMIT
    assert claim(engine, now=LATER) is None
    assert in_writing(engine, outbox.revive, A, LATER)
    assert not in_writing(engine, outbox.revive, A, LATER)
    assert claim(engine, now=LATER).attempt == 2


def test_counts_name_every_status_and_the_oldest_waiting(engine):
    with engine.connect() as connection:
        assert outbox.count_messages(connection) == {"pending": 1, "sending": 0, "sent": 0, "dead": 0}
        assert outbox.oldest_unsent_at(connection) == NOW
    claim(engine)
    with engine.connect() as connection:
        assert outbox.oldest_unsent_at(connection) == NOW
    in_writing(engine, outbox.mark_sent, A, LATER, "250")
    with engine.connect() as connection:
        assert outbox.oldest_unsent_at(connection) is None
        assert outbox.count_messages(connection)["sent"] == 1
