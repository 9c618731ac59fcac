"""The figures of the pages: they add up, they are nobody else's, and what is missing is not zero."""

import dataclasses
import datetime as dt

import district
import polars as pl
import pytest
from dashboard_cast import PEOPLE, House

from dashboard.charts import ProgressSeries, build_progress_chart, median_rates
from dashboard.components.marks import gap, progress_bar
from dashboard.desk import open_desk
from dashboard.ledger import LedgerShelf
from dashboard.pages import execution, overview
from dashboard.pages.project import budget_table, voucher_table
from dashboard.view import Asked, View
from warehouse.engine import open_engine, reading, sqlite_url
from warehouse.migrations import create
from warehouse.scope import Scope

MEASURES = ("appropriation_fen", "adjustment_fen", "adjusted_appropriation_fen", "payment_fen", "available_fen")


@pytest.mark.parametrize(
    "search",
    [
        "",
        f"division={district.DISTRICT}",
        f"division={district.STREET}",
        f"division={district.DISTRICT}&department=105001",
        f"division={district.DISTRICT}&department=105001&unit=105003",
        f"division={district.STREET}&asof=2026-06-30",
        "year=2025",
        "fund=11",
    ],
)
def test_the_totals_row_is_the_sum_of_the_rows_and_the_figure_above(desk_of, search: str) -> None:
    table = desk_of(execution.table, search)
    for measure in MEASURES:
        assert sum(row[measure] for row in table.rows) == table.totals[measure], measure


def test_a_rows_figures_are_the_totals_of_the_level_below(desk_of) -> None:
    above = {row["department_code"]: row for row in desk_of(execution.table, f"division={district.DISTRICT}").rows}
    below = desk_of(execution.table, f"division={district.DISTRICT}&department=105001").totals
    assert {name: above["105001"][name] for name in MEASURES} == {name: below[name] for name in MEASURES}


def test_a_projects_rows_add_up_to_its_figures(desk_of) -> None:
    search = f"division={district.STREET}&unit=801002&project=P801002"
    line = next(
        row for row in desk_of(execution.table, f"division={district.STREET}&unit=801002").rows if row["project_code"]
    )
    assert desk_of(budget_table, search).totals["fen"] == line["adjusted_appropriation_fen"] == 980_000_000
    assert desk_of(voucher_table, search).totals["payment_fen"] == line["payment_fen"]


def test_the_overview_totals_equal_the_drill_downs(desk_of) -> None:
    assert desk_of(overview.table, path="/").totals["payment_fen"] == desk_of(execution.table).totals["payment_fen"]


def test_expected_progress_is_the_units_own_history(desk_of) -> None:
    rows = desk_of(execution.table, f"division={district.STREET}&department=801001").rows
    unit = next(row for row in rows if row["unit_code"] == "801002")
    assert unit["expected_basis"] == "history"
    assert unit["gap_bp"] == unit["execution_rate_bp"] - unit["expected_progress_bp"] < 0


def test_without_history_the_ruler_stands_in_and_says_so(desk_of) -> None:
    row = desk_of(execution.table, "year=2023").rows[0]
    assert row["expected_basis"] == "time"
    assert row["expected_progress_bp"] == 10_000


def test_a_project_without_payments_has_paid_zero_where_payments_were_delivered(desk_of) -> None:
    rows = desk_of(execution.table, f"division={district.DISTRICT}&unit=212001").rows
    river = next(row for row in rows if row["project_code"] == "P212001")
    assert (river["payment_fen"], river["execution_rate_bp"]) == (0, 0)


def test_before_any_payments_were_known_paid_is_missing_and_not_zero(desk_of) -> None:
    totals = desk_of(execution.table, "known=2026-01-20&asof=2026-01-31&year=2026").totals
    assert totals["adjusted_appropriation_fen"] is not None
    assert totals["payment_fen"] is None
    assert totals["execution_rate_bp"] is None


def test_what_was_known_on_a_day_is_what_had_been_delivered_by_then(desk_of) -> None:
    known = desk_of(lambda desk: desk.ledger.total()["payment_fen"], "year=2026&known=2026-01-20")
    now = desk_of(lambda desk: desk.ledger.total()["payment_fen"], "")
    assert known is None
    assert now > 0


def test_the_shelf_never_gives_one_readers_figures_to_another(house: House) -> None:
    shelf = LedgerShelf(house.services.snapshots, "day")
    with reading(house.services.engine) as connection:
        wide = shelf.ledger(connection, Scope.everything(), district.AS_OF, district.NOW, None)
        narrow = shelf.ledger(connection, Scope.of([district.STREET]), district.AS_OF, district.NOW, None)
        nothing = shelf.ledger(connection, Scope.of([]), district.AS_OF, district.NOW, None)
        again = shelf.ledger(connection, Scope.everything(), district.AS_OF, district.NOW, None)
    assert again is wide
    assert set(narrow.moved()["division_code"]) == {district.STREET}
    assert set(narrow.units()["division_code"]) == {district.STREET}
    assert nothing.moved().is_empty()
    assert nothing.units().is_empty()


