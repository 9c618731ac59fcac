"""Amounts as finance writes them become whole fen, or the row is held back."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.money import parse_money


def fen(text, unit="元", dash="refuse"):
    done = parse_money(pl.Series([text], dtype=pl.String), unit, dash)
    return "bad" if done.bad[0] else done.values[0]


@pytest.mark.parametrize(
    ("text", "unit", "expected", "why"),
    [
        ("1234.56", "元", 123456, "plain"),
        ("1,234.56", "元", 123456, "thousands separators"),
        ("1，234.56", "元", 123456, "a full-width comma"),
        ("12,345,678.9", "元", 1234567890, "several groups, one decimal"),
        ("１２３．４５", "元", 12345, "full-width digits"),
        ("(1,234.56)", "元", -123456, "an accountant's negative"),
        ("（1,234.56）", "元", -123456, "the same in full-width brackets"),
        ("-0.5", "元", -50, "no second decimal"),
        ("\u2212 5", "元", -500, "a true minus and a blank"),
        ("+7", "元", 700, "an explicit plus"),
        (".5", "元", 50, "no digit before the point"),
        ("5.", "元", 500, "no digit after the point"),
        ("  88.00 \u3000", "元", 8800, "blanks on both sides, full-width too"),
        ("¥1,000", "元", 100000, "a currency sign"),
        ("300元", "元", 30000, "the unit behind the number"),
        ("0", "元", 0, "zero is a value"),
        ("000123.40", "元", 12340, "leading zeros"),
        ("12.34", "万元", 12340000, "万元 with two decimals"),
        ("0.000001", "万元", 1, "a fen in 万元"),
        ("1.5", "亿元", 15000000000, "亿元"),
        ("2", "千元", 200000, "千元"),
        ("2", "百元", 20000, "百元"),
        ("1.2E+3", "元", 120000, "a number a spreadsheet wrote in powers of ten"),
        ("-6.82121E-13", "元", 0, "a binary float's nothing"),
        ("3.97904E-13", "元", 0, "the same on the other side"),
        ("1234567890.119999999", "元", 123456789012, "a binary tail just below the fen"),
        ("0.30000000000000004", "元", 30, "a binary tail just above the fen"),
        ("9999999999999.99", "元", 999999999999999, "the largest amount taken in"),
    ],
)
def test_reads_an_amount(text, unit, expected, why):
    assert fen(text, unit) == expected, why


@pytest.mark.parametrize(
    ("text", "expected", "why"),
    [
        ("1,2O0.00", "a number", "a letter O"),
        ("1,23.45", "a number", "separators in the wrong place: nobody knows what was meant"),
        ("1.234,56", "a number", "a decimal comma"),
        ("1 2 3 x", "a number", "words"),
        ("#DIV/0!", "a number", "a spreadsheet's error"),
        ("12.5%", "a number", "a percentage is no amount"),
        ("1.2.3", "a number", "two points"),
        (".", "a number", "a point alone"),
        ("12.345", "a whole number of fen", "half a fen"),
        ("0.001", "a whole number of fen", "a tenth of a fen"),
        ("12.34000199", "a whole number of fen", "a tail larger than a millionth of a fen"),
        ("100000000000000", "an amount below 10^14 元", "a number of something else"),
        ("99999999999999999999999999", "an amount below 10^14 元", "far beyond"),
        ("1e30", "an amount below 10^14 元", "far beyond, in powers of ten"),
        ("-", "a number", "a dash, where the mapping gives it no meaning"),
    ],
)
def test_holds_what_is_no_amount(text, expected, why):
    done = parse_money(pl.Series([text]), "元", "refuse")
    assert (done.bad[0], done.expected[0]) == (True, expected), why


@pytest.mark.parametrize("dash", ["-", "—", "——", "－", "–"])
def test_a_dash_is_what_the_mapping_says(dash):
    assert fen(dash, dash="zero") == 0
    assert fen(dash, dash="null") is None
    assert fen(dash, dash="refuse") == "bad"


def test_blank_is_null_and_never_zero():
    assert fen(None) is None
    assert fen("   ") is None


@given(st.integers(-(10**14), 10**14))
def test_every_fen_survives_writing_and_reading(amount):
    text = f"{'-' if amount < 0 else ''}{abs(amount) // 100:,}.{abs(amount) % 100:02d}"
    assert fen(text) == amount


@given(st.integers(-(10**11), 10**11))
def test_every_fen_survives_a_binary_float_in_yuan(amount):
    assert fen(repr(amount / 100)) == amount


@given(st.integers(-(10**14), 10**14))
def test_every_fen_survives_wan_with_six_decimals(amount):
    text = f"{'-' if amount < 0 else ''}{abs(amount) // 1_000_000}.{abs(amount) % 1_000_000:06d}"
    assert fen(text, "万元") == amount
