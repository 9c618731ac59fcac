"""The freshness board in the pages: the worst first, in words with a glyph, each reader's own division only."""

import datetime as dt
from dataclasses import replace
from typing import Any

import district
import flask
import pytest
from dashboard_cast import House

from budget.due import Expected
from budget.expected import Arrival, HeldDelivery, await_deliveries, board
from dashboard.server import create_server
from warehouse.scope import Scope

ARRIVALS = "/system/arrivals"
CALENDAR = [
    Expected(
        feed="payments",
        title="国库集中支付凭证",
        rhythm="monthly",
        divisions=(district.DISTRICT, district.STREET, district.LATE),
        due_day=8,
        since=dt.date(2026, 7, 1),
        owner="国库科",
        contact="000-1234",
    ),
    Expected(feed="units", rhythm="yearly", divisions=(district.STREET,), due_from="start", due_day=10),
]


def came(division: str, month: int, batch_id: int, on: int = 8) -> Arrival:
    first = dt.date(2026, month, 1)
    last = dt.date(2026, month + 1, 1) - dt.timedelta(days=1)
    known = dt.datetime(2026, month + 1, on, 10, tzinfo=dt.UTC)
    return Arrival(
        feed="payments",
        slice_key="k",
        division_code=division,
        fiscal_year=2026,
        first_on=first,
        last_on=last,
        known_at=known,
        came_on=known.date(),
        batch_id=batch_id,
    )


CAME = [came(district.DISTRICT, 7, 1), came(district.DISTRICT, 8, 2, 11), came(district.STREET, 7, 3)]
HELD = [
    HeldDelivery(
        feed="payments",
        division_code=district.STREET,
        parts=frozenset(),
        first_on=dt.date(2026, 8, 1),
        last_on=dt.date(2026, 8, 31),
        known_at=dt.datetime(2026, 9, 8, tzinfo=dt.UTC),
        batch_id=4,
    )
]


@pytest.fixture
def asked() -> list[tuple[Scope, dt.datetime]]:
    return []


@pytest.fixture
def instead() -> list[Any]:
    """Return what the board gives instead of its rows, once a test puts it in."""
    return []


@pytest.fixture
def server(house: House, asked: list[tuple[Scope, dt.datetime]], instead: list[Any]) -> flask.Flask:
    def freshness(_connection: Any, scope: Scope, moment: dt.datetime) -> Any:
        asked.append((scope, moment))
        if instead and instead[0] is not None:
            raise instead[0]
        if instead:
            return None
        lines = [replace(one, divisions=tuple(filter(scope.allows, one.divisions))) for one in CALENDAR]
        arrivals = [one for one in CAME if scope.allows(one.division_code) and one.known_at <= moment]
        return board(await_deliveries(lines, arrivals, HELD, dt.date(2026, 9, 20), {}))

    return create_server(replace(house.services, freshness=freshness))


def test_the_board_says_in_words_where_everything_stands(visit, screen) -> None:
    text = screen(visit("caijing"), ARRIVALS)
    said = [
        "◆ 逾期 41 天",
        "从未送达; 共 2 期逾期",
        "◆ 逾期 222 天",
        "▲ 被扣",
        "● 迟到才到 (晚 3 天)",
        "国库集中支付凭证",
        "000-1234",
    ]
    assert [words for words in said if words not in text] == []
    places = [text.index(words) for words in ("逾期 222 天", "逾期 41 天", '▲ 被扣"', "● 迟到才到 (")]
    assert places == sorted(places), "the worst first"
    assert "/system/batches/4" in text, "the held one leads to its batch"


def test_it_counts_how_many_stand_how(visit, screen) -> None:
    assert "◆ 逾期 2 · ▲ 被扣 1 · ● 迟到才到 1" in screen(visit("caijing"), ARRIVALS)


def test_it_is_there_in_english(visit, screen) -> None:
    client = visit("caijing")
    client.set_cookie("language", "en")
    text = screen(client, ARRIVALS)
    assert "◆ 41 days overdue" in text
    assert "never came; 2 periods overdue" in text


def test_an_office_asks_for_its_own_division_only(visit, screen, asked) -> None:
    text = screen(visit("shiqiao"), ARRIVALS)
    assert asked[-1][0] == Scope.of([district.STREET])
    assert "石桥街道" in text
    assert "南塘" not in text
    screen(visit("caijing"), ARRIVALS, f"?division={district.LATE}")
    assert asked[-1][0] == Scope.of([district.LATE])


def test_it_can_be_asked_as_known_then(visit, screen, asked) -> None:
    text = screen(visit("caijing"), ARRIVALS, "?known=2026-09-10")
    assert asked[-1][1] == dt.datetime(2026, 9, 10, 15, 59, 59, 999999, tzinfo=dt.UTC)
    assert "迟到才到 (晚" not in text


def test_the_export_holds_the_same_rows(visit) -> None:
    answer = visit("caijing").get("/export/arrivals.csv")
    lines = answer.get_data().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("状态,报送单位,数据,期间,应到,收到,最新数据到,批次,责任单位")
    assert len([line for line in lines if line.startswith(("◆", "▲", "●", "✓", "○"))]) == 4


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param(None, "calendar.toml", id="none: how to write one"),
        pytest.param(ValueError("no. 2: there is no feed"), "no. 2: there is no feed", id="a wrong one: what is wrong"),
    ],
)
def test_without_a_calendar_the_page_says_so_and_the_export_is_not_there(
    visit, screen, instead: list[Any], given: Any, says: str
) -> None:
    instead.append(given)
    client = visit("caijing")
    assert says in screen(client, ARRIVALS)
    assert client.get("/export/arrivals.csv").status_code == 404
