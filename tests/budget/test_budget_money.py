"""Money and rates: exact, rounded down, never wrapping, null never zero."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budget.money import MOST_BP, format_points, format_rate, format_wan, format_yuan, rate_bp, rate_bp_of, wan

FEN = st.integers(min_value=-3_000_000_000_000_000, max_value=3_000_000_000_000_000)

RATES = [
    ("a half", 50, 100, 5_000),
    ("one fen short of the whole is not the whole", 99_999_999, 100_000_000, 9_999),
    ("rounded down, not to nearest", 2, 3, 6_666),
    ("a negative rate is rounded down too", -1, 3, -3_334),
    ("nothing paid is a rate of zero", 0, 100, 0),
    ("a zero budget has no rate", 100, 0, None),
    ("a negative budget has no rate", 100, -5, None),
    ("an unknown payment has no rate", None, 100, None),
    ("an unknown budget has no rate", 100, None, None),
    ("national totals do not wrap", 2_800_000_000_000_000, 5_600_000_000_000_000, 5_000),
    ("more than Int64 holds is held at the most it does", 2_800_000_000_000_000, 1, MOST_BP),
    ("and so is less", -2_800_000_000_000_000, 1, -MOST_BP),
]


def rates(pairs):
    rows = pl.DataFrame(pairs, schema={"paid": pl.Int64, "budget": pl.Int64}, orient="row")
    return rows.select(rate=rate_bp(pl.col("paid"), pl.col("budget")))["rate"].to_list()


@pytest.mark.parametrize(("paid", "budget", "expected"), [row[1:] for row in RATES], ids=[row[0] for row in RATES])
def test_rate(paid, budget, expected):
    assert rates([(paid, budget)]) == [expected]


def test_rates_of_no_rows_keep_their_type():
    empty = pl.DataFrame(schema={"paid": pl.Int64, "budget": pl.Int64})
    assert empty.select(rate=rate_bp(pl.col("paid"), pl.col("budget"))).schema == {"rate": pl.Int64}


@given(st.lists(st.tuples(st.none() | FEN, st.none() | FEN), min_size=1, max_size=50))
def test_columns_and_single_figures_agree(pairs):
    singles = [rate_bp_of(paid, budget) for paid, budget in pairs]
    held = [None if rate is None else max(-MOST_BP, min(MOST_BP, rate)) for rate in singles]
    assert rates(pairs) == held


WAN = [
    (0, "0.00"),
    (None, "无数据"),
    (1_000_000, "1.00"),
    (123_456_789_000_000, "123,456,789.00"),
    (4_999, "0.00"),
    (5_000, "0.01"),
    (-5_000, "\u22120.01"),
    (-4_999, "0.00"),
    (-1_234_500_000, "\u22121,234.50"),
    (999_995_000, "1,000.00"),
]


@pytest.mark.parametrize(("fen", "text"), WAN)
def test_wan_has_two_decimals_half_away_from_zero_and_a_true_minus(fen, text):
    assert format_wan(fen) == text


YUAN = [(0, "0.00"), (1, "0.01"), (-1, "\u22120.01"), (123_456_789, "1,234,567.89"), (None, "无数据")]


@pytest.mark.parametrize(("fen", "text"), YUAN)
def test_yuan_is_exact(fen, text):
    assert format_yuan(fen) == text


RATE_TEXTS = [(0, "0.00%"), (10_000, "100.00%"), (12_345_678, "123,456.78%"), (-5, "\u22120.05%"), (None, "无数据")]


@pytest.mark.parametrize(("bp", "text"), RATE_TEXTS)
def test_rates_are_written_as_percentages(bp, text):
    assert format_rate(bp) == text


POINTS = [(1_000, "+10.00 个百分点"), (-1_050, "\u221210.50 个百分点"), (0, "0.00 个百分点"), (None, "无数据")]


@pytest.mark.parametrize(("bp", "text"), POINTS)
def test_differences_of_rates_are_points_with_a_sign(bp, text):
    assert format_points(bp) == text


@given(FEN)
def test_wan_of_fen_is_exact(fen):
    assert wan(fen) * 1_000_000 == fen
