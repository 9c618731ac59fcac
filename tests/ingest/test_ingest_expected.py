"""The calendar file is strict, the sample's is right, and held files are placed by what they state, else by name."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ingest_ground import PAYMENTS, mapping_of

from budget.frames import FEEDS
from ingest.expected import held_deliveries, load_calendar
from ingest.mapping import Mapping
from ingest.problems import CalendarError
from warehouse.freshness import HeldBatch
from warehouse.held import HeldSlice

NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
LINE = '[[expected]]\nfeed = "payments"\nrhythm = "monthly"\n'
REPOSITORY = Path(__file__).resolve().parents[2]


def load(folder: Path, text: str):
    path = folder / "calendar.toml"
    path.write_text(text, encoding="utf-8")
    return load_calendar(path)


def test_a_line_without_divisions_speaks_of_every_office(tmp_path: Path) -> None:
    one, other = load(tmp_path, LINE + "due_day = 8\n" + LINE + 'due_workday = 5\ndivisions = ["990101010"]\n')
    assert one.expected(["990101010", "990101011"]).divisions == ("990101010", "990101011")
    assert other.expected(["990101010", "990101011"]).divisions == ("990101010",)
    assert load(tmp_path, "") == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(LINE, "[[expected]] no. 1: rhythm monthly needs one of due_day and due_workday", id="no due rule"),
        pytest.param(LINE + "due_day = 8\ndue_workday = 3", "needs one of due_day and due_workday", id="two due rules"),
        pytest.param(LINE + "due_on = 2026-01-08", "needs one of due_day and due_workday", id="a month has no one day"),
        pytest.param(LINE + "due_day = 32", "no. 1: due_day: Input should be less than or equal to 31", id="the 32nd"),
        pytest.param(LINE + "due_day = 8\nday = 3", "no. 1: unknown key day; known keys: feed, rhythm,", id="a key"),
        pytest.param(
            LINE + "due_day = 8\n" + LINE.replace("payments", "payment"),
            '[[expected]] no. 2: feed: there is no feed "payment"; known: units,',
            id="the second line has no such feed",
        ),
        pytest.param(LINE.replace("monthly", "weekly") + "due_day = 8", "no. 1: rhythm: Input should be", id="weeks"),
        pytest.param(LINE.replace("monthly", "daily") + "due_day = 8", "rhythm daily needs due_workday", id="daily"),
        pytest.param(LINE.replace("monthly", "once") + "due_day = 8", "rhythm once needs due_on", id="once"),
        pytest.param(
            LINE + 'due_day = 8\ndepartments = ["101"]', "name it under divisions", id="departments of nobody"
        ),
        pytest.param(LINE + 'due_day = 8\ndivisions = ["99"]', "no. 1: divisions.0: ", id="two digits"),
        pytest.param("[expected]\n", "calendar", id="one bracket"),
        pytest.param('title = "x"', "unknown key title; known keys: expected", id="a key at the top"),
        pytest.param("[[expected", "not a TOML file", id="broken TOML"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(CalendarError) as refused:
        load(tmp_path, text)
    assert says in str(refused.value)
    assert "calendar.toml: " in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_samples_calendar_is_right_and_speaks_of_known_feeds() -> None:
    lines = load_calendar(REPOSITORY / "sample" / "calendar.toml")
    assert {one.feed for one in lines} <= set(FEEDS)
    assert all(one.owner and one.contact and one.title for one in lines)


def batch(file_name: str, mapping: str = "probe") -> HeldBatch:
    return HeldBatch(batch_id=9, feed="payments", mapping_name=mapping, file_name=file_name, known_at=NOW)


def places(mapping: Mapping, *names: str) -> list[tuple[object, object, object]]:
    found = held_deliveries([mapping], [batch(name) for name in names])
    return [(one.division_code, one.first_on, one.last_on) for one in found]


def test_a_held_file_is_placed_by_the_groups_of_its_name_and_by_constants(tmp_path: Path) -> None:
    by_name = PAYMENTS.replace("pay-(?P<period>", r"pay-(?P<who>\d+)-(?P<period>")
    by_name = by_name.replace('[constants]\ndivision_code = "990101010"\n', "")
    by_name = by_name.replace("[columns]", '[columns]\ndivision_code = { group = "who" }')
    february = (dt.date(2026, 2, 1), dt.date(2026, 2, 28))
    assert places(mapping_of(tmp_path, by_name), "pay-990101011-202602.csv") == [("990101011", *february)]
    fixed = mapping_of(tmp_path, PAYMENTS)
    assert places(fixed, "pay-202602.csv", "by hand.csv", "pay-202613.csv") == [
        ("990101010", *february),
        ("990101010", None, None),
        ("990101010", None, None),
    ]
    assert held_deliveries([fixed], [batch("x.csv", "gone")])[0].division_code is None


def piece(key: str, **told: Any) -> HeldSlice:
    usual = {"division_code": "990101010", "fiscal_year": 2026, "first_on": None, "last_on": None}
    return HeldSlice(slice_key=key, row_count=1, delivered_count=1, totals={}, **usual | told)


def test_a_held_file_that_could_be_read_is_placed_by_the_slices_it_states(tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, PAYMENTS)
    october = (dt.date(2026, 10, 1), dt.date(2026, 10, 31))
    own = piece("990101010/202610", first_on=october[0], last_on=october[1])
    other = piece("990101100/202610/401", division_code="990101100", first_on=october[0], last_on=october[1])
    held = replace(batch("pay-202602.csv"), slices=(own, other))
    found = held_deliveries([mapping], [held])
    assert [(one.division_code, one.first_on, one.last_on) for one in found] == [
        ("990101010", *october),
        ("990101100", *october),
    ]
    assert "401" in found[1].parts, "a department stands in the key"


def test_a_slice_without_days_is_placed_by_its_year_and_without_a_division_by_the_name(tmp_path: Path) -> None:
    undated = replace(batch("by hand.csv"), slices=(piece("2025", fiscal_year=2025, division_code=None),))
    (found,) = held_deliveries([mapping_of(tmp_path, PAYMENTS)], [undated])
    assert (found.division_code, found.fiscal_year) == ("990101010", 2025)
    assert (found.first_on, found.last_on) == (dt.date(2025, 1, 1), dt.date(2025, 12, 31))
