"""Dispatch against a real SMTP server: nothing lost, nothing doubled, one recipient's trouble nobody else's."""

import datetime as dt
import json
import multiprocessing
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from dispatch_child import dispatch_until
from smtp_ground import NOW, Clock, Post, channel, free_port, message, owe, serving, state

from alerts.dispatch import LEASE, LONGEST_PAUSE, Dispatched, dispatch, pause
from warehouse.engine import open_engine, sqlite_url
from warehouse.migrations import create

A, B, C = "a@example.test", "b@example.test", "c@example.test"
CHILD = Path(__file__).with_name("dispatch_child.py")


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def port(post):
    with serving(post) as port:
        yield port


def send(engine, port, clock=NOW, worker="w1", **more):
    now = clock if callable(clock) else Clock(clock)
    return dispatch(engine, channel(port, **more), now=now, worker=worker)


def test_every_recipient_gets_one_mail_and_a_second_round_sends_nothing(warehouse_engine, post, port):
    owe(warehouse_engine, A, B)
    assert send(warehouse_engine, port) == Dispatched(sent=2)
    assert send(warehouse_engine, port) == Dispatched()
    assert sorted(to for to, _ in post.taken) == [A, B]
    sent = ("sent", 1, "250 taken as 4711", NOW)
    assert state(warehouse_engine, "status", "attempts", "last_response", "sent_at") == {A: sent, B: sent}


def test_the_mail_says_in_both_parts_and_its_headers_what_was_owed(sqlite_engine, post, port):
    owe(sqlite_engine, A)
    send(sqlite_engine, port)
    (mail,) = post.mails(A)
    assert mail["Subject"] == "【明账】石桥街道: 新增 2 条线索 (截至 2026-09-30)"
    assert (mail["To"], mail["From"].addresses[0].display_name) == (A, "明账")
    assert mail["Message-ID"] == message(A).message_id
    assert mail["Date"].datetime == NOW
    assert mail.get_content_type() == "multipart/alternative"
    assert mail.get_body(("plain",)).get_content().splitlines() == ["今天要看的", " 1. 道路养护 −10.42"]
    assert mail.get_body(("html",)).get_content().strip() == "<p>今天要看的</p>"
    assert post.taken[0][1].isascii()


def test_one_rejected_recipient_is_dead_with_the_servers_words_and_the_others_have_their_mail(
    warehouse_engine, post, port
):
    owe(warehouse_engine, A, B, C)
    post.answer(B, "rcpt", "550 5.1.1 no such mailbox")
    assert send(warehouse_engine, port) == Dispatched(sent=2, dead=1)
    assert sorted(to for to, _ in post.taken) == [A, C]
    assert state(warehouse_engine, "status", "last_response")[B] == ("dead", "550 5.1.1 no such mailbox")


@pytest.mark.parametrize(
    "case",
    [
        ("rcpt", "450 4.2.1 mailbox busy", Dispatched(sent=1, deferred=1)),
        ("rcpt", "421 4.3.0 closing down", Dispatched(sent=1, deferred=1)),
        ("rcpt", "553 5.1.3 bad address", Dispatched(sent=1, dead=1)),
        ("data", "451 4.3.0 try again", Dispatched(sent=1, deferred=1)),
        ("data", "554 5.7.1 refused as spam", Dispatched(sent=1, dead=1)),
        ("data", "drop", Dispatched(sent=1, deferred=1)),
    ],
)
def test_4xx_and_a_dropped_line_wait_5xx_ends_and_the_next_recipient_is_served(sqlite_engine, post, port, case):
    stage, words, outcome = case
    owe(sqlite_engine, A, B)
    post.answer(A, stage, words)
    assert send(sqlite_engine, port) == outcome
    assert [to for to, _ in post.taken] == [B]


