"""The freshness board as a command, for a reader's scope, and as a metric; a spoilt calendar spoils nothing else."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from app.cli import cli
from app.freshness import awaited, overdue_by_feed, read_board, told
from app.metrics import exposition
from app.settings import CHECKOUT, Settings
from app.web import collector_of
from app.wiring import House
from budget.frames import FEEDS
from ingest.problems import CalendarError
from warehouse.engine import reading, writing
from warehouse.held import save_held_slices
from warehouse.notes import SAMPLE_UNTIL, save_note
from warehouse.offices import Office, save_offices
from warehouse.schema import table
from warehouse.scope import Scope

NOW = dt.datetime(2026, 10, 12, 2, 0, tzinfo=dt.UTC)
STREET, TOWN = "990101010", "990101100"
CALENDAR = """
[[expected]]
feed = "payments"
title = "支付凭证"
rhythm = "monthly"
due_day = 8
since = 2026-08-01
owner = "国库科"
contact = "000-1234"
"""


@pytest.fixture
def house(warehouse_engine: sa.Engine, tmp_path: Path) -> House:
    made = House(
        settings=Settings(), settings_file=CHECKOUT / "settings.toml", data=tmp_path / "data", clock=lambda: NOW
    )
    made.data.mkdir()
    made.__dict__["engine"] = warehouse_engine
    (made.data / "calendar.toml").write_text(CALENDAR, encoding="utf-8")
    offices = [(STREET, "street"), (TOWN, "town")]
    with writing(warehouse_engine) as connection:
        save_offices(
            connection,
            [
                Office(
                    division_code=code, division_name=code, office_name=code, division_kind=kind, mail_to="a@b.example"
                )  # type: ignore[arg-type]
                for code, kind in offices
            ],
        )
    return made


def deliver(
    house: House,
    number: int,
    on: dt.date,
    *,
    division: str = STREET,
    status: str = "published",
    origin: int | None = None,
) -> None:
    """Write a month's delivery: the month before the day it came on."""
    last = on.replace(day=1) - dt.timedelta(days=1)
    at = dt.datetime(on.year, on.month, on.day, 10, tzinfo=dt.UTC)
    with writing(house.engine) as connection:
        connection.execute(
            sa.insert(table("landing")).values(sha256=f"{number:064d}", file_name="p", byte_count=1, received_at=at)
        )
        connection.execute(
            sa.insert(table("batch")).values(
                batch_id=number,
                feed="payments",
                mapping_name="qinghe-payments",
                mapping_sha256="m",
                landing_sha256=f"{number:064d}",
                file_name=f"payments-{division}-{last:%Y%m}-{on:%Y%m%d}.csv",
                status=status,
                known_at=at,
                recorded_at=at,
                row_count=1,
                accepted_count=1,
                rejected_count=0,
                totals_json="{}",
                origin_batch_id=origin,
            )
        )
        if status == "published":
            connection.execute(
                sa.insert(table("batch_slice")).values(
                    slice_id=number,
                    batch_id=number,
                    feed="payments",
                    slice_key=f"{division}/{last:%Y%m}",
                    division_code=division,
                    fiscal_year=last.year,
                    first_on=last.replace(day=2),
                    last_on=last,
                    row_count=1,
                    known_at=at,
                )
            )


def rows(house: House, scope: Scope | None = None, moment: dt.datetime = NOW) -> list[dict[str, Any]]:
    with reading(house.engine) as connection:
        board = read_board(house, connection, scope or Scope.everything(), moment)
    assert board is not None
    return [told(one) for one in board]


def test_the_board_names_who_never_delivered_and_who_is_held(house: House) -> None:
    deliver(house, 1, dt.date(2026, 9, 8))
    deliver(house, 2, dt.date(2026, 10, 8), status="held")
    never, held = rows(house)
    assert never == {
        "feed": "payments",
        "title": "支付凭证",
        "division": TOWN,
        "department": None,
        "period": "2026-08",
        "due_on": dt.date(2026, 9, 8),
        "state": "overdue",
        "days": 34,
        "received_on": None,
        "data_until": None,
        "batch": None,
        "ever_came": False,
        "overdue_periods": 2,
        "owner": "国库科",
        "contact": "000-1234",
    }
    assert (held["division"], held["period"], held["state"], held["batch"]) == (STREET, "2026-09", "held", 2)
    assert held["data_until"] == dt.date(2026, 8, 31)


