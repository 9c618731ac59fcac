"""Filling the sentences of rules from the figures of findings."""

import datetime as dt
import string
from collections.abc import Mapping
from typing import Any

from budget.money import format_gap, format_points, format_rate, format_wan, format_yuan

MISSING = "无数据"
_FORMATS = {"wan": format_wan, "yuan": format_yuan, "rate": format_rate, "points": format_points, "gap": format_gap}
_UNITS = ("万元", "元", "天", "次", " yuan", " days")  # not written behind a figure that is missing


class _Sentence(string.Formatter):
    """Writes figures by the format a template names.

    ``wan yuan rate points`` as in ``budget.money``, ``gap`` as points without sign, ``day`` and ``month`` in Chinese.
    """

    def __init__(self, missing: str) -> None:
        self.missing = missing

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key))

    def format_field(self, value: Any, format_spec: str) -> str:
        if value is None:
            return self.missing
        if format_spec in _FORMATS:
            return _FORMATS[format_spec](int(value))
        if format_spec == "month":
            year, _, month = str(value).partition("-")
            return f"{year}年{int(month)}月" if month else f"{year}年"
        if format_spec == "day":
            day = value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
            return f"{day.year}年{day.month}月{day.day}日"
        return str(value)


def render(template: str, evidence: Mapping[str, Any], *, missing: str = MISSING) -> str:
    """Fill a sentence; a figure that is missing or null is written as ``missing``, never as zero."""
    text = _Sentence(missing).vformat(template, (), evidence)
    for unit in _UNITS:
        text = text.replace(missing + unit, missing)
    return text