def test_a_deferred_message_goes_out_when_its_time_has_come_and_the_healthy_one_is_not_sent_again(
    warehouse_engine, post, port
):
    clock = Clock()
    owe(warehouse_engine, A, B)
    post.answer(A, "data", "451 4.3.0 try again")
    send(warehouse_engine, port, clock)
    again_at = NOW + pause(message(A).message_id, 1)
    assert state(warehouse_engine, "status", "next_attempt_at")[A] == ("pending", again_at)
    post.answers.clear()
    clock.now = again_at - dt.timedelta(microseconds=1)
    assert send(warehouse_engine, port, clock) == Dispatched()
    clock.now = again_at
    assert send(warehouse_engine, port, clock) == Dispatched(sent=1)
    assert [to for to, _ in post.taken] == [B, A]


def test_a_server_that_is_down_loses_nothing(warehouse_engine, post):
    owe(warehouse_engine, A, B)
    assert send(warehouse_engine, free_port()) == Dispatched(deferred=2)
    assert "ConnectionRefusedError" in state(warehouse_engine, "last_response")[A]
    with serving(post) as port:
        assert send(warehouse_engine, port, NOW + dt.timedelta(hours=1)) == Dispatched(sent=2)
    assert sorted(to for to, _ in post.taken) == [A, B]


def test_a_server_that_hangs_is_left_after_the_timeout(sqlite_engine, post, port):
    owe(sqlite_engine, A)
    post.hold = "data"
    assert send(sqlite_engine, port, timeout_seconds=0.2) == Dispatched(deferred=1)
    assert "timed out" in state(sqlite_engine, "last_response")[A]
    assert send(sqlite_engine, port, NOW + dt.timedelta(hours=1)) == Dispatched(sent=1)


@pytest.mark.parametrize("farewell", ["500 what?", "421 going away"])
def test_a_rude_farewell_after_the_final_250_sends_nothing_twice(sqlite_engine, post, port, farewell):
    owe(sqlite_engine, A)
    post.answer("*", "quit", farewell)
    assert send(sqlite_engine, port) == Dispatched(sent=1)
    assert send(sqlite_engine, port, NOW + dt.timedelta(days=1)) == Dispatched()
    assert len(post.taken) == 1


@pytest.mark.parametrize("address", ["not an address", "两@example.test", "a@example.test\nBcc: x@example.test", "@"])
def test_an_address_that_cannot_be_one_is_dead_at_once_and_harms_nobody(sqlite_engine, post, port, address):
    owe(sqlite_engine, address, B)
    assert send(sqlite_engine, port) == Dispatched(sent=1, dead=1)
    assert "地址" in state(sqlite_engine, "last_response")[address]


def test_a_message_that_cannot_be_built_waits_and_the_next_goes_out(sqlite_engine, post, port, caplog):
    owe(sqlite_engine, A, B)
    with sqlite_engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE outbox SET payload_json = '{{' WHERE recipient = '{A}'")
    assert send(sqlite_engine, port) == Dispatched(sent=1, deferred=1)
    assert state(sqlite_engine, "last_response")[A] == "内部错误 JSONDecodeError，见日志"


def test_a_claim_that_outlived_its_worker_is_sent_by_the_next_round(warehouse_engine, post, port):
    owe(warehouse_engine, A)

    class Dying:
        def send(self, claimed):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dispatch(warehouse_engine, Dying(), now=Clock(), worker="w1")
    assert send(warehouse_engine, port, NOW + LEASE - dt.timedelta(seconds=1), "w2") == Dispatched()
    assert send(warehouse_engine, port, NOW + LEASE, "w2") == Dispatched(sent=1)


def test_at_most_the_number_asked_for_goes_out(sqlite_engine, post, port):
    owe(sqlite_engine, A, B, C)
    assert dispatch(sqlite_engine, channel(port), now=Clock(), worker="w", limit=2) == Dispatched(sent=2)


def test_pauses_double_up_to_four_hours_with_a_quarter_of_the_messages_own():
    plain = [pause("<x>", attempt) for attempt in range(1, 40)]
    assert dt.timedelta(minutes=1) <= plain[0] <= dt.timedelta(seconds=75)
    assert abs(plain[1] - plain[0] * 2) < dt.timedelta(milliseconds=1)
    assert LONGEST_PAUSE <= plain[-1] <= LONGEST_PAUSE * 5 / 4
    assert plain == [pause("<x>", attempt) for attempt in range(1, 40)]
    assert len({pause(f"<{n}>", 1) for n in range(50)}) > 40


