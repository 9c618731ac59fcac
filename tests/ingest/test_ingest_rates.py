"""Rates become basis points, exactly; what is no rate is refused."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.money import parse_money
from ingest.rates import parse_rates


@pytest.mark.parametrize(
    ("cell", "bare", "value", "why"),
    [
        ("12.5%", "percent", 1250, "percent text"),
        ("64.37%", "percent", 6437, "two decimals"),
        ("６４．３７％", "percent", 6437, "full width"),
        ("-3%", "percent", -300, "negative"),
        ("100 %", "percent", 10000, "a blank before the sign"),
        ("120.01%", "fraction", 12001, "the sign says percent, whatever the mapping says of bare numbers"),
        ("12.5", "percent", 1250, "a bare percent"),
        ("0.6437", "fraction", 6437, "what a spreadsheet keeps of 64.37%"),
        ("0.64370000000000005", "fraction", 6437, "with a binary tail"),
        ("—", "percent", None, "a dash says nothing"),
    ],
)
def test_rates_as_finance_writes_them(cell, bare, value, why):
    done = parse_rates(pl.Series([cell]), bare, "null")
    assert (done.values[0], done.bad[0]) == (value, False), why


@pytest.mark.parametrize(
    ("cell", "bare", "expected"),
    [
        ("12.345%", "percent", "a share of at most two decimals like 12.34%"),
        ("0.0287", "percent", "a share of at most two decimals like 12.34%"),
        ("2.875%", "fraction", "a share of at most two decimals like 12.34%"),
        ("0.64371", "fraction", "a fraction of at most four decimals like 0.1234"),
        ("12.5%%", "percent", "a share like 12.5% or a score like 92.5"),
        ("#DIV/0!", "percent", "a share like 12.5% or a score like 92.5"),
        ("%", "percent", "a share like 12.5% or a score like 92.5"),
        ("#DIV/0!", "fraction", "a fraction like 0.125"),
    ],
)
def test_what_is_no_whole_rate_is_refused(cell, bare, expected):
    done = parse_rates(pl.Series([cell]), bare, "null")
    assert (done.values[0], done.bad[0]) == (None, True)
    assert done.expected[0] == expected


@given(st.decimals(-10_000, 10_000, places=2))
def test_no_rate_passes_through_a_float(percent):
    assert parse_rates(pl.Series([f"{percent}%"]), "percent", "null").values[0] == int(percent * 100)


@given(st.decimals(-90_000, 90_000, places=12), st.sampled_from(["元", "万元", "亿元"]))
def test_a_tail_of_a_millionth_of_a_fen_is_no_fen_and_more_is_refused(amount, unit):
    done = parse_money(pl.Series([f"{amount:f}"]), unit, "null")
    exact = amount * {"元": 100, "万元": 1_000_000, "亿元": 10_000_000_000}[unit]
    near = exact.to_integral_value()
    if abs(exact - near) <= Decimal("0.000001"):
        assert (done.values[0], done.bad[0]) == (int(near), False)
    else:
        assert (done.values[0], done.bad[0]) == (None, True)


@given(st.integers(-(10**14), 10**14))
def test_the_binary_float_of_every_amount_is_that_amount(fen):
    assert parse_money(pl.Series([repr(fen / 100)]), "元", "null").values[0] == fen
    tail = f"{Decimal(fen / 100):f}"
    done = parse_money(pl.Series([tail]), "元", "null")
    assert done.bad[0] or done.values[0] == fen
