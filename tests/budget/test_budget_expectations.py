"""What was expected in a cell is said in Chinese on pages and in mail."""

import pytest

from budget.expectations import told_expected
from budget.holding import in_chinese


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("a number", "数字"),
        ("a whole number", "整数"),
        ("a whole number of fen", "精确到分的金额"),
        ("a date like 2026-06-30 or 20260630", "2026-06-30 或 20260630 这样的日期"),
        ("a day of the years 1990 to 2100", "1990 年到 2100 年之间的日期"),
        ("at most 64 characters", "最多 64 个字"),
        (r"text of the form ^(\d{4})", r"形如 ^(\d{4}) 的文字"),
        ("one of the known values", "已知的值之一"),
        ("one of 是, 否", "以下之一: 是, 否"),
        ("a value for period, which names the slice", "period 的值 (用来认定这一行属于哪一份数据)"),
        ("text", "文字"),
        ("a code with all its digits", "位数完整的编码"),
        ("a code with all its digits, likely 2010301", "位数完整的编码, 可能是 2010301"),
        (
            "a code with all its digits, likely between 2005000 and 2014999",
            "位数完整的编码, 可能在 2005000 到 2014999 之间",
        ),
        ("a code of 5 or 7 digits", "5 或 7 位的编码"),
        ("a code of 7 digits, likely 2010301 or 2020301", "7 位的编码, 可能是 2010301 或 2020301"),
        ("a share like 12.5% or a score like 92.5", "12.5% 这样的百分比, 或 92.5 这样的得分"),
        ("a share of at most two decimals like 12.34%", "最多两位小数的百分比, 像 12.34%"),
        ("a fraction of at most four decimals like 0.1234", "最多四位小数的比例, 像 0.1234"),
        ("an amount below 10^14 元", "小于 100 万亿元的金额"),
        ("something nobody has put into words", "something nobody has put into words"),
    ],
)
def test_an_expectation_is_told_in_chinese(said, told):
    assert told_expected(said, in_chinese) == told