def test_two_dispatchers_that_have_both_seen_the_same_messages_send_each_once(warehouse_engine, post, port):
    recipients = [f"r{n}@example.test" for n in range(12)]
    owe(warehouse_engine, *recipients)
    both_have_looked = threading.Barrier(2)
    done = []

    def work(worker):
        calls = iter(range(1_000))

        def clock():
            if next(calls) == 1:  # the second reading of the clock is before the first claim
                both_have_looked.wait(timeout=30)
            return NOW

        done.append(dispatch(warehouse_engine, channel(port), now=clock, worker=worker))

    threads = [threading.Thread(target=work, args=(name,)) for name in ("w1", "w2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one.sent for one in done) == len(recipients)
    assert sorted(to for to, _ in post.taken) == sorted(recipients)


def _child(url, port):
    return subprocess.Popen(
        [sys.executable, str(CHILD), url, str(port)],
        cwd=CHILD.parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def url_of(engine):
    return engine.url.render_as_string(hide_password=False)


def test_two_processes_send_each_message_once(warehouse_engine, post, port):
    recipients = [f"r{n}@example.test" for n in range(12)]
    owe(warehouse_engine, *recipients)
    children = [_child(url_of(warehouse_engine), port) for _ in range(2)]
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    done = [json.loads(child.communicate(timeout=120)[0]) for child in children]
    assert sum(one["sent"] for one in done) == len(recipients)
    assert sorted(to for to, _ in post.taken) == sorted(recipients)


@pytest.mark.parametrize(
    ("stage", "taken"),
    [
        # killed before the server had the mail: exactly one arrives
        ("mail", 1),
        ("rcpt", 1),
        ("data", 1),
        # killed after the server had it and before we heard so: it arrives again under the same number
        ("taken", 2),
    ],
)
def test_a_dispatcher_killed_in_mid_send_loses_nothing(sqlite_engine, post, port, stage, taken):
    owe(sqlite_engine, A, B)
    post.hold = stage
    child = _child(url_of(sqlite_engine), port)
    child.stdin.write("go\n")
    child.stdin.flush()
    assert post.reached.wait(timeout=60)
    child.send_signal(signal.SIGKILL)
    child.wait(timeout=30)
    for stream in (child.stdin, child.stdout):
        stream.close()
    send(sqlite_engine, port, NOW + LEASE, "after the restart")
    assert {to: len(post.ids(to)) for to in (A, B)} == {A: taken, B: 1}
    assert set(post.ids(A)) == {message(A).message_id}
    assert set(state(sqlite_engine, "status").values()) == {"sent"}


def test_killed_at_every_step_each_message_arrives_and_twice_only_when_the_answer_was_not_heard(tmp_path, post, port):
    url = sqlite_url(tmp_path / "warehouse.db")
    engine = open_engine(url)
    with engine.begin() as connection:
        create(connection)
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["dispatch_child"])
    died, step = True, 0
    while died:
        step += 1
        recipient = f"step{step}@example.test"
        owe(engine, recipient)
        child = processes.Process(target=dispatch_until, args=(url, port, step))
        child.start()
        child.join(timeout=60)
        died = child.exitcode == -signal.SIGKILL
        assert died or child.exitcode == 0
        heard = len(post.ids(recipient))
        send(engine, port, NOW + LEASE, "after the restart")
        arrived = post.ids(recipient)
        assert set(arrived) == {message(recipient).message_id}, f"step {step}"
        assert len(arrived) == 1 if heard == 0 else len(arrived) <= 2, f"step {step}"
        assert state(engine, "status")[recipient] == "sent"
    # three commits, seven replies with a step on either side
    assert step == 3 + 2 * 7 + 1
    engine.dispose()
