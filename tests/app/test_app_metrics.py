"""/metrics reads the warehouse at every scrape, shows zeros, and is what Prometheus expects."""

import datetime as dt
import subprocess

import pytest
import sqlalchemy as sa

from app.metrics import WarehouseCollector, exposition, next_report_due
from app.settings import JOB_NAMES
from budget.levels import LEVELS
from rules.registry import BY_CODE
from warehouse.engine import reading, writing
from warehouse.gauges import Gauges, read_gauges
from warehouse.jobs import OUTCOMES, claim_run, finish_run
from warehouse.outbox import NewMessage, add_messages
from warehouse.schema import table

NOW = dt.datetime(2026, 7, 8, 8, 0, tzinfo=dt.UTC)
DUE = dt.datetime(2026, 7, 10, 16, 0, tzinfo=dt.UTC)


def scraped(engine: sa.Engine, now: dt.datetime = NOW) -> str:
    def gauges() -> Gauges:
        with reading(engine) as connection:
            return read_gauges(connection)

    return exposition(WarehouseCollector(gauges, lambda: now, lambda _: DUE, JOB_NAMES, rules=BY_CODE)).decode()


def value(text: str, sample: str) -> float:
    lines = [line for line in text.splitlines() if line.startswith(f"{sample} ")]
    assert len(lines) == 1, f"{sample} stands {len(lines)} times"
    return float(lines[0].rpartition(" ")[2])


def deliver(engine: sa.Engine, number: int, status: str, rows: tuple[int, int], known_at: dt.datetime) -> None:
    accepted, rejected = rows
    digest = f"{number:064d}"
    with writing(engine) as connection:
        connection.execute(
            sa.insert(table("landing")).values(sha256=digest, file_name="p.csv", byte_count=1, received_at=NOW)
        )
        connection.execute(
            sa.insert(table("batch")).values(
                batch_id=number,
                feed="payments",
                mapping_name="m",
                mapping_sha256="m",
                landing_sha256=digest,
                file_name="p.csv",
                status=status,
                known_at=known_at,
                recorded_at=NOW,
                row_count=accepted + rejected,
                accepted_count=accepted,
                rejected_count=rejected,
                totals_json="{}",
            )
        )


def test_an_empty_warehouse_shows_every_label_with_zero(warehouse_engine: sa.Engine) -> None:
    text = scraped(warehouse_engine)
    for level in LEVELS:
        assert value(text, f'mingzhang_open_alerts{{level="{level}"}}') == 0
        assert value(text, f'mingzhang_findings{{level="{level}"}}') == 0
    for code in BY_CODE:
        assert value(text, f'mingzhang_rule_evaluation_seconds{{rule="{code}"}}') == 0
    for job in JOB_NAMES:
        for outcome in OUTCOMES:
            assert value(text, f'mingzhang_job_runs_total{{job="{job}",outcome="{outcome}"}}') == 0
    for outcome in ("sent", "deferred", "dead"):
        assert value(text, f'mingzhang_sends_total{{outcome="{outcome}"}}') == 0
    assert value(text, "mingzhang_outbox_oldest_pending_seconds") == 0
    assert "mingzhang_feed_age_seconds{" not in text, "a feed that never came has no age: missing is not zero"


def test_feeds_show_their_age_and_their_rows_and_held_deliveries_do_not_count_as_taken_in(
    warehouse_engine: sa.Engine,
) -> None:
    deliver(warehouse_engine, 1, "published", (100, 2), NOW - dt.timedelta(days=30))
    deliver(warehouse_engine, 2, "published", (50, 1), NOW - dt.timedelta(hours=1))
    deliver(warehouse_engine, 3, "held", (7, 0), NOW)
    text = scraped(warehouse_engine)
    assert value(text, 'mingzhang_feed_age_seconds{feed="payments"}') == 3600
    assert value(text, 'mingzhang_feed_rows_accepted_total{feed="payments"}') == 150
    assert value(text, 'mingzhang_feed_rows_rejected_total{feed="payments"}') == 3
    assert value(text, "mingzhang_held_deliveries") == 1


def test_waiting_mail_shows_its_number_and_the_age_of_the_oldest(warehouse_engine: sa.Engine) -> None:
    messages = [
        NewMessage(
            message_id=f"<{n}@x>",
            kind="digest",
            division_code="990101010",
            recipient="a@example.org",
            run_id=None,
            subject="s",
            payload_json="{}",
        )
        for n in (1, 2)
    ]
    with writing(warehouse_engine) as connection:
        add_messages(connection, messages, NOW - dt.timedelta(minutes=10))
    text = scraped(warehouse_engine)
    assert value(text, 'mingzhang_outbox_messages{status="pending"}') == 2
    assert value(text, "mingzhang_outbox_oldest_pending_seconds") == 600


def test_jobs_and_the_deadline_are_shown(warehouse_engine: sa.Engine) -> None:
    with writing(warehouse_engine) as connection:
        claim_run(connection, "evaluate", NOW, "w", NOW)
        finish_run(connection, "evaluate", NOW, outcome="failed", message="", now=NOW)
    text = scraped(warehouse_engine)
    assert value(text, 'mingzhang_job_runs_total{job="evaluate",outcome="failed"}') == 1
    assert value(text, "mingzhang_report_deadline_seconds") == 2.0 * 86400 + 8 * 3600


@pytest.mark.parametrize(
    ("today", "due"),
    [
        pytest.param("2026-07-01", "2026-07-10", id="a new quarter: last quarter's report is due"),
        pytest.param("2026-07-10", "2026-07-10", id="on the due day it is still that one"),
        pytest.param("2026-07-11", "2026-10-10", id="from the day after on it is the next one"),
        pytest.param("2026-01-02", "2026-01-12", id="the 10th of January 2026 is a Saturday: later"),
    ],
)
def test_the_next_report_due_is_last_quarters_until_its_due_day(today: str, due: str) -> None:
    changed_days = {dt.date(2026, 10, 10): True}  # a worked Saturday
    assert next_report_due(dt.date.fromisoformat(today), changed_days, "later") == dt.date.fromisoformat(due)


def test_promtool_finds_nothing_to_complain_about(warehouse_engine: sa.Engine, promtool: str) -> None:
    deliver(warehouse_engine, 1, "published", (100, 2), NOW)
    checked = subprocess.run(
        [promtool, "check", "metrics"], input=scraped(warehouse_engine), capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
