"""Dates in the forms finance uses; what is in no calendar is held back."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dates import parse_dates

USUAL = ("ymd", "compact", "excel")
THE_DAY = dt.date(2019, 3, 31)


def day(text, formats=USUAL):
    done = parse_dates(pl.Series([text], dtype=pl.String), formats)
    return "bad" if done.bad[0] else done.values[0]


@pytest.mark.parametrize(
    ("text", "formats", "why"),
    [
        ("20190331", USUAL, "eight digits"),
        ("2019-3-31", USUAL, "without zeros"),
        ("2019-03-31", USUAL, "with zeros"),
        ("2019/3/31", USUAL, "slashes"),
        ("2019.3.31", USUAL, "points"),
        ("2019年3月31日", USUAL, "in words"),
        ("２０１９年３月３１日", USUAL, "in words with full-width digits"),
        ("2019 年 3 月 31 日", USUAL, "in words, spaced out"),
        ("43555", USUAL, "an Excel serial"),
        ("43555.0", USUAL, "an Excel serial that went through a float"),
        ("43555.75", USUAL, "an Excel serial with an hour"),
        ("2019-03-31 00:00:00", USUAL, "a dated cell as the reader writes it"),
        ("2019-03-31T08:15:00", USUAL, "with a time of day"),
        ("2019年3月31日 08:15:00", USUAL, "in words, with a time of day"),
        ("20190331 08:15:00", USUAL, "eight digits with a time of day"),
        ("20190331081500", USUAL, "a system's stamp, to the second"),
        ("20190331081500123", USUAL, "a system's stamp, to the thousandth"),
        ("20190331.0", USUAL, "eight digits that went through a float"),
        ("31/03/2019", ("dmy",), "day first, where mapped"),
        ("03/31/2019", ("mdy",), "month first, where mapped"),
        ("令和元年3月31日", ("reiwa",), "the first year of an era, where mapped"),
        ("2019.3", ("month_last",), "a month stands for its last day, where mapped"),
        ("201903", ("month_last",), "six digits, where mapped"),
    ],
)
def test_reads_a_date(text, formats, why):
    assert day(text, formats) == THE_DAY, why


def test_a_month_stands_for_its_first_day_where_mapped():
    assert day("2019年3月", ("month_first",)) == dt.date(2019, 3, 1)


@pytest.mark.parametrize(
    ("text", "formats", "why"),
    [
        ("2019-02-30", USUAL, "no such day"),
        ("20191301", USUAL, "no such month"),
        ("20190331991500", USUAL, "no such hour"),
        ("2019033108", USUAL, "an hour without minutes is no stamp"),
        ("2019.3", USUAL, "a month is no day unless the mapping says which"),
        ("31/03/2019", USUAL, "day first is not assumed"),
        ("03/31/2019", ("dmy",), "there is no 31st month"),
        ("昨天", USUAL, "words"),
        ("1", USUAL, "a small number is no serial of our time"),
        ("4355", USUAL, "nor are four digits"),
    ],
)
def test_holds_what_is_no_date(text, formats, why):
    assert day(text, formats) == "bad", why


def test_blank_is_null():
    assert day(None) is None


@given(st.dates(dt.date(1955, 1, 1), dt.date(2099, 12, 31)))
def test_every_form_of_a_day_reads_as_that_day(one):
    serial = (one - dt.date(1899, 12, 30)).days
    forms = [f"{one:%Y%m%d}", f"{one.year}-{one.month}-{one.day}", f"{one.year}年{one.month}月{one.day}日", f"{serial}"]
    assert [day(text) for text in forms] == [one] * 4


@pytest.mark.parametrize(
    ("cell", "day", "why"),
    [
        ("2026年1-9月", (2026, 9, 30), "a span of months"),
        ("2026年1—3月累计", (2026, 3, 31), "a long dash"),
        ("2026年1月-2月", (2026, 2, 28), "each month with its sign"),
        ("截至2026年9月底", (2026, 9, 30), "until the end of a month"),
        ("2026年截至9月底", (2026, 9, 30), "the year before it"),
        ("２０２６年１－９月", (2026, 9, 30), "full width"),
        ("2026年9月份", (2026, 9, 30), "one month"),
        ("2026-09", (2026, 9, 30), "as a program writes it"),
        ("202609", (2026, 9, 30), "without anything between"),
        ("2024年2月", (2024, 2, 29), "a leap year"),
        ("2026年第三季度", (2026, 9, 30), "a quarter"),
        ("2026年前三季度", (2026, 9, 30), "three quarters"),
        ("2026年1季度", (2026, 3, 31), "a quarter in digits"),
        ("2026年上半年", (2026, 6, 30), "half a year"),
        ("2026年全年", (2026, 12, 31), "a whole one"),
        ("2026年度决算", (2026, 12, 31), "the settlement after December"),
        ("2026年13月", (2026, 12, 31), "which some call a thirteenth month"),
        ("2026年14月", None, "no month"),
        ("1-9月", None, "no year, and none was told"),
        ("2026年9月30日", None, "a day is another form"),
    ],
)
def test_months_up_to_which_figures_are_cumulative(cell, day, why):
    done = parse_dates(pl.Series([cell]), ["through_month"])
    assert done.values[0] == (dt.date(*day) if day else None), why
    assert done.bad[0] is (day is None)


@pytest.mark.parametrize(
    ("cell", "form", "day"),
    [
        ("令和元年5月1日", "reiwa", (2019, 5, 1)),
        ("R7.5.9", "reiwa", (2025, 5, 9)),
        ("平成31年4月30日", "heisei", (2019, 4, 30)),
        ("昭和64年1月7日", "showa", (1989, 1, 7)),
        ("民国115年6月3日", "minguo", (2026, 6, 3)),
        ("115/6/3", "minguo", (2026, 6, 3)),
        ("平成31年4月31日", "heisei", None),
        ("平成31年4月30日", "ymd", None),
    ],
)
def test_years_of_an_era_are_read_only_where_the_mapping_says_so(cell, form, day):
    assert parse_dates(pl.Series([cell]), [form]).values[0] == (dt.date(*day) if day else None)
