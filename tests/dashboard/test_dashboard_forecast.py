"""What the year is expected to end with, and what a project is measured against, as the pages tell it."""

import dataclasses
import datetime as dt

import district
import pytest

from budget.forecast import FORECAST
from dashboard.pages import execution, overview
from dashboard.pages.lines import forecast_text
from dashboard.view import Asked, View

VIEW = View(asked=Asked("/"), language="zh", as_of=district.AS_OF, known_at=district.NOW, known_on=district.AS_OF)
FORECASTS = [
    ("in whole per cent, with its interval", (9_149, 8_850, 9_450), "预计年底执行率 91%（89%～95%）"),
    ("nothing without history", (None, None, None), None),
    ("nothing where it may be anything", (6_000, 3_999, 8_000), None),
]


@pytest.mark.parametrize(("ends", "words"), [row[1:] for row in FORECASTS], ids=[row[0] for row in FORECASTS])
def test_the_forecast_in_words(ends: tuple, words: str | None) -> None:
    row = dict(zip(FORECAST, ends, strict=True))
    assert forecast_text(row, VIEW) == words
    assert forecast_text(row, dataclasses.replace(VIEW, as_of=dt.date(2025, 12, 31))) is None


def test_the_forecast_stands_under_the_bar_and_on_the_card(desk_of) -> None:
    table = desk_of(execution.table, f"division={district.STREET}")
    assert table.rows[0]["execution_rate_bp:note"].startswith("预计年底执行率 ")
    cards = desk_of(lambda desk: overview.cards(desk.ledger, desk.view), f"division={district.STREET}", path="/")
    assert table.totals["execution_rate_bp:note"] in str(cards)


def test_wages_are_measured_against_wages(desk_of) -> None:
    rows = desk_of(execution.table, f"division={district.STREET}&unit=801002").rows
    wages = next(row for row in rows if row["project_code"] is None)
    # A twelfth a month: nine of twelve by September, in every year.
    assert (wages["expected_basis"], wages["expected_progress_bp"]) == ("history", 7_500)


def test_nothing_is_forecast_of_a_division_whose_payments_are_late(desk_of) -> None:
    rows = {row["division_code"]: row for row in desk_of(execution.table).rows}
    assert rows[district.LATE]["execution_rate_bp:note"] is None
    assert rows[district.STREET]["execution_rate_bp:note"]
    late = desk_of(execution.table, f"division={district.LATE}")
    assert late.totals["execution_rate_bp:note"] is None


def test_a_projects_yardstick_is_its_own_divisions_whoever_looks(desk_of) -> None:
    search = f"division={district.STREET}&unit=801002"
    wide, narrow = (desk_of(execution.table, search, who=who) for who in ("caijing", "shiqiao"))
    road = next(row for row in wide.rows if row["project_code"])
    assert road in narrow.rows
    # 582 of 1 000 万元 were paid by September in each year before, less 20 万元 cut in June.
    assert (road["expected_basis"], road["expected_progress_bp"]) == ("history", 5_938)
