"""What a cell was expected to hold, in words for page and mail: ingest says it in English, for the terminal.

Pure. ``t(template, **figures)`` of the caller fills and, on a page, translates; what is not known stays as it is.
"""

import re
from collections.abc import Callable
from typing import Final

_PATTERNS: Final[tuple[tuple[str, str], ...]] = (
    (r"a number", "数字"),
    (r"an amount", "金额"),
    (r"a date", "日期"),
    (r"a code", "编码"),
    (r"a year", "年份"),
    (r"a yes or no", "是或否"),
    (r"a whole number", "整数"),
    (r"one of the known values", "已知的值之一"),
    (r"as many cells as the header has", "与表头同样多的格"),
    (r"a whole number of fen", "精确到分的金额"),
    (r"a code with all its digits", "位数完整的编码"),
    (
        r"a code with all its digits, likely between (?P<low>\d+) and (?P<high>\d+)",
        "位数完整的编码, 可能在 {low} 到 {high} 之间",
    ),
    (r"a code with all its digits, likely (?P<codes>.+)", "位数完整的编码, 可能是 {codes}"),
    (r"a code of (?P<digits>[\d or]+) digits", "{digits} 位的编码"),
    (r"a code of (?P<digits>[\d or]+) digits, likely (?P<codes>.+)", "{digits} 位的编码, 可能是 {codes}"),
    (r"text", "文字"),
    (r"text without NUL characters", "没有乱码的文字"),
    (r"a month", "月份"),
    (r"a month from 1 to 12", "1 到 12 的月份"),
    (r"a share", "比例"),
    (r"a share or a score", "百分比或得分"),
    (r"a share like (?P<share>.+) or a score like (?P<score>.+)", "{share} 这样的百分比, 或 {score} 这样的得分"),
    (r"a share of at most two decimals like (?P<share>.+)", "最多两位小数的百分比, 像 {share}"),
    (r"a fraction of at most four decimals like (?P<example>.+)", "最多四位小数的比例, 像 {example}"),
    (r"a fraction like (?P<example>.+)", "{example} 这样的比例"),
    (r"an amount below 10\^14 元", "小于 100 万亿元的金额"),
    (r"a year like (?P<example>.+)", "{example} 这样的年份"),
    (r"a date like (?P<example>.+)", "{example} 这样的日期"),
    (r"a day of the years (?P<first>\d+) to (?P<last>\d+)", "{first} 年到 {last} 年之间的日期"),
    (r"at most (?P<count>\d+) characters", "最多 {count} 个字"),
    (r"text of the form (?P<form>.+)", "形如 {form} 的文字"),
    (r"one of (?P<values>.+)", "以下之一: {values}"),
    (r"a value for (?P<names>.+), which names the slice", "{names} 的值 (用来认定这一行属于哪一份数据)"),
)
_OR: Final = "或"
MESSAGES: Final = (*(template for _, template in _PATTERNS), _OR)


def told_expected(expected: str, t: Callable[..., str]) -> str:
    """Say what was expected; words that are not known stay English."""
    for pattern, template in _PATTERNS:
        if found := re.fullmatch(pattern, expected, re.DOTALL):
            figures = {name: text.replace(" or ", f" {t(_OR)} ") for name, text in found.groupdict().items()}
            return t(template, **figures) if figures else t(template)
    return expected
