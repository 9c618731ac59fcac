"""What jobs did is said in the reader's words; runs with nothing to do do not push the others out of sight."""

import pytest

from dashboard.job_words import told_actor, told_run, worth_listing
from dashboard.words import words


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("sent 0, deferred 0, dead 0", "没有要发的邮件"),
        ("sent 5, deferred 1, dead 0", "发出 5, 稍后再试 1, 拒收 0"),
        ("nothing waits", "收件箱是空的"),
        ("nothing is due", "没有到期的来源"),
        (
            "run 5 as of 2026-11-24: red 185, orange 57, yellow 109, blue 0",
            "评估 #5, 截至 2026-11-24: 红 185, 橙 57, 黄 109, 蓝 0",
        ),
        ("a-1.csv published, b.xlsx held", "a-1.csv 已发布, b.xlsx 暂扣待核"),
        ("treasury failed (no answer within 30 seconds)", "treasury 失败 (no answer within 30 seconds)"),
        ("the scheduler stopped before the run ended", "还没有做完, 服务就停了"),
        ("StorageError: disk is full", "StorageError: disk is full"),
        (None, "—"),
    ],
)
def test_a_run_is_told_in_words(message, told):
    assert told_run(message, words("zh")) == told


def test_of_quiet_runs_only_the_latest_of_each_job_is_listed():
    quiet, sent = "sent 0, deferred 0, dead 0", "sent 2, deferred 0, dead 0"
    runs = [("dispatch", quiet, 4), ("inbox", "nothing waits", 3), ("dispatch", quiet, 2), ("dispatch", sent, 1)]
    listed = worth_listing([{"job": job, "message": message, "n": n} for job, message, n in runs])
    assert [one["n"] for one in listed] == [4, 3, 1]


@pytest.mark.parametrize(
    ("actor", "chinese", "english"),
    [
        ("command line", "命令行", "command line"),
        ("inbox", "收件箱", "inbox"),
        ("source treasury", "来源 treasury", "source treasury"),
        ("shiqiao", "shiqiao", "shiqiao"),
        (None, "—", "—"),
    ],
)
def test_who_took_a_delivery_in_is_named_in_the_readers_words(actor, chinese, english):
    assert (told_actor(actor, words("zh")), told_actor(actor, words("en"))) == (chinese, english)