@pytest.mark.parametrize(
    ("search", "as_of"),
    [
        ("", dt.date(2026, 9, 30)),
        ("asof=2026-06-30", dt.date(2026, 6, 30)),
        ("year=2025", dt.date(2025, 12, 31)),
        ("year=2025&asof=2026-06-30", dt.date(2025, 12, 31)),
        ("asof=2030-01-01", dt.date(2026, 9, 30)),
        ("asof=yesterday", dt.date(2026, 9, 30)),
        ("year=99999", dt.date(2026, 9, 30)),
        ("year=-1&fund=x&known=never", dt.date(2026, 9, 30)),
    ],
)
def test_filters_of_the_url_are_checked_on_load(desk_of, search: str, as_of: dt.date) -> None:
    assert desk_of(lambda desk: desk.view.as_of, search) == as_of


def test_a_view_of_another_day_shows_no_clues_of_today(desk_of) -> None:
    assert sum(row["clues"] for row in desk_of(execution.table).rows) == 4
    assert sum(row["clues"] for row in desk_of(execution.table, "asof=2026-06-30").rows) == 0


VIEW = View(asked=Asked("/"), language="zh", as_of=district.AS_OF, known_at=district.NOW, known_on=district.AS_OF)


@pytest.mark.parametrize(
    ("history", "median", "why"),
    [
        ([[5000], [6000], [7000]], [6000], "three years: the middle one"),
        ([[5000], [6001], [None]], [5500], "two years: the mean, rounded down"),
        ([[5000], [None], [None]], [None], "one year is no history"),
    ],
)
def test_the_charts_median(history: list, median: list, why: str) -> None:
    assert median_rates(history) == median, why


def test_the_chart_draws_this_year_bold_and_missing_months_as_gaps() -> None:
    year = [1000 * month for month in range(1, 13)]
    now = [900, None, 2700, *[None] * 9]
    day = dt.date(2026, 3, 20)
    series = ProgressSeries(as_of=day, this_year=now, last_year=year, history=[year, year], ruler=year)
    figure = build_progress_chart(series, VIEW)
    bold = max((trace for trace in figure.data if trace.line.width), key=lambda trace: trace.line.width)
    assert bold.name == "2026年"
    assert list(bold.y)[:4] == [9.0, None, 27.0, None]
    assert bold.connectgaps is False
    assert figure.layout.yaxis.rangemode == "tozero"
    assert list(bold.x)[:3] == [dt.date(2026, 1, 31), dt.date(2026, 2, 28), day]


def test_the_bar_has_two_marks_and_none_where_there_is_no_history() -> None:
    with_history = str(progress_bar(6437, 7079, 7479, VIEW).to_plotly_json())
    without = str(progress_bar(6437, 7479, 7479, VIEW, "time").to_plotly_json())
    assert "mark-history" in with_history
    assert "mark-ruler" in with_history
    assert "mark-history" not in without
    assert "无数据" in str(progress_bar(None, 7079, 7479, VIEW).to_plotly_json())


def test_a_gap_needs_both_rates() -> None:
    assert gap(6437, 7079) == -642
    assert gap(None, 7079) is None


def test_an_empty_warehouse_draws_every_page(house: House, tmp_path) -> None:
    engine = open_engine(sqlite_url(tmp_path / "empty.db"))
    with engine.begin() as connection:
        create(connection)
    services = dataclasses.replace(house.services, engine=engine, snapshots=tmp_path)
    shelf = LedgerShelf(tmp_path, "day")
    with open_desk(services, shelf, PEOPLE["caijing"], Asked("/"), "zh") as desk:
        assert overview.table(desk).rows == []
        assert overview.page(desk).title == "总览"
    with open_desk(services, shelf, PEOPLE["shiqiao"], Asked("/execution"), "en") as desk:
        assert execution.page(desk).title == "Budget execution"
    assert isinstance(desk.clues, pl.DataFrame)
    engine.dispose()


@pytest.mark.parametrize("path", ["/clues", "/clues/2026-XS-0003"])
def test_clues_of_an_earlier_view_say_that_they_are_shown_as_they_stand_now(visit, screen, path: str) -> None:
    reader = visit("caijing")
    told = "线索与办理情况按现在的状态显示, 不随已知时点变化"
    assert told not in screen(reader, path)
    assert told in screen(reader, path, "?known=2026-06-30")