def test_a_held_delivery_is_placed_by_what_it_states_and_not_by_its_name(house: House) -> None:
    deliver(house, 1, dt.date(2026, 9, 8))
    deliver(house, 2, dt.date(2026, 10, 8), division="000000000", status="held")
    piece = {"row_count": 1, "delivered_count": 1, "totals": {}, "fiscal_year": 2026}
    september = {"first_on": dt.date(2026, 9, 2), "last_on": dt.date(2026, 9, 30)}
    stated = [piece | september | {"slice_key": f"{code}/202609", "division_code": code} for code in (STREET, TOWN)]
    with writing(house.engine) as connection:
        save_held_slices(connection, 2, stated)
    with reading(house.engine) as connection:
        every = awaited(house, connection, Scope.everything(), NOW)
        own = awaited(house, connection, Scope.of([TOWN]), NOW)
    assert every is not None
    assert own is not None
    held = {(one.division_code, one.period.name) for one in every if one.state == "held"}
    assert held == {(STREET, "2026-09"), (TOWN, "2026-09")}
    assert [(one.division_code, one.batch_id) for one in own if one.state == "held"] == [(TOWN, 2)]


def test_a_released_delivery_is_held_no_longer_and_came_when_it_was_delivered(house: House) -> None:
    deliver(house, 1, dt.date(2026, 9, 8))
    deliver(house, 2, dt.date(2026, 10, 8), status="held")
    deliver(house, 3, dt.date(2026, 10, 9), origin=2)
    assert [(one["state"], one["days"]) for one in rows(house, Scope.of([STREET]))] == [("arrived", 0)]
    before = dt.datetime(2026, 10, 8, 12, tzinfo=dt.UTC)
    assert [one["state"] for one in rows(house, Scope.of([STREET]), before)] == ["held"], "as it was known then"


def test_an_office_sees_its_own_division_and_nothing_of_others(house: House) -> None:
    deliver(house, 1, dt.date(2026, 10, 8), division=TOWN, status="held")
    assert {one["division"] for one in rows(house, Scope.of([STREET]))} == {STREET}
    assert [one["batch"] for one in rows(house, Scope.of([STREET]))] == [None]
    assert rows(house, Scope.of([])) == []


def test_the_metric_counts_senders_overdue_and_shows_every_feed(house: House) -> None:
    deliver(house, 1, dt.date(2026, 9, 8))
    deliver(house, 2, dt.date(2026, 10, 8))
    assert overdue_by_feed(house) == dict.fromkeys(FEEDS, 0) | {"payments": 1}
    text = exposition(collector_of(house)).decode()
    assert 'mingzhang_feed_overdue{feed="payments"} 1.0' in text
    assert 'mingzhang_feed_overdue{feed="units"} 0.0' in text
    assert "mingzhang_source_failures{" not in text, "there is no source"


def test_sources_stand_in_the_metrics_before_they_were_ever_tried(house: House) -> None:
    house.sources.mkdir()
    told = 'kind = "http"\nmapping = "qinghe-payments"\nurl = "https://finance.example/{today}.csv"\n'
    name = 'file_name = "payments-990101010-{month}-{today}.csv"\n'
    (house.sources / "finance.toml").write_text(told + name, encoding="utf-8")
    assert 'mingzhang_source_failures{source="finance"} 0.0' in exposition(collector_of(house)).decode()


def test_a_spoilt_calendar_leaves_the_other_metrics(house: House) -> None:
    (house.data / "calendar.toml").write_text("[[expected", encoding="utf-8")
    with pytest.raises(CalendarError):
        overdue_by_feed(house)
    text = exposition(collector_of(house)).decode()
    assert "mingzhang_feed_overdue{" not in text
    assert "mingzhang_held_deliveries 0.0" in text


def test_without_a_calendar_there_is_no_board_but_the_sample_has_one(house: House) -> None:
    (house.data / "calendar.toml").unlink()
    with reading(house.engine) as connection:
        assert read_board(house, connection, Scope.everything(), NOW) is None
    assert overdue_by_feed(house) == dict.fromkeys(FEEDS, 0)
    with writing(house.engine) as connection:
        save_note(connection, SAMPLE_UNTIL, "2026-10-11")
    assert {one["feed"] for one in rows(house)} > {"payments", "allotments"}


def test_the_command_prints_the_board_and_check_reads_the_calendar(tmp_path: Path) -> None:
    data = tmp_path / "data"

    def run(*words: str) -> Any:
        return CliRunner().invoke(cli, [*words, "--data", str(data)])

    assert run("migrate").exit_code == 0
    without = run("freshness", "--json")
    assert (without.exit_code, json.loads(without.stdout)) == (0, [])
    assert "there is no calendar" in without.stderr
    (data / "calendar.toml").write_text(CALENDAR + f'divisions = ["{STREET}"]\n', encoding="utf-8")
    (one,) = json.loads(run("freshness", "--known-at", "2026-10-12", "--json").stdout)
    assert (one["division"], one["period"], one["due_on"]) == (STREET, "2026-08", "2026-09-08")
    assert "overdue" in run("freshness").stdout
    assert json.loads(run("check", "--json").stdout)["calendar"] == 1
    (data / "calendar.toml").write_text("[[expected", encoding="utf-8")
    assert run("check").exit_code == 1
    assert isinstance(run("check").exception, CalendarError)
