import datetime as dt
from pathlib import Path

import pytest

from app.holidays import HolidayTableError, load_changed_days
from budget.calendar import Quarter, is_workday, report_due_on

SHIPPED = load_changed_days()


@pytest.mark.parametrize(
    ("day", "worked", "why"),
    [
        (dt.date(2026, 10, 10), True, "a Saturday worked in exchange for the October holidays"),
        (dt.date(2026, 10, 1), False, "国庆节, a Thursday"),
        (dt.date(2026, 10, 7), False, "the last day of 国庆节"),
        (dt.date(2026, 10, 8), True, "the first ordinary Thursday after it"),
        (dt.date(2026, 10, 11), False, "an ordinary Sunday"),
        (dt.date(2025, 9, 28), True, "a Sunday worked"),
        (dt.date(2024, 2, 9), True, "2024-02-09 was not a day off by the notice"),
        (dt.date(2023, 1, 2), False, "元旦 2023 ran to Monday"),
    ],
)
def test_shipped_table_says_what_the_notices_say(*, day: dt.date, worked: bool, why: str) -> None:
    assert is_workday(day, SHIPPED) is worked, why


def test_third_quarter_report_of_2026_is_due_on_the_worked_saturday() -> None:
    assert report_due_on(Quarter(2026, 3), SHIPPED) == dt.date(2026, 10, 10)
    assert report_due_on(Quarter(2026, 3), {}) == dt.date(2026, 10, 12)


def test_every_make_up_day_is_a_weekend() -> None:
    assert [day for day, worked in SHIPPED.items() if worked and day.weekday() < 5] == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[2026]\nrest = []\n", "unknown key 'rest'; known keys: days_off, notice, workdays"),
        ('[2026]\ndays_off = ["10-01"]\n', '"10-01" is not a day like'),
        ('[2026]\ndays_off = ["2026-10-07/2026-10-01"]\n', "ends before it begins"),
        ('[2026]\ndays_off = ["2026-10-10"]\nworkdays = ["2026-10-10"]\n', "both as a day off and as a workday"),
        ("[2026\n", "is not valid TOML"),
    ],
)
def test_a_broken_table_is_refused_with_the_place(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "holidays.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(HolidayTableError, match=r"holidays\.toml") as caught:
        load_changed_days(path)
    assert says in str(caught.value)


def test_a_missing_table_is_refused_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(HolidayTableError, match="cannot be read"):
        load_changed_days(tmp_path / "none.toml")
