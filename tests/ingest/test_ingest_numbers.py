"""Whole numbers, months, shares and scores are read exactly or not at all; nothing is rounded or guessed."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.numbers import parse_months, parse_numbers
from ingest.rates import parse_rates


def parse_percents(text):
    return parse_rates(text, "percent", "null")


def parse_fractions(text):
    return parse_rates(text, "fraction", "null")


def one(parse, text):
    done = parse(pl.Series([text], dtype=pl.String))
    return "bad" if done.bad[0] else done.values[0]


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (parse_numbers, "3", 3),
        (parse_numbers, "30天", 30),
        (parse_numbers, "1,200人", 1200),
        (parse_numbers, "12.0", 12),
        (parse_numbers, "１２", 12),
        (parse_numbers, "0", 0),
        (parse_numbers, None, None),
        (parse_numbers, "12.5", "bad"),
        (parse_numbers, "-1", "bad"),
        (parse_numbers, "1e3", "bad"),
        (parse_numbers, "9999999999", "bad"),
        (parse_numbers, "三", "bad"),
        (parse_months, "3月", 3),
        (parse_months, "03", 3),
        (parse_months, "12.0", 12),
        (parse_months, "2026年6月", 6),
        (parse_months, "202606", 6),
        (parse_months, "2026-6", 6),
        (parse_months, "1—6月累计", 6),
        (parse_months, "1-12月", 12),
        (parse_months, "6月份", 6),
        (parse_months, None, None),
        (parse_months, "13", "bad"),
        (parse_months, "0", "bad"),
        (parse_months, "上半年", "bad"),
        (parse_percents, "12.5%", 1250),
        (parse_percents, "12.5", 1250),
        (parse_percents, "92.5分", 9250),
        (parse_percents, "100", 10000),
        (parse_percents, "0", 0),
        (parse_percents, "-2.25%", -225),
        (parse_percents, "１２．５％", 1250),
        (parse_percents, "3.1500", 315),
        (parse_percents, "3.155", "bad"),
        (parse_percents, "优", "bad"),
        (parse_percents, "%", "bad"),
        (parse_percents, None, None),
        (parse_fractions, "0.125", 1250),
        (parse_fractions, "1", 10000),
        (parse_fractions, "0.12345", "bad"),
    ],
)
def test_a_cell_is_read_exactly_or_not_at_all(parse, text, value):
    assert one(parse, text) == value


@given(st.integers(-9_999_999, 9_999_999))
def test_a_share_comes_back_as_it_was_written(hundredths):
    sign, rest = ("-" if hundredths < 0 else ""), abs(hundredths)
    assert one(parse_percents, f"{sign}{rest // 100}.{rest % 100:02d}%") == hundredths
    assert one(parse_fractions, f"{sign}{rest // 10000}.{rest % 10000:04d}") == hundredths
